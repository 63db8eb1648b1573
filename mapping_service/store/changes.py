"""What of a release riders would notice, loaded for comparing it with another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.feed_records import BookedService
from mapping_service.release_records import NetworkState, PatternState, RouteState, StopState
from mapping_service.store.agencies import list_agencies
from mapping_service.store.engine import row, rows


def load_state(connection: Connection, network_id: int) -> NetworkState:
    """Return a network, each element in the order of its id."""
    values = {"network_id": network_id}
    routes = {
        one.route_id: RouteState(**{**one._mapping, "stages": tuple((s[0], s[1]) for s in one.stages)})
        for one in rows(connection, "changes.list_routes", values)
    }
    patterns = {
        one.pattern_id: PatternState(
            one.pattern_id, one.route_id, tuple((lon, lat) for lon, lat in one.line), one.length_m, tuple(one.stop_ids),
            {(start, end): seconds for start, end, seconds in one.headways}, one.headsign,
        )
        for one in rows(connection, "changes.list_patterns", values)
    }
    stops = {one.stop_id: StopState(**one._mapping) for one in rows(connection, "changes.list_stops", values)}
    held = row(connection, "changes.get_holidays", values)
    return NetworkState(
        routes, patterns, stops,
        agencies={one.agency_id: one for one, _ in list_agencies(connection, network_id)},
        booked={one.booked_id: _booked(one) for one in rows(connection, "changes.list_booked", values)},
        holidays=held.holidays if held else None,
        followers={one.old_id: one.new_id for one in rows(connection, "changes.list_followers", values)},
    )


def _booked(one: Row[Any]) -> BookedService:
    rings = tuple(tuple((lon, lat) for lon, lat in ring) for ring in one.area)
    return BookedService(**{**one._mapping, "area": rings, "day_types": tuple(one.day_types)})


def release_before(connection: Connection, network_id: int) -> tuple[int, NetworkState] | None:
    """Return the number and the network of the published release before another, ``None`` for the first."""
    found = row(connection, "changes.get_before", {"network_id": network_id})
    return None if found is None else (found.release_number, load_state(connection, found.network_id))
