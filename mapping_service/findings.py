"""What validators found, for people: where it is. Reports name a file, a row and a value, each in its own way."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping_service.gtfs_ids import ID_COLUMNS
from mapping_service.release_records import Check

# Where a thing stands that a report names without its file, as {"stopId": "S1"}.
_HOMES = {"agency": "agency.txt", "route": "routes.txt", "service": "calendar.txt", "shape": "shapes.txt",
          "stop": "stops.txt", "trip": "trips.txt"}
_NAMES_A_FIELD = re.compile(r"(child|start|end)?[fF]ieldName\d?")


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
    file = told[named[0]] if named else thing_named(rest)[0]
    if not file:
        return Place(None, None, told)
    wrong = {value: _value_of(key, rest) for key, value in rest.items() if _NAMES_A_FIELD.fullmatch(key)}
    return Place(file, int(told[counted[0]]) if counted else None, wrong or rest)


def _value_of(key: str, told: Mapping[str, str]) -> str:
    """What stands in the field that ``key`` names: of ``startFieldName`` as ``startValue``, of others in full."""
    names = (key.replace("Name", "Value"), key.replace("FieldName", "Value"), "fieldValue")
    return next((told[name] for name in names if name in told and name != key), "")


def thing_named(values: Mapping[str, str]) -> tuple[str | None, Mapping[str, str]]:
    """Return the one thing that a report names without a file: the file in which it must stand, and its id."""
    for key, value in values.items():
        column = re.sub("([A-Z])", r"_\1", key).lower()
        if (home := _HOMES.get(ID_COLUMNS.get(column, ""))) is not None:
            return home, {column: value}
    return None, {}
