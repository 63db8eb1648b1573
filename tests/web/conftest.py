"""A web application on a database of its own with the drawn town in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from mapping_service import jobs
from mapping_service.store.engine import engine_for
from mapping_service.web import create_app
from tests.factories import drawn_town, make_city, make_submission


class Browser(FlaskClient):
    """Reads each answer to its end and closes it, as a browser does: answers of files hold them open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


@pytest.fixture
def rows(database: str) -> Iterator[Connection]:
    """A connection to the application's database; what a test adds it must commit."""
    engine = engine_for(database)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def app(database: str, rows: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application: the drawn town is released, ``empty-town`` has one file in its inbox."""
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    monkeypatch.setenv("COMMONWAY_BASE_URL", "https://maps.example")
    # The waker's thread would go on knocking at databases that are gone by then.
    monkeypatch.setattr(jobs, "ask_to_process", lambda *_: None)
    drawn_town(rows)
    make_submission(rows, make_city(rows, slug="empty-town", name="Empty Town", language="fr"))
    rows.commit()
    made = create_app(database)
    made.test_client_class = Browser
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that accepts English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
