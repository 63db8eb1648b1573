"""A person calls an accepted element by its right name, and what is inferred later keeps to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mapping_service.errors import NotFound, Problem
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.store import ids, networks
from mapping_service.store.cities import lock_city
from mapping_service.typed import typed_name

FIELDS = {"route": "long_name", "line": "short_name", "pattern": "headsign", "stop": "name", "station": "name"}
"""What ``rename`` can name, and which of its names that is: a line is a route by what is painted on its vehicles."""


@dataclass(frozen=True)
class Renamed:
    """An element's name before and now."""

    kind: str
    id: str
    before: str | None
    name: str


def rename(connection: Connection, city: City, what: str, element_id: str, name: str, *, actor: str) -> Renamed:
    """Call an accepted element by another name, now and whenever it is inferred anew. ``what`` is a key of ``FIELDS``.

    Nothing else changes: a headsign or a route's name that repeats a stop's keeps what riders said until it is named
    itself. Raises ``Problem`` ``bad_name`` and ``name_too_long``, ``NotFound`` ``element_unknown``.
    """
    chosen = _checked(what, name)
    kind, field = "route" if what == "line" else what, FIELDS[what]
    lock_city(connection, city.city_id)
    accepted = networks.network_id(connection, city.city_id, "accepted")
    held = ids.get_name(connection, accepted, kind, element_id, field)
    if held is None:
        raise _unknown(connection, city, accepted, kind, element_id)
    ids.save_chosen_name(connection, city.city_id, accepted, kind, element_id, field, chosen, actor)
    for network in (accepted, networks.network_id(connection, city.city_id, "candidate")):
        ids.apply_chosen_names(connection, network, accepted)
    return Renamed(kind, element_id, held.name, chosen)


def _unknown(connection: Connection, city: City, accepted: int, kind: str, element_id: str) -> NotFound:
    """Say what has that id, if anything has."""
    sentence = (f"{city.name} has no accepted {kind} “{element_id}”. A candidate has to be accepted first: "
                f"“commonway review accept --city {city.slug}”.")
    for other in ("route", "pattern", "stop", "station"):
        if other != kind and ids.get_name(connection, accepted, other, element_id, FIELDS[other]):
            sentence = (f"{element_id} is a {other}, not a {kind}: “commonway review rename {other} {element_id} NAME "
                        f"--city {city.slug}”.")
            break
    return NotFound("element_unknown", sentence, kind=kind, id=element_id)


def _checked(what: str, name: str) -> str:
    """Return a name on one line."""
    chosen, most = typed_name(name), Parameters().short_name_chars
    if not chosen or not " ".join(name.split()).isprintable():
        raise Problem("bad_name", "A name has at least one letter or number, and no control characters.")
    if what == "line" and len(chosen) > most:
        raise Problem("bad_name", f"The name of a line has {most} characters at most: it stands on signs and phones.")
    return chosen
