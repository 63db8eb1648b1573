"""Trips of an imported feed that go every so often, as one trip for each departure. Pure.

For planners that ignore frequencies: departures lie strictly before the end of their window, and each trip takes the
times of its template moved to its own departure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

Cells = Sequence[str]
Departures = Mapping[str, Sequence[int]]
"""When each trip that has frequencies departs, in seconds after midnight."""

_TIMES = ("arrival_time", "departure_time")


def departures_of(columns: Cells, rows: Iterable[Cells]) -> Departures:
    """Return when trips depart, from the rows of frequencies.txt; windows that say no time or headway have none."""
    names = [column.strip() for column in columns]
    found: dict[str, set[int]] = {}
    for cells in rows:
        row = dict(zip(names, cells))
        start, end, every = (row.get(name, "") for name in ("start_time", "end_time", "headway_secs"))
        at = found.setdefault(row.get("trip_id", ""), set())
        if every.strip().isdecimal() and int(every) > 0:
            at.update(range(_seconds(start) or 0, _seconds(end) or 0, int(every)))
    return {trip_id: sorted(at) for trip_id, at in found.items()}


def trips(columns: Cells, rows: Iterable[Cells], departures: Departures) -> Iterator[Cells]:
    """Yield the rows of trips.txt, one for each departure, with ``-1``, ``-2`` … after the trip's id."""
    place = _place(columns, "trip_id")
    for cells in rows:
        trip_id = cells[place]
        if trip_id not in departures:
            yield cells
            continue
        for number in range(1, len(departures[trip_id]) + 1):
            yield _with(cells, {place: f"{trip_id}-{number}"})


def stop_times(columns: Cells, rows: Iterable[Cells], departures: Departures) -> Iterator[Cells]:
    """Yield the rows of stop_times.txt, the whole of a trip for each of its departures."""
    place = _place(columns, "trip_id")
    times = [index for index, column in enumerate(columns) if column.strip() in _TIMES]
    for trip_id, group in groupby(rows, key=lambda cells: cells[place]):
        calls = list(group)
        if trip_id not in departures:
            yield from calls
            continue
        first = next((at for cells in calls for index in reversed(times)
                      if index < len(cells) and (at := _seconds(cells[index])) is not None), 0)
        for number, departs in enumerate(departures[trip_id], start=1):
            for cells in calls:
                moved = {index: _clock(at + departs - first) for index in times
                         if index < len(cells) and (at := _seconds(cells[index])) is not None}
                yield _with(cells, {**moved, place: f"{trip_id}-{number}"})


EXPANDS: Mapping[str, Callable[[Cells, Iterable[Cells], Departures], Iterator[Cells]]] = {
    "trips.txt": trips, "stop_times.txt": stop_times,
}
"""How a table is written where each departure is a trip."""


def _place(columns: Cells, name: str) -> int:
    return [column.strip() for column in columns].index(name)


def _with(cells: Cells, new: Mapping[int, str]) -> list[str]:
    return [new.get(index, cell) for index, cell in enumerate(cells)]


def _seconds(text: str) -> int | None:
    parts = text.strip().split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    hours, minutes, seconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds


def _clock(at_s: int) -> str:
    """``HH:MM:SS``; what would lie before midnight begins with it."""
    at_s = max(at_s, 0)
    return f"{at_s // 3600:02d}:{at_s // 60 % 60:02d}:{at_s % 60:02d}"
