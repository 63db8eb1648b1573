"""trips.txt."""

from __future__ import annotations

from collections.abc import Sequence

from gtfs_export.names import clean
from gtfs_export.spec import Table, make_table
from gtfs_export.timetable import Trip


def build_trips(trips: Sequence[Trip]) -> Table:
    """Every trip with the shape of its pattern; a shape has its pattern's id."""
    return make_table(
        "trips.txt",
        (
            {
                "route_id": trip.pattern.route_id,
                "service_id": trip.service_id,
                "trip_id": trip.trip_id,
                "trip_headsign": clean(trip.pattern.headsign),
                "direction_id": str(trip.pattern.direction_id),
                "shape_id": trip.pattern.pattern_id,
            }
            for trip in trips
        ),
    )
