"""The agency of a feed that has only one: it needs no id as long as it is alone, and has to have one beside others.

GTFS asks for ``agency_id`` in agency.txt, routes.txt and fare_attributes.txt where a feed has several agencies. A feed
that goes out alone stays as it came, word for word; beside our own agencies, or those of another feed, what it left
empty is filled in. An id that it never had is made of the agency's name, so that it stays from release to release; a
second agency of one name is counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

FILES = ("agency.txt", "routes.txt", "fare_attributes.txt")
COLUMN = "agency_id"
Agency = tuple[str, str]
"""Id, which may be empty, and name."""


def agencies_in(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Agency]:
    """Return the agencies of an agency.txt."""
    names = [column.strip() for column in columns]
    values = (dict(zip(names, row)) for row in rows)
    return [(one.get(COLUMN, ""), one.get("agency_name", "")) for one in values]


def ids_to_fill(feeds: Sequence[Sequence[Agency]], ours: Collection[str]) -> list[str | None]:
    """Return, for each feed, the id that stands where it left an agency's empty; ``None`` where it stays as it is.

    ``ours`` are the ids of the agencies of our own that go out beside them.
    """
    if sum(map(len, feeds)) + len(ours) < 2:
        return [None] * len(feeds)
    taken = {*ours, *(agency_id for some in feeds for agency_id, _ in some if agency_id)}
    found: list[str | None] = []
    for some in feeds:
        if len(some) != 1:
            found.append(None)  # of several one cannot tell which is meant
            continue
        ((agency_id, name),) = some
        found.append(agency_id or _made(name, taken))
        taken.add(found[-1] or "")
    return found


def _made(name: str, taken: Collection[str]) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()  # ids are best in ASCII
    slug = "-".join(re.findall("[a-z0-9]+", plain)) or "agency"
    return next(one for one in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


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
