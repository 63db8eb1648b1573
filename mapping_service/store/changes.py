"""What of a release riders would notice, loaded for comparing it with another."""

from __future__ import annotations

from sqlalchemy import Connection

from mapping_service.release_records import NetworkState, PatternState, RouteState, StopState
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
            {(start, end): seconds for start, end, seconds in one.headways},
        )
        for one in rows(connection, "changes.list_patterns", values)
    }
    stops = {one.stop_id: StopState(**one._mapping) for one in rows(connection, "changes.list_stops", values)}
    return NetworkState(routes, patterns, stops)


def release_before(connection: Connection, network_id: int) -> tuple[int, NetworkState] | None:
    """Return the number and the network of the published release before another, ``None`` for the first."""
    found = row(connection, "changes.get_before", {"network_id": network_id})
    return None if found is None else (found.release_number, load_state(connection, found.network_id))
