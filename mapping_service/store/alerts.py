"""Alerts: kept under numbers that count within their city, ended but never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mapping_service.live_records import Alert
from mapping_service.store.engine import row, rows, run


def add(connection: Connection, city_id: int, alert: Alert) -> Alert:
    """Keep an alert under the next number of its city, whatever number it bears, and return it with that."""
    run(connection, "alerts.hold_city", {"city_id": city_id})
    values = {name: value for name, value in vars(alert).items() if name not in ("number", "route_ids", "stop_ids")}
    found = row(connection, "alerts.insert_alert", {**values, "city_id": city_id})
    assert found is not None
    for kind, ids in (("route", alert.route_ids), ("stop", alert.stop_ids)):
        about = {"city_id": city_id, "number": found.number, "kind": kind, "ids": list(ids)}
        run(connection, "alerts.insert_about", about)
    return replace(alert, number=found.number)


def listed(connection: Connection, slug: str, at: datetime | None = None) -> list[Alert]:
    """Return the alerts of a city that have not ended at a moment, also those to come; without one, all of them."""
    return [Alert(**one._mapping) for one in rows(connection, "alerts.list_alerts", {"slug": slug, "at": at})]


def end(connection: Connection, city_id: int, number: int, actor: str, at: datetime) -> bool:
    """End an alert; return whether there was one to end."""
    return run(connection, "alerts.end_alert", {"city_id": city_id, "number": number, "actor": actor, "at": at}) > 0


def known(
    connection: Connection, slug: str, route_ids: Iterable[str], stop_ids: Iterable[str]
) -> dict[tuple[str, str], str | None]:
    """Return the names of those routes and stops that the newest release has, by kind and id."""
    values = {"slug": slug, "route_ids": list(route_ids), "stop_ids": list(stop_ids)}
    return {(one.kind, one.id): one.name for one in rows(connection, "alerts.list_known", values)}
