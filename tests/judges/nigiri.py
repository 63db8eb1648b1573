"""Asks nigiri, the engine of MOTIS, which reads ``frequencies.txt``: questions on stdin, answers on stdout, as JSON.

    python -m tests.judges.nigiri < {"feed", "date", "timezone", "link_m", "max_transfers", "queries": [[from, to, at]]}

Times are seconds after midnight of the day; nigiri knows whole minutes. An answer is a list of ``[from, to, depart,
arrive]``, or null. A process of its own: its log goes to stderr, and what breaks in it breaks alone.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pynigiri

from tests.judges.timetable import Leg, read_tables

Asked = tuple[str, str, int]


def answer(
    feed: str, day: date, timezone: str, link_m: int, max_transfers: int, queries: list[Asked]
) -> list[list[Leg] | None]:
    """The journey of each query that arrives first."""
    settings = pynigiri.LoaderConfig()
    settings.link_stop_distance = link_m
    source = pynigiri.TimetableSource("", feed, settings)
    loaded = pynigiri.load_timetable([source], day.isoformat(), (day + timedelta(days=2)).isoformat())
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    begin_min = int(midnight.timestamp()) // 60
    stops = {stop for from_stop, to_stop, _ in queries for stop in (from_stop, to_stop)}
    places = {stop: loaded.find_location(stop) for stop in sorted(stops)}
    names = _names(loaded, feed)

    def leg(one: pynigiri.Leg) -> Leg:
        from_stop, to_stop = names[int(getattr(one, "from"))], names[int(one.to)]
        return Leg(from_stop, to_stop, 60 * (one.dep_time - begin_min), 60 * (one.arr_time - begin_min))

    answers: list[list[Leg] | None] = []
    for from_stop, to_stop, at_s in queries:
        asked = pynigiri.Query()
        asked.start_time = begin_min + at_s // 60
        asked.start = [pynigiri.Offset(places[from_stop], 0, 0)]
        asked.destination = [pynigiri.Offset(places[to_stop], 0, 0)]
        asked.start_match_mode = asked.dest_match_mode = pynigiri.LocationMatchMode.EXACT
        asked.use_start_footpaths = True
        asked.max_transfers, asked.max_travel_time = max_transfers, 1200
        found = pynigiri.route(loaded, asked)
        first = min(found, key=lambda one: (one.arrival_time(), one.transfers), default=None)
        answers.append(None if first is None else [leg(one) for one in first.legs])
    return answers


def _names(loaded: pynigiri.Timetable, feed: str) -> dict[int, str]:
    found = {}
    for row in read_tables(Path(feed))["stops.txt"]:
        place = loaded.find_location(row["stop_id"])
        if place is not None:
            found[int(place)] = row["stop_id"]
    return found


if __name__ == "__main__":
    held = json.load(sys.stdin)
    asked = [(from_stop, to_stop, at_s) for from_stop, to_stop, at_s in held["queries"]]
    json.dump(answer(held["feed"], date.fromisoformat(held["date"]), held["timezone"], held["link_m"],
                     held["max_transfers"], asked), sys.stdout)
