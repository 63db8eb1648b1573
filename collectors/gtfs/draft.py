"""A feed as a network of ours: its patterns, each a route, a direction, a shape and an order of stops.

Nothing of it was ridden by anybody here: 0 runs, nobody named, method ``imported``, seen on the feed's own day. Ids are
those of the feed. A pattern is called as its shape where it is the only one on it; else its id is provisional (``~``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from collectors.gtfs.findings import in_order, place_of
from collectors.gtfs.read import SourceFeed
from collectors.gtfs.service import METHOD, headways_of, service_days
from collectors.gtfs.values import number, seconds
from collectors.simulator.network import stops_in_order_m
from mapping_service.fuse.clock import DAY_TYPES, WHOLE_DAY
from mapping_service.geo import along_m, to_metres, utm_srid
from mapping_service.parameters import Parameters
from mapping_service.records import (
    Evidence,
    Fare,
    Floats,
    NetworkDraft,
    PatternDraft,
    PatternStop,
    RouteDraft,
    RunningTime,
    StationDraft,
    StopDraft,
)

Record = Mapping[str, str]
Key = tuple[str, str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Understood:
    """What a feed says as a network, which pattern each of its trips is, and the currency of its fares."""

    draft: NetworkDraft
    trip_pattern: Mapping[str, str]
    currency: str | None


@dataclass(frozen=True)
class _Material:
    """A feed's tables as its patterns need them; ``srid`` is the UTM zone in which it is measured."""

    places: Mapping[str, tuple[float, float]]
    calls: Mapping[str, Sequence[Record]]
    shapes: Mapping[str, Floats]
    frequencies: Mapping[str, Sequence[Record]]
    days: Mapping[str, tuple[str, ...]]
    seen: Evidence
    srid: int
    p: Parameters


def understand(feed: SourceFeed, held_from_s: float, p: Parameters) -> Understood:
    """Return a feed as a network; ``held_from_s`` is the day from which it says to hold (``service.dated``)."""
    material = _material(feed, held_from_s, p)
    groups = _groups(feed, material)
    shared = Counter(shape for _, _, shape, _ in groups)
    ids = {key: key[2] if shared[key[2]] == 1 and key[2] in material.shapes else f"~{n}"
           for n, key in enumerate(groups, start=1)}
    patterns: dict[str, list[PatternDraft]] = defaultdict(list)
    trip_pattern: dict[str, str] = {}
    for key, trips in groups.items():
        made = _pattern(ids[key], key, trips, patterns[key[0]], material)
        if made is not None:
            patterns[key[0]].append(made)
            trip_pattern |= {trip["trip_id"]: made.pattern_id for trip in trips}
    fares, currency = _fares(feed, material.seen)
    routes = tuple(_route(one, tuple(patterns[one["route_id"]]), fares.get(one["route_id"]), material)
                   for one in _first(feed.records("routes.txt"), "route_id").values() if patterns.get(one["route_id"]))
    stops, stations = _stops(feed, {s.stop_id for d in patterns.values() for one in d for s in one.stops}, material)
    return Understood(NetworkDraft(routes, stops, stations), trip_pattern, currency)


def _material(feed: SourceFeed, held_from_s: float, p: Parameters) -> _Material:
    places = {one["stop_id"]: place for one in feed.records("stops.txt")
              if one.get("stop_id") and (place := place_of(one)) is not None}
    lon_lat = np.array(list(places.values()) or [(0.0, 0.0)], dtype=np.float64)
    middle = np.median(lon_lat, axis=0)
    shapes = {}
    for shape_id, points in _by(feed.records("shapes.txt"), "shape_id").items():
        line = _line([(number(one.get("shape_pt_lon")), number(one.get("shape_pt_lat")))
                      for one in sorted(points, key=lambda one: number(one.get("shape_pt_sequence"), np.inf))])
        if len(line) > 1:
            shapes[shape_id] = line
    seen = Evidence(0, None, held_from_s, held_from_s)
    return _Material(places, _by(feed.records("stop_times.txt"), "trip_id"), shapes,
                     _by(feed.records("frequencies.txt"), "trip_id"), service_days(feed), seen,
                     utm_srid(float(middle[0]), float(middle[1])), p)


def _by(records: Sequence[Record], column: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for one in records:
        groups[one.get(column, "")].append(one)
    return groups


def _first(records: Sequence[Record], column: str) -> dict[str, Record]:
    """The first record under each key, in the feed's order; what has none is left out."""
    found: dict[str, Record] = {}
    for one in records:
        if one.get(column):
            found.setdefault(one[column], one)
    return found


def _groups(feed: SourceFeed, material: _Material) -> dict[Key, list[Record]]:
    """The trips of each pattern, in the feed's order; a trip of no route, or with no two stops that exist, has none."""
    routes = _first(feed.records("routes.txt"), "route_id")
    groups: dict[Key, list[Record]] = defaultdict(list)
    for trip in _first(feed.records("trips.txt"), "trip_id").values():
        called = tuple(one.get("stop_id", "") for one in _calls(trip["trip_id"], material))
        if trip.get("route_id") in routes and len(called) > 1:
            groups[trip["route_id"], trip.get("direction_id", ""), trip.get("shape_id", ""), called].append(trip)
    return dict(groups)


def _calls(trip_id: str, material: _Material) -> list[Record]:
    return [one for one in in_order(material.calls.get(trip_id, ())) if one.get("stop_id") in material.places]


def _line(points: Sequence[tuple[float, float]]) -> Floats:
    """Points as a line: without those that have no place, and without repetitions."""
    line = np.array(points, dtype=np.float64).reshape(-1, 2)
    line = line[np.isfinite(line).all(axis=1) & (np.abs(line) <= (180.0, 90.0)).all(axis=1)]
    moved = np.ones(len(line), dtype=bool)
    moved[1:] = (np.diff(line, axis=0) != 0).any(axis=1)
    return line[moved]


def _pattern(pattern_id: str, key: Key, trips: Sequence[Record], before: Sequence[PatternDraft],
             material: _Material) -> PatternDraft | None:
    _, direction, shape_id, called = key
    lon_lat = material.shapes.get(shape_id)
    lon_lat = _line([material.places[one] for one in called]) if lon_lat is None else lon_lat
    if len(lon_lat) < 2:
        return None
    xy = to_metres(lon_lat[:, 0], lon_lat[:, 1], material.srid)
    stop_lon_lat = np.array([material.places[one] for one in called])
    at_m = stops_in_order_m(xy, to_metres(stop_lon_lat[:, 0], stop_lon_lat[:, 1], material.srid))
    calls = [_calls(trip["trip_id"], material) for trip in trips]
    timed = [_clock(one, at_m) for one in calls]
    days = {day for trip in trips for day in material.days.get(trip.get("service_id", ""), ())}
    headsigns = Counter(sign for trip in trips if (sign := trip.get("trip_headsign")))
    return PatternDraft(
        pattern_id=pattern_id,
        direction_id=_direction(direction, lon_lat, before),
        headsign=min(headsigns, key=lambda sign: (-headsigns[sign], sign), default=None),
        lon_lat=lon_lat,
        length_m=float(along_m(xy)[-1]),
        spread_m=None,
        evidence=material.seen,
        day_types=tuple(one for one in DAY_TYPES if one in days) or DAY_TYPES[:1],
        confidence=material.p.imported_confidence,
        stops=tuple(PatternStop(stop_id, float(m), 0, 0, material.p.imported_confidence)
                    for stop_id, m in zip(called, at_m, strict=True)),
        running_times=_running_times([one for one in timed if one is not None]),
        headways=headways_of(trips, [None if one is None else round(float(one[1][0])) for one in timed],
                             material.frequencies),
        runs=(),
    )


def _direction(stated: str, lon_lat: Floats, before: Sequence[PatternDraft]) -> int:
    """As the feed says; else 1 for a pattern that starts nearer to where the route's first pattern ends."""
    if stated in ("0", "1"):
        return int(stated)
    if not before:
        return 0
    first = before[0]
    start, end = (float(np.hypot(*(lon_lat[0] - first.lon_lat[side]))) for side in (0, -1))
    return 1 - first.direction_id if end < start else first.direction_id


def _clock(calls: Sequence[Record], at_m: Floats) -> tuple[Floats, Floats] | None:
    """When a trip arrives and leaves, in seconds, times that are not said by distance; ``None`` where hardly any is."""
    said = np.array([[np.nan if at is None else at for at in (seconds(one.get("arrival_time")),
                                                              seconds(one.get("departure_time")))]
                     for one in calls], dtype=np.float64)
    arrives = np.where(np.isnan(said[:, 0]), said[:, 1], said[:, 0])
    leaves = np.where(np.isnan(said[:, 1]), said[:, 0], said[:, 1])
    known = ~np.isnan(arrives)
    if known.sum() < 2 or not known[0]:
        return None
    along = at_m + np.arange(len(at_m)) * 1e-3  # stops in one place still come one after the other
    arrives = np.interp(along, along[known], arrives[known])
    return arrives, np.where(known, leaves, arrives)


def _running_times(timed: Sequence[tuple[Floats, Floats]]) -> tuple[RunningTime, ...]:
    """The usual seconds of each section over the whole day; none where the feed has no times for the pattern."""
    if not timed:
        return ()
    from_s = [np.concatenate((leaves[:1], arrives[1:])) for arrives, leaves in timed]
    took_s = np.maximum(np.median([np.diff(one) for one in from_s], axis=0), 1.0)
    stood_s = np.median([leaves - arrives for arrives, leaves in timed], axis=0)
    stood_s[0] = 0.0
    return tuple(
        RunningTime(i, *WHOLE_DAY, float(took), float(np.clip(stood, 0.0, took)), float(took), float(took), 0, None,
                    METHOD)
        for i, (took, stood) in enumerate(zip(took_s, stood_s[:-1], strict=True), start=1)
    )


def _route(one: Record, patterns: tuple[PatternDraft, ...], fare: Fare | None, material: _Material) -> RouteDraft:
    names = (one.get("route_short_name") or None, one.get("route_long_name") or None)
    return RouteDraft(one["route_id"], *names, {}, material.seen, material.p.imported_confidence, fare, (), patterns)


def _fares(feed: SourceFeed, seen: Evidence) -> tuple[dict[str, Fare], str | None]:
    """The fare of each route that the rules name, as the feed's prices say, in the currency that most of them have."""
    fares = _first(feed.records("fare_attributes.txt"), "fare_id")
    currencies = Counter(one.get("currency_type", "") for one in fares.values())
    currency = min(currencies, key=lambda one: (-currencies[one], one), default="")
    prices: dict[str, list[float]] = defaultdict(list)
    for rule in feed.records("fare_rules.txt"):
        fare = fares.get(rule.get("fare_id", ""), {})
        if rule.get("route_id") and fare.get("currency_type") == currency and number(fare.get("price")) >= 0:
            prices[rule["route_id"]].append(number(fare.get("price")))
    return {route_id: Fare(float(median(held)), min(held), max(held), 0, None, seen.first_seen_s, seen.last_seen_s)
            for route_id, held in prices.items()}, currency or None


def _stops(feed: SourceFeed, served: set[str], material: _Material
           ) -> tuple[tuple[StopDraft, ...], tuple[StationDraft, ...]]:
    rows = _first(feed.records("stops.txt"), "stop_id")
    parents = {rows[one].get("parent_station", "") for one in served}
    stations = {one for one in parents if one in material.places and one not in served}
    return (
        tuple(
            StopDraft(stop_id, one.get("stop_name") or None, {}, *material.places[stop_id], METHOD, material.seen,
                      material.p.imported_confidence,
                      parent if (parent := one.get("parent_station", "")) in stations else None)
            for stop_id, one in rows.items() if stop_id in served
        ),
        tuple(StationDraft(one, rows[one].get("stop_name") or None, *material.places[one]) for one in sorted(stations)),
    )
