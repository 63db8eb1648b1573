"""Who runs which route, and what names are in other languages: kept in the accepted network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection

from mapping_service.feed_records import Agency, ToldOperator, Translation
from mapping_service.store.engine import row, rows, run
from mapping_service.store.networks import mint


def _agency(found: object) -> Agency:
    return Agency(**{one.name: getattr(found, one.name) for one in fields(Agency)})


def get_agency(connection: Connection, network: int, named: str) -> Agency | None:
    """Return an agency by its id or its name."""
    found = row(connection, "agencies.get_agency", {"network_id": network, "named": named})
    return _agency(found) if found else None


def agency_of(connection: Connection, network: int, route_id: str) -> Agency | None:
    """Return the agency that runs a route, where a person said so."""
    found = row(connection, "agencies.get_agency_of_route", {"network_id": network, "route_id": route_id})
    return _agency(found) if found else None


def put_agency(connection: Connection, city_id: int, network: int, agency: Agency) -> Agency:
    """Keep an agency, under a new id where it has none yet (an empty ``agency_id``)."""
    agency_id = agency.agency_id or mint(connection, city_id, "agency", "A", [""])[""]
    values = {**asdict(agency), "agency_id": agency_id, "city_id": city_id, "network_id": network}
    run(connection, "agencies.put_agency", values)
    return Agency(**{one.name: values[one.name] for one in fields(Agency)})


def list_agencies(connection: Connection, network: int) -> list[tuple[Agency, list[str]]]:
    """Return the agencies of a network, each with the routes that it runs."""
    found = rows(connection, "agencies.list_agencies", {"network_id": network})
    return [(_agency(one), list(one.routes)) for one in found]


def told_operators(connection: Connection, network: int) -> dict[str, list[ToldOperator]]:
    """Return, by route, who runs it as riders say in forms, the most named first."""
    told: dict[str, list[ToldOperator]] = defaultdict(list)
    for one in rows(connection, "agencies.list_told_operators", {"network_id": network}):
        told[one.route_id].append(ToldOperator(one.name, one.times, one.people))
    return dict(told)


def brands_told(connection: Connection, network: int) -> dict[str, frozenset[str]]:
    """Return, by route, who runs it: as people said, and as riders did."""
    found = {route: {one.name for one in told} for route, told in told_operators(connection, network).items()}
    for agency, routes in list_agencies(connection, network):
        for route in routes:
            found.setdefault(route, set()).add(agency.name)
    return {route: frozenset(names) for route, names in found.items()}


def known_routes(connection: Connection, network: int, route_ids: Sequence[str]) -> set[str]:
    """Return those of some ids that are routes of a network."""
    found = rows(connection, "agencies.list_known_routes", {"network_id": network, "route_ids": list(route_ids)})
    return {one.route_id for one in found}


def assign_routes(
    connection: Connection, city_id: int, network: int, agency_id: str | None, route_ids: Sequence[str]
) -> None:
    """Say which agency runs some routes, or take that back where it is ``None``."""
    values: dict[str, Any] = {"network_id": network, "route_ids": list(route_ids)}
    if agency_id is None:
        run(connection, "agencies.delete_routes", values)
    else:
        run(connection, "agencies.put_routes", {**values, "city_id": city_id, "agency_id": agency_id})


def put_translations(connection: Connection, city_id: int, network: int, said: Iterable[Translation]) -> None:
    """Keep translations of names; an empty one takes back what was said."""
    for one in said:
        values: dict[str, Any] = {"network_id": network, "language": one.language, "name": one.name}
        if one.translation:
            run(connection, "agencies.put_translation", {**values, "city_id": city_id, "translation": one.translation})
        else:
            run(connection, "agencies.delete_translation", values)


def known_names(connection: Connection, network: int) -> set[str]:
    """Return every name that a network shows."""
    return {str(one.name) for one in rows(connection, "agencies.list_names", {"network_id": network})}
