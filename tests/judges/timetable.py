"""A feed's service on one day as its own rows say it: what a planner's answer is held against.

Times are seconds after midnight of the day. Walks between stops are not looked for: only ``transfers.txt`` and changes
at one stop are known here.
"""

from __future__ import annotations

import csv
import io
import math
import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

Rows = list[dict[str, str]]
CHANGE_S = 180
"""Time that every change of vehicle is given, more than any planner here asks for."""
WALK_M = 1000.0
"""Nobody is sent by bus to the other side of a street: ends of a query are farther apart."""
DEGREE_M = 111_195.0


class Leg(NamedTuple):
    """A way from one stop to another, in a vehicle or on foot."""

    from_stop: str
    to_stop: str
    depart_s: int
    arrive_s: int


class Query(NamedTuple):
    """Who stands where from when on, and wants to go where."""

    from_stop: str
    to_stop: str
    at_s: int


@dataclass(frozen=True)
class Course:
    """Vehicles that leave one after the other and take the same times from stop to stop; ``calls``: stop, arrival and
    departure after the start, whether one may get on and off there. The first ``sure`` of them are those that nigiri
    starts too: it leaves out a last one after which less than a whole headway is left of the window."""

    line: str
    headway_s: int
    starts_s: tuple[int, ...]
    sure: int
    calls: tuple[tuple[str, int, int, bool, bool], ...]


class _Hop(NamedTuple):
    depart_s: int
    arrive_s: int
    vehicle: tuple[int, int]
    from_stop: str
    to_stop: str
    on: bool
    off: bool


def read_tables(feed: Path) -> dict[str, Rows]:
    """The tables of a feed by the names of their files, every value as text."""
    with ZipFile(feed) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist() if name.endswith(".txt")
        }


def seconds(text: str) -> int:
    """Seconds of ``HH:MM:SS``, which may pass 24 hours."""
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def runs_on(tables: Mapping[str, Rows], day: date) -> set[str]:
    """The services that run on a day."""
    name, stamp = day.strftime("%A").lower(), day.strftime("%Y%m%d")
    running = {
        row["service_id"] for row in tables.get("calendar.txt", [])
        if row[name] == "1" and row["start_date"] <= stamp <= row["end_date"]
    }
    for row in tables.get("calendar_dates.txt", []):
        if row["date"] == stamp:
            (running.add if row["exception_type"] == "1" else running.discard)(row["service_id"])
    return running


class Day:
    """What runs on one day."""

    def __init__(self, tables: Mapping[str, Rows], day: date) -> None:
        services = runs_on(tables, day)
        self.lines = {row["trip_id"]: row["route_id"] for row in tables["trips.txt"] if row["service_id"] in services}
        self.courses = tuple(_courses(tables, self.lines))
        self._places = {
            row["stop_id"]: (float(row["stop_lon"]), float(row["stop_lat"]))
            for row in tables["stops.txt"] if row["stop_lat"]
        }
        self._transfers: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in tables.get("transfers.txt", []):
            if row["transfer_type"] in ("", "0", "2"):
                self._transfers[row["from_stop_id"]].append((row["to_stop_id"], int(row["min_transfer_time"] or 0)))
        self._hops = sorted(hop for course in enumerate(self.courses) for hop in _hops(*course))
        self._between: dict[tuple[str, str], list[tuple[Course, int, int]]] = defaultdict(list)
        for course in self.courses:
            for i, (from_stop, _, departs_s, on, _) in enumerate(course.calls):
                for to_stop, arrives_s, _, _, off in course.calls[i + 1:] if on else ():
                    if off:
                        self._between[from_stop, to_stop].append((course, departs_s, arrives_s))

    def ridden(self, leg: Leg, within_s: int = 60) -> list[Course]:
        """The courses of which a vehicle makes a leg at these times, but for what a planner rounds off."""
        found = []
        for course, departs_s, arrives_s in self._between.get((leg.from_stop, leg.to_stop), ()):
            first = bisect_left(course.starts_s, leg.depart_s - departs_s - within_s)
            for start_s in course.starts_s[first:first + 3]:
                if max(abs(start_s + departs_s - leg.depart_s), abs(start_s + arrives_s - leg.arrive_s)) <= within_s:
                    found.append(course)
                    break
        return found

    def walks(self, leg: Leg) -> bool:
        """True where nothing but ``transfers.txt`` or staying at a stop is needed for a leg."""
        near = {stop for stop, _ in self._transfers.get(leg.from_stop, ())}
        return leg.to_stop == leg.from_stop or leg.to_stop in near

    def headways_s(self, legs: Iterable[Leg]) -> list[int]:
        """The headway of each vehicle ridden, the longest where several go the same way at once."""
        ridden = [[course.headway_s for course in self.ridden(leg)] for leg in legs]
        return [max(found) for found in ridden if found]

    def arrivals(self, from_stop: str, at_s: int) -> dict[str, int]:
        """When one can be at each stop, changing without haste: a connection scan over the day."""
        best = {from_stop: at_s}
        ready: dict[str, int] = {}
        aboard: set[tuple[int, int]] = set()
        self._walk(from_stop, at_s, best, ready)
        first = bisect_left(self._hops, (at_s,))
        for hop in self._hops[first:]:
            if hop.vehicle not in aboard:
                start = ready.get(hop.from_stop, at_s if hop.from_stop == from_stop else None)
                if not hop.on or start is None or hop.depart_s < start:
                    continue
                aboard.add(hop.vehicle)
            if hop.off and hop.arrive_s < best.get(hop.to_stop, 1 << 30):
                best[hop.to_stop] = hop.arrive_s
                self._walk(hop.to_stop, hop.arrive_s, best, ready)
        return best

    def _walk(self, stop: str, at_s: int, best: dict[str, int], ready: dict[str, int]) -> None:
        for to_stop, walk_s in ((stop, 0), *self._transfers.get(stop, ())):
            there_s = at_s + walk_s
            if there_s <= best.get(to_stop, 1 << 30):
                best[to_stop] = there_s
            ready[to_stop] = min(ready.get(to_stop, 1 << 30), there_s + CHANGE_S)

    def queries(self, count: int, seed: int, from_s: int, until_s: int) -> list[Query]:
        """Pairs of stops that our own scan can join, each from a random minute on, too far apart to walk."""
        chance = random.Random(seed)
        stops = sorted({call[0] for course in self.courses for call in course.calls})
        found: list[Query] = []
        for _ in range(20 * count):
            at_s = 60 * chance.randrange(from_s // 60, until_s // 60)
            origin = chance.choice(stops)
            reached = sorted(stop for stop in self.arrivals(origin, at_s) if self._apart_m(origin, stop) > WALK_M)
            if reached:
                found.append(Query(origin, chance.choice(reached), at_s))
            if len(found) == count:
                break
        return found

    def _apart_m(self, one: str, other: str) -> float:
        (lon, lat), (to_lon, to_lat) = self._places[one], self._places[other]
        return math.hypot((to_lon - lon) * math.cos(math.radians(lat)), to_lat - lat) * DEGREE_M

    def line_queries(self) -> dict[str, list[Query]]:
        """For each line, ways that as few other lines as possible go too, from the minute before a vehicle leaves."""
        ways: dict[str, list[tuple[int, Query]]] = defaultdict(list)
        for (from_stop, to_stop), going in self._between.items():
            lines = {course.line for course, _, _ in going}
            for course, departs_s, _ in going:
                if not course.sure:
                    continue
                start_s = course.starts_s[course.sure // 2]
                query = Query(from_stop, to_stop, (start_s + departs_s) // 60 * 60 - 60)
                ways[course.line].append((len(lines), query))
        return {line: [query for _, query in sorted(found)[:8]] for line, found in sorted(ways.items())}


def _courses(tables: Mapping[str, Rows], lines: Mapping[str, str]) -> Iterator[Course]:
    calls: dict[str, Rows] = defaultdict(list)
    for row in tables["stop_times.txt"]:
        if row["trip_id"] in lines:
            calls[row["trip_id"]].append(row)
    windows: dict[str, Rows] = defaultdict(list)
    for row in tables.get("frequencies.txt", []):
        windows[row["trip_id"]].append(row)
    for trip, rows in calls.items():
        rows.sort(key=lambda row: int(row["stop_sequence"]))
        begin_s = seconds(rows[0]["departure_time"])
        served = tuple(_call(row, begin_s) for row in rows)
        if trip not in windows:
            yield Course(lines[trip], 0, (begin_s,), 1, served)
        for window in windows.get(trip, ()):
            headway_s = int(window["headway_secs"])
            start_s, end_s = seconds(window["start_time"]), seconds(window["end_time"])
            starts_s = tuple(range(start_s, end_s, headway_s))
            yield Course(lines[trip], headway_s, starts_s, (end_s - start_s) // headway_s, served)


def _call(row: Mapping[str, str], begin_s: int) -> tuple[str, int, int, bool, bool]:
    on, off = row.get("pickup_type") != "1", row.get("drop_off_type") != "1"
    return row["stop_id"], seconds(row["arrival_time"]) - begin_s, seconds(row["departure_time"]) - begin_s, on, off


def _hops(number: int, course: Course) -> Iterator[_Hop]:
    for i, start_s in enumerate(course.starts_s[:course.sure]):
        for here, there in zip(course.calls, course.calls[1:]):
            yield _Hop(start_s + here[2], start_s + there[1], (number, i), here[0], there[0], here[3], there[4])


def misplaced(query: Query, legs: Sequence[Leg]) -> str | None:
    """What is wrong with the order of a journey: it must not begin before it was asked for, nor arrive before it left.
    """
    now_s = query.at_s
    for leg in legs:
        if leg.depart_s < now_s:
            return f"leaves {leg.from_stop} {now_s - leg.depart_s} s before it is there"
        if leg.arrive_s < leg.depart_s:
            return f"is at {leg.to_stop} before it left {leg.from_stop}"
        now_s = leg.arrive_s
    return None
