"""All rides of a city and their grouping become one candidate network. Pure: records in, records out.

Ids are provisional (``~1``, ``~2``, …) in the order of the first ride of each element; public ids come with review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.fuse.confidence import confidence, evidence, stop_chance
from mapping_service.fuse.material import CityFrame, Material, prepare
from mapping_service.fuse.names import said_by, vote
from mapping_service.fuse.patterns import Way, pattern, ways_of
from mapping_service.fuse.places import merge
from mapping_service.fuse.service import Sides, with_fares, with_service
from mapping_service.fuse.stations import Kerb, stations
from mapping_service.fuse.stops import LineStop
from mapping_service.fuse.variants import NamedLine, variant_reason
from mapping_service.geo import to_lon_lat
from mapping_service.group.group import Grouping
from mapping_service.parameters import Parameters
from mapping_service.records import (
    Fare,
    Floats,
    NetworkDraft,
    Notice,
    PatternDraft,
    Ride,
    RouteDraft,
    StageFare,
    StationDraft,
    StopDraft,
)


def fuse(rides: Sequence[Ride], grouping: Grouping, city: CityFrame, p: Parameters) -> NetworkDraft:
    """Return the candidate network of a city from its rides and their grouping."""
    if not rides:
        return NetworkDraft((), ())
    material = prepare(rides, grouping, city, p)
    ways, stops = with_stops(material, ways_of(material))
    names = {stop.stop_id: stop.name for stop in stops}
    centre = np.median(np.concatenate(material.paths), axis=0)
    of_routes = with_service(
        material, [[[way for way in ways if way.group == g] for g in sides] for sides in _sides(grouping)]
    )
    fares = with_fares(material, of_routes)
    routes = tuple(
        _route(material, number, sides, its_fares, names, centre)
        for number, (sides, its_fares) in enumerate(zip(of_routes, fares, strict=True), start=1)
    )
    used = {stop.stop_id for route in routes for one in route.patterns for stop in one.stops}
    return NetworkDraft(routes, *_with_stations(material, ways, [stop for stop in stops if stop.stop_id in used]))


def _with_stations(
    material: Material, ways: Sequence[Way], stops: Sequence[StopDraft]
) -> tuple[tuple[StopDraft, ...], tuple[StationDraft, ...]]:
    """Return the stops, those that belong together with the id of their station, and the stations."""
    served: dict[str, list[LineStop]] = {}
    for way in ways:
        for stop_id, stop in zip(way.stop_ids, way.stops, strict=True):
            served.setdefault(stop_id, []).append(stop)
    found = stations([_kerb(served[stop.stop_id]) for stop in stops], material.p)
    of_stop = {i: f"~{number}" for number, members in enumerate(found, start=1) for i in members}
    drafts = [_station(of_stop[members[0]], [stops[i] for i in members]) for members in found]
    return tuple(replace(stop, station_id=of_stop.get(i)) for i, stop in enumerate(stops)), tuple(drafts)


def _kerb(members: Sequence[LineStop]) -> Kerb:
    ahead = np.mean([[np.cos(m.heading), np.sin(m.heading)] for m in members], axis=0)
    is_terminal = any(m.method == "terminal" for m in members)
    return Kerb(np.median([m.xy for m in members], axis=0), float(np.arctan2(ahead[1], ahead[0])), is_terminal)


def _station(station_id: str, stops: Sequence[StopDraft]) -> StationDraft:
    name, _ = vote(name for stop in stops for name, votes in stop.name_votes.items() for _ in range(votes))
    lon, lat = (round(float(np.mean([getattr(stop, axis) for stop in stops])), 6) for axis in ("lon", "lat"))
    return StationDraft(station_id, name, lon, lat)


def with_stops(material: Material, ways: Sequence[Way]) -> tuple[list[Way], list[StopDraft]]:
    """Compare the stops of all ways; return the ways with the ids of their stops, and the stops themselves."""
    flat = [stop for way in ways for stop in way.stops]
    labels = merge(flat, material.p).tolist()
    members: dict[int, list[LineStop]] = {}
    for stop, label in zip(flat, labels, strict=True):
        members.setdefault(label, []).append(stop)
    ids = iter(_stop_id(label) for label in labels)
    named = [replace(way, stop_ids=tuple(next(ids) for _ in way.stops)) for way in ways]
    ordered = [places for _, places in sorted(members.items())]
    spoken = [_names(material, places) for places in ordered]
    xy = np.array([np.median([m.xy for m in places], axis=0) for places in ordered])
    near = cKDTree(xy).query_ball_point(xy, material.p.same_name_m)
    named_as = [vote(own, [n for k in near[i] for n in spoken[k]]) for i, own in enumerate(spoken)]
    drafts = [_stop_draft(material, i, places, xy[i], named_as[i]) for i, places in enumerate(ordered)]
    return named, drafts


def _names(material: Material, members: Sequence[LineStop]) -> list[str]:
    """Return the names said of a stop, each once for each person; a ride whose rider is unknown is somebody else's."""
    said = {(name, ride) for m in members for name, ride in m.said}
    return said_by((name, material.rides[i].person or f"ride {material.rides[i].run_id}") for name, i in said)


def _stop_id(label: int) -> str:
    return f"~{label + 1}"


def _stop_draft(
    material: Material, label: int, members: Sequence[LineStop], xy: Floats, named: tuple[str | None, Mapping[str, int]]
) -> StopDraft:
    lon, lat = to_lon_lat(xy[None], material.city.srid)[0]
    called = sorted({i for m in members for i in m.called})
    past = sorted({i for m in members for i in m.past})
    proof = evidence([material.rides[i] for i in called or past])
    method = min((m.method for m in members), key=("terminal", "reported", "dwell").index)
    # A terminal is where vehicles turn: that alone is sure, and its evidence that of the runs.
    trust = confidence(proof, len(called) / max(1, len(past))) if method == "terminal" else stop_chance(members)
    place = round(float(lon), 6), round(float(lat), 6)
    return StopDraft(_stop_id(label), *named, *place, method, proof, trust)


def _sides(grouping: Grouping) -> list[tuple[int, ...]]:
    """Return the groups of each route, one or two, in the order of their first group."""
    partner = {a: b for a, b in grouping.pairs}
    second = set(partner.values())
    return [(g, partner[g]) if g in partner else (g,) for g in range(len(grouping.groups)) if g not in second]


def _route(
    material: Material,
    number: int,
    sides: Sides,
    fares: tuple[Fare | None, tuple[StageFare, ...]],
    names: Mapping[str, str | None],
    centre: Floats,
) -> RouteDraft:
    patterns = _patterns(material, number, sides, names, centre)
    full = sorted({i for side in sides for i in material.grouping.groups[side[0].group].full})
    rides = [material.rides[i] for i in full]
    short, votes = vote(r.claim.line for r in rides if r.claim.line)
    return RouteDraft(
        route_id=f"~{number}",
        short_name=short if short and len(short) <= material.p.short_name_chars else None,
        long_name=_long_name(patterns, names),
        name_votes=votes,
        evidence=evidence(rides),
        confidence=_of_route(patterns),
        fare=fares[0],
        stage_fares=fares[1],
        patterns=patterns,
    )


def _of_route(patterns: Sequence[PatternDraft]) -> float:
    """Return the chance that the pattern which a ride of this route belongs to is right."""
    chances, runs = [one.confidence for one in patterns], [one.evidence.runs for one in patterns]
    return round(float(np.average(chances, weights=runs)), 4)


def _patterns(
    material: Material, number: int, sides: Sides, names: Mapping[str, str | None], centre: Floats
) -> tuple[PatternDraft, ...]:
    """Return the patterns of a route: direction 0, which leads away from the centre of all rides, comes first."""
    outward = [_leads_away(side[0].shape, centre) for side in sides]
    first_is_1 = outward[0] < (outward[1] if len(sides) == 2 else 0.0)
    ways = [(s, way) for s, side in enumerate(sides) for way in side]
    made = [
        replace(
            pattern(material, way, f"~{number}.{k}", int((s == 0) == first_is_1), names),
            reason=_reason(material, way, sides[s][0], names),
        )
        for k, (s, way) in enumerate(ways, start=1)
    ]
    return tuple(sorted(made, key=lambda one: (one.direction_id, -one.evidence.runs, one.pattern_id)))


def _reason(material: Material, way: Way, main: Way, names: Mapping[str, str | None]) -> Notice | None:
    """Return why a way is kept beside the main way of its direction; ``None`` for that way itself."""
    if way is main:
        return None
    of = len(material.grouping.groups[way.group].full)
    return variant_reason(_named(way, names), _named(main, names), len(way.members), of, material.p)


def _named(way: Way, names: Mapping[str, str | None]) -> NamedLine:
    told = ((stop.dist_m, names[stop_id]) for stop_id, stop in zip(way.stop_ids, way.stops, strict=True))
    return NamedLine(way.shape, [(dist_m, name) for dist_m, name in told if name])


def _leads_away(shape: Floats, centre: Floats) -> float:
    return float(np.hypot(*(shape[-1] - centre)) - np.hypot(*(shape[0] - centre)))


def _long_name(patterns: Sequence[PatternDraft], names: Mapping[str, str | None]) -> str | None:
    """Return "first – last" of the named stops of the main pattern; ``None`` where nobody named any.

    The main pattern of the other direction speaks instead where riders named more of its two ends.
    """
    mains = {one.direction_id: one for one in reversed(patterns)}
    called = [[names[stop.stop_id] for stop in mains[direction].stops] for direction in sorted(mains)]
    best = max(called, key=lambda its: (sum(1 for name in (its[0], its[-1]) if name), any(its)))
    known = [name for name in best if name]
    return " – ".join(dict.fromkeys((known[0], known[-1]))) if known else None
