"""stop_times.txt: every stop timed, none of the times exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from gtfs_export.records import Pattern
from gtfs_export.spec import Table, make_table
from gtfs_export.tables.shapes import DISTANCE_STEP_M, Shape
from gtfs_export.timetable import Trip, clock, increasing, stop_clocks

APPROXIMATE = "0"
HAILED = "0"  # continuous stopping; empty is none


def build_stop_times(trips: Sequence[Trip], shapes: Mapping[str, Shape]) -> Table:
    """Every trip at every stop; ``shapes`` are those of the patterns, by id."""
    return make_table("stop_times.txt", (record for trip in trips for record in _records(trip, shapes)))


def _records(trip: Trip, shapes: Mapping[str, Shape]) -> Iterator[dict[str, str]]:
    along_m = stop_distances_m(trip.pattern, shapes[trip.pattern.pattern_id].dist_m[-1])
    hailed = hailed_sections(trip.pattern)
    for at, dist_m, is_hailed in zip(stop_clocks(trip), along_m, hailed, strict=True):
        yield {
            "trip_id": trip.trip_id,
            "arrival_time": clock(at.time_s),
            "departure_time": clock(at.departs_s),
            "stop_id": at.stop.stop_id,
            "stop_sequence": str(at.stop.stop_sequence),
            "continuous_pickup": HAILED if is_hailed else "",
            "continuous_drop_off": HAILED if is_hailed else "",
            "shape_dist_traveled": f"{dist_m:.1f}",
            "timepoint": APPROXIMATE,
        }


def hailed_sections(pattern: Pattern) -> list[bool]:
    """Say of each stop whether riders hail the vehicle on most of the way to the next one; of the last one never."""
    ends = [stop.dist_m for stop in pattern.stops]
    return [
        sum(max(0.0, min(one.to_m, b) - max(one.from_m, a)) for one in pattern.hail_stretches) > (b - a) / 2
        for a, b in pairwise(ends)
    ] + [False]


def stop_distances_m(pattern: Pattern, shape_length_m: float) -> list[float]:
    """Metres along the published shape of each stop: growing from stop to stop, never past the shape's end.

    The network measures in its own projection, so its distances are scaled to the published length.
    """
    scale = shape_length_m / pattern.length_m
    along_m = increasing([round(stop.dist_m * scale, 1) for stop in pattern.stops], DISTANCE_STEP_M)
    # The same from the far end: whatever lies past it is pushed back below.
    from_end_m = increasing([max(shape_length_m - dist_m, 0.0) for dist_m in reversed(along_m)], DISTANCE_STEP_M)
    return [shape_length_m - dist_m for dist_m in reversed(from_end_m)]
