"""The settings of a city's feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import Connection

from mapping_service.feed_records import FeedSettings
from mapping_service.store.engine import row, run


def get_settings(connection: Connection, city_id: int) -> FeedSettings:
    """Return the settings of a city's feed."""
    found = row(connection, "settings.get_settings", {"city_id": city_id})
    return FeedSettings(**{one.name: getattr(found, one.name) for one in fields(FeedSettings)})


def put_settings(connection: Connection, city_id: int, settings: Mapping[str, str | None]) -> None:
    """Keep the settings of a city's feed."""
    run(connection, "settings.update_settings", {"city_id": city_id, **settings})
