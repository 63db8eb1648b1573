"""Networks: a draft into rows, rows from one network to another, and what identity needs of the accepted one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row
from sqlalchemy.dialects.postgresql import insert

from mapping_service.errors import NotFound
from mapping_service.geo import to_metres, utm_srid
from mapping_service.records import (
    City,
    Evidence,
    NetworkDraft,
    PatternDraft,
    RouteDraft,
    StationDraft,
    StopCandidate,
    StopDraft,
)
from mapping_service.review.identity import Known
from mapping_service.review.order import Candidate, CandidatePattern
from mapping_service.store.engine import row, rows, run, table
from mapping_service.store.ids import apply_chosen_names
from mapping_service.store.intake import moment
from mapping_service.store.lines import line_element, point_element
from mapping_service.store.sources import NOTHING, Imported

# In the order in which references allow.
_COPIES = (
    "copy_stations", "copy_stops", "copy_routes", "copy_patterns", "copy_pattern_stops", "copy_running_times",
    "copy_headways", "copy_fares", "copy_stage_fares", "copy_pattern_runs", "copy_hail_stretches",
    "copy_stop_candidates", "copy_loads",
)
# What a network may hold already when a draft comes: imported routes go on where rides have shown a part of them.
_SHARED = ("fare", "route", "station", "stop")


def network_id(connection: Connection, city_id: int, kind: str) -> int:
    """Return the city's ``candidate`` or ``accepted`` network."""
    found = row(connection, "networks.get_network", {"city_id": city_id, "kind": kind})
    assert found is not None
    return int(found.network_id)


def is_stale(connection: Connection, city_id: int, fingerprint: str) -> bool:
    """True where the candidate network was made from something else than ``fingerprint`` says."""
    found = row(connection, "networks.get_network", {"city_id": city_id, "kind": "candidate"})
    return found is None or found.fingerprint != fingerprint


def input_digest(connection: Connection, city_id: int) -> str:
    """Return a digest over all that inference reads of a city."""
    found = row(connection, "networks.get_input_digest", {"city_id": city_id})
    assert found is not None
    return str(found.digest)


def load_known(connection: Connection, city: City, imported: Imported = NOTHING) -> Known:
    """Return the accepted network as identity needs it, and what is imported beside it where that matters."""
    accepted = {"network_id": network_id(connection, city.city_id, "accepted")}
    patterns = rows(connection, "networks.list_pattern_runs", accepted)
    found = rows(connection, "networks.list_stop_places", accepted)
    accepted_ids = {one.stop_id for one in found}
    places = [*found, *(one for one in imported.stops if one.stop_id not in accepted_ids)]
    lon_lat = np.array([[s.lon, s.lat] for s in places], dtype=np.float64).reshape(-1, 2)
    srid = city.srid or (utm_srid(*lon_lat[0]) if len(places) else 0)  # no ride yet: all is imported
    return Known(
        pattern_route={**imported.pattern_route, **{one.pattern_id: one.route_id for one in patterns}},
        pattern_runs={one.pattern_id: frozenset(one.runs) for one in patterns},
        stop_ids=[s.stop_id for s in places],
        stop_xy=to_metres(lon_lat[:, 0], lon_lat[:, 1], srid) if len(places) else lon_lat,
        stop_station={s.stop_id: s.station_id for s in places if s.station_id},
        stop_patterns={s.stop_id: frozenset(s.patterns) for s in places},
    )


def save_candidates(
    connection: Connection, city: City, draft: NetworkDraft, fingerprint: str, covered: Collection[str] = ()
) -> None:
    """Put a draft in the place of the city's candidate network, beside what feeds say that nobody has rejected.

    ``covered`` are the imported patterns that the draft's own stand for, beside those whose ids it has.
    """
    covered = {*covered, *(one.pattern_id for route in draft.routes for one in route.patterns)}
    target = network_id(connection, city.city_id, "candidate")
    run(connection, "networks.delete_routes", {"network_id": target})
    run(connection, "networks.delete_stops", {"network_id": target})
    run(connection, "networks.delete_unused_stations", {"network_id": target})
    for source in rows(connection, "sources.list_networks", {"city_id": city.city_id}):
        bring_source(connection, target, source.network_id, source.route_ids, covered)
    save_draft(connection, city.city_id, target, draft, city.currency)
    for name in ("routes", "patterns", "stops", "stations", "fares"):
        run(connection, f"sources.mark_{name}", {"network_id": target, "city_id": city.city_id})
    apply_chosen_names(connection, target, network_id(connection, city.city_id, "accepted"))
    run(connection, "networks.mark_network", {"network_id": target, "fingerprint": fingerprint})


def save_draft(
    connection: Connection, city_id: int, network: int, draft: NetworkDraft, currency: str, source_id: int | None = None
) -> None:
    """Write a draft into a network; of routes, stops and stations that it holds already the draft's word counts."""
    keys = {"network_id": network, "city_id": city_id}
    origin = {} if source_id is None else {"source_id": source_id}
    for name, values in _tables(draft, currency).items():
        if not values:
            continue
        target = table(connection, name)
        statement = insert(target)
        if name in _SHARED:
            news = {one: statement.excluded[one] for one in values[0] if one not in target.primary_key.columns}
            statement = statement.on_conflict_do_update(constraint=f"{name}_pkey", set_=news)
        origins = origin if "source_id" in target.c else {}
        connection.execute(statement, [{**keys, **origins, **one} for one in values])
    run(connection, "networks.analyze_networks")


def bring_source(
    connection: Connection, target: int, source: int, route_ids: Sequence[str], covered: Collection[str]
) -> None:
    """Copy routes of an imported network, without the patterns that are ``covered``, to one that holds none of them."""
    copy_routes(connection, source, target, route_ids)
    run(connection, "sources.delete_covered", {"network_id": target, "pattern_ids": sorted(covered)})
    run(connection, "networks.delete_unused_stops", {"network_id": target})
    run(connection, "networks.delete_unused_stations", {"network_id": target})


def _tables(draft: NetworkDraft, currency: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a draft by table, in the order in which references allow."""
    patterns = [(route, pattern) for route in draft.routes for pattern in route.patterns]
    return {
        "route": [_route_row(route) for route in draft.routes],
        "station": [_station_row(station) for station in draft.stations],
        "stop": [_stop_row(stop) for stop in draft.stops],
        "pattern": [_pattern_row(route, pattern) for route, pattern in patterns],
        "pattern_stop": [
            {"pattern_id": d.pattern_id, "stop_sequence": i, **vars(stop)}
            for _, d in patterns
            for i, stop in enumerate(d.stops)
        ],
        "running_time": [{"pattern_id": d.pattern_id, **vars(t)} for _, d in patterns for t in d.running_times],
        "headway": [{"pattern_id": d.pattern_id, **vars(h)} for _, d in patterns for h in d.headways],
        "load": [{"pattern_id": d.pattern_id, **vars(one)} for _, d in patterns for one in d.loads],
        "fare": [_fare_row(route, currency) for route in draft.routes if route.fare],
        "stage_fare": [
            {"route_id": route.route_id, "currency": currency, **vars(step)}
            for route in draft.routes
            for step in route.stage_fares
        ],
        "pattern_run": [{"pattern_id": d.pattern_id, **vars(r)} for _, d in patterns for r in d.runs],
        "hail_stretch": [{"pattern_id": d.pattern_id, **vars(h)} for _, d in patterns for h in d.hail_stretches],
        "stop_candidate": [_candidate_row(d, one) for _, d in patterns for one in d.stop_candidates],
    }


def _evidence(proof: Evidence) -> dict[str, Any]:
    seen = {"first_seen": moment(proof.first_seen_s), "last_seen": moment(proof.last_seen_s)}
    return {"runs": proof.runs, "people": proof.people, **seen}


def _route_row(route: RouteDraft) -> dict[str, Any]:
    return {
        "route_id": route.route_id,
        "short_name": route.short_name,
        "long_name": route.long_name,
        "name_votes": dict(route.name_votes),
        "confidence": route.confidence,
        **_evidence(route.evidence),
    }


def _stop_row(stop: StopDraft) -> dict[str, Any]:
    return {
        "stop_id": stop.stop_id,
        "name": stop.name,
        "name_votes": dict(stop.name_votes),
        "geom": point_element(stop.lon, stop.lat),
        "method": stop.method,
        "station_id": stop.station_id,
        "confidence": stop.confidence,
        **_evidence(stop.evidence),
    }


def _station_row(station: StationDraft) -> dict[str, Any]:
    place = point_element(station.lon, station.lat)
    return {"station_id": station.station_id, "name": station.name, "geom": place}


def _candidate_row(draft: PatternDraft, one: StopCandidate) -> dict[str, Any]:
    values = {k: v for k, v in vars(one).items() if k not in ("lon", "lat")}
    return {"pattern_id": draft.pattern_id, "geom": point_element(one.lon, one.lat), **values}


def _pattern_row(route: RouteDraft, draft: PatternDraft) -> dict[str, Any]:
    return {
        "pattern_id": draft.pattern_id,
        "route_id": route.route_id,
        "direction_id": draft.direction_id,
        "headsign": draft.headsign,
        "geom": line_element(draft.lon_lat),
        "length_m": draft.length_m,
        "spread_m": draft.spread_m,
        "day_types": list(draft.day_types),
        "confidence": draft.confidence,
        "signs": dict(draft.signs),
        "reason_code": draft.reason.code if draft.reason else None,
        "reason": dict(draft.reason.details) if draft.reason else {},
        **_evidence(draft.evidence),
    }


def _fare_row(route: RouteDraft, currency: str) -> dict[str, Any]:
    assert route.fare is not None
    values = {k: v for k, v in vars(route.fare).items() if not k.endswith("_seen_s")}
    seen = {"first_seen": moment(route.fare.first_seen_s), "last_seen": moment(route.fare.last_seen_s)}
    return {"route_id": route.route_id, "currency": currency, **values, **seen}


def candidates(connection: Connection, city_id: int) -> list[Candidate]:
    """Return the candidate routes with their patterns, in order of id."""
    candidate = network_id(connection, city_id, "candidate")
    accepted = network_id(connection, city_id, "accepted")
    patterns: dict[str, list[CandidatePattern]] = {}
    for one in rows(connection, "networks.list_candidate_patterns", {"network_id": candidate, "accepted_id": accepted}):
        values = dict(one._mapping)
        patterns.setdefault(values.pop("route_id"), []).append(CandidatePattern(**values))
    found = rows(connection, "networks.list_candidates", {"network_id": candidate})
    return [Candidate(**one._mapping, patterns=tuple(patterns.get(one.route_id, ()))) for one in found]


def acceptable(connection: Connection, city_id: int, min_confidence: float) -> list[str]:
    """Return the candidate routes that can be published and are trusted at least so much."""
    values = {"network_id": network_id(connection, city_id, "candidate"), "min_confidence": min_confidence}
    return [found.route_id for found in rows(connection, "networks.list_acceptable", values)]


def mint(connection: Connection, city_id: int, kind: str, prefix: str, provisional: Sequence[str]) -> dict[str, str]:
    """Return a new public id for each provisional one, in the given order."""
    if not provisional:
        return {}
    taken = row(connection, "networks.mint_ids", {"city_id": city_id, "kind": kind, "n": len(provisional)})
    assert taken is not None
    first = taken.last - len(provisional) + 1
    return {old: f"{prefix}{first + i}" for i, old in enumerate(provisional)}


def mint_service_points(connection: Connection, city_id: int, network: int) -> int:
    """Give public ids to the service points of a network that have come since, in the order in which they came."""
    found = rows(connection, "networks.list_unminted_service_points", {"network_id": network})
    ids = mint(connection, city_id, "service_point", "P", [one.service_point_id for one in found])
    rename(connection, network, "service_point", ids)
    return len(ids)


def rename(connection: Connection, network: int, kind: str, ids: Mapping[str, str]) -> None:
    """Give elements of a network their public ids."""
    for old, new in ids.items():
        run(connection, f"networks.rename_{kind}", {"network_id": network, "old": old, "new": new})


def ids_of_routes(connection: Connection, network: int, route_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return (kind, id) of the patterns, stops and stations that hang on some routes."""
    values = {"network_id": network, "route_ids": list(route_ids)}
    return [(found.kind, found.id) for found in rows(connection, "networks.list_ids_of_routes", values)]


def copy_routes(connection: Connection, source: int, target: int, route_ids: Sequence[str]) -> None:
    """Copy routes with all that hangs on them from one network to another, which must not hold them."""
    values = {"source": source, "target": target, "route_ids": list(route_ids)}
    for name in _COPIES:
        run(connection, f"networks.{name}", values)
    run(connection, "networks.analyze_networks")


def replace_routes(connection: Connection, source: int, target: int, route_ids: Sequence[str]) -> list[str]:
    """Put the routes of one network in the place of another's; return the routes that were given up thereby.

    A route of ``target`` that ``source`` no longer has, and all of whose rides now belong to others, is given up;
    stops that nothing serves any more go.
    """
    values = {"source": source, "target": target, "route_ids": list(route_ids)}
    run(connection, "networks.delete_replaced", values)
    copy_routes(connection, source, target, route_ids)
    given_up = rows(connection, "networks.delete_given_up", values)
    run(connection, "networks.delete_unused_stops", {"network_id": target})
    run(connection, "networks.delete_unused_stations", {"network_id": target})
    return sorted(one.route_id for one in given_up)


def write_review(connection: Connection, city_id: int, route_ids: Sequence[str], action: str, actor: str) -> None:
    """Write down who decided what."""
    for route_id in route_ids:
        values = {"city_id": city_id, "route_id": route_id, "action": action, "actor": actor}
        run(connection, "networks.insert_review", values)


def counts(connection: Connection, network: int) -> dict[str, Any]:
    """Return how many routes, patterns, stops, service points and kilometres a network holds."""
    found = row(connection, "networks.count_network", {"network_id": network})
    assert found is not None
    return dict(found._mapping)


def digest(connection: Connection, network: int) -> str:
    """Return a digest over all content of a network."""
    found = row(connection, "networks.get_network_digest", {"network_id": network})
    assert found is not None
    return str(found.digest)


def last_release(connection: Connection, city_id: int) -> Row[Any] | None:
    """Return the newest release of a city, published or withheld."""
    return row(connection, "networks.get_last_release", {"city_id": city_id})


def newest_release(connection: Connection, city_id: int) -> Row[Any] | None:
    """Return the newest release of a city that the public sees."""
    return row(connection, "networks.get_newest_release", {"city_id": city_id})


def get_release(connection: Connection, city: City, number: int | None) -> Row[Any]:
    """Return a release, the newest published one if no number is given.

    Raises ``NotFound`` ``release_not_found``, ``release_withheld`` where none is public, but one is withheld.
    """
    if number is None:
        found = newest_release(connection, city.city_id)
    else:
        found = row(connection, "networks.get_release", {"city_id": city.city_id, "release_number": number})
    last = last_release(connection, city.city_id) if found is None and number is None else None
    if last is not None:
        raise NotFound(
            "release_withheld",
            f"No release of {city.name} is public yet: release {last.release_number} is withheld. Take it as it is "
            f"with --release {last.release_number}, or see why with “commonway release --city {city.slug}”.",
            city=city.slug, release=last.release_number,
        )
    if found is None:
        raise NotFound(
            "release_not_found",
            f"{city.name} has no {'published release yet' if number is None else f'release {number}'}. Make one: "
            f"“commonway release --city {city.slug}”.",
            city=city.slug,
        )
    return found


def add_release(
    connection: Connection, city_id: int, valid_from: date, note: str | None, fingerprint: str,
    vouched: str | None = None,
) -> tuple[int, int]:
    """Return the network and the number of a new, empty release that nobody sees yet."""
    values = {
        "city_id": city_id, "valid_from": valid_from, "note": note, "fingerprint": fingerprint, "vouched": vouched,
    }
    found = row(connection, "networks.insert_release", values)
    assert found is not None
    return found.network_id, found.release_number


def route_ids(connection: Connection, network: int) -> list[str]:
    """Return the routes of a network."""
    return [found.route_id for found in rows(connection, "networks.list_route_ids", {"network_id": network})]


def copy_service_points(connection: Connection, source: int, target: int) -> None:
    """Copy the service points of one network to another."""
    run(connection, "networks.copy_service_points", {"source": source, "target": target})


def copy_settled(connection: Connection, source: int, target: int) -> None:
    """Copy what people settled about a network's feed to another that holds nothing of it yet."""
    for name in ("copy_agencies", "copy_name_translations", "copy_booked_services"):
        run(connection, f"networks.{name}", {"source": source, "target": target})
