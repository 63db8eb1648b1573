"""Which candidate is which published element, so that ids stay the same from release to release. Pure.

A candidate pattern is the accepted one with which it shares most of its runs, else the imported one whose way it goes
(``review/ways.py``); a candidate route the one to which most of its patterns belong; a candidate stop the nearest
accepted or imported one within reach; a candidate station the one with which it shares most of its stops. Each public
id goes to one candidate at most, the best first, ties in order of id. What is left keeps its provisional id until it is
accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, NetworkDraft, PatternDraft, RouteDraft, StopDraft
from mapping_service.review.ways import Fit


@dataclass(frozen=True)
class Known:
    """The accepted network as identity needs it; ``stop_xy`` is metres in the order of ``stop_ids``.

    ``stop_patterns`` are the patterns that serve each stop: they matter only to what follows a stop.
    """

    pattern_route: Mapping[str, str]
    pattern_runs: Mapping[str, frozenset[int]]
    stop_ids: Sequence[str]
    stop_xy: Floats
    stop_station: Mapping[str, str]
    stop_patterns: Mapping[str, frozenset[str]] = field(default_factory=dict)


def with_known_ids(
    draft: NetworkDraft, stop_xy: Floats, known: Known, p: Parameters, same_ways: Sequence[Fit] = ()
) -> NetworkDraft:
    """Return the draft with public ids in place of provisional ones wherever an element is known already.

    ``stop_xy`` are the places of the draft's stops in metres, in their order; ``same_ways`` which of its patterns go
    the way of an imported one.
    """
    stops = _stop_ids(draft, stop_xy, known, p)
    patterns = _pattern_ids(draft, known, p, same_ways)
    routes = _route_ids(draft, patterns, known)
    stations = _station_ids(draft, stops, known)
    return NetworkDraft(
        routes=tuple(_renamed_route(route, routes, patterns, stops) for route in draft.routes),
        stops=tuple(_renamed_stop(stop, stops, stations) for stop in draft.stops),
        stations=tuple(replace(one, station_id=stations.get(one.station_id, one.station_id)) for one in draft.stations),
    )


def _one_to_one(fits: Iterable[Fit]) -> dict[str, str]:
    """Return new id -> known id, best fit (lowest number) first."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for _, new, old in sorted(fits):
        if new not in chosen and old not in taken:
            chosen[new] = old
            taken.add(old)
    return chosen


def _stop_ids(draft: NetworkDraft, stop_xy: Floats, known: Known, p: Parameters) -> dict[str, str]:
    if not known.stop_ids or not draft.stops:
        return {}
    near = cKDTree(known.stop_xy).query_ball_point(stop_xy, p.same_stop_m)
    return _one_to_one(
        (round(float(np.hypot(*(stop_xy[i] - known.stop_xy[k]))), 3), draft.stops[i].stop_id, known.stop_ids[k])
        for i, neighbours in enumerate(near)
        for k in neighbours
    )


def _pattern_ids(draft: NetworkDraft, known: Known, p: Parameters, same_ways: Sequence[Fit]) -> dict[str, str]:
    owners: dict[int, list[str]] = {}
    for old, runs in known.pattern_runs.items():
        for run_id in runs:
            owners.setdefault(run_id, []).append(old)
    fits = []
    for route in draft.routes:
        for pattern in route.patterns:
            mine = {r.run_id for r in pattern.runs if r.role == "full"}
            for old in sorted({o for run_id in mine for o in owners.get(run_id, ())}):
                shared = mine & known.pattern_runs[old]
                if len(shared) >= p.same_pattern_share * min(len(mine), len(known.pattern_runs[old])):
                    # Of several that fit, the one with the most in common of all that both have.
                    fits.append((-len(shared) / len(mine | known.pattern_runs[old]), pattern.pattern_id, old))
    return _one_to_one([*fits, *same_ways])  # shared rides are below 0: they say more than a line


def _route_ids(draft: NetworkDraft, patterns: Mapping[str, str], known: Known) -> dict[str, str]:
    fits = []
    for route in draft.routes:
        olds = [known.pattern_route[patterns[d.pattern_id]] for d in route.patterns if d.pattern_id in patterns]
        fits += [(-float(olds.count(old)), route.route_id, old) for old in sorted(set(olds))]
    return _one_to_one(fits)


def _station_ids(draft: NetworkDraft, stops: Mapping[str, str], known: Known) -> dict[str, str]:
    shared = Counter(
        (stop.station_id, known.stop_station[stops[stop.stop_id]])
        for stop in draft.stops
        if stop.station_id and stops.get(stop.stop_id) in known.stop_station
    )
    return _one_to_one((-float(count), new, old) for (new, old), count in shared.items())


def _renamed_stop(stop: StopDraft, stops: Mapping[str, str], stations: Mapping[str, str]) -> StopDraft:
    station_id = stations.get(stop.station_id, stop.station_id) if stop.station_id else None
    return replace(stop, stop_id=stops.get(stop.stop_id, stop.stop_id), station_id=station_id)


def _renamed_route(
    route: RouteDraft, routes: Mapping[str, str], patterns: Mapping[str, str], stops: Mapping[str, str]
) -> RouteDraft:
    renamed = tuple(_renamed_pattern(d, patterns, stops) for d in route.patterns)
    return replace(route, route_id=routes.get(route.route_id, route.route_id), patterns=renamed)


def _renamed_pattern(draft: PatternDraft, patterns: Mapping[str, str], stops: Mapping[str, str]) -> PatternDraft:
    served = tuple(replace(stop, stop_id=stops.get(stop.stop_id, stop.stop_id)) for stop in draft.stops)
    return replace(draft, pattern_id=patterns.get(draft.pattern_id, draft.pattern_id), stops=served)
