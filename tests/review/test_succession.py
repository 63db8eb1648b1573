"""What follows an element that was given up: the holder of its rides, or of its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from mapping_service.review.identity import Known
from mapping_service.review.succession import followers
from tests.sketch import P

Spot = tuple[float, float]
NOTHING: dict[str, dict[str, str]] = {"route": {}, "pattern": {}, "stop": {}, "station": {}}


def known(
    routes: Mapping[str, Mapping[str, Collection[int]]],
    stops: Mapping[str, Spot] | None = None,
    serves: Mapping[str, Collection[str]] | None = None,
    stations: Mapping[str, str] | None = None,
) -> Known:
    """A network: route to pattern to full runs, stops with their places, the patterns that serve them, stations."""
    stops = stops or {}
    return Known(
        pattern_route={one: route for route, its in routes.items() for one in its},
        pattern_runs={one: frozenset(runs) for its in routes.values() for one, runs in its.items()},
        stop_ids=list(stops),
        stop_xy=np.array(list(stops.values()), dtype=np.float64).reshape(-1, 2),
        stop_station=stations or {},
        stop_patterns={stop: frozenset(its) for stop, its in (serves or {}).items()},
    )


def test_where_everything_stays_nothing_follows() -> None:
    same = known({"R1": {"T1": {1, 2}}}, {"S1": (0, 0)}, {"S1": {"T1"}}, {"S1": "H1"})
    assert followers(same, same, P) == NOTHING


def test_a_route_is_followed_by_the_one_that_holds_most_of_its_rides() -> None:
    before = known({"R1": {"T1": {1}}, "R2": {"T2": {2, 3, 4}}, "R3": {"T3": {9}}})
    after = known({"R1": {"T1": {1, 2, 3}}, "R3": {"T3": {4, 9}}})
    found = followers(before, after, P)
    assert found["route"] == {"R2": "R1"} and found["pattern"] == {"T2": "T1"}


def test_an_imported_line_is_followed_by_the_rides_that_stand_for_it() -> None:
    before = known({"L1": {"out": (), "back": ()}, "R1": {"T1": {1}}}, {"A": (0, 0)}, {"A": {"out"}})
    after = known({"R1": {"T1": {1}, "T2": {2}}}, {"S1": (120, 0), "S2": (90, 0)}, {"S1": {"T1"}, "S2": {"T9"}})
    found = followers(before, after, P, {"out": "T1", "back": "T2"})
    assert found["route"] == {"L1": "R1"} and found["pattern"] == {"out": "T1", "back": "T2"}
    assert found["stop"] == {"A": "S1"}  # on the way that stands for its own, though another is nearer
    assert followers(before, after, P)["route"] == {}


def test_a_way_that_is_given_up_leaves_the_route_that_goes_on() -> None:
    before = known({"L1": {"out": (), "back": ()}, "R1": {"T1": {1}}})
    found = followers(before, known({"L1": {"back": ()}, "R1": {"T1": {1}}}), P, {"out": "T1"})
    assert found["route"] == {} and found["pattern"] == {"out": "T1"}


def test_a_route_of_rides_whose_rides_an_imported_line_has_now_is_followed_by_that() -> None:
    before = known({"R1": {"T1": {1, 2}}, "L1": {"out": ()}})
    assert followers(before, known({"L1": {"out": {1, 2}}}), P)["route"] == {"R1": "L1"}


def test_of_two_that_hold_as_many_the_first_follows() -> None:
    before = known({"R3": {"T3": {1, 2}}})
    after = known({"R2": {"T2": {2}}, "R1": {"T1": {1}}})
    assert followers(before, after, P)["route"] == {"R3": "R1"}


def test_a_pattern_that_joined_another_route_is_itself_and_its_route_is_followed() -> None:
    before = known({"R1": {"T1": {1}}, "R2": {"T2": {2}}})
    found = followers(before, known({"R1": {"T1": {1}, "T2": {2}}}), P)
    assert found["route"] == {"R2": "R1"} and found["pattern"] == {}


def test_what_nobody_holds_leads_nowhere() -> None:
    before = known({"R1": {"T1": {1}}}, {"S1": (0, 0)}, {"S1": {"T1"}}, {"S1": "H1"})
    assert followers(before, known({"R2": {"T2": {2}}}, {"S2": (900, 0)}), P) == NOTHING
    assert followers(before, known({}), P) == NOTHING


def test_a_stop_is_followed_by_the_nearest_on_its_own_pattern_before_a_nearer_one_across_the_street() -> None:
    before = known({"R1": {"T1": {1}, "T2": {2}}}, {"S1": (0, 0)}, {"S1": {"T1"}})
    after = known({"R1": {"T1": {1}, "T2": {2}}}, {"S2": (0, 12), "S3": (60, 0), "S4": (140, 0)},
                  {"S2": {"T2"}, "S3": {"T1"}, "S4": {"T1"}})
    assert followers(before, after, P)["stop"] == {"S1": "S3"}


def test_a_stop_is_followed_on_the_pattern_that_follows_its_own() -> None:
    before = known({"R1": {"T1": {1}, "T2": {2}}}, {"S1": (0, 0)}, {"S1": {"T2"}})
    after = known({"R1": {"T1": {1, 2}}}, {"S3": (100, 0)}, {"S3": {"T1"}})
    assert followers(before, after, P)["stop"] == {"S1": "S3"}


def test_of_other_patterns_only_a_stop_at_the_same_place_follows() -> None:
    before = known({"R1": {"T1": {1}}}, {"S1": (0, 0)}, {"S1": {"T1"}})
    for away_m, found in ((P.same_stop_m - 1, {"S1": "S2"}), (P.same_stop_m + 1, {})):
        after = known({"R1": {"T1": {1}}, "R2": {"T2": {2}}}, {"S2": (away_m, 0)}, {"S2": {"T2"}})
        assert followers(before, after, P)["stop"] == found


def test_a_station_is_followed_by_that_of_most_of_its_stops() -> None:
    spots: dict[str, Spot] = {"S1": (0, 0), "S2": (30, 0), "S3": (60, 0)}
    before = known({}, spots, stations={"S1": "H1", "S2": "H1", "S3": "H1"})
    after = known({}, spots, stations={"S1": "H2", "S2": "H3", "S3": "H3"})
    assert followers(before, after, P)["station"] == {"H1": "H3"}
