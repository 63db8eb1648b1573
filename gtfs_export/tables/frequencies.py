"""frequencies.txt: how often, never at which minute."""

from __future__ import annotations

from collections.abc import Sequence

from gtfs_export.spec import Table, make_table
from gtfs_export.timetable import Trip, clock, published_headway_s

NOT_EXACT = "0"


def build_frequencies(trips: Sequence[Trip]) -> Table:
    """One row for each trip, starting with it."""
    return make_table(
        "frequencies.txt",
        (
            {
                "trip_id": trip.trip_id,
                "start_time": clock(trip.headway.band_start_s),
                "end_time": clock(trip.headway.band_end_s),
                "headway_secs": str(published_headway_s(trip.headway)),
                "exact_times": NOT_EXACT,
            }
            for trip in trips
        ),
    )
