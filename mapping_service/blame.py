"""Whose row is to blame for what validators found, if it stands so in a feed that others made.

A row of an imported feed goes out word for word, so that what is wrong in it can only be mended by leaving its routes
out, or by its makers. A national feed has millions of rows: a file is read once for all that was found in it, and once
more where it says whose routes these rows are.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from collectors.gtfs.findings import KEYS
from collectors.limits import MAX_CELL_CHARS
from mapping_service.findings import Blamed, Place, place_of, thing_named
from mapping_service.gtfs_ids import ID_COLUMNS
from mapping_service.release_records import Check
from mapping_service.store.sources import Holder, Sought, find_holders

# Of more routes than these the whole feed is named.
_MOST_ROUTES = 5

Row = Mapping[str, str]


def with_blame(connection: Connection, city_id: int, checks: Sequence[Check], feed: Path) -> list[Check]:
    """Return what validators said of a feed with ``blamed`` in each error that lies in a row of an imported feed."""
    errors = [one for check in checks for one in check.notices if one["severity"] == "ERROR"]
    if not errors or not zipfile.is_zipfile(feed):
        return list(checks)
    with zipfile.ZipFile(feed) as archive:
        blamed = iter(_blamed(connection, city_id, archive, errors))
    return [
        replace(check, notices=[
            {**one, "blamed": next(blamed)} if one["severity"] == "ERROR" else one for one in check.notices
        ])
        for check in checks
    ]


def _blamed(
    connection: Connection, city_id: int, archive: zipfile.ZipFile, errors: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any] | None]:
    """For each finding the feed of the first example that is of one, as it is kept beside the finding."""
    places = [place_of(sample) for one in errors for sample in one["samples"]]
    rows = _rows_of(archive, places)
    sought = [list(_sought(place, row)) for place, row in zip(places, rows)]
    holders = find_holders(connection, city_id, sorted({one for some in sought for one in some}))
    held = iter([(row, holders[one]) if one else None for row, one in zip(rows, (
        next((one for one in some if one in holders), None) for some in sought
    ))])
    firsts = [next(filter(None, [*islice(held, len(one["samples"]))]), None) for one in errors]
    routes = iter(_routes(archive, [one[0] for one in firsts if one]))
    return [_kept(one[1], next(routes)) if one else None for one in firsts]


def _kept(holder: Holder, routes: Collection[str]) -> dict[str, Any]:
    brought = [one for one in holder.routes if one in routes]
    return vars(Blamed(holder.source_id, holder.name, brought if len(brought) <= _MOST_ROUTES else []))


def _rows_of(archive: zipfile.ZipFile, places: Sequence[Place]) -> list[Row]:
    """The row of which each place speaks, or what is told of it; empty where nothing is."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for place in places:
        if place.file and place.row:
            wanted[place.file].add(place.row)
    near = {(name, number): rows for name in wanted for number, rows in _rows_at(archive, name, wanted[name]).items()}
    return [_exact(place, near.get((place.file or "", place.row or 0), [])) for place in places]


def _rows_at(archive: zipfile.ZipFile, name: str, numbers: Collection[int]) -> dict[int, list[Row]]:
    """The rows at some numbers: validators count records, or lines, which differ after a value of two lines."""
    found: dict[int, list[Row]] = defaultdict(list)
    last = max(numbers)
    for at, line, row in _rows(archive, name):
        for number in {at, line}.intersection(numbers):
            found[number].append(row)
        if at >= last:
            break
    return found


def _exact(place: Place, near: Sequence[Row]) -> Row:
    """Of the rows near a place the one that holds what is told of it."""
    said = set(place.values.values())
    exact = [row for row in near if any(" ".join(value.split()) in said for value in row.values() if value)]
    return next(iter([*exact, *near]), thing_named(place.values)[1])


def _sought(place: Place, row: Row) -> Iterator[Sought]:
    """By what a row is found again in the feed that it is from: its id and what is wrong; without an id it had none."""
    if place.file is None:
        return
    key = next(iter(KEYS.get(place.file, ())), None) or next((column for column in row if column in ID_COLUMNS), "")
    wrong = sorted((column for column in place.values if column in row), key=lambda column: not row[column])
    for columns in (list(dict.fromkeys((key, *wrong))), wrong):
        if columns and row.get(columns[0]):
            yield Sought(place.file, tuple(columns), tuple(row[column] for column in columns))


def _routes(archive: zipfile.ZipFile, rows: Sequence[Row]) -> list[set[str]]:
    """The routes to which each row belongs: its own, those of its trips, or those that use what it is of."""
    ids = [{key: {row[key]} for key in ("route_id", "trip_id", "shape_id", "service_id") if row.get(key)}
           for row in rows]
    stops = [{"stop_id": {row["stop_id"]}} if row.get("stop_id") and not some else {} for row, some in zip(rows, ids)]
    calling = _using(archive, "stop_times.txt", "trip_id", stops)
    trips = [{} if "route_id" in some else {"trip_id": called, **some} for some, called in zip(ids, calling)]
    agencies = [{"agency_id": {row.get("agency_id", "")}} if "agency_name" in row else {} for row in rows]
    of_trips = _using(archive, "trips.txt", "route_id", trips)
    of_agencies = _using(archive, "routes.txt", "route_id", agencies)
    return [some.get("route_id", one | other) for some, one, other in zip(ids, of_trips, of_agencies)]


def _using(
    archive: zipfile.ZipFile, name: str, column: str, asked: Sequence[Mapping[str, Collection[str]]]
) -> list[set[str]]:
    """What a column holds in the rows of a file that have one of the asked ids, for each that asks."""
    found: list[set[str]] = [set() for _ in asked]
    asking: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for into, one in zip(found, asked):
        for key, value in ((key, value) for key, values in one.items() for value in values):
            asking[key, value].append(into)
    keys = {key for key, _ in asking}
    for _, _, row in _rows(archive, name) if asking else ():
        for key in keys:
            for into in asking.get((key, row.get(key, "")), ()):
                into.add(row.get(column, ""))
    return found


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, int, Row]]:
    """The number, the last line and the values of each row of a file, the header being row and line 1."""
    if name not in archive.namelist():
        return
    with archive.open(name) as opened, io.TextIOWrapper(opened, "utf-8-sig", newline="") as text:
        csv.field_size_limit(MAX_CELL_CHARS)
        reader = csv.reader(text)
        columns = [column.strip() for column in next(reader, [])]
        for at, cells in enumerate(reader, start=2):
            yield at, reader.line_num, dict(zip(columns, cells))
