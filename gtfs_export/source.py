"""A release's rows in, records out: for what is drawn or written of a whole release in memory."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import shapely
from sqlalchemy import Connection, Row

from gtfs_export.feed import find_release
from gtfs_export.records import (
    Evidence,
    Fare,
    HailStretch,
    Headway,
    Pattern,
    PatternStop,
    PublishedNetwork,
    Route,
    RunningTime,
    ServicePoint,
    StageFare,
    Station,
    Stop,
    StopCandidate,
)
from mapping_service.store.engine import rows


def load_release(connection: Connection, city_slug: str, release_number: int | None = None) -> PublishedNetwork:
    """Read one release of a city, the newest unless numbered. Raises ``NotFound`` where there is none."""
    found = find_release(connection, city_slug, release_number)
    of_network = {"network_id": found.network_id}
    dated = {**of_network, "timezone": found.timezone}
    return PublishedNetwork(
        city_slug=city_slug, city_name=found.city_name, timezone=found.timezone, language=found.language,
        synthetic=found.synthetic, release_number=found.release_number, valid_from=found.valid_from,
        routes=_routes(connection, dated), patterns=_patterns(connection, dated), stops=_stops(connection, dated),
        stations=tuple(Station(**r._mapping) for r in rows(connection, "export.list_stations", of_network)),
        service_points=_service_points(connection, of_network), street_credit=found.street_credit,
    )


def _evidence(r: Row[Any]) -> Evidence:
    return Evidence(r.runs, r.people, r.first_seen, r.last_seen, r.confidence)


def _routes(connection: Connection, dated: dict[str, Any]) -> tuple[Route, ...]:
    fares = {
        r.route_id: Fare(
            r.amount, r.low, r.high, r.currency, r.observations, r.people, r.first_seen, r.last_seen, r.rush_surcharge
        )
        for r in rows(connection, "export.list_fares", dated)
    }
    steps: dict[str, list[StageFare]] = defaultdict(list)
    for r in rows(connection, "export.list_stage_fares", {"network_id": dated["network_id"]}):
        steps[r.route_id].append(
            StageFare(r.from_m, r.amount, r.low, r.high, r.currency, r.observations, r.people)
        )
    return tuple(
        Route(
            r.route_id, r.short_name, r.long_name, r.name_votes, fares.get(r.route_id), tuple(steps[r.route_id]),
            _evidence(r),
        )
        for r in rows(connection, "export.list_routes", dated)
    )


def _stops(connection: Connection, dated: dict[str, Any]) -> tuple[Stop, ...]:
    return tuple(
        Stop(
            r.stop_id, r.name, r.name_votes, r.lon, r.lat, r.method, _evidence(r), r.station_id, r.street_name,
            r.street_method,
        )
        for r in rows(connection, "export.list_stops", dated)
    )


def _patterns(connection: Connection, dated: dict[str, Any]) -> tuple[Pattern, ...]:
    of_network = {"network_id": dated["network_id"]}
    stops = _pattern_stops(connection, of_network)
    headways: dict[str, list[Headway]] = defaultdict(list)
    for r in rows(connection, "export.list_headways", of_network):
        headways[r.pattern_id].append(
            Headway(
                r.band_start_s, r.band_end_s, r.headway_s, r.low_s, r.high_s, r.observations, r.people, r.cv, r.method
            )
        )
    hailed: dict[str, list[HailStretch]] = defaultdict(list)
    for r in rows(connection, "export.list_hail_stretches", of_network):
        hailed[r.pattern_id].append(HailStretch(r.from_m, r.to_m, r.halts, r.runs))
    maybe: dict[str, list[StopCandidate]] = defaultdict(list)
    for r in rows(connection, "export.list_stop_candidates", of_network):
        maybe[r.pattern_id].append(StopCandidate(r.dist_m, r.lon, r.lat, r.runs, r.runs_past, r.probability))
    return tuple(
        Pattern(
            r.pattern_id, r.route_id, r.direction_id, r.headsign,
            tuple(shapely.from_wkb(bytes(r.shape_wkb)).coords), r.length_m, r.spread_m, tuple(r.day_types),
            tuple(stops[r.pattern_id]), tuple(headways[r.pattern_id]), _evidence(r), tuple(hailed[r.pattern_id]),
            tuple(maybe[r.pattern_id]), r.reason_code, r.reason,
        )
        for r in rows(connection, "export.list_patterns", dated)
    )


def _pattern_stops(connection: Connection, of_network: dict[str, Any]) -> dict[str, list[PatternStop]]:
    times: dict[tuple[str, int], list[RunningTime]] = defaultdict(list)
    for r in rows(connection, "export.list_running_times", of_network):
        times[r.pattern_id, r.stop_sequence].append(
            RunningTime(
                r.band_start_s, r.band_end_s, r.seconds, r.standing_s, r.low_s, r.high_s, r.runs, r.people, r.method
            )
        )
    stops: dict[str, list[PatternStop]] = defaultdict(list)
    for r in rows(connection, "export.list_pattern_stops", of_network):
        to_here = tuple(times[r.pattern_id, r.stop_sequence])
        stops[r.pattern_id].append(PatternStop(r.stop_sequence, r.stop_id, r.dist_m, to_here))
    return stops


def _service_points(connection: Connection, of_network: dict[str, Any]) -> tuple[ServicePoint, ...]:
    return tuple(
        ServicePoint(r.service_point_id, r.kind, r.name, r.lon, r.lat)
        for r in rows(connection, "export.list_service_points", of_network)
    )
