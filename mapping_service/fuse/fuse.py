"""All rides of a city and their grouping become one candidate network. Pure: records in, records out.

Ids are provisional (``~1``, ``~2``, …) in the order of the first ride of each element; public ids come with review.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from mapping_service.fuse.calls import Call, calls
from mapping_service.fuse.clock import DAY_TYPES, band, day_type
from mapping_service.fuse.confidence import confidence, evidence, served
from mapping_service.fuse.fares import fare
from mapping_service.fuse.headways import Wait, headways
from mapping_service.fuse.names import vote
from mapping_service.fuse.places import merge
from mapping_service.fuse.shape import fuse_shape, locate, spread_m, without_standing
from mapping_service.fuse.stops import LineStop, line_stops, path_of
from mapping_service.fuse.times import Band, passing_times, running_times
from mapping_service.geo import along_m, to_lon_lat
from mapping_service.group.group import Group, Grouping, medoid
from mapping_service.parameters import Parameters
from mapping_service.records import (
    Floats,
    Ints,
    NetworkDraft,
    PatternDraft,
    PatternRun,
    PatternStop,
    Ride,
    RouteDraft,
    StopDraft,
)


@dataclass(frozen=True)
class CityFrame:
    """What of a city inference needs: its projected CRS and its time zone."""

    srid: int
    timezone: ZoneInfo


@dataclass(frozen=True)
class _Prepared:
    """All rides with what is derived from each alone, computed once."""

    rides: Sequence[Ride]
    lines: Sequence[Floats]
    paths: Sequence[Floats]
    calls: Sequence[Sequence[Call]]
    bands: Sequence[Band]
    waits: Sequence[Sequence[Wait]]


@dataclass(frozen=True)
class _Way:
    """One way of one group: its pattern to be."""

    group: int
    members: tuple[int, ...]
    company: tuple[int, ...]
    shape: Floats
    stops: tuple[LineStop, ...]


def fuse(rides: Sequence[Ride], grouping: Grouping, city: CityFrame, p: Parameters) -> NetworkDraft:
    """Return the candidate network of a city from its rides and their grouping."""
    ready = _prepare(rides, city, p)
    ways = [way for g in range(len(grouping.groups)) for way in _ways(g, grouping, ready, p)]
    flat = [stop for way in ways for stop in way.stops]
    labels = merge(flat, p)
    stops = _stop_drafts(flat, labels, rides, city)
    starts = np.cumsum([0, *(len(way.stops) for way in ways)])
    named = [f"~{label + 1}" for label in labels]
    ids = {id(way): named[a:a + len(way.stops)] for way, a in zip(ways, starts, strict=False)}
    centre = np.median(np.concatenate(ready.paths), axis=0) if rides else np.zeros(2)
    routes = [
        _route(k, [[w for w in ways if w.group == g] for g in sides], ids, stops, grouping, ready, centre, city, p)
        for k, sides in enumerate(_routes(grouping), start=1)
    ]
    return NetworkDraft(tuple(routes), tuple(_used(stops, routes)))


def _prepare(rides: Sequence[Ride], city: CityFrame, p: Parameters) -> _Prepared:
    lines = [without_standing(r.t_s, r.xy, r.dwell_start_s, r.dwell_end_s) for r in rides]
    bands = [band(float(r.t_s[0]), city.timezone) for r in rides]
    return _Prepared(
        rides=rides,
        lines=lines,
        paths=[path_of(line, p) for line in lines],
        calls=[calls(r, city.srid, p) for r in rides],
        bands=bands,
        waits=[_waits(r, b) for r, b in zip(rides, bands, strict=True)],
    )


def _waits(ride: Ride, its_band: Band) -> list[Wait]:
    told = {r.wait_s for r in ride.reports if r.kind == "wait" and r.wait_s and not r.cancelled}
    return [Wait(float(seconds), its_band) for seconds in sorted(told)]


def _routes(grouping: Grouping) -> list[tuple[int, ...]]:
    """Return the groups of each route, one or two, in the order of their first group."""
    partner = {a: b for a, b in grouping.pairs}
    second = set(partner.values())
    return [(g, partner[g]) if g in partner else (g,) for g in range(len(grouping.groups)) if g not in second]


def _ways(g: int, grouping: Grouping, ready: _Prepared, p: Parameters) -> list[_Way]:
    group = grouping.groups[g]
    company = tuple(sorted((*group.full, *group.partial)))
    ways = []
    for members in group.variants:
        base = medoid(members, grouping.cover, ready.lines)
        others = [ready.lines[i] for i in company if i != base]
        shape = fuse_shape(ready.lines[base], others, p)
        stops = line_stops(shape, company, [ready.paths[i] for i in company], [ready.calls[i] for i in company], p)
        ways.append(_Way(g, members, company, shape, tuple(stops)))
    return ways


def _stop_drafts(flat: Sequence[LineStop], labels: Ints, rides: Sequence[Ride], city: CityFrame) -> list[StopDraft]:
    by_label: dict[int, list[LineStop]] = {}
    for stop, label in zip(flat, labels, strict=True):
        by_label.setdefault(int(label), []).append(stop)
    return [_stop_draft(label, members, rides, city) for label, members in sorted(by_label.items())]


def _stop_draft(label: int, members: Sequence[LineStop], rides: Sequence[Ride], city: CityFrame) -> StopDraft:
    lon, lat = to_lon_lat(np.median([m.xy for m in members], axis=0, keepdims=True), city.srid)[0]
    # The ways of one group carry the same calls: names count once, not once for each way.
    best = {(m.called, m.names): m for m in members}.values()
    name, votes = vote(name for m in best for name in m.names)
    called = sorted({i for m in members for i in m.called})
    past = {i for m in members for i in m.past}
    proof = evidence([rides[i] for i in called or sorted(past)])
    method = min((m.method for m in members), key=("terminal", "reported", "dwell").index)
    trust = confidence(proof, len(called) / max(1, len(past)))
    return StopDraft(f"~{label + 1}", name, votes, round(float(lon), 6), round(float(lat), 6), method, proof, trust)


def _route(
    number: int,
    sides: Sequence[Sequence[_Way]],
    ids: dict[int, list[str]],
    stops: Sequence[StopDraft],
    grouping: Grouping,
    ready: _Prepared,
    centre: Floats,
    city: CityFrame,
    p: Parameters,
) -> RouteDraft:
    """Build one route: direction 0 is the one that leads away from the centre of all rides."""
    names = {stop.stop_id: stop.name for stop in stops}
    outward = [_leads_away(side[0].shape, centre) for side in sides]
    first_is_1 = outward[0] < (outward[1] if len(sides) == 2 else 0.0)
    route_waits = [w for side in sides for i in side[0].company for w in ready.waits[i]]
    city_waits = [w for waits in ready.waits for w in waits]
    patterns: list[PatternDraft] = []
    for s, side in enumerate(sides):
        for way in side:
            draft = _pattern(
                f"~{number}.{len(patterns) + 1}", (s == 0) == first_is_1, way, ids[id(way)], names, grouping, ready,
                (route_waits, city_waits), city, p,
            )
            patterns.append(draft)
    patterns.sort(key=lambda d: (d.direction_id, -d.evidence.runs, d.pattern_id))
    full = sorted({i for side in sides for i in grouping.groups[side[0].group].full})
    rides = [ready.rides[i] for i in full]
    short, votes = vote(r.claim.line for r in rides if r.claim.line)
    proof = evidence(rides)
    return RouteDraft(
        route_id=f"~{number}",
        short_name=short if short and len(short) <= p.short_name_chars else None,
        long_name=_long_name(patterns[0], names),
        name_votes=votes,
        evidence=proof,
        confidence=round(float(np.mean([d.confidence for d in patterns])), 4),
        fare=fare(rides),
        patterns=tuple(patterns),
    )


def _leads_away(shape: Floats, centre: Floats) -> float:
    return float(np.hypot(*(shape[-1] - centre)) - np.hypot(*(shape[0] - centre)))


def _long_name(main: PatternDraft, names: dict[str, str | None]) -> str | None:
    """Return "first – last" of the named stops of the main pattern; ``None`` where nobody named any."""
    known = [name for name in (names[stop.stop_id] for stop in main.stops) if name]
    return " – ".join(dict.fromkeys((known[0], known[-1]))) if known else None


def _pattern(
    pattern_id: str,
    direction_1: bool,
    way: _Way,
    stop_ids: Sequence[str],
    names: dict[str, str | None],
    grouping: Grouping,
    ready: _Prepared,
    waits: tuple[Sequence[Wait], Sequence[Wait]],
    city: CityFrame,
    p: Parameters,
) -> PatternDraft:
    rides = [ready.rides[i] for i in way.members]
    proof = evidence(rides)
    served_stops = _served(way.stops, stop_ids, p)
    dist_m = np.array([stop.dist_m for stop in served_stops])
    passed = [passing_times(way.shape, dist_m, ready.rides[i].t_s, ready.rides[i].xy, p) for i in way.company]
    group = grouping.groups[way.group]
    own_waits = [w for i in way.company for w in ready.waits[i]]
    return PatternDraft(
        pattern_id=pattern_id,
        direction_id=int(direction_1),
        headsign=names[served_stops[-1].stop_id],
        lon_lat=np.round(to_lon_lat(way.shape, city.srid), 6),
        length_m=round(float(along_m(way.shape)[-1]), 1),
        spread_m=spread_m(way.shape, [ready.lines[i] for i in way.members], p),
        evidence=proof,
        day_types=tuple(d for d in DAY_TYPES if d in {day_type(proof_t, city.timezone) for proof_t in _starts(rides)}),
        confidence=confidence(proof, _agreement(way.members, grouping)),
        stops=served_stops,
        running_times=running_times(dist_m, passed, [ready.bands[i] for i in way.company], p),
        headways=headways(own_waits, *waits, [ready.bands[i] for i in way.members], p),
        runs=_runs(way, group, ready, p),
    )


def _starts(rides: Sequence[Ride]) -> list[float]:
    return [float(ride.t_s[0]) for ride in rides]


def _served(stops: Sequence[LineStop], stop_ids: Sequence[str], p: Parameters) -> tuple[PatternStop, ...]:
    """Return the stops in order; where two near neighbours turned out to be one place, the first, or the terminal.

    A loop that comes back to where it began keeps both its ends.
    """
    kept: list[PatternStop] = []
    for stop, stop_id in zip(stops, stop_ids, strict=True):
        one = PatternStop(
            stop_id, round(stop.dist_m, 1), len(stop.called), len(stop.past), served(len(stop.called), len(stop.past))
        )
        if kept and kept[-1].stop_id == stop_id and one.dist_m - kept[-1].dist_m <= p.terminal_stop_m:
            if stop.method == "terminal" and len(kept) > 1:
                kept[-1] = one
        elif not kept or one.dist_m > kept[-1].dist_m:
            kept.append(one)
    return tuple(kept)


def _agreement(members: Sequence[int], grouping: Grouping) -> float:
    if len(members) < 2:
        return 1.0
    both = np.minimum(grouping.cover, grouping.cover.T)[np.ix_(members, members)]
    return float(min(1.0, both[np.triu_indices(len(members), 1)].mean()))


def _runs(way: _Way, group: Group, ready: _Prepared, p: Parameters) -> tuple[PatternRun, ...]:
    """Return the runs behind a pattern; what belongs to no way in particular stands with the group's first way."""
    roles = {i: "full" for i in way.members}
    if way.members == group.variants[0]:
        roles |= {i: "full" for i in group.strays} | {i: "partial" for i in group.partial}
        roles |= {i: "alternative" for i in group.maybe}
    return tuple(
        PatternRun(ready.rides[i].run_id, role, round(_share(way.shape, ready.paths[i], p), 3))
        for i, role in sorted(roles.items())
    )


def _share(shape: Floats, path: Floats, p: Parameters) -> float:
    return float(np.mean(locate(shape, path)[1] <= p.stop_side_m))


def _used(stops: Sequence[StopDraft], routes: Sequence[RouteDraft]) -> list[StopDraft]:
    used = {stop.stop_id for route in routes for pattern in route.patterns for stop in pattern.stops}
    return [stop for stop in stops if stop.stop_id in used]
