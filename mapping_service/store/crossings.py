"""What stops that nobody named are called after the streets at which they lie."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mapping_service.parameters import Parameters
from mapping_service.store.engine import rows, table


@dataclass(frozen=True)
class StreetName:
    """A name for a stop, and how it was come by: it lies at the ``crossing``, on a street of the
    ``nearest_crossing``, or on a ``street``."""

    stop_id: str
    name: str
    method: str


def names_of_streets(connection: Connection, city_id: int, network_id: int, p: Parameters) -> list[StreetName]:
    """Return a name for each stop of a network that has none, its virtual ones too, as far as streets give one.

    The same streets give the same names: a crossing is called by its two largest streets wherever one stands at it.
    """
    found = rows(connection, "crossings.list_names", {
        "network_id": network_id, "city_id": city_id, "crossing_m": p.crossing_m, "near_m": p.landmark_m,
        "street_m": p.own_street_m,
    })
    return [StreetName(**one._mapping) for one in found]


def name_by_streets(connection: Connection, city_id: int, network_id: int, p: Parameters) -> int:
    """Keep those names with a release; return how many there are."""
    key = {"network_id": network_id, "city_id": city_id}
    found = [{**key, **vars(one)} for one in names_of_streets(connection, city_id, network_id, p)]
    if found:
        connection.execute(table(connection, "stop_street").insert(), found)
    return len(found)


def are_names_kept(connection: Connection, city_id: int, network_id: int, p: Parameters) -> bool:
    """Return whether the streets still give the names that were kept with a release, its virtual stops' too."""
    kept = [StreetName(**one._mapping) for one in rows(connection, "crossings.list_kept", {"network_id": network_id})]
    return kept == names_of_streets(connection, city_id, network_id, p)
