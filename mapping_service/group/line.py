"""A run as grouping sees it, and at which ends of runs a terminal is. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.geo import along_m
from mapping_service.parameters import Parameters
from mapping_service.records import Floats


@dataclass(frozen=True)
class Line:
    """Where a run begins and ends in metres, its length, and whether its ends lie at terminals.

    ``digest`` stands for its positions: ties are decided by it, never by the order in which runs came.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    length_m: float
    digest: str
    starts_at_terminal: bool
    ends_at_terminal: bool

    @property
    def whole(self) -> bool:
        """True where it went from terminal to terminal."""
        return self.starts_at_terminal and self.ends_at_terminal


def line_of(xy: Floats, at_terminal: tuple[bool, bool]) -> Line:
    """Return a run of positions in metres as grouping sees it."""
    start, end = (float(xy[0, 0]), float(xy[0, 1])), (float(xy[-1, 0]), float(xy[-1, 1]))
    digest = hashlib.sha256(np.ascontiguousarray(xy).tobytes()).hexdigest()
    return Line(start, end, float(along_m(xy)[-1]), digest, *at_terminal)


def at_terminals(ends: Sequence[Floats], p: Parameters) -> list[tuple[bool, bool]]:
    """Return for each run whether it begins and whether it ends at a terminal.

    ``ends`` holds the first and the last position of each run, (2, 2). A terminal is where ends of enough runs lie
    within reach of one another: it takes nothing but the ends around to say so.
    """
    places = np.asarray(ends, dtype=np.float64).reshape(-1, 2)
    if not len(places):
        return []
    around = cKDTree(places).query_ball_point(places, p.terminal_join_m, return_length=True)
    return [(bool(a), bool(b)) for a, b in (around >= p.terminal_ends).reshape(-1, 2)]
