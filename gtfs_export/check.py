"""Cheap checks of a built feed before it is written. A full validator judges it in the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from pyproj import Geod

from gtfs_export.spec import FILES, Table
from mapping_service.records import Notice

# Faster than any minibus between two stops: the limit that validators set for buses.
SPEED_LIMIT_KMH = 150.0
# Null Island and around: coordinates that somebody forgot to set.
NULL_ISLAND_DEG = 1.0

# With these a feed cannot be read; the others are worth a look.
BREAKING = frozenset({"duplicate_key", "missing_reference", "times_not_increasing", "coordinates_out_of_range"})

_GEOD = Geod(ellps="WGS84")


def check_feed(feed: Mapping[str, Table]) -> list[Notice]:
    """Look for doubled keys, references to nothing, times and distances out of order, odd places and speeds."""
    notices = [notice for name, table in feed.items() for notice in (*_keys(name, table), *_references(name, feed))]
    notices += _coordinates(feed["stops.txt"], "stop_lon", "stop_lat", "stops.txt")
    notices += _coordinates(feed["shapes.txt"], "shape_pt_lon", "shape_pt_lat", "shapes.txt")
    notices += _beyond_shape(feed)
    notices += _stop_times(feed)
    return notices


def _keys(name: str, table: Table) -> Iterator[Notice]:
    keys = Counter(zip(*(table.column(column) for column in FILES[name].key), strict=True))
    for key, times in keys.items():
        if times > 1:
            yield Notice("duplicate_key", {"file": name, "key": "/".join(key)})


def _references(name: str, feed: Mapping[str, Table]) -> Iterator[Notice]:
    references = dict(FILES[name].references)
    for column, (other, other_column) in references.items():
        known = set(feed[other].column(other_column)) if other in feed else set()
        for value in sorted(set(feed[name].column(column)) - known):
            yield Notice("missing_reference", {"file": name, "column": column, "value": value})


def _coordinates(table: Table, lon_column: str, lat_column: str, name: str) -> Iterator[Notice]:
    for lon, lat in zip(map(float, table.column(lon_column)), map(float, table.column(lat_column)), strict=True):
        # Written so that NaN is out of range too.
        inside = -180 <= lon <= 180 and -90 <= lat <= 90
        if not inside or (abs(lon) < NULL_ISLAND_DEG and abs(lat) < NULL_ISLAND_DEG):
            yield Notice("coordinates_out_of_range", {"file": name, "lon": lon, "lat": lat})


def _beyond_shape(feed: Mapping[str, Table]) -> Iterator[Notice]:
    shapes, trips, times = feed["shapes.txt"], feed["trips.txt"], feed["stop_times.txt"]
    # Rows are in order, so the last distance of each shape and trip is the one that stays.
    length_m = dict(zip(shapes.column("shape_id"), map(float, shapes.column("shape_dist_traveled")), strict=True))
    reached_m = dict(zip(times.column("trip_id"), map(float, times.column("shape_dist_traveled")), strict=True))
    for trip_id, shape_id in zip(trips.column("trip_id"), trips.column("shape_id"), strict=True):
        if reached_m.get(trip_id, 0.0) > length_m.get(shape_id, 0.0):
            yield Notice("stop_beyond_shape", {"trip_id": trip_id, "shape_id": shape_id})


def _stop_times(feed: Mapping[str, Table]) -> Iterator[Notice]:
    table = feed["stop_times.txt"]
    stops = feed["stops.txt"]
    places = dict(zip(
        stops.column("stop_id"),
        zip(map(float, stops.column("stop_lon")), map(float, stops.column("stop_lat")), strict=True),
        strict=True,
    ))
    trip_ids, stop_ids = table.column("trip_id"), table.column("stop_id")
    lonlat = np.array([places.get(stop_id, (np.nan, np.nan)) for stop_id in stop_ids])
    time_s = np.array([_seconds(value) for value in table.column("arrival_time")])
    away_m = _GEOD.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])[2]
    for position, (trip_id, next_trip_id) in enumerate(pairwise(trip_ids)):
        if trip_id != next_trip_id:
            continue
        took_s = time_s[position + 1] - time_s[position]
        details = {"trip_id": trip_id, "from_stop_id": stop_ids[position], "to_stop_id": stop_ids[position + 1]}
        if took_s <= 0:
            yield Notice("times_not_increasing", details)
        elif away_m[position] / took_s * 3.6 > SPEED_LIMIT_KMH:
            yield Notice("too_fast", {**details, "speed_kmh": round(away_m[position] / took_s * 3.6)})


def _seconds(value: str) -> int:
    hours, minutes, seconds = value.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
