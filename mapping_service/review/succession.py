"""Which element holds what one that was given up held, so that its public id leads on. Pure.

A route or pattern is followed by the one to which most of its rides belong now; one that was imported and that nobody
rode by the one whose rides are of the same line (``review/lines.py``). A stop is followed by the nearest stop
within a terminal's width on the patterns that served it, or on their followers; else by the nearest stop that is as
near as two patterns' stops that are one. A station is followed by that of most of its stops. What nothing follows is
gone: its id leads nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np

from mapping_service.parameters import Parameters
from mapping_service.review.identity import Known

NO_HEIRS: Mapping[str, str] = {}
Followers = dict[str, dict[str, str]]
"""For each kind of element, old id -> new id."""


def followers(before: Known, after: Known, p: Parameters, heirs: Mapping[str, str] = NO_HEIRS) -> Followers:
    """Return what follows each element of ``before`` that ``after`` has no more, by kind; both are one city's.

    ``heirs`` are the patterns that stand for imported ones.
    """
    patterns = {**heirs, **_by_runs(before.pattern_runs, after.pattern_runs)}
    stops = _by_place(before, after, patterns, p)
    return {
        "route": {**_by_patterns(before, after, heirs), **_by_runs(_runs_of_routes(before), _runs_of_routes(after))},
        "pattern": patterns,
        "stop": stops,
        "station": _by_stops(before, after, stops),
    }


def _runs_of_routes(known: Known) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for pattern_id, route_id in known.pattern_route.items():
        found.setdefault(route_id, set()).update(known.pattern_runs[pattern_id])
    return found


def _by_runs(before: Mapping[str, Collection[int]], after: Mapping[str, Collection[int]]) -> dict[str, str]:
    holders: dict[int, list[str]] = {}
    for new, runs in after.items():
        for run_id in runs:
            holders.setdefault(run_id, []).append(new)
    given_up = sorted(before.keys() - after.keys())
    held = {old: Counter(new for run_id in before[old] for new in holders.get(run_id, ())) for old in given_up}
    return {old: _most(votes) for old, votes in held.items() if votes}


def _by_patterns(before: Known, after: Known, heirs: Mapping[str, str]) -> dict[str, str]:
    kept = set(after.pattern_route.values())
    votes: dict[str, Counter[str]] = {}
    for old, new in heirs.items():
        if before.pattern_route[old] not in kept:
            votes.setdefault(before.pattern_route[old], Counter())[after.pattern_route[new]] += 1
    return {old: _most(its) for old, its in sorted(votes.items())}


def _most(votes: Counter[str]) -> str:
    return min(votes, key=lambda one: (-votes[one], one))


def _by_place(before: Known, after: Known, patterns: Mapping[str, str], p: Parameters) -> dict[str, str]:
    given_up = set(before.stop_ids) - set(after.stop_ids)
    found = {}
    for old, xy in zip(before.stop_ids, before.stop_xy, strict=True):
        if old not in given_up or not after.stop_ids:
            continue
        served = {patterns.get(one, one) for one in before.stop_patterns.get(old, ())}
        same_way = np.array([bool(served & after.stop_patterns.get(one, frozenset())) for one in after.stop_ids])
        away_m = np.hypot(*(after.stop_xy - xy).T)
        reach_m = np.where(same_way, p.station_m, p.same_stop_m)
        fits = [(not same_way[k], round(float(away_m[k]), 3), after.stop_ids[k])
                for k in np.flatnonzero(away_m <= reach_m).tolist()]
        if fits:
            found[old] = min(fits)[2]
    return found


def _by_stops(before: Known, after: Known, stops: Mapping[str, str]) -> dict[str, str]:
    given_up = set(before.stop_station.values()) - set(after.stop_station.values())
    votes: dict[str, Counter[str]] = {}
    for stop_id, station_id in before.stop_station.items():
        now = after.stop_station.get(stops.get(stop_id, stop_id))
        if station_id in given_up and now:
            votes.setdefault(station_id, Counter())[now] += 1
    return {old: _most(its) for old, its in sorted(votes.items())}
