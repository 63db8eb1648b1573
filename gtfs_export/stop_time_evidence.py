"""What the times at stops rest on: half of all rows of a feed's evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row

from gtfs_export.csv_text import csv_cell
from gtfs_export.stop_times import PATTERNS_AT_ONCE, clock, timed_patterns
from spatial_sql.loader import feed_statements

# Nobody said when a trip starts.
_START = ("band_start", 0, None)


def stop_time_rows(connection: Connection, kind: str) -> Iterator[bytes]:
    """Yield a row of evidence, as ``csv`` or ``json``, for when each trip reaches a stop and, if later, leaves it."""
    write = _csv if kind == "csv" else _json
    some = {"yield_per": PATTERNS_AT_ONCE}
    known = iter(connection.execute(feed_statements("evidence_row")["running"], execution_options=some))
    for pattern in timed_patterns(connection):
        rests_on = next(one for one in known if one.pattern_no == pattern.pattern_no)
        times = pattern.times
        for number, trip in enumerate(pattern.trips):
            found = zip(times.entry[number].tolist(), times.own[number].tolist(), strict=True)
            hows = [_START, *(_how(rests_on, entry, own) for entry, own in found)]
            stops = zip(times.arrival_s[number].tolist(), times.departure_s[number].tolist(), hows, strict=True)
            for sequence, (arrival_s, departure_s, how) in enumerate(stops, 1):
                yield write(trip.trip_id, sequence, "arrival_time", clock(arrival_s), *how)
                if departure_s > arrival_s:
                    yield write(trip.trip_id, sequence, "departure_time", clock(departure_s), *how)


def _how(rests_on: Row[Any], entry: int, own: bool) -> tuple[str, int, int | None]:
    """By which method a running time is known, of how many rides and people."""
    runs = rests_on.runs[entry]
    method = rests_on.methods[entry] if runs == 0 else "band" if own else "wider_band"
    return method, runs, rests_on.people[entry]


def _csv(trip_id: str, sequence: int, field: str, value: str, method: str, runs: int, people: int | None) -> bytes:
    return f"stop_time,{csv_cell(f'{trip_id}/{sequence}')},{field},{value},{_csv_how(method, runs, people)}".encode()


@cache
def _csv_how(method: str, runs: int, people: int | None) -> str:
    return f"{method},{_estimate(method)},{runs},{'' if people is None else people},,,,,\n"


def _json(trip_id: str, sequence: int, field: str, value: str, method: str, runs: int, people: int | None) -> bytes:
    place = json.dumps(f"{trip_id}/{sequence}", ensure_ascii=False)
    how = _json_how(method, runs, people)
    return f'{{"element":"stop_time","id":{place},"field":"{field}","value":"{value}",{how}'.encode()


@cache
def _json_how(method: str, runs: int, people: int | None) -> str:
    by = "" if people is None else f',"people":{people}'
    return f'"method":"{method}","estimate":{_estimate(method)},"observations":{runs}{by}}}\n'


def _estimate(method: str) -> str:
    """Of the methods by which times are known only one is no estimate."""
    return "false" if method == "band" else "true"
