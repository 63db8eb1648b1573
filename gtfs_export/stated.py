"""What a published feed states, read out of its zip: nothing else may stand in a realtime feed beside it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Service:
    """On which days something runs: weekdays 0 (Monday) to 6 within a range, but for single days."""

    weekdays: frozenset[int]
    first: date
    last: date
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def runs_on(self, day: date) -> bool:
        """True where it runs on a day."""
        usual = self.first <= day <= self.last and day.weekday() in self.weekdays
        return day in self.added or usual and day not in self.removed


@dataclass(frozen=True)
class Trip:
    """A trip that frequencies repeat from ``start_s`` until before ``end_s``, seconds after midnight."""

    trip_id: str
    route_id: str
    direction_id: int | None
    service_id: str
    shape_id: str
    start_s: int
    end_s: int


@dataclass(frozen=True)
class Stated:
    """The version of a feed, the ids in it, its trips without a timetable by shape, and its shapes in (lon, lat)."""

    version: str
    agency_ids: tuple[str, ...]
    route_ids: frozenset[str]
    stop_ids: frozenset[str]
    services: Mapping[str, Service] = field(default_factory=dict)
    trips: Mapping[str, Sequence[Trip]] = field(default_factory=dict)
    shapes: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)


def read_stated(feed: Path | BinaryIO) -> Stated:
    """Read a GTFS zip of our own."""
    with ZipFile(feed) as archive:
        return Stated(
            next((row["feed_version"] for row in _rows(archive, "feed_info.txt")), ""),
            tuple(row["agency_id"] for row in _rows(archive, "agency.txt")),
            frozenset(row["route_id"] for row in _rows(archive, "routes.txt")),
            frozenset(row["stop_id"] for row in _rows(archive, "stops.txt")),
            _services(archive),
            _trips(archive),
            _shapes(archive),
        )


def _services(archive: ZipFile) -> dict[str, Service]:
    single: dict[tuple[str, str], set[date]] = defaultdict(set)
    for row in _rows(archive, "calendar_dates.txt"):
        single[row["service_id"], row["exception_type"]].add(_day(row["date"]))
    found = {}
    for row in _rows(archive, "calendar.txt"):
        days = frozenset(at for at, name in enumerate(DAYS) if row[name] == "1")
        found[row["service_id"]] = (days, _day(row["start_date"]), _day(row["end_date"]))
    for service_id, _ in single:
        found.setdefault(service_id, (frozenset(), date.max, date.min))
    return {
        service_id: Service(*usual, frozenset(single[service_id, "1"]), frozenset(single[service_id, "2"]))
        for service_id, usual in found.items()
    }


def _trips(archive: ZipFile) -> dict[str, list[Trip]]:
    """Return the trips that run without a timetable, by shape; a shape of several ways of riding has none."""
    trips = {row["trip_id"]: row for row in _rows(archive, "trips.txt")}
    found: dict[str, list[Trip]] = defaultdict(list)
    for row in _rows(archive, "frequencies.txt"):
        trip = trips[row["trip_id"]]
        shape_id, direction = trip.get("shape_id") or "", trip.get("direction_id")
        if row.get("exact_times") != "1" and shape_id:
            found[shape_id].append(Trip(
                row["trip_id"], trip["route_id"], int(direction) if direction else None, trip["service_id"], shape_id,
                _seconds(row["start_time"]), _seconds(row["end_time"]),
            ))
    ways = {shape_id: {(trip.route_id, trip.direction_id) for trip in one} for shape_id, one in found.items()}
    return {shape_id: one for shape_id, one in found.items() if len(ways[shape_id]) == 1}


def _shapes(archive: ZipFile) -> dict[str, list[tuple[float, float]]]:
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for row in _rows(archive, "shapes.txt"):
        place = int(row["shape_pt_sequence"]), float(row["shape_pt_lon"]), float(row["shape_pt_lat"])
        points[row["shape_id"]].append(place)
    return {shape_id: [place[1:] for place in sorted(shape)] for shape_id, shape in points.items()}


def _day(said: str) -> date:
    return datetime.strptime(said, "%Y%m%d").date()


def _seconds(said: str) -> int:
    hours, minutes, seconds = said.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _rows(archive: ZipFile, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file as texts by column; none where the feed has no such file."""
    if name not in archive.NameToInfo:
        return
    with archive.open(name) as member:
        yield from csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))
