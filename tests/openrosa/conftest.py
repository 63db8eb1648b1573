"""A running web for all tests of a session, and for each test a city of its own with a key and forms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from collectors.forms.build import BuiltForm
from mapping_service.store.forms import publish
from mapping_service.store.people import add_key
from tests.conftest import _new_database, throwaway_folder
from tests.factories import make_city, make_network
from tests.openrosa.collect import Collect
from tests.openrosa.service import Service, running


@dataclass(frozen=True)
class Town:
    """A city on the running service, with what a test asks of its database."""

    city_id: int
    slug: str
    key: str
    phone: Collect
    rows: Connection

    def count(self, table: str) -> int:
        """How many rows of a table are this city's."""
        return int(self.ask(f"SELECT count(*) FROM {table} WHERE city_id = :city_id")[0][0])

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """The rows that a question about this city (``:city_id``) gives now."""
        with self.rows.begin():
            return [tuple(row) for row in self.rows.execute(text(question), {"city_id": self.city_id})]

    def states(self) -> list[tuple[Any, ...]]:
        """Id, status and reason of each filled form, in the order in which they came."""
        return self.ask(
            "SELECT instance_id, status::text, reason_code FROM instance JOIN submission USING (submission_id) "
            "WHERE instance.city_id = :city_id ORDER BY submission_id"
        )

    def files(self) -> dict[str, bytes]:
        """The files of all filled forms that have come, by name."""
        return {name: bytes(data) for name, data in self.ask(
            "SELECT name, bytes FROM attachment JOIN inbox USING (inbox_id) WHERE attachment.city_id = :city_id"
        )}


@pytest.fixture(scope="session")
def service(server: str, template: str) -> Iterator[Service]:
    """The web on a database of its own."""
    with _new_database(server, template=template) as url, throwaway_folder() as folder, running(url, folder) as web:
        yield web


@pytest.fixture
def town(service: Service) -> Iterator[Town]:
    """A city whose forms ``ride`` and ``stop`` are open, and the phone of one of its collectors."""
    engine = create_engine(service.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        yield make_town(connection, service)


def form(form_id: str, version: str = "1", title: str = "A form", media: tuple[str, ...] = ()) -> BuiltForm:
    """A form of one question, as it would come from pyxform."""
    data = f'<data id="{form_id}" version="{version}"/>'
    xml = f"<h:html><h:head><model><instance>{data}</instance></model></h:head></h:html>"
    return BuiltForm(form_id, version, title, xml.encode(), (), media)


def make_town(connection: Connection, service: Service, language: str = "en") -> Town:
    """A new city with a key and two forms."""
    slug = f"town-{uuid.uuid4().hex[:12]}"
    with connection.begin():
        city_id = make_city(connection, slug=slug, name="Town", language=language)
        for kind in ("candidate", "accepted"):
            make_network(connection, city_id, kind)
        for form_id in ("ride", "stop"):
            publish(connection, city_id, form(form_id), {}, builtin=False)
        key = add_key(connection, city_id, "kofi")
    phone = Collect(f"{service.base_url}/v1/key/{key}/projects/{slug}")
    return Town(city_id, slug, key, phone, connection)
