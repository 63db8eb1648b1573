"""A run as grouping sees it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

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


def agreeing(lines: Sequence[Line], p: Parameters) -> int:
    """Return how many runs agree on where a way begins and ends: the most that do so with one of them, itself counted.

    Partial rides seldom agree: it takes a terminal at both ends. Two phones on one vehicle always do, so two runs under
    way at the same time do not count for each other. 1 where no two agree.
    """
    start, end = (np.array([getattr(line, side) for line in lines]) for side in ("start", "end"))
    from_s, to_s = (np.array([getattr(line, side) for line in lines]) for side in ("start_s", "end_s"))
    near = np.maximum(cdist(start, start), cdist(end, end)) <= p.terminal_join_m
    before = to_s[:, None] < from_s
    return 1 + int((near & (before | before.T)).sum(axis=1).max())
