"""The drawn town as its publisher sees it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from gtfs_export import PublishedNetwork, load_release
from mapping_service.store.engine import engine_for
from tests.factories import drawn_town
from tests.gtfs_export.readers import Town


@pytest.fixture(scope="session")
def network(shared_database: str) -> PublishedNetwork:
    """Release 1 of the town drawn in ``tests.factories``; frozen, so one is enough for all tests."""
    with engine_for(shared_database).connect() as connection:
        drawn = load_release(connection, drawn_town(connection).slug)
        connection.rollback()
    engine_for(shared_database).dispose()
    return drawn


@pytest.fixture
def town(connection: Connection) -> Town:
    """The same release in the database, to be changed and exported."""
    return Town(connection, drawn_town(connection))
