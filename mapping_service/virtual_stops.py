"""Places to get on and off along stretches where riders hail the vehicle. Pure.

GTFS can say that a section is hailed (``continuous_pickup``), but trip planners read stops only. So a feed has places
every few hundred metres along such stretches; nothing stands there, and the feed says to ask the driver. Patterns that
ride along one street in one direction share them, and they stay where they were in the release before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from mapping_service.parameters import Parameters
from mapping_service.records import Floats

# A street's direction is taken over twice this: a corner says nothing of it.
HEADING_M = 10.0


@dataclass(frozen=True)
class Hailed:
    """A pattern that riders hail: its line in metres; where its stops lie along it and its stretches begin and end, in
    metres of its own, of which it has ``length_m``."""

    pattern_id: str
    xy: Floats
    length_m: float
    stops_m: Sequence[float]
    stretches: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Place:
    """A virtual stop: metres east and north, and which way one rides by, in degrees counterclockwise from east."""

    stop_id: str
    x: float
    y: float
    heading_deg: float


@dataclass(frozen=True)
class Passing:
    """A virtual stop as one pattern passes it."""

    pattern_id: str
    dist_m: float
    place: Place


def place_virtual_stops(patterns: Sequence[Hailed], known: Sequence[Place], p: Parameters) -> list[Passing]:
    """Return the virtual stops of every pattern in their order along it; new places have ids that begin with ``~``.

    A place that is known, or made for another pattern, is taken where a pattern rides by in its direction; the rest of
    a stretch is filled evenly. Done twice, so that the first patterns take the places of the last ones too: placing
    again then changes nothing.
    """
    places = list(known)
    _place_all(patterns, places, p)
    return _place_all(patterns, places, p)


def _place_all(patterns: Sequence[Hailed], places: list[Place], p: Parameters) -> list[Passing]:
    """Place once; new places are added to ``places``."""
    passings: list[Passing] = []
    for pattern in patterns:
        line = LineString(pattern.xy)
        scale = pattern.length_m / line.length
        taken = _taken(pattern, line, scale, places, p)
        fixed = sorted([*pattern.stops_m, *(one.dist_m for one in taken)])
        for dist_m in _between(fixed, p.virtual_spacing_m):
            if not _is_hailed(pattern, dist_m):
                continue
            x, y = line.interpolate(dist_m / scale).coords[0]
            place = Place(f"~{len(places) + 1}", x, y, _heading_deg(line, dist_m / scale))
            places.append(place)
            taken.append(Passing(pattern.pattern_id, dist_m, place))
        passings += sorted(taken, key=lambda one: one.dist_m)
    return passings


def _taken(
    pattern: Hailed, line: LineString, scale: float, places: Sequence[Place], p: Parameters
) -> list[Passing]:
    """Return those of the places that the pattern passes on its stretches, in their direction and with room around."""
    if not places:
        return []
    points = shapely.points([(one.x, one.y) for one in places])
    near = np.flatnonzero(shapely.distance(line, points) <= p.virtual_same_m)
    along_m = line.project(points[near]) * scale
    found: list[Passing] = []
    for dist_m, number in sorted(zip(along_m.tolist(), near.tolist(), strict=True)):
        place = places[number]
        others = [*pattern.stops_m, *(one.dist_m for one in found)]
        off_deg = abs((place.heading_deg - _heading_deg(line, dist_m / scale) + 180.0) % 360.0 - 180.0)
        if (
            _is_hailed(pattern, dist_m) and off_deg <= p.same_stop_angle_deg
            and all(abs(dist_m - other) >= p.virtual_apart_m for other in others)
        ):
            found.append(Passing(pattern.pattern_id, dist_m, place))
    return found


def _is_hailed(pattern: Hailed, dist_m: float) -> bool:
    return any(from_m <= dist_m <= to_m for from_m, to_m in pattern.stretches)


def _between(fixed_m: Sequence[float], spacing_m: float) -> list[float]:
    """Return places between neighbours that lie too far apart, evenly and about ``spacing_m`` from each other."""
    found: list[float] = []
    for before_m, after_m in zip(fixed_m, fixed_m[1:], strict=False):
        parts = max(int((after_m - before_m) / spacing_m + 0.5), 1)
        found += [before_m + (after_m - before_m) * part / parts for part in range(1, parts)]
    return found


def _heading_deg(line: LineString, at_m: float) -> float:
    """Return which way the line runs there."""
    ends_m = (max(at_m - HEADING_M, 0.0), min(at_m + HEADING_M, line.length))
    (x, y), (to_x, to_y) = (line.interpolate(end_m).coords[0] for end_m in ends_m)
    return float(np.degrees(np.arctan2(to_y - y, to_x - x)))
