"""A run as grouping sees it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mapping_service.geo import along_m
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ride


@dataclass(frozen=True)
class Line:
    """Where a run begins and ends in metres, its length, and from when to when it was under way (epoch seconds).

    ``digest`` stands for its positions: ties are decided by it, never by the order in which runs came.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    length_m: float
    start_s: float
    end_s: float
    digest: str


def line_of(ride: Ride) -> Line:
    """Return a ride as grouping sees it."""
    xy = np.ascontiguousarray(ride.xy)
    start, end = (float(xy[0, 0]), float(xy[0, 1])), (float(xy[-1, 0]), float(xy[-1, 1]))
    digest = hashlib.sha256(xy.tobytes()).hexdigest()
    return Line(start, end, float(along_m(xy)[-1]), float(ride.t_s[0]), float(ride.t_s[-1]), digest)


def apart_m(one: Sequence[Line], other: Sequence[Line]) -> Floats:
    """Return pair by pair how far apart the ends of runs are: the farther of both starts and both ends."""
    a, b = (np.array([(*line.start, *line.end) for line in lines]).reshape(-1, 4) for lines in (one, other))
    return np.asarray(np.maximum(np.hypot(*(a - b)[:, :2].T), np.hypot(*(a - b)[:, 2:].T)))


def agree(lines: Sequence[Line], p: Parameters) -> bool:
    """True where two runs, at different times, began at one place and ended at one place.

    Two partial rides hardly ever do: it takes a terminal at both ends. Two phones on one vehicle always do.
    """
    pairs = [(a, b) for a, b in combinations(lines, 2) if a.end_s < b.start_s or b.end_s < a.start_s]
    return bool(pairs) and bool((apart_m(*zip(*pairs, strict=True)) <= p.terminal_join_m).any())
