"""stops.txt."""

from __future__ import annotations

from collections.abc import Mapping

from gtfs_export.names import Label
from gtfs_export.records import PublishedNetwork
from gtfs_export.spec import Table, make_table

# Six decimals of a degree are 0.1 m: finer than any phone.
DEGREE_DECIMALS = 6


def build_stops(network: PublishedNetwork, labels: Mapping[str, Label]) -> Table:
    """Every stop under its label."""
    return make_table(
        "stops.txt",
        (
            {
                "stop_id": stop.stop_id,
                "stop_name": labels[stop.stop_id].text,
                "stop_lat": f"{stop.lat:.{DEGREE_DECIMALS}f}",
                "stop_lon": f"{stop.lon:.{DEGREE_DECIMALS}f}",
            }
            for stop in network.stops
        ),
    )
