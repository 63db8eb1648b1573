"""What the map of a whole city draws of a release: all ways at once, without what else is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mapping_service.records import Floats
from mapping_service.store.engine import rows
from mapping_service.store.lines import line_columns


@dataclass(frozen=True)
class DrawnWay:
    """A way of riding a route: its places, an (n, 2) array of (lon, lat), and the names of its first and last stop."""

    route_id: str
    lon_lat: Floats
    first: str | None
    last: str | None


def list_ways(connection: Connection, network_id: int) -> list[DrawnWay]:
    """Return every pattern of a network that serves stops, route by route."""
    return [
        DrawnWay(one.route_id, line_columns(one.geom), one.first_name, one.last_name)
        for one in rows(connection, "drawn.list_ways", {"network_id": network_id})
    ]
