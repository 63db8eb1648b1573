"""Candidates find the published elements that they are. Patterns are given as the runs behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from mapping_service.records import (
    Evidence,
    NetworkDraft,
    PatternDraft,
    PatternRun,
    PatternStop,
    RouteDraft,
    StationDraft,
    StopDraft,
)
from mapping_service.review.identity import Known, with_known_ids
from tests.sketch import P

SEEN = Evidence(1, None, 0.0, 0.0)
Spot = tuple[float, float]
Routes = Mapping[str, Mapping[str, Collection[int]]]


def pattern(pattern_id: str, full: Collection[int], partial: Collection[int], stops: Sequence[str]) -> PatternDraft:
    runs = [*((run, "full") for run in full), *((run, "partial") for run in partial)]
    return PatternDraft(
        pattern_id=pattern_id, direction_id=0, headsign=None, lon_lat=np.zeros((2, 2)), length_m=1.0, spread_m=None,
        evidence=SEEN, day_types=(), confidence=0.5,
        stops=tuple(PatternStop(stop, float(k), 1, 1, 0.5) for k, stop in enumerate(stops)),
        running_times=(), headways=(), runs=tuple(PatternRun(run, role, 1.0) for run, role in runs),
    )


def renamed(
    routes: Routes,
    known: Routes,
    *,
    stops: Mapping[str, Spot] | None = None,
    known_stops: Mapping[str, Spot] | None = None,
    station: Mapping[str, str] | None = None,
    known_station: Mapping[str, str] | None = None,
    partial: Collection[int] = (),
) -> NetworkDraft:
    """Return the candidate with ids; both sides map route to pattern to full runs."""
    stops, known_stops, station = stops or {}, known_stops or {}, station or {}
    patterns = {r: tuple(pattern(d, runs, partial, list(stops)) for d, runs in ds.items()) for r, ds in routes.items()}
    draft = NetworkDraft(
        tuple(RouteDraft(r, None, None, {}, SEEN, 0.5, None, (), ds) for r, ds in patterns.items()),
        tuple(StopDraft(s, None, {}, 0.0, 0.0, "reported", SEEN, 0.5, station.get(s)) for s in stops),
        tuple(StationDraft(one, None, 0.0, 0.0) for one in sorted(set(station.values()))),
    )
    accepted = Known(
        pattern_route={d: r for r, ds in known.items() for d in ds},
        pattern_runs={d: frozenset(runs) for ds in known.values() for d, runs in ds.items()},
        stop_ids=list(known_stops),
        stop_xy=np.array(list(known_stops.values()), dtype=np.float64).reshape(-1, 2),
        stop_station=known_station or {},
    )
    return with_known_ids(draft, np.array(list(stops.values()), dtype=np.float64).reshape(-1, 2), accepted, P)


def ids(draft: NetworkDraft) -> dict[str, list[str]]:
    return {route.route_id: [d.pattern_id for d in route.patterns] for route in draft.routes}


def test_before_anything_is_accepted_all_ids_stay_provisional() -> None:
    found = renamed({"~1": {"~1.1": {1, 2}}}, {}, stops={"~1": (0, 0)})
    assert ids(found) == {"~1": ["~1.1"]}
    assert [stop.stop_id for stop in found.stops] == ["~1"]


def test_the_same_runs_again_keep_every_id() -> None:
    known: Routes = {"R1": {"P1": {1, 2}, "P2": {3}}, "R2": {"P3": {4, 5}}}
    found = renamed({"~1": {"~1.1": {4, 5}}, "~2": {"~2.1": {1, 2}, "~2.2": {3}}}, known)
    assert ids(found) == {"R2": ["P3"], "R1": ["P1", "P2"]}


def test_a_pattern_that_gained_a_run_keeps_its_id() -> None:
    assert ids(renamed({"~1": {"~1.1": {1, 2, 3}}}, {"R1": {"P1": {1, 2}}})) == {"R1": ["P1"]}


def test_a_pattern_of_other_runs_is_new_and_so_is_its_route() -> None:
    assert ids(renamed({"~1": {"~1.1": {7, 8}}}, {"R1": {"P1": {1, 2}}})) == {"~1": ["~1.1"]}


def test_a_few_runs_in_common_are_too_few() -> None:
    assert ids(renamed({"~1": {"~1.1": {1, 7, 8}}}, {"R1": {"P1": {1, 2, 3}}})) == {"~1": ["~1.1"]}


def test_runs_that_only_rode_a_part_do_not_decide() -> None:
    assert ids(renamed({"~1": {"~1.1": {7}}}, {"R1": {"P1": {1, 2}}}, partial={1, 2})) == {"~1": ["~1.1"]}


def test_of_a_pattern_that_was_split_only_one_part_keeps_the_id() -> None:
    found = renamed({"~1": {"~1.1": {1, 2}}, "~2": {"~2.1": {3, 4}}}, {"R1": {"P1": {1, 2, 3, 4}}})
    assert ids(found) == {"R1": ["P1"], "~2": ["~2.1"]}


def test_of_two_patterns_that_became_one_the_id_of_one_goes_on_alone() -> None:
    found = renamed({"~1": {"~1.1": {1, 2, 3, 4, 5}}}, {"R1": {"P1": {1, 2}}, "R2": {"P2": {3, 4, 5}}})
    assert ids(found) in ({"R1": ["P1"]}, {"R2": ["P2"]})


def test_a_pattern_is_the_one_with_which_it_shares_most_of_its_runs() -> None:
    found = renamed({"~1": {"~1.1": {1, 2, 3, 4, 5, 6, 9}}}, {"R1": {"P1": {1, 2, 3, 4, 5, 6, 7}}, "R2": {"P2": {9}}})
    assert ids(found) == {"R1": ["P1"]}


def test_a_route_is_the_one_to_which_most_of_its_patterns_belong() -> None:
    known: Routes = {"R1": {"P1": {1}}, "R2": {"P2": {2}, "P3": {3}}}
    assert list(ids(renamed({"~1": {"~1.1": {1}, "~1.2": {2}, "~1.3": {3}}}, known))) == ["R2"]


def test_a_route_that_was_split_gives_its_id_to_the_side_with_more_patterns() -> None:
    known: Routes = {"R1": {"P1": {1}, "P2": {2}, "P3": {3}}}
    found = renamed({"~1": {"~1.1": {1}}, "~2": {"~2.1": {2}, "~2.2": {3}}}, known)
    assert ids(found) == {"~1": ["P1"], "R1": ["P2", "P3"]}


def test_a_stop_is_the_nearest_accepted_one_within_reach_also_where_patterns_name_it() -> None:
    here: Mapping[str, Spot] = {"~1": (0, 0), "~2": (500, 0)}
    there: Mapping[str, Spot] = {"S1": (30, 0), "S2": (10, 0), "S3": (560, 0)}
    found = renamed({"~1": {"~1.1": {1}}}, {}, stops=here, known_stops=there)
    assert [stop.stop_id for stop in found.stops] == ["S2", "~2"]
    assert [stop.stop_id for stop in found.routes[0].patterns[0].stops] == ["S2", "~2"]


def test_a_known_stop_goes_to_the_nearer_of_two_candidates_only() -> None:
    found = renamed({}, {}, stops={"~1": (0, 0), "~2": (25, 0)}, known_stops={"S1": (20, 0)})
    assert [stop.stop_id for stop in found.stops] == ["~1", "S1"]


def test_a_station_is_the_one_with_which_it_shares_most_of_its_stops() -> None:
    spots: Mapping[str, Spot] = {"~1": (0, 0), "~2": (500, 0), "~3": (900, 0), "~4": (2000, 0)}
    found = renamed(
        {}, {}, stops=spots, known_stops={"S1": (0, 0), "S2": (500, 0), "S3": (900, 0)},
        station={"~1": "~1", "~2": "~1", "~3": "~2", "~4": "~2"}, known_station={"S1": "H7", "S2": "H7", "S3": "H7"},
    )
    assert [stop.station_id for stop in found.stops] == ["H7", "H7", "~2", "~2"]
    assert [station.station_id for station in found.stations] == ["H7", "~2"]


def test_the_answer_does_not_depend_on_the_order_of_the_candidates() -> None:
    known: Routes = {"R1": {"P1": {1, 2, 3, 4}}}
    parts: Routes = {"~1": {"~1.1": {1, 2}}, "~2": {"~2.1": {3, 4}}}
    forth, back = renamed(parts, known), renamed(dict(reversed(list(parts.items()))), known)
    assert ids(forth) == ids(back)
