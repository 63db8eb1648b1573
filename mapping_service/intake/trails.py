"""From the points that a recorder sent, in whatever order and how often, to its rides. Pure.

What comes out depends on the set of points only: neither on their order, nor on how they were batched or repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from collectors.trackers.points import Point
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

_EARTH_M = 6371000.0


def united(points: Iterable[Point]) -> tuple[list[Point], int]:
    """Return each moment's one point in order of time, and how many other places were stated for the same moments.

    Of several points at one millisecond the most accurate stays; of equally accurate ones the same one always.
    """
    found: list[Point] = []
    others = 0
    for _, group in groupby(sorted(set(points), key=_order), key=lambda point: point.t_ms):
        first, *rest = group
        found.append(first)
        others += len({(point.lon, point.lat) for point in rest} - {(first.lon, first.lat)})
    return found, others


def _order(point: Point) -> tuple[float, ...]:
    return tuple(np.inf if value is None else value for value in (
        point.t_ms, point.accuracy_m, point.lon, point.lat, point.speed_mps, point.ele_m, point.segment, point.flags
    ))


def rides(points: Sequence[Point], p: Parameters) -> Iterator[Sequence[Point]]:
    """Cut the points of one recorder, in order of time, where it paused or jumped; single points are no ride.

    A pause is longer than ``stream_gap_s``. A jump is farther than ``split_jump_m``, faster than ``max_speed_mps`` and
    lasting: where the next ``max_wild_s`` bring the recorder back, its receiver was wrong, and cleaning sees to that.
    """
    if not points:
        return
    t_s = np.array([point.t_ms for point in points], dtype=np.float64) / 1000
    cuts = np.flatnonzero(np.diff(t_s) > p.stream_gap_s) + 1
    bounds = np.concatenate([[0], np.union1d(cuts, _jumps(points, t_s, p)), [len(points)]]).astype(np.int64)
    for start, end in zip(bounds[:-1], bounds[1:]):
        if end - start > 1:
            yield points[start:end]


def _jumps(points: Sequence[Point], t_s: Floats, p: Parameters) -> list[int]:
    """Where to cut because the recorder was elsewhere from then on."""
    place = np.radians([(point.lon, point.lat) for point in points])
    hop_m = _distance_m(place[:-1], place[1:])
    hops = np.flatnonzero((hop_m > p.split_jump_m) & (hop_m > p.max_speed_mps * np.diff(t_s))) + 1
    cuts: list[int] = []
    last: int | None = None  # the last point of the newest stretch that lasted
    for start, end in zip([0, *hops], [*hops, len(points)]):
        if t_s[end - 1] - t_s[start] < p.max_wild_s:
            continue
        if last is not None:
            away_m = float(_distance_m(place[last], place[start]))
            if away_m > p.split_jump_m and away_m > p.max_speed_mps * (t_s[start] - t_s[last]):
                cuts.append(int(start))
        last = end - 1
    return cuts


def _distance_m(one: Floats, other: Floats) -> Floats:
    d_lon, d_lat = np.moveaxis(other - one, -1, 0)
    chord = np.sin(d_lat / 2) ** 2 + np.cos(one[..., 1]) * np.cos(other[..., 1]) * np.sin(d_lon / 2) ** 2
    found: Floats = 2 * _EARTH_M * np.arcsin(np.sqrt(np.minimum(chord, 1)))
    return found
