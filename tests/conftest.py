"""A real PostGIS for the tests: a throwaway cluster of each test process, or the server of ``TEST_DATABASE_URL``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, MetaData, create_engine, make_url
from sqlalchemy.pool import NullPool

from mapping_service.config import Config, load_config
from mapping_service.postgres import ensure_cluster, normalise_url, stop_cluster
from spatial_sql.apply import upgrade
from tests.databases import Copies, create, execute, new_name, url_of

# A busy machine is no fault of the code: no example fails because it was slow.
settings.register_profile("commonway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("commonway")


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """A folder that the account of the database may enter, which pytest's own folders do not let it."""
    folder = Path(tempfile.mkdtemp(prefix="commonway-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throwaway_config() -> Iterator[Config]:
    """The settings of an installation of its own, whose cluster is stopped and removed in the end."""
    with throwaway_folder() as folder:
        config = load_config({"COMMONWAY_DATA": str(folder)})
        try:
            yield config
        finally:
            stop_cluster(config)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server on which tests may create databases."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield normalise_url(url)
        return
    with throwaway_config() as config:
        yield ensure_cluster(config, durable=False)


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a migrated, empty database to copy from. Nobody may connect to it."""
    with _new_database(server) as url, pytest.MonkeyPatch.context() as patch:
        upgrade(url)
        # All copies have the same tables: they are looked at here, not anew with each connection.
        tables = _look_at_tables(url)
        patch.setattr("mapping_service.store.engine._tables", lambda engine: tables)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def copies(server: str, template: str) -> Iterator[Copies]:
    """Migrated, empty databases to lend."""
    made = Copies(server, template)
    yield made
    made.drop()


@pytest.fixture
def database(copies: Copies) -> Iterator[str]:
    """The URL of a migrated, empty database of this test alone."""
    with copies.lend() as url:
        yield url


@pytest.fixture(scope="session")
def shared_database(server: str, template: str) -> Iterator[str]:
    """The URL of one migrated database for all tests that roll back what they do."""
    with _new_database(server, template=template) as url:
        yield url


@pytest.fixture
def connection(shared_database: str) -> Iterator[Connection]:
    """A connection inside a transaction that is rolled back after the test."""
    engine = create_engine(shared_database, poolclass=NullPool)
    with engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def _look_at_tables(url: str) -> MetaData:
    engine = create_engine(url, poolclass=NullPool)
    found = MetaData()
    found.reflect(engine)
    engine.dispose()
    return found


@contextmanager
def _new_database(server: str, *, template: str = "template0") -> Iterator[str]:
    name = new_name()
    create(server, name, template)
    url = url_of(server, name)
    try:
        if template == "template0":
            execute(url, "CREATE EXTENSION postgis")
        yield url
    finally:
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")
