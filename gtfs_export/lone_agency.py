"""The agency of a feed that has only one: it needs no id as long as it is alone, and has to have one beside others.

GTFS asks for ``agency_id`` in agency.txt, routes.txt and fare_attributes.txt where a feed has several agencies. A feed
that has only ever gone out alone stays as it came, word for word; once it was released beside our own agencies, or
those of another feed, what it left empty is filled in for good. An id that it never had is made of the agency's name
and the number of its feed: it is the same in every release, whatever else goes out, and no other feed makes it too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

FILES = ("agency.txt", "routes.txt", "fare_attributes.txt")
COLUMN = "agency_id"
Agency = tuple[str, str]
"""Id, which may be empty, and name."""


def agencies_in(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Agency]:
    """Return the agencies of an agency.txt."""
    names = [column.strip() for column in columns]
    values = (dict(zip(names, row)) for row in rows)
    return [(one.get(COLUMN, ""), one.get("agency_name", "")) for one in values]


def id_to_fill(agencies: Sequence[Agency], source_id: int) -> str | None:
    """Return the id that stands where the feed ``source_id`` left that of its only agency empty.

    ``None`` where it has several: one cannot tell which is meant.
    """
    if len(agencies) != 1:
        return None
    ((agency_id, name),) = agencies
    return agency_id or f"{_in_ascii(name)}-feed-{source_id}"


def _in_ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain)) or "agency"


def with_column(columns: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the columns of a feed's tables with one for the agency wherever it belongs."""
    return {
        name: (*held, COLUMN) if name in FILES and COLUMN not in [one.strip() for one in held] else held
        for name, held in columns.items()
    }


def filled(columns: Sequence[str], cells: Sequence[str], agency_id: str) -> Sequence[str]:
    """Return a row with the agency where it left that empty; ``columns`` are stripped and have one for it."""
    at = columns.index(COLUMN)
    padded = [*cells, *[""] * (at + 1 - len(cells))]
    return cells if padded[at] else [*padded[:at], agency_id, *padded[at + 1:]]
