"""GTFS-Realtime at addresses that never move: protobuf for programs, the same as JSON for people.

A message is made once for a few seconds in each process and answered from memory in between, so that any number of
readers costs as much as one. Before the first release, and while nothing is told, it is a valid message of no entity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from time import time as clock
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import Connection

from gtfs_export.realtime import alerts_message, as_json, vehicles_message
from gtfs_export.stated import Stated, read_stated
from mapping_service.alerts import CAUSES, EFFECTS
from mapping_service.errors import Conflict, NotFound
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.seen import Sight
from mapping_service.store import alerts, live, published
from mapping_service.store.cities import get_city
from mapping_service.store.networks import newest_release
from mapping_service.web import downloads
from mapping_service.web.database import connection
from mapping_service.web.language import LANGUAGES, catalog

TICK_S = 10
"""A message counts for this long: alerts may be 10 minutes old by the specification, vehicles 90 seconds."""

# Feeds kept in memory of so many cities at most.
_CITIES = 64

_P = Parameters()

blueprint = Blueprint("realtime", __name__, url_prefix="/<city>/realtime")

Maker = Callable[[Connection, City, Stated | None, datetime], bytes]


@blueprint.get("/alerts.pb")
def alerts_pb(city: str) -> Response:
    """Send the alerts of a city."""
    return _send(city, _alerts, "pb")


@blueprint.get("/alerts.json")
def alerts_json(city: str) -> Response:
    """Send the alerts of a city as JSON."""
    return _send(city, _alerts, "json")


@blueprint.get("/vehicles.pb")
def vehicles_pb(city: str) -> Response:
    """Send the vehicles of those who agreed to be seen."""
    return _send(city, _vehicles, "pb")


@blueprint.get("/vehicles.json")
def vehicles_json(city: str) -> Response:
    """Send the vehicles of those who agreed to be seen as JSON."""
    return _send(city, _vehicles, "json")


def _vehicles(connection: Connection, city: City, stated: Stated | None, at: datetime) -> bytes:
    if stated is None:
        return vehicles_message([], None, at)
    sights = current_app.extensions.setdefault("sights", {})
    sight = sights.setdefault(city.slug, Sight(connection.engine, city, _P))
    agreed = live.agreed(connection, city.city_id, clock(), _P)
    seen = sight.vehicles(stated, at.timestamp())
    return vehicles_message((one for who, mine in seen.items() if who in agreed for one in mine), stated, at)


def _alerts(connection: Connection, city: City, stated: Stated | None, at: datetime) -> bytes:
    codes = {f"cause.{key}": name for key, name in CAUSES.items()}
    codes |= {f"effect.{key}": name for key, name in EFFECTS.items()}
    return alerts_message(alerts.listed(connection, city.slug, at), stated, at, codes, _details())


@cache
def _details() -> Mapping[str, Mapping[str, str]]:
    """What those causes and effects are called for which the specification has no name of their own."""
    named = {f"{kind}.{key}": name for kind, known in (("cause", CAUSES), ("effect", EFFECTS))
             for key, name in known.items() if name.startswith("OTHER_") and key != "another"}
    return {key: {language: catalog(language, "alerts")[key] for language in LANGUAGES} for key in named}


def _send(slug: str, maker: Maker, form: str) -> Response:
    city = get_city(connection(), slug)
    at = datetime.fromtimestamp(clock() // TICK_S * TICK_S, UTC)
    message = _kept(city, maker, at)
    if form == "json":
        response = Response(as_json(message), mimetype="application/json")
    else:
        response = Response(message, mimetype="application/x-protobuf")
    response.headers["Cache-Control"] = f"public, max-age={TICK_S}"
    response.last_modified = at
    response.add_etag()
    response.make_conditional(request)
    return response


def _kept(city: City, maker: Maker, at: datetime) -> bytes:
    """Return the message of a moment, made if need be: also when somebody agreed or does not any longer."""
    messages = current_app.extensions.setdefault("realtime", {})
    for_whom = frozenset(live.agreed(connection(), city.city_id, clock(), _P)) if maker is _vehicles else None
    kept: tuple[Any, bytes] | None = messages.get((city.slug, maker))
    if kept is None or kept[0] != (at, for_whom):
        kept = messages[city.slug, maker] = ((at, for_whom), maker(connection(), city, _stated(city), at))
    return kept[1]


def _stated(city: City) -> Stated | None:
    """Return what the newest feed of a city states, ``None`` where it has none that a trip planner could read."""
    newest = newest_release(connection(), city.city_id)
    if newest is None:
        return None
    try:
        path, _ = downloads.file_of(published.get_release(connection(), city.slug, newest.release_number), "gtfs.zip")
    except (Conflict, NotFound):
        return None
    return _read(path)


@lru_cache(_CITIES)
def _read(path: Path) -> Stated:
    """Read a feed, whose path names its digest."""
    return read_stated(path)
