"""One database connection for each request, opened when first asked for."""

from __future__ import annotations

from flask import Flask, current_app, g
from sqlalchemy import Connection

from mapping_service.config import Config
from mapping_service.store.engine import engine_for


def install(app: Flask) -> None:
    """Close each request's connection at its end."""
    app.teardown_appcontext(_close)


def config() -> Config:
    """The settings of this application."""
    found = current_app.extensions["commonway"]
    assert isinstance(found, Config)
    return found


def connection() -> Connection:
    """Return the connection of this request."""
    if "connection" not in g:
        g.connection = engine_for(current_app.config["DATABASE_URL"]).connect()
    found = g.connection
    assert isinstance(found, Connection)
    return found


def _close(error: BaseException | None) -> None:
    found = g.pop("connection", None)
    if found is not None:
        found.close()
