"""Which published line a ride is on, and the newest mark on it that may be told.

Whoever watches must not learn where somebody lives, works, got on or got off. So nothing is ever told but that a
vehicle passed a mark, one every ``live_mark_m`` of the published line: no position of a phone, no side of the street,
no moment at which it measured. Marks near the beginning of a ride are not told, and a mark only once the ride went on
by ``live_end_m``: the last mark that is told is the same for everybody who gets off within one stretch of the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from mapping_service.live.lines import Line, Lines
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

# Positions of a vehicle that stands go to and fro along the line by so much.
_BACK_M = 40.0


@dataclass(frozen=True)
class Passage:
    """A vehicle passed the place ``dist_m`` along a line at ``t_s`` (epoch seconds), at ``speed_mps`` before.

    ``since_s`` is since when the ride is known to be on this line.
    """

    line: Line
    dist_m: float
    t_s: float
    speed_mps: float
    since_s: float


@dataclass(frozen=True)
class _Fit:
    """How a line fits the newest part of a ride: times and places along it, never going back.

    ``first`` is the position from which on it does; ``near`` the one from which on the ride is beside the line at all.
    ``step_m`` are the steps of the whole ride along the line, back and forth.
    """

    line: Line
    t_s: Floats
    dist_m: Floats
    first: int
    near: int
    step_m: Floats

    @property
    def span_m(self) -> float:
        return float(self.dist_m[-1] - self.dist_m[0])


def passage(t_s: Floats, lonlat: Floats, lines: Lines, now_s: float, p: Parameters) -> Passage | None:
    """Return the newest passage that may be told; ``None`` where there is none.

    ``t_s`` (N,) are the times of all positions of one recorder since it began, in order, ``lonlat`` (N, 2) its places.
    Nothing is told of a ride that is off the lines, on several alike, walking, standing, or near its beginning.
    """
    if len(t_s) < 2 or now_s - t_s[-1] > p.live_age_s:
        return None
    began = lines.plane(lonlat[:1])[0]
    recent = t_s >= t_s[-1] - p.live_window_s
    t_s, xy = t_s[recent], lines.plane(lonlat[recent])
    fits = sorted((_fit(line, t_s, xy, p) for line in lines.near(xy[-1], p.live_near_m)), key=lambda one: -one.span_m)
    if not fits or any(_alone_m(fits[0], other) < p.live_apart_m for other in fits[1:]):
        return None
    return _told(fits[0], began, now_s, p)


def _alone_m(best: _Fit, other: _Fit) -> float:
    """Return how much of a ride its best line explains and another one does not.

    The other need not be followed in order: on a line that crosses itself the order is not known. But a line that
    leads the other way explains nothing.
    """
    since = max(other.near, best.first)
    steps_m = other.step_m[since:]
    if np.sum(steps_m < 0) > np.sum(steps_m > 0):
        return np.inf
    return float(best.dist_m[min(since - best.first, len(best.dist_m) - 1)] - best.dist_m[0])


def _fit(line: Line, t_s: Floats, xy: Floats, p: Parameters) -> _Fit:
    """Follow a ride back from its newest position for as long as it moves along the line."""
    points = shapely.points(xy)
    dist_m = shapely.line_locate_point(line.geometry, points)
    off_m = shapely.distance(line.geometry, points)
    step_m, step_s = np.diff(dist_m), np.diff(t_s)
    goes_on = (step_m >= -_BACK_M) & (step_m <= p.live_most_mps * step_s + 2 * p.live_near_m)
    goes_on &= (step_s <= p.live_hole_s) & (off_m[:-1] <= p.live_near_m)
    first = _after_last(~goes_on)
    near = _after_last((off_m[:-1] > p.live_near_m) | (step_s > p.live_hole_s))
    # Small steps back, one after the other, are a way back.
    farthest = np.maximum.accumulate(dist_m[first:])
    turned = np.flatnonzero(farthest - dist_m[first:] > 2 * _BACK_M)
    first += int(turned[-1]) + 1 if len(turned) else 0
    first = min(first, len(t_s) - 1)
    return _Fit(line, t_s[first:], np.maximum.accumulate(dist_m[first:]), first, near, step_m)


def _after_last(broken: npt.NDArray[np.bool_]) -> int:
    """Return the position from which on no step is broken."""
    found = np.flatnonzero(broken)
    return int(found[-1]) + 1 if len(found) else 0


def _told(fit: _Fit, began: Floats, now_s: float, p: Parameters) -> Passage | None:
    dist_m = np.floor((fit.dist_m[-1] - p.live_end_m) / p.live_mark_m) * p.live_mark_m
    before_m = dist_m - p.live_start_m
    if dist_m <= 0 or before_m < fit.dist_m[0]:
        return None
    away_m = np.hypot(*(np.array(fit.line.at(dist_m)) - began))
    t_s, before_s = (_when(fit, at_m) for at_m in (dist_m, before_m))
    speed_mps = p.live_start_m / max(t_s - before_s, 1.0)
    if away_m < p.live_start_m or now_s - t_s > p.live_age_s or t_s > now_s or speed_mps < p.live_least_mps:
        return None
    return Passage(fit.line, float(dist_m), t_s, speed_mps, float(fit.t_s[0]))


def _when(fit: _Fit, dist_m: float) -> float:
    """Return when a ride reached a place along its line first, in whole seconds."""
    after = int(np.searchsorted(fit.dist_m, dist_m, side="left"))
    if after == 0:
        return float(round(fit.t_s[0]))
    d0, d1 = fit.dist_m[after - 1:after + 1]
    t0, t1 = fit.t_s[after - 1:after + 1]
    return float(np.ceil(t0 + (t1 - t0) * (dist_m - d0) / (d1 - d0)))
