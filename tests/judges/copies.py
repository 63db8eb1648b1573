"""Copies of feeds with some cells written otherwise: for planners with habits of their own, and to see what one does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from tests.judges.timetable import read_tables, seconds

Edit = Callable[[list[str]], list[str]]
"""A row's cells, written otherwise."""
MARK = "id "
"""No reader of tables makes a number of what begins so."""


Edits = Callable[[str, Sequence[str]], Edit]
"""What is done to each row of a table, from the table's name and columns."""


@contextmanager
def edited(feed: Path, edits: Edits) -> Iterator[Path]:
    """A copy of a feed's tables, there for as long as it is looked at."""
    with TemporaryDirectory() as folder, ZipFile(feed) as source:
        copy = Path(folder, "feed.zip")
        with ZipFile(copy, "w") as target:
            for name in source.namelist():
                if name.endswith(".txt"):
                    with source.open(name) as raw, target.open(name, "w", force_zip64=True) as written:
                        rows = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", newline=""))
                        columns = next(rows)
                        edit = edits(name, [column.strip() for column in columns])
                        out = io.TextIOWrapper(written, "utf-8", newline="")
                        csv.writer(out).writerows([columns, *map(edit, rows)])
                        out.detach().flush()
        yield copy


def marked(_: str, columns: Sequence[str]) -> Edit:
    """Every id after ``MARK``: where a reader makes numbers of what looks like numbers, "007" is no longer "7"."""
    places = [i for i, column in enumerate(columns) if column.endswith("_id") or column == "parent_station"]

    def edit(cells: list[str]) -> list[str]:
        for place in places:
            if place < len(cells) and cells[place]:
                cells[place] = MARK + cells[place]
        return cells

    return edit


def strangers(name: str, columns: Sequence[str]) -> Edit:
    """Stops without names or stations in common: planners that walk between such can only walk where the feed says."""
    if name != "stops.txt":
        return _same
    return _each(columns, {"stop_name": lambda row: row["stop_id"], "parent_station": lambda _: ""})


def whole_minutes(feed: Path) -> Edits:
    """Trips with frequencies begin at a whole minute. It changes nothing that the feed says, as only the time between
    stops counts in them; but who cuts each of their times to minutes finds the same as in single departures."""
    tables = read_tables(feed)
    often = {row["trip_id"] for row in tables.get("frequencies.txt", [])}
    over_s: dict[str, int] = {}
    for row in sorted(tables["stop_times.txt"], key=lambda row: int(row["stop_sequence"])):
        if row["trip_id"] in often and row["departure_time"]:
            over_s.setdefault(row["trip_id"], seconds(row["departure_time"]) % 60)

    def moved(column: str) -> Callable[[Mapping[str, str]], str]:
        return lambda row: row[column] and _clock(seconds(row[column]) - over_s.get(row["trip_id"], 0))

    def edits(name: str, columns: Sequence[str]) -> Edit:
        times = {column: moved(column) for column in ("arrival_time", "departure_time")}
        return _each(columns, times) if name == "stop_times.txt" else _same

    return edits


def _same(cells: list[str]) -> list[str]:
    return cells


def _each(columns: Sequence[str], new: Mapping[str, Callable[[Mapping[str, str]], str]]) -> Edit:
    there = {column: make for column, make in new.items() if column in columns}

    def edit(cells: list[str]) -> list[str]:
        row = dict(zip(columns, cells))
        made = {column: make(row) for column, make in there.items()}
        return [made.get(column, cell) for column, cell in zip(columns, cells)]

    return edit


def _clock(at_s: int) -> str:
    return f"{at_s // 3600:02d}:{at_s // 60 % 60:02d}:{at_s % 60:02d}"
