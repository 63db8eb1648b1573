"""One way of one group becomes a pattern: shape, stops in order, times, headways, and the runs behind it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import LineString, Point

from mapping_service.fuse.clock import DAY_TYPES, day_type
from mapping_service.fuse.common import on_common_streets
from mapping_service.fuse.confidence import chance, evidence, served
from mapping_service.fuse.material import Material
from mapping_service.fuse.shape import fuse_shape, locate, spread_m
from mapping_service.fuse.signs import Company, signs
from mapping_service.fuse.stops import LineStop, line_stops, on_line
from mapping_service.geo import along_m, to_lon_lat
from mapping_service.group.group import medoid
from mapping_service.load_records import Load
from mapping_service.match.consensus import consensus
from mapping_service.parameters import Parameters
from mapping_service.records import (
    Floats,
    HailStretch,
    Headway,
    PatternDraft,
    PatternRun,
    PatternStop,
    RunningTime,
    StopCandidate,
)
from mapping_service.trust.reliability import vote_weights


@dataclass(frozen=True)
class Way:
    """One way of one group. ``members`` rode it; ``company`` are all rides of the group, which help with the rest.

    ``stop_ids`` run along ``stops``; they are known once the stops of all ways have been compared, and after them the
    running times, headways and loads, which are estimated over all ways together.
    """

    group: int
    members: tuple[int, ...]
    company: tuple[int, ...]
    shape: Floats
    stops: tuple[LineStop, ...]
    candidates: tuple[LineStop, ...]
    stretches: tuple[HailStretch, ...]
    stop_ids: tuple[str, ...] = ()
    running_times: tuple[RunningTime, ...] = ()
    headways: tuple[Headway, ...] = ()
    loads: tuple[Load, ...] = ()


def ways_of(material: Material) -> list[Way]:
    """Return the ways that the runs of each group took, the most ridden first, each with its shape and stops."""
    m = material
    taken = [(g, members) for g, one in enumerate(m.grouping.groups) for members in one.variants]
    companies = [tuple(sorted((*one.full, *one.partial))) for one in m.grouping.groups]
    averages = [_average(m, members, companies[g]) for g, members in taken]
    own = [_on_streets(m, line, companies[g]) for (g, _), line in zip(taken, averages, strict=True)]
    laid = [line is not average for line, average in zip(own, averages, strict=True)]
    shapes = on_common_streets(own, [len(members) for _, members in taken], laid, m.p)
    ways = [_way(m, g, members, companies[g], shape) for (g, members), shape in zip(taken, shapes, strict=True)]
    return [_kerbside(way, line) for way, line in zip(ways, averages, strict=True)]


def _average(m: Material, members: Sequence[int], company: Sequence[int]) -> Floats:
    base = medoid(members, m.grouping.cover, m.lines)
    others = [i for i in company if i != base]
    votes = vote_weights([m.rides[i] for i in (base, *others)], m.p)
    return fuse_shape(m.lines[base], [m.lines[i] for i in others], m.p, votes)


def _on_streets(m: Material, average: Floats, company: Sequence[int]) -> Floats:
    """Return a line laid on the streets that its runs took; as it is where they were not matched."""
    matched = {i: match for i in company if (match := m.rides[i].match) is not None}
    if m.index is None or len(matched) < len(company):
        return average
    return consensus(average, [m.lines[i] for i in matched], list(matched.values()), m.index, m.p).line


def _way(m: Material, group: int, members: tuple[int, ...], company: tuple[int, ...], shape: Floats) -> Way:
    line = on_line(shape, company, [m.tracks[i] for i in company], [m.calls[i] for i in company], m.p)
    found = line_stops(line, m.surroundings, m.p)
    return Way(group, members, company, shape, found.stops, found.candidates, found.stretches)


def _kerbside(way: Way, own: Floats) -> Way:
    """Put the stops where the way's own vehicles passed: its shape may lie in the middle of a two-way street."""
    line = LineString(own)

    def moved(stop: LineStop) -> LineStop:
        at = line.interpolate(line.project(Point(stop.xy)))
        return replace(stop, xy=np.array([at.x, at.y]))

    return replace(way, stops=tuple(map(moved, way.stops)), candidates=tuple(map(moved, way.candidates)))


def pattern(
    material: Material,
    way: Way,
    pattern_id: str,
    direction_id: int,
    names: Mapping[str, str | None],
) -> PatternDraft:
    """Return the pattern of a way; ``names`` are those of the stops by id."""
    m = material
    rides = [m.rides[i] for i in way.members]
    proof = evidence(rides)
    stops = stops_served(way, m.p)
    its = m.grouping.groups[way.group]
    company = Company(len(its.full) - len(way.members), len(its.partial), len(its.maybe))
    its_signs = signs(way.shape, rides, [m.lines[i] for i in way.members], company, m.p)
    ridden_on = {day_type(float(ride.t_s[0]), m.city.timezone) for ride in rides}
    return PatternDraft(
        pattern_id=pattern_id,
        direction_id=direction_id,
        headsign=names[stops[-1].stop_id],
        lon_lat=drawn(way.shape, m.city.srid),
        length_m=round(float(along_m(way.shape)[-1]), 1),
        spread_m=spread_m(way.shape, [m.lines[i] for i in way.members], m.p),
        evidence=proof,
        day_types=tuple(day for day in DAY_TYPES if day in ridden_on),
        confidence=chance(its_signs),
        stops=stops,
        running_times=way.running_times,
        headways=way.headways,
        loads=way.loads,
        runs=_runs(material, way),
        signs=its_signs,
        hail_stretches=way.stretches,
        stop_candidates=tuple(_candidate(place, m.city.srid) for place in way.candidates),
    )


def drawn(shape: Floats, srid: int) -> Floats:
    """Return a shape in degrees of six decimals, without points that these no longer tell apart."""
    lon_lat = np.round(to_lon_lat(shape, srid), 6)
    moves = np.append(True, np.any(np.diff(lon_lat, axis=0) != 0, axis=1))
    return np.asarray(lon_lat[moves])


def _candidate(place: LineStop, srid: int) -> StopCandidate:
    lon, lat = np.round(to_lon_lat(place.xy[None], srid)[0], 6).tolist()
    runs, past = len(place.called), len(place.past)
    return StopCandidate(round(place.dist_m, 1), lon, lat, runs, past, round(place.probability, 4))


def stops_served(way: Way, p: Parameters) -> tuple[PatternStop, ...]:
    """Return the stops in order; where two near neighbours turned out to be one place, the first, or the terminal.

    A loop that comes back to where it began keeps both its ends.
    """
    kept: list[PatternStop] = []
    for stop, stop_id in zip(way.stops, way.stop_ids, strict=True):
        runs, past = len(stop.called), len(stop.past)
        one = PatternStop(stop_id, round(stop.dist_m, 1), runs, past, served(runs, past))
        if kept and kept[-1].stop_id == stop_id and one.dist_m - kept[-1].dist_m <= p.terminal_stop_m:
            if stop.method == "terminal" and len(kept) > 1:
                kept[-1] = one
        elif not kept or one.dist_m > kept[-1].dist_m:
            kept.append(one)
    return tuple(kept)


def _runs(material: Material, way: Way) -> tuple[PatternRun, ...]:
    """Return the runs behind a pattern; what belongs to no way in particular stands with the group's first way."""
    group = material.grouping.groups[way.group]
    roles = {i: "full" for i in way.members}
    if way.members == group.variants[0]:
        roles |= {i: "full" for i in group.strays} | {i: "partial" for i in group.partial}
        roles |= {i: "alternative" for i in group.maybe}
    return tuple(
        PatternRun(material.rides[i].run_id, role, round(_share(way.shape, material.paths[i], material.p), 3))
        for i, role in sorted(roles.items())
    )


def _share(shape: Floats, path: Floats, p: Parameters) -> float:
    return float(np.mean(locate(shape, path)[1] <= p.stop_side_m))
