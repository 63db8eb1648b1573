"""Where a ride was on a line when, by the order in which it came along. Pure.

A line may pass one place several times: a loop, or a stem that is ridden out and home. A ride is put on it as a whole:
each of its points may lie on every passing of the line that is near and goes the same way, and the cheapest sequence
of passings that moves on as the ride does is taken (dynamic programming over time). So what happened at a place
belongs to the passing during which it happened, not to the nearest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.fuse.shape import without_standing
from mapping_service.geo import along_m, points_at, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Ride

_HEADING_M = 25.0  # headings are taken over this far to each side
_WOBBLE_M = 30.0  # a projection moves back and forth by this much where the line bends
_OFF_M = 20.0  # one standard deviation of a phone's error and of two lanes
_BACK_COST = 50.0  # more than a whole loop off the line costs: a vehicle never jumps back along its line


@dataclass(frozen=True)
class Track:
    """A ride at equal steps: where, under which heading (radians), when, and at which second of its moving time."""

    xy: Floats
    heading: Floats
    t_s: Floats
    moving_s: Floats


def track_of(ride: Ride, p: Parameters) -> Track:
    """Return the track of a ride; its halts are points."""
    timed = np.column_stack((ride.xy, ride.t_s))
    timed = without_standing(ride.t_s, timed, ride.dwell_start_s, ride.dwell_end_s)
    s = along_m(timed[:, :2])
    at = np.linspace(0.0, s[-1], max(2, int(np.ceil(s[-1] / p.shape_step_m)) + 1))
    xy, t_s = points_at(timed, s, at), np.interp(at, s, timed[:, 2])
    stood = np.concatenate(([0.0], np.cumsum(ride.dwell_end_s - ride.dwell_start_s)))
    halting = np.column_stack((ride.dwell_start_s, ride.dwell_end_s)).ravel()
    standing = np.column_stack((stood[:-1], stood[1:])).ravel()
    moving = t_s - np.interp(t_s, halting, standing) if len(halting) else t_s
    return Track(xy, headings(xy), t_s, moving)


def headings(xy: Floats) -> Floats:
    """Return the heading of a line of metres at each of its vertices, radians from east."""
    s = along_m(xy)
    ahead = points_at(xy, s, np.minimum(s + _HEADING_M, s[-1])) - points_at(xy, s, np.maximum(s - _HEADING_M, 0.0))
    return np.asarray(np.arctan2(ahead[:, 1], ahead[:, 0]))


def turned(a: Floats, b: Floats) -> Floats:
    """Return the angle between headings, 0 to pi."""
    return np.abs((a - b + np.pi) % (2 * np.pi) - np.pi)


class Guide:
    """A line on which rides are placed."""

    def __init__(self, shape: Floats, p: Parameters) -> None:
        self.p = p
        self.xy = resample(shape, p.shape_step_m / 2)
        # Resampling cuts corners by centimetres: distances are those along the shape itself.
        self.s = np.linspace(0.0, float(along_m(shape)[-1]), len(self.xy))
        self.heading = headings(self.xy)
        self.tree = cKDTree(self.xy)

    @property
    def length_m(self) -> float:
        """The length of the line."""
        return float(self.s[-1])

    def progress(self, track: Track) -> Floats:
        """Return where along the line each point of a track lies (metres), NaN where it is not on the line."""
        point, at_m, off_m = self._passings(track)
        along = np.full(len(track.xy), np.nan)
        if not len(point):
            return along
        first = np.flatnonzero(np.diff(point, prepend=-1))
        chosen = first
        if len(first) < len(point):
            chosen = _cheapest(first, point, at_m, off_m, self.p.shape_step_m)
        along[point[chosen]] = at_m[chosen]
        return along

    def _passings(self, track: Track) -> tuple[Ints, Floats, Floats]:
        """Return, in order, the points of a track with each passing of the line near them: which, where, how far."""
        pairs = cKDTree(track.xy).sparse_distance_matrix(self.tree, self.p.stop_side_m, output_type="ndarray")
        same_way = turned(track.heading[pairs["i"]], self.heading[pairs["j"]]) <= np.radians(self.p.passing_angle_deg)
        pairs = pairs[same_way]
        pairs = pairs[np.lexsort((pairs["j"], pairs["i"]))]
        if not len(pairs):
            return np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
        i, j, off_m = pairs["i"], pairs["j"], pairs["v"]
        passing = np.cumsum((np.diff(i, prepend=-1) != 0) | (np.diff(self.s[j], prepend=-1e9) > 2 * _WOBBLE_M))
        best = np.lexsort((off_m, passing))
        best = best[np.flatnonzero(np.diff(passing[best], prepend=-1))]
        return i[best], self.s[j[best]], off_m[best]

    def place(self, xy: Floats, around_m: Floats) -> tuple[Floats, Floats]:
        """Return where along the line points lie that are known to lie about there (metres), and how far from it."""
        reach = int(np.ceil(2 * self.p.stop_side_m / (self.p.shape_step_m / 2)))
        middle = np.searchsorted(self.s, around_m)
        window = np.clip(middle[:, None] + np.arange(-reach, reach + 1), 0, len(self.s) - 1)
        away = np.hypot(*(self.xy[window] - xy[:, None]).transpose(2, 0, 1))
        best = np.argmin(away, axis=1)
        rows = np.arange(len(xy))
        return self.s[window[rows, best]], away[rows, best]


def _cheapest(first: Ints, point: Ints, at_m: Floats, off_m: Floats, step_m: float) -> Ints:
    """Return the passing of each point on the cheapest sequence of passings."""
    ends = np.append(first[1:], len(point))
    cost: list[list[float]] = []
    back: list[list[int]] = []
    for k, (a, b) in enumerate(zip(first.tolist(), ends.tolist(), strict=True)):
        own = [(off_m[v] / _OFF_M) ** 2 / 2 for v in range(a, b)]
        if not k:
            cost.append(own)
            back.append([0] * len(own))
            continue
        before = range(first[k - 1], a)
        gone_m = (point[a] - point[a - 1]) * step_m
        ways = [[c + _step_cost(at_m[v] - at_m[u], gone_m) for c, u in zip(cost[-1], before)] for v in range(a, b)]
        best = [min(range(len(way)), key=way.__getitem__) for way in ways]
        cost.append([o + way[u] for o, way, u in zip(own, ways, best)])
        back.append(best)
    return _traced(first, cost, back)


def _step_cost(moved_m: float, gone_m: float) -> float:
    if moved_m < -_WOBBLE_M:
        return _BACK_COST
    return min(abs(moved_m - gone_m) / (2 * _WOBBLE_M), _BACK_COST / 5)


def _traced(first: Ints, cost: Sequence[Sequence[float]], back: Sequence[Sequence[int]]) -> Ints:
    at = min(range(len(cost[-1])), key=cost[-1].__getitem__)
    chosen = []
    for k in range(len(first) - 1, -1, -1):
        chosen.append(first[k] + at)
        at = back[k][at]
    return np.array(chosen[::-1], dtype=np.int64)
