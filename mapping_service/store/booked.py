"""Booked services: kept in the accepted network."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from shapely.geometry import Polygon
from sqlalchemy import Connection, Row

from mapping_service.feed_records import BookedService
from mapping_service.store.engine import row, rows, run
from mapping_service.store.networks import mint


def get_service(connection: Connection, network: int, named: str) -> str | None:
    """Return the id of a booked service by its id or name."""
    found = row(connection, "booked.get_service", {"network_id": network, "named": named})
    return str(found.booked_id) if found else None


def put_service(connection: Connection, city_id: int, network: int, service: BookedService) -> BookedService:
    """Keep a booked service, under a new id where it has none yet (an empty ``booked_id``)."""
    booked_id = service.booked_id or mint(connection, city_id, "booked_service", "B", [""])[""]
    outer, *holes = service.area
    values = asdict(service)
    values |= {
        "network_id": network, "city_id": city_id, "booked_id": booked_id, "agency_id": service.agency,
        "area_wkb": Polygon(outer, holes).wkb, "day_types": list(service.day_types),
    }
    del values["area"], values["agency"]
    run(connection, "booked.put_service", values)
    return replace(service, booked_id=booked_id)


def list_services(connection: Connection, network: int) -> list[Row[Any]]:
    """Return the booked services of a network with the size of their areas."""
    return rows(connection, "booked.list_services", {"network_id": network})


def delete_service(connection: Connection, network: int, booked_id: str) -> None:
    """Take a booked service back."""
    run(connection, "booked.delete_service", {"network_id": network, "booked_id": booked_id})
