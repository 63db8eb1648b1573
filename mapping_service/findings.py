"""What validators found, for people: where it is, and whose row is to blame if a feed that others made has it.

Reports name a file, a row and a value, each in its own way. A row of an imported feed goes out word for word, so that
what is wrong in it can only be mended by leaving its routes out, or by its makers.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from collectors.gtfs.findings import KEYS
from collectors.limits import MAX_CELL_CHARS
from mapping_service.gtfs_ids import ID_COLUMNS
from mapping_service.release_records import Check
from mapping_service.store import sources

# Of more routes than these the whole feed is named.
_MOST_ROUTES = 5
# Where a thing stands that a report names without its file, as {"stopId": "S1"}.
_HOMES = {"agency": "agency.txt", "route": "routes.txt", "service": "calendar.txt", "shape": "shapes.txt",
          "stop": "stops.txt", "trip": "trips.txt"}
_NAMES_A_FIELD = re.compile(r"(child|start|end)?[fF]ieldName\d?")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where a finding is: file and row, the header being row 1, as far as they are told, and the values told of it."""

    file: str | None
    row: int | None
    values: Mapping[str, str]


@dataclass(frozen=True)
class Blamed:
    """The imported feed in which a wrong row stands, and the routes that bring it; none where all of it does."""

    source_id: int
    name: str
    routes: Sequence[str]

    def way_out(self, slug: str) -> str:
        """Return the commands that take it out of a city's next release."""
        named = "".join(f" {shlex.quote(one)}" for one in self.routes)
        of_city = f"--city {slug}"
        return f"commonway feed reject {self.source_id}{named} {of_city} && commonway review accept {of_city}"


@dataclass(frozen=True)
class Kind:
    """One kind of finding of a validator in a file: how often, a few places, and the imported feed that has it so."""

    code: str
    severity: str
    times: int
    places: Sequence[Place]
    blamed: Blamed | None


def kinds_of(check: Check) -> list[Kind]:
    """Return what a validator found, errors first."""
    return [
        Kind(
            one["code"], one["severity"], one["total"], [*map(place_of, one["samples"])],
            Blamed(**one["blamed"]) if one.get("blamed") else None,
        )
        for one in check.notices
    ]


def place_of(sample: Mapping[str, Any]) -> Place:
    """Return where a finding is; of the values only the one that is wrong, where the report says which it is."""
    told = {key: " ".join(str(value).split()) for key, value in sample.items() if value is not None and value != ""}
    named = [key for key in told if key.lower().endswith("filename")]
    counted = [key for key in told if "csvrownumber" in key.lower()]
    rest = {key: value for key, value in told.items() if key not in (*named, *counted)}
    file = told[named[0]] if named else _named(rest)[0]
    if not file:
        return Place(None, None, told)
    wrong = {value: _value_of(key, rest) for key, value in rest.items() if _NAMES_A_FIELD.fullmatch(key)}
    return Place(file, int(told[counted[0]]) if counted else None, wrong or rest)


def _value_of(key: str, told: Mapping[str, str]) -> str:
    """What stands in the field that ``key`` names: of ``startFieldName`` as ``startValue``, of others in full."""
    names = (key.replace("Name", "Value"), key.replace("FieldName", "Value"), "fieldValue")
    return next((told[name] for name in names if name in told and name != key), "")


def with_blame(connection: Connection, city_id: int, check: Check, feed: Path) -> Check:
    """Return what a validator said of a feed with ``blamed`` in each error that lies in a row of an imported feed."""
    if not check.errors or not zipfile.is_zipfile(feed):
        return check
    with zipfile.ZipFile(feed) as archive:
        told = [{**one, "blamed": _blamed(connection, city_id, archive, one)} for one in check.notices
                if one["severity"] == "ERROR"]
    others = [one for one in check.notices if one["severity"] != "ERROR"]
    return replace(check, notices=[*told, *others])


def _blamed(
    connection: Connection, city_id: int, archive: zipfile.ZipFile, notice: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The feed of the first example that is of one, as it is kept beside the finding."""
    for place in map(place_of, notice["samples"]):
        name, row = _row_of(archive, place)
        for column, value in _marks(name, row, place):
            for held in sources.find_rows(connection, city_id, name, column, value):
                if all(held.values.get(key) == row.get(key) for key in place.values if key in row):
                    routes = [one for one in _routes(archive, row) if one in held.routes]
                    few = routes if len(routes) <= _MOST_ROUTES else []
                    return vars(Blamed(held.source_id, held.name, few))
    return None


def _row_of(archive: zipfile.ZipFile, place: Place) -> tuple[str, Row]:
    """The row that a report speaks of: validators count records, or lines, which differ after a value of two lines."""
    if place.file is None:
        return "", {}
    last = place.row or 0
    up_to_it = takewhile(lambda one: one[0] <= last, _rows(archive, place.file))
    near = [row for at, line, row in up_to_it if last in (at, line)]
    said = set(place.values.values())
    exact = [row for row in near if any(" ".join(value.split()) in said for value in row.values() if value)]
    return place.file, next(iter([*exact, *near]), _named(place.values)[1])


def _named(values: Mapping[str, str]) -> tuple[str, Row]:
    """The one thing that a report names without a file."""
    for key, value in values.items():
        column = re.sub("([A-Z])", r"_\1", key).lower()
        if (home := _HOMES.get(ID_COLUMNS.get(column, ""))) is not None:
            return home, {column: value}
    return "", {}


def _marks(name: str, row: Row, place: Place) -> Iterator[tuple[str, str]]:
    """By what a row is found again in the feed that it is from: its id; the wrong values where it had none there."""
    key = next(iter(KEYS.get(name, ())), None) or next((column for column in row if column in ID_COLUMNS), None)
    wrong = [column for column in place.values if column in row]
    for column in dict.fromkeys([key, *wrong] if key else wrong):
        if row.get(column):
            yield column, row[column]


def _routes(archive: zipfile.ZipFile, row: Row) -> list[str]:
    """The routes to which a row belongs: its own, those of its trips, or those that use what it is of."""
    if row.get("route_id"):
        return [row["route_id"]]
    found = {key: {row[key]} for key in ("trip_id", "shape_id", "service_id") if row.get(key)}
    if not found and row.get("stop_id"):
        at_stop = _rows(archive, "stop_times.txt")
        found = {"trip_id": {call["trip_id"] for _, _, call in at_stop if call.get("stop_id") == row["stop_id"]}}
    name = "trips.txt"
    if "agency_name" in row:
        name, found = "routes.txt", {"agency_id": {row.get("agency_id", "")}}
    used = [one for _, _, one in _rows(archive, name) if any(one.get(key) in ids for key, ids in found.items())]
    return sorted({one["route_id"] for one in used if one.get("route_id")})


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
