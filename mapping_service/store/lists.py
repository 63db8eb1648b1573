"""The lists that phones choose from, as the database keeps them and what they are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from collectors.forms.choices import Choice
from mapping_service.store.engine import row, rows, run
from mapping_service.store.networks import network_id

PLACE_DIGITS = 6
"""Digits after the point of a degree in lists: a tenth of a metre."""


@dataclass(frozen=True)
class KeptList:
    """A list as its files are served, each with its MD5 in hex, and the fingerprint of what it was made from."""

    made_from: str
    csv: bytes
    csv_md5: str
    geojson: bytes
    geojson_md5: str


def _networks(connection: Connection, city_id: int) -> dict[str, int]:
    """The network that the lists show, and the candidate: what was accepted, else what seems to be there."""
    candidate, accepted = (network_id(connection, city_id, kind) for kind in ("candidate", "accepted"))
    held = row(connection, "lists.count_stops", {"network_id": accepted})
    assert held is not None
    return {"network_id": accepted if held.stops else candidate, "candidate_id": candidate}


def fingerprint(connection: Connection, city_id: int) -> str:
    """Return a digest over all that the lists of a city are made from."""
    found = row(connection, "lists.get_fingerprint", {"city_id": city_id, **_networks(connection, city_id)})
    assert found is not None
    return str(found.digest)


def get_list(connection: Connection, city_id: int, name: str) -> KeptList | None:
    """Return a list as it was last made."""
    found = row(connection, "lists.get_list", {"city_id": city_id, "name": name})
    if found is None:
        return None
    return KeptList(found.made_from, bytes(found.csv), found.csv_md5, bytes(found.geojson), found.geojson_md5)


def digests(connection: Connection, city_id: int, made_from: str) -> Mapping[str, tuple[str, str]]:
    """Return the MD5s of CSV and GeoJSON of each list that was made from this."""
    found = rows(connection, "lists.list_digests", {"city_id": city_id, "made_from": made_from})
    return {one.name: (one.csv_md5, one.geojson_md5) for one in found}


def put_list(connection: Connection, city_id: int, name: str, kept: KeptList) -> None:
    """Keep a list in place of the one before."""
    run(connection, "lists.put_list", {"city_id": city_id, "name": name, **vars(kept)})


def stops(connection: Connection, city_id: int) -> Sequence[Choice]:
    """Return the stops of a city, with those that people added by a form, and the routes that serve each."""
    shown = _networks(connection, city_id)["network_id"]
    found = rows(connection, "lists.list_stops", {"city_id": city_id, "network_id": shown})
    return [Choice(one.id, one.name, _place(one), one.version, {"routes": one.routes or ""}) for one in found]


def routes(connection: Connection, city_id: int) -> Sequence[Choice]:
    """Return the routes of a city."""
    shown = _networks(connection, city_id)["network_id"]
    return [
        Choice(one.id, " ".join(filter(None, (one.short_name, one.long_name))) or None,
               json.loads(one.geojson) if one.geojson else None, more={"line": one.short_name or one.long_name or ""})
        for one in rows(connection, "lists.list_routes", {"network_id": shown})
    ]


def service_points(connection: Connection, city_id: int) -> Sequence[Choice]:
    """Return the service points of a city, accepted or not."""
    found = rows(connection, "lists.list_service_points", {"city_id": city_id, **_networks(connection, city_id)})
    return [Choice(one.id, one.name, _place(one), one.version, {"kind": one.kind}) for one in found]


def has_unread_instances(connection: Connection, city_id: int) -> bool:
    """True where a filled form of a city is still to be read."""
    found = row(connection, "lists.has_unread_instances", {"city_id": city_id})
    assert found is not None
    return bool(found.waiting)


def _place(one: Row[Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(one.lon, PLACE_DIGITS), round(one.lat, PLACE_DIGITS)]}
