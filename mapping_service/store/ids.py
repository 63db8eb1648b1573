"""Public ids that lead on after their element was given up, and names that a person chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.review.succession import Followers
from mapping_service.store.engine import row, rows, run


def save_followers(connection: Connection, city_id: int, accepted: int, found: Followers) -> None:
    """Let the ids that the accepted network gave up lead to those that follow them; what is live leads nowhere."""
    run(connection, "ids.delete_live_aliases", {"network_id": accepted})
    for kind, its in found.items():
        for old, new in its.items():
            values = {"city_id": city_id, "kind": kind, "old": old, "new": new}
            run(connection, "ids.lead_on", values)
            run(connection, "ids.insert_alias", values)


def follower(connection: Connection, network_id: int, kind: str, element_id: str) -> str | None:
    """Return the ``route`` or ``stop`` of a network to which an id leads that it does not have."""
    found = row(connection, "ids.get_follower", {"network_id": network_id, "kind": kind, "id": element_id})
    return None if found is None else str(found.new_id)


def get_name(connection: Connection, network_id: int, kind: str, element_id: str, field: str) -> Row[Any] | None:
    """Return what an element is called as ``name``, which may be ``None``; ``None`` where there is no such element."""
    return row(connection, "ids.get_name", {"network_id": network_id, "kind": kind, "id": element_id, "field": field})


def save_chosen_name(
    connection: Connection, city_id: int, accepted: int, kind: str, element_id: str, field: str, name: str, actor: str
) -> None:
    """Keep what a person called an element of the accepted network."""
    values = {"network_id": accepted, "city_id": city_id, "kind": kind, "id": element_id, "field": field}
    run(connection, "ids.insert_chosen_name", {**values, "name": name, "actor": actor})


def chosen_numbers(connection: Connection, city_id: int) -> dict[str, str]:
    """Return what is painted on the vehicles of accepted routes, where a person said so."""
    found = rows(connection, "ids.list_chosen_numbers", {"city_id": city_id})
    return {one.element_id: one.name for one in found}


def apply_chosen_names(connection: Connection, network_id: int, accepted: int) -> None:
    """Call the elements of a network as people did in the accepted one."""
    run(connection, "ids.apply_chosen_names", {"network_id": network_id, "accepted_id": accepted})


def copy_chosen_names(connection: Connection, source: int, target: int) -> None:
    """Let a release say which of its names people chose."""
    run(connection, "ids.copy_chosen_names", {"source": source, "target": target})
