"""A database with a city whose collectors hold keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from mapping_service.store.engine import engine_for
from mapping_service.store.people import add_key
from tests.factories import make_city, make_network


@dataclass(frozen=True)
class Field:
    """A city with two collectors and the keys of their phones."""

    url: str
    city_id: int
    slug: str
    key: str
    other_key: str

    def count(self, table: str, where: str = "true") -> int:
        """How many rows of a table meet a condition."""
        with engine_for(self.url).connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


@pytest.fixture
def field(database: str) -> Iterator[Field]:
    """A city in Nairobi with two collectors."""
    engine = engine_for(database)
    with engine.begin() as connection:
        city_id = make_city(connection, slug="field", timezone="Africa/Nairobi")
        for kind in ("candidate", "accepted"):
            make_network(connection, city_id, kind)
        keys = [add_key(connection, city_id, name) for name in ("ama", "kofi")]
    yield Field(database, city_id, "field", *keys)
    engine.dispose()
