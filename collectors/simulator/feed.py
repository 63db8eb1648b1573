"""A GTFS zip in: the patterns that can be ridden. Written for feeds with flaws."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from collectors.simulator.network import Agency, GtfsNetwork, Pattern, Plane, Route, Stop, stops_in_order_m
from mapping_service.errors import Problem
from mapping_service.records import Floats, Notice

Row = dict[str, str]

REQUIRED = ("routes", "trips", "stops", "stop_times")
TABLES = (*REQUIRED, "agency", "shapes", "frequencies", "fare_attributes", "fare_rules")
DAMAGED = (zipfile.BadZipFile, zlib.error, UnicodeDecodeError, csv.Error)  # one table of a zip that opens
SHORTEST_M = 200.0  # a way shorter than the distance between two stops is no ride


class _Trip(NamedTuple):
    called: tuple[str, ...]
    trip_id: str
    headsign: str


def read_feed(path: Path) -> GtfsNetwork:
    """The patterns of a GTFS zip: one per route, direction and shape, or stop sequence where there is no shape.

    A pattern's stops are those of its most frequent stop sequence; without a shape the way is straight from stop to
    stop. Raises ``Problem`` (``gtfs_unreadable``, ``gtfs_table_missing``, ``gtfs_no_rides``). Patterns that cannot be
    ridden are left out with a ``Notice`` ``pattern_left_out``; a damaged table that a ride does not need is passed over
    with ``gtfs_table_unreadable``.
    """
    tables, damaged = _tables(path)
    stops = {stop.stop_id: stop for stop in _stops(tables["stops"])}
    prices, currency = _fares(tables)
    routes = {row["route_id"]: _route(row, prices) for row in tables["routes"]}
    agencies = {row.get("agency_id", ""): _agency(row) for row in tables["agency"]}
    patterns, notices = _patterns(tables, stops, routes)
    if not patterns:
        raise Problem("gtfs_no_rides", "No trip of this feed has a way to ride: check its stop times and shapes.",
                      file=path.name)
    return GtfsNetwork(path.stem, currency, agencies, stops, routes, patterns, notices=(*damaged, *notices))


def _tables(path: Path) -> tuple[Mapping[str, list[Row]], list[Notice]]:
    tables: dict[str, list[Row]] = defaultdict(list)
    notices: list[Notice] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for name in TABLES:
                try:
                    tables[name] = _rows(archive, f"{name}.txt")
                except DAMAGED as error:
                    notices.append(Notice("gtfs_table_unreadable", {"table": name, "reason": str(error)}))
    except (OSError, zipfile.BadZipFile) as error:
        raise Problem("gtfs_unreadable", "This file cannot be read as a zip: give a GTFS zip.",
                      file=path.name, reason=str(error)) from error
    for name in REQUIRED:
        if not tables[name]:
            raise Problem("gtfs_table_missing", f"The feed has no rows to read in {name}.txt: add or mend that table.",
                          table=name)
    return tables, notices


def _rows(archive: zipfile.ZipFile, name: str) -> list[Row]:
    if name not in archive.namelist():
        return []
    with archive.open(name) as binary:
        reader = csv.DictReader(io.TextIOWrapper(binary, "utf-8-sig", newline=""))
        return [{key.strip(): (value or "").strip() for key, value in row.items() if key is not None}
                for row in reader]


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _stops(rows: Iterable[Row]) -> Iterator[Stop]:
    for row in rows:
        lon, lat = _number(row.get("stop_lon")), _number(row.get("stop_lat"))
        if np.isfinite(lon) and np.isfinite(lat) and (lon, lat) != (0.0, 0.0):
            yield Stop(row["stop_id"], row.get("stop_name", ""), lon, lat)


def _agency(row: Row) -> Agency:
    return Agency(row.get("agency_id", ""), row.get("agency_name", ""), row.get("agency_timezone", ""))


def _route(row: Row, prices: Mapping[str, float]) -> Route:
    kind = row.get("route_type", "")
    return Route(row["route_id"], row.get("agency_id", ""), row.get("route_short_name", ""),
                 row.get("route_long_name", ""), int(kind) if kind.isdigit() else 3, prices.get(row["route_id"]))


def _fares(tables: Mapping[str, list[Row]]) -> tuple[Mapping[str, float], str | None]:
    """The median price of each route that fare_rules.txt names, and the feed's commonest currency."""
    price = {row["fare_id"]: _number(row.get("price")) for row in tables["fare_attributes"]}
    by_route: dict[str, list[float]] = defaultdict(list)
    for row in tables["fare_rules"]:
        amount = price.get(row["fare_id"], float("nan"))
        if row.get("route_id") and np.isfinite(amount):
            by_route[row["route_id"]].append(amount)
    currencies = Counter(row.get("currency_type", "") for row in tables["fare_attributes"])
    currency = min(currencies, key=lambda code: (-currencies[code], code)) if currencies else None
    return {route_id: median(amounts) for route_id, amounts in by_route.items()}, currency or None


def _by(rows: Iterable[Row], column: str, order: str) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.get(column, "")].append(row)
    return {key: sorted(group, key=lambda row: _number(row.get(order))) for key, group in groups.items()}


def _patterns(tables: Mapping[str, list[Row]], stops: Mapping[str, Stop],
              routes: Mapping[str, Route]) -> tuple[tuple[Pattern, ...], tuple[Notice, ...]]:
    shapes = _by(tables["shapes"], "shape_id", "shape_pt_sequence")
    headways = {row["trip_id"]: int(_number(row.get("headway_secs"))) for row in tables["frequencies"]
                if np.isfinite(_number(row.get("headway_secs")))}
    first: dict[str, Pattern] = {}
    patterns: list[Pattern] = []
    notices: list[Notice] = []
    for (route_id, direction, key), trips in sorted(_grouped(tables, shapes, stops, routes).items()):
        counts = Counter(trip.called for trip in trips)
        trip = min(trips, key=lambda trip: (-counts[trip.called], trip))
        called = [stops[stop_id] for stop_id in trip.called]
        pattern = _pattern(key, route_id, direction, trip.headsign, _line(shapes.get(key, ()), called), called,
                           headways.get(trip.trip_id), first.get(route_id))
        if pattern is None:
            notices.append(Notice("pattern_left_out", {"route_id": route_id, "pattern": key}))
        else:
            patterns.append(pattern)
            first.setdefault(route_id, pattern)
    return tuple(patterns), tuple(notices)


def _grouped(tables: Mapping[str, list[Row]], shapes: Mapping[str, list[Row]], stops: Mapping[str, Stop],
             routes: Mapping[str, Route]) -> Mapping[tuple[str, str, str], list[_Trip]]:
    times = _by(tables["stop_times"], "trip_id", "stop_sequence")
    groups: dict[tuple[str, str, str], list[_Trip]] = defaultdict(list)
    for row in tables["trips"]:
        called = tuple(call["stop_id"] for call in times.get(row["trip_id"], ()) if call["stop_id"] in stops)
        shape_id = row.get("shape_id", "")
        key = shape_id if len(shapes.get(shape_id, ())) > 1 else _digest(called)
        if row["route_id"] in routes:
            trip = _Trip(called, row["trip_id"], row.get("trip_headsign", ""))
            groups[row["route_id"], row.get("direction_id", ""), key].append(trip)
    return groups


def _digest(called: Sequence[str]) -> str:
    return "stops-" + blake2b("\x1f".join(called).encode(), digest_size=5).hexdigest()


def _line(shape: Sequence[Row], called: Sequence[Stop]) -> Floats:
    """The drawn way, or the straight one from stop to stop; vertices that repeat or have no position left out."""
    points = np.array([[_number(row.get("shape_pt_lon")), _number(row.get("shape_pt_lat"))] for row in shape]
                      or [[stop.lon, stop.lat] for stop in called], dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    return points[moved]


def _pattern(key: str, route_id: str, direction: str, headsign: str, lonlat: Floats, called: Sequence[Stop],
             headway_s: int | None, first: Pattern | None) -> Pattern | None:
    if len(lonlat) < 2 or len(called) < 2:
        return None
    plane = Plane.around(lonlat)
    xy = plane.to_m(lonlat)
    at_m = stops_in_order_m(xy, plane.to_m(np.array([[stop.lon, stop.lat] for stop in called])))
    if at_m[-1] - at_m[0] < SHORTEST_M:
        return None
    direction_id = int(direction) if direction in ("0", "1") else None
    return Pattern(key, route_id, direction_id, _way(direction_id, lonlat, first), headsign or called[-1].name,
                   lonlat, tuple(stop.stop_id for stop in called), at_m, headway_s)


def _way(direction_id: int | None, lonlat: Floats, first: Pattern | None) -> str:
    """A or B: as the feed says; else B for a pattern that starts nearer to where the route's first pattern ends."""
    if direction_id is not None:
        return "AB"[direction_id]
    if first is None:
        return "A"
    start, end = (float(np.hypot(*(lonlat[0] - first.lonlat[side]))) for side in (0, -1))
    return "B" if end < start else "A"
