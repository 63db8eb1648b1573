"""Cities."""

from __future__ import annotations

import json
from dataclasses import fields

from sqlalchemy import Connection

from mapping_service.errors import Conflict, NotFound
from mapping_service.records import City
from mapping_service.store.engine import row, rows, run


def _city(found: object) -> City:
    return City(**{f.name: getattr(found, f.name) for f in fields(City)})


def get_city(connection: Connection, slug: str) -> City:
    """Return a city. Raises ``NotFound`` ``city_not_found``."""
    found = row(connection, "city.get_city", {"slug": slug})
    if found is None:
        raise NotFound(
            "city_not_found",
            f"There is no city “{slug}” here. List the cities with “commonway city list”, or create it with "
            "“commonway city create”.",
            city=slug,
        )
    return _city(found)


def list_cities(connection: Connection) -> list[City]:
    """Return all cities by name."""
    return [_city(found) for found in rows(connection, "city.list_cities")]


def add_city(connection: Connection, city: City) -> City:
    """Create a city with its empty networks; ``city_id`` and ``srid`` of the argument do not count."""
    if row(connection, "city.get_city", {"slug": city.slug}) is not None:
        raise Conflict("city_exists", f"There is a city “{city.slug}” already. Choose another slug.", city=city.slug)
    values = {f.name: getattr(city, f.name) for f in fields(City) if f.name not in ("city_id", "srid")}
    run(connection, "city.insert_city", {**values, "words": json.dumps(dict(city.words))})
    return get_city(connection, city.slug)


def lock_city(connection: Connection, city_id: int) -> None:
    """Wait until no other process infers or reviews this city; holds until the transaction ends."""
    run(connection, "city.lock_city", {"city_id": city_id})
