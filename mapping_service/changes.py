"""What a rider would notice between two releases: routes, ways, stops, headways, fares and what people settled.

Evidence that only grew is no change, and neither is a line or a stop that moved by less than phones err.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import cos, hypot, radians
from typing import Any

import shapely

from mapping_service.geo import M_PER_DEG
from mapping_service.parameters import Parameters
from mapping_service.release_records import Change, Changes, NetworkState, PatternState, RouteState, StopState
from mapping_service.settled_changes import ADDED, CHANGED, REMOVED, kind_of, settled, settled_counts

# Headways are published in whole minutes.
_MINUTE_S = 60
_NOTHING = NetworkState({}, {}, {})


def compare(number: int, after: NetworkState, before: tuple[int, NetworkState] | None, p: Parameters) -> Changes:
    """Return how release ``number`` differs from the one ``before``, everything being new where there is none."""
    old = before[1] if before else _NOTHING
    found = [*_routes(old, after, p), *_stops(old.stops, after.stops, p), *settled(old, after)]
    return Changes(before[0] if before else None, number, _totals(old, after, found), found)


def _routes(old: NetworkState, new: NetworkState, p: Parameters) -> Iterator[Change]:
    for route_id in [*new.routes, *(one for one in old.routes if one not in new.routes)]:
        was, now = old.routes.get(route_id), new.routes.get(route_id)
        ways = _of_route(old, route_id), _of_route(new, route_id)
        if was is None or now is None:
            what, one = (ADDED, now) if was is None else (REMOVED, was)
            assert one is not None
            details = {"km": _km(ways[0] or ways[1]), **(_follower(route_id, new) if now is None else {})}
            yield Change(what, "route", route_id, route_id, _name(one), details)
        else:
            yield from _route(was, now, *ways, p)
            yield from _brand(old, new, was, now)


def _follower(route_id: str, new: NetworkState) -> dict[str, str | None]:
    """As which other route the rides of one that is gone go on, where they do."""
    follower = new.routes.get(new.followers.get(route_id, ""))
    return {"follower": follower.route_id, "follower_name": _name(follower)} if follower else {}


def _of_route(network: NetworkState, route_id: str) -> list[PatternState]:
    return [one for one in network.patterns.values() if one.route_id == route_id]


def _km(patterns: Iterable[PatternState]) -> float:
    return round(sum(one.length_m for one in patterns) / 1000, 1)


def _name(route: RouteState) -> str | None:
    return " ".join(part for part in (route.short_name, route.long_name) if part) or None


def _route(
    was: RouteState, now: RouteState, ways_then: Sequence[PatternState], ways: Sequence[PatternState], p: Parameters
) -> Iterator[Change]:
    def change(what: str, element: str, **details: Any) -> Change:
        return Change(what, element, now.route_id, now.route_id, _name(now), details)

    if _name(was) != _name(now):
        yield change(CHANGED, "route", before=_name(was), after=_name(now))
    then = {one.pattern_id: one for one in ways_then}
    kept = [(then[one.pattern_id], one) for one in ways if one.pattern_id in then]
    moved = [one.pattern_id for one, other in kept if _moved(one, other, p)]
    added = [one.pattern_id for one in ways if one.pattern_id not in then]
    removed = sorted(then.keys() - {one.pattern_id for one in ways})
    if moved or added or removed:
        km = [_km(some) for some in (ways_then, ways)]
        yield change(CHANGED, "line", before=km[0], after=km[1], added=added, removed=removed, moved=moved)
    served = [{stop for one in some for stop in one.stop_ids} for some in (ways_then, ways)]
    if served[0] != served[1]:
        yield change(CHANGED, "stops", added=len(served[1] - served[0]), removed=len(served[0] - served[1]))
    for one, other in kept:
        if one.headsign != other.headsign:
            what = kind_of(one.headsign, other.headsign)
            details = {"before": one.headsign, "after": other.headsign}
            yield Change(what, "headsign", other.pattern_id, now.route_id, _name(now), details)
    yield from _headways(now, ways_then, ways)
    yield from _fare(was, now)
    if was.rush != now.rush:
        money = {"before": was.rush, "after": now.rush, "currency": now.currency or was.currency}
        yield change(kind_of(was.rush, now.rush), "surcharge", **money)


def _brand(old: NetworkState, new: NetworkState, was: RouteState, now: RouteState) -> Iterator[Change]:
    if was.agency_id != now.agency_id:
        names = {
            key: network.agencies[route.agency_id].name if route.agency_id else None
            for key, network, route in (("before", old, was), ("after", new, now))
        }
        yield Change(kind_of(was.agency_id, now.agency_id), "brand", now.route_id, now.route_id, _name(now), names)


def _moved(was: PatternState, now: PatternState, p: Parameters) -> bool:
    """True where one of two lines leaves the other by more than phones err."""
    if was.line == now.line:
        return False
    shrink = cos(radians(now.line[0][1]))
    lines = [
        shapely.LineString([(lon * shrink * M_PER_DEG, lat * M_PER_DEG) for lon, lat in one.line])
        for one in (was, now)
    ]
    return bool(shapely.hausdorff_distance(*lines) > p.changed_m)


def _headways(now: RouteState, ways_then: Sequence[PatternState], ways: Sequence[PatternState]) -> Iterator[Change]:
    """A change for each band of each pattern whose minutes between departures are others than they were."""
    then = {one.pattern_id: _minutes(one) for one in ways_then}
    for pattern in ways:
        if pattern.pattern_id not in then:
            continue
        old, new = then[pattern.pattern_id], _minutes(pattern)
        for band in sorted(old.keys() | new.keys()):
            if old.get(band) != new.get(band):
                what = ADDED if band not in old else REMOVED if band not in new else CHANGED
                details = {"from_s": band[0], "to_s": band[1], "before": old.get(band), "after": new.get(band)}
                yield Change(what, "headway", pattern.pattern_id, now.route_id, _name(now), details)


def _minutes(pattern: PatternState) -> dict[tuple[int, int], int]:
    return {band: max(1, int(s / _MINUTE_S + 0.5)) for band, s in pattern.headways_s.items()}


def _fare(was: RouteState, now: RouteState) -> Iterator[Change]:
    if (was.fare, was.currency, was.stages) == (now.fare, now.currency, now.stages):
        return
    details = {
        "before": was.fare, "after": now.fare, "currency": now.currency or was.currency,
        "stages": was.stages != now.stages,
    }
    yield Change(kind_of(was.fare, now.fare), "fare", now.route_id, now.route_id, _name(now), details)


def _stops(old: Mapping[str, StopState], new: Mapping[str, StopState], p: Parameters) -> Iterator[Change]:
    for stop_id, now in new.items():
        was = old.get(stop_id)
        if was is None:
            yield Change(ADDED, "stop", stop_id, None, now.name, {})
            continue
        details: dict[str, Any] = {}
        if was.name != now.name:
            details = {"before": was.name, "after": now.name}
        shrink = cos(radians(now.lat))
        metres = hypot((now.lon - was.lon) * shrink, now.lat - was.lat) * M_PER_DEG
        if metres > p.changed_m:
            details["moved_m"] = round(metres)
        if details:
            yield Change(CHANGED, "stop", stop_id, None, now.name, details)
    for stop_id in sorted(old.keys() - new.keys()):
        yield Change(REMOVED, "stop", stop_id, None, old[stop_id].name, {})


def _totals(old: NetworkState, new: NetworkState, found: Sequence[Change]) -> dict[str, dict[str, float]]:
    stops = {one.element_id for one in found if one.element == "stop"}
    routes = {one.route_id for one in found if one.route_id}
    moved = {one for change in found if change.element == "line" for one in change.details["moved"]}

    def ways(one: NetworkState, patterns: Iterable[str]) -> float:
        return _km(one.patterns[pattern_id] for pattern_id in patterns)

    return {
        "routes": _tally(dict.fromkeys(old.routes), {key: key if key in routes else None for key in new.routes}),
        "km": {
            "before": ways(old, old.patterns), "after": ways(new, new.patterns),
            ADDED: ways(new, new.patterns.keys() - old.patterns.keys()),
            REMOVED: ways(old, old.patterns.keys() - new.patterns.keys()), CHANGED: ways(new, moved),
        },
        "stops": _tally(dict.fromkeys(old.stops), {key: key if key in stops else None for key in new.stops}),
        "headways": _tally(*(
            {(key, band): n for key, way in one.patterns.items() for band, n in _minutes(way).items()}
            for one in (old, new)
        )),
        "fares": _tally(*(
            {key: (route.fare, route.stages) for key, route in one.routes.items() if route.fare is not None}
            for one in (old, new)
        )),
        **{key: _tally(*some) for key, some in settled_counts(old, new).items()},
    }


def _tally(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> dict[str, float]:
    return {
        "before": len(old), "after": len(new),
        ADDED: len(new.keys() - old.keys()), REMOVED: len(old.keys() - new.keys()),
        CHANGED: sum(old[key] != new[key] for key in old.keys() & new.keys()),
    }


def draw(changes: Changes, after: NetworkState, before: NetworkState | None) -> dict[str, Any]:
    """Return lines and stops that changed as GeoJSON (RFC 7946); ``before`` is a changed line as it was."""
    old = before or _NOTHING
    return {"type": "FeatureCollection", "features": [
        feature for change in changes.changes for feature in _features(change, old, after)
    ]}


def _features(change: Change, old: NetworkState, new: NetworkState) -> Iterator[dict[str, Any]]:
    if change.element == "route" and change.what != CHANGED:
        network = new if change.what == ADDED else old
        for pattern in _of_route(network, change.element_id):
            yield _feature(change, change.what, pattern.pattern_id, "LineString", pattern.line)
    elif change.element == "line":
        shown = {ADDED: (ADDED, new), REMOVED: (REMOVED, old), "moved": (CHANGED, new)}
        for key, (what, network) in shown.items():
            for pattern_id in change.details[key]:
                if key == "moved":
                    yield _feature(change, "before", pattern_id, "LineString", old.patterns[pattern_id].line)
                yield _feature(change, what, pattern_id, "LineString", network.patterns[pattern_id].line)
    elif change.element == "stop":
        stop = (old if change.what == REMOVED else new).stops[change.element_id]
        yield _feature(change, change.what, stop.stop_id, "Point", (stop.lon, stop.lat))
    elif change.element == "booked" and (change.what != CHANGED or "area" in change.details["stated"]):
        for what, network in {CHANGED: (("before", old), (CHANGED, new)), ADDED: ((ADDED, new),),
                              REMOVED: ((REMOVED, old),)}[change.what]:
            yield _feature(change, what, change.element_id, "Polygon", network.booked[change.element_id].area)


def _feature(change: Change, what: str, element_id: str, kind: str, coordinates: Any) -> dict[str, Any]:
    properties = {
        "change": what, "element": change.element, "id": element_id, "route_id": change.route_id, "name": change.name,
        **({key: change.details[key] for key in ("before", "after", "moved_m") if key in change.details}),
    }
    return {
        "type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates},
    }
