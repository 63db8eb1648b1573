"""Stops along one pattern from the calls of its runs. Pure.

Calls are put on the shape, which takes away their error to the side, and clustered along it. A place is a stop where
a collector reported one; where the rides of a pattern carry no reports at all, where enough of them stood. The two
ends of the shape are always stops: vehicles turn there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.calls import Call
from mapping_service.fuse.shape import locate
from mapping_service.geo import along_m, points_at, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats


@dataclass(frozen=True)
class LineStop:
    """A stop on one pattern: place on the shape (metres), heading there, which rides called and came by, names."""

    dist_m: float
    xy: Floats
    heading: float
    method: str
    called: tuple[int, ...]
    past: tuple[int, ...]
    names: tuple[str, ...]


def line_stops(
    shape: Floats, rides: Sequence[int], paths: Sequence[Floats], calls: Sequence[Sequence[Call]], p: Parameters
) -> list[LineStop]:
    """Return the stops of a pattern in order.

    ``rides`` are the identities of its runs; ``paths`` and ``calls`` hold, for each, its positions in metres and its
    calls.
    """
    marks = _marks(shape, rides, calls, p)
    last_m = float(along_m(shape)[-1])
    inner = [m for m in marks if p.terminal_stop_m < m.dist_m < last_m - p.terminal_stop_m]
    first, last = (_Place(at_m, "terminal", _near(marks, at_m, p)) for at_m in (0.0, last_m))
    past = [_reach(shape, path, p) for path in paths]
    return [_line_stop(place, shape, rides, past, p) for place in (first, *_between(inner, len(rides), p), last)]


@dataclass(frozen=True)
class _Mark:
    dist_m: float
    ride: int
    call: Call


@dataclass(frozen=True)
class _Place:
    dist_m: float
    method: str
    marks: Sequence[_Mark]


def _near(marks: Sequence[_Mark], at_m: float, p: Parameters) -> list[_Mark]:
    return [m for m in marks if abs(m.dist_m - at_m) <= p.terminal_stop_m]


def _marks(shape: Floats, rides: Sequence[int], calls: Sequence[Sequence[Call]], p: Parameters) -> list[_Mark]:
    found = []
    for ride, its_calls in zip(rides, calls, strict=True):
        if not its_calls:
            continue
        dist_m, far_m = locate(shape, np.array([call.xy for call in its_calls]))
        placed = zip(dist_m, far_m, its_calls, strict=True)
        found += [_Mark(float(at_m), ride, call) for at_m, off_m, call in placed if off_m <= p.stop_side_m]
    return sorted(found, key=lambda m: (m.dist_m, m.ride, m.call.t_s))


def _between(inner: Sequence[_Mark], rides: int, p: Parameters) -> list[_Place]:
    """Return the stops between the ends: reported ones, or halts that enough rides share where nothing is reported."""
    spoken = [m for m in inner if m.call.reported]
    if spoken:
        return [_place(cluster, "reported") for cluster in _clusters(spoken, p)]
    needed = max(2.0, p.silent_share * rides) if rides > 1 else 1.0
    return [_place(c, "dwell") for c in _clusters(inner, p) if len({m.ride for m in c}) >= needed]


def _place(marks: Sequence[_Mark], method: str) -> _Place:
    return _Place(float(np.median([m.dist_m for m in marks])), method, marks)


def _clusters(marks: Sequence[_Mark], p: Parameters) -> list[list[_Mark]]:
    """Cut the marks, which stand in order, where the line is bare for long or a cluster would grow too long."""
    clusters: list[list[_Mark]] = []
    for mark in marks:
        near = clusters and mark.dist_m - clusters[-1][-1].dist_m <= p.stop_gap_m
        if near and mark.dist_m - clusters[-1][0].dist_m <= p.stop_length_m:
            clusters[-1].append(mark)
        else:
            clusters.append([mark])
    return clusters


def _reach(shape: Floats, path: Floats, p: Parameters) -> tuple[float, float]:
    """Return from where to where along the shape a run rode."""
    dist_m, far_m = locate(shape, path)
    beside = dist_m[far_m <= p.stop_side_m]
    return (float(beside.min()), float(beside.max())) if len(beside) else (np.inf, -np.inf)


def _line_stop(
    place: _Place,
    shape: Floats,
    rides: Sequence[int],
    past: Sequence[tuple[float, float]],
    p: Parameters,
) -> LineStop:
    s = along_m(shape)
    reach_m = p.terminal_stop_m if place.method == "terminal" else p.stop_length_m / 2
    by = {ride for ride, (a, b) in zip(rides, past, strict=True) if a - reach_m <= place.dist_m <= b + reach_m}
    called = by if place.method == "terminal" else {m.ride for m in place.marks}
    around = points_at(shape, s, np.clip([place.dist_m - 20, place.dist_m + 20], 0, s[-1]))
    ahead = around[1] - around[0]
    return LineStop(
        dist_m=place.dist_m,
        xy=points_at(shape, s, np.array([place.dist_m]))[0],
        heading=float(np.arctan2(ahead[1], ahead[0])),
        method=place.method,
        called=tuple(sorted(called)),
        past=tuple(sorted(by | called)),
        names=tuple(name for m in place.marks for name in m.call.names),
    )


def path_of(xy: Floats, p: Parameters) -> Floats:
    """Return a run's positions thinned to the step at which stops are located."""
    return resample(xy, p.shape_step_m)
