"""The part of the GTFS Schedule reference that this package writes, as data.

Files in the order in which they are packed, columns in the order of https://gtfs.org/schedule/reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class File:
    """One file: ``key`` sorts its rows; ``references`` leads from a column to the file and column that define it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The text of one file: rows as long as ``columns``, sorted by the file's key."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """All values of one column, in row order."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]


# Keys that count: "10" comes after "9".
NUMERIC_KEYS = frozenset({"stop_sequence", "shape_pt_sequence"})

FILES = {
    file.name: file
    for file in (
        File(
            "agency.txt",
            ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
            ("agency_id",),
        ),
        File(
            "stops.txt",
            ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"),
            ("stop_id",),
        ),
        File(
            "routes.txt",
            ("route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type"),
            ("route_id",),
            {"agency_id": ("agency.txt", "agency_id")},
        ),
        File(
            "trips.txt",
            ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id"),
            ("trip_id",),
            {
                "route_id": ("routes.txt", "route_id"),
                "service_id": ("calendar.txt", "service_id"),
                "shape_id": ("shapes.txt", "shape_id"),
            },
        ),
        File(
            "stop_times.txt",
            (
                "trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "continuous_pickup",
                "continuous_drop_off", "shape_dist_traveled", "timepoint",
            ),
            ("trip_id", "stop_sequence"),
            {"trip_id": ("trips.txt", "trip_id"), "stop_id": ("stops.txt", "stop_id")},
        ),
        File(
            "calendar.txt",
            (
                "service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                "start_date", "end_date",
            ),
            ("service_id",),
        ),
        File(
            "fare_attributes.txt",
            ("fare_id", "price", "currency_type", "payment_method", "transfers", "agency_id"),
            ("fare_id",),
            {"agency_id": ("agency.txt", "agency_id")},
        ),
        File(
            "fare_rules.txt",
            ("fare_id", "route_id"),
            ("fare_id", "route_id"),
            {"fare_id": ("fare_attributes.txt", "fare_id"), "route_id": ("routes.txt", "route_id")},
        ),
        File(
            "shapes.txt",
            ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence", "shape_dist_traveled"),
            ("shape_id", "shape_pt_sequence"),
        ),
        File(
            "frequencies.txt",
            ("trip_id", "start_time", "end_time", "headway_secs", "exact_times"),
            ("trip_id", "start_time"),
            {"trip_id": ("trips.txt", "trip_id")},
        ),
        File(
            "feed_info.txt",
            (
                "feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date", "feed_end_date",
                "feed_version", "feed_contact_url",
            ),
            ("feed_version",),
        ),
        File(
            "attributions.txt",
            ("attribution_id", "organization_name", "is_producer", "attribution_url"),
            ("attribution_id",),
        ),
    )
}


def make_table(name: str, records: Iterable[Mapping[str, str]]) -> Table:
    """Put records in the columns of a file and in the order of its key (code points, so the same on every machine).

    Raises ``KeyError`` where a record lacks a column: a blank is said, never implied.
    """
    file = FILES[name]
    positions = [(file.columns.index(column), column in NUMERIC_KEYS) for column in file.key]
    rows = (tuple(record[column] for column in file.columns) for record in records)
    return Table(
        file.columns,
        tuple(sorted(rows, key=lambda r: tuple(int(r[i]) if numeric else r[i] for i, numeric in positions))),
    )
