"""A small town from drawn rides to its candidate network. One square is 200 m; letters are where people get on::

    line 1   A B C E F and back     three rides out (07:00), two back (12:30)
    line 2   A B C D                two rides
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from mapping_service.fuse.clock import WHOLE_DAY
from mapping_service.fuse.fuse import fuse
from mapping_service.geo import along_m
from mapping_service.group.group import group_rides
from mapping_service.records import NetworkDraft, PatternDraft, Ride, RouteDraft
from tests.sketch import MONDAY_7H, NAIROBI, P, drawn, drive, noisy, places, press, ride, way

TOWN = places(
    """
              D
              |
              |
              |
              |
    A----B----C----E----F
    """,
    200.0,
)
NAMES = {"A": "Harbour", "B": "Mill", "C": "Market", "D": "River", "E": None, "F": "Airport"}
HALT_S = 20.0
NOON_S = 5.5 * 3600


def trip(
    run_id: int,
    letters: str,
    *,
    line: str | None,
    later_s: float = 0.0,
    person: str = "ann",
    fare: float | None = None,
    wait_s: int | None = None,
) -> Ride:
    """Return a ride that halts at every letter and presses the stop button there."""
    corners = way(TOWN, letters)
    at_m = along_m(corners)
    inner = dict.fromkeys(at_m[1:-1].tolist(), HALT_S)
    t_s, xy = drive(corners, start_s=MONDAY_7H + later_s, halts=inner)
    reached_s = [t_s[0] + m / 10.0 + HALT_S * max(0, k - 0.5) for k, m in enumerate(at_m)]
    said = [press("stop", TOWN[letter], t, name=NAMES[letter]) for letter, t in zip(letters, reached_s, strict=True)]
    said.append(press("fare", TOWN[letters[0]], t_s[0], amount=fare))
    said.append(press("wait", TOWN[letters[0]], t_s[0], wait_s=wait_s))
    return ride(run_id, t_s, noisy(xy, run_id, 0.5), reports=said, line=line, person=person)


def network(rides: list[Ride]) -> NetworkDraft:
    return fuse(rides, group_rides(rides, P), NAIROBI, P)


@cache
def town_rides() -> list[Ride]:
    return [
        trip(11, "ABCEF", line="1", fare=200.0, wait_s=600),
        trip(12, "ABCD", line="2", later_s=600.0),
        trip(13, "ABCEF", line="1", later_s=1200.0, person="ben", fare=200.0),
        trip(14, "FECBA", line="1", later_s=NOON_S),
        trip(15, "ABCEF", line="one", later_s=1800.0, fare=300.0),
        trip(16, "ABCD", line="2", later_s=2400.0),
        trip(17, "FECBA", line="1", later_s=NOON_S + 600),
    ]


@cache
def town() -> NetworkDraft:
    return network(town_rides())


def route(draft: NetworkDraft, short_name: str) -> RouteDraft:
    (found,) = [r for r in draft.routes if r.short_name == short_name]
    return found


def names(draft: NetworkDraft, pattern: PatternDraft) -> list[str | None]:
    by_id = {stop.stop_id: stop.name for stop in draft.stops}
    return [by_id[stop.stop_id] for stop in pattern.stops]


def assert_consistent(draft: NetworkDraft) -> None:
    """Check what every network promises, whatever the rides."""
    known = [stop.stop_id for stop in draft.stops]
    assert len(known) == len(set(known))
    patterns = [pattern for r in draft.routes for pattern in r.patterns]
    assert {stop.stop_id for d in patterns for stop in d.stops} == set(known)
    assert len({d.pattern_id for d in patterns}) == len(patterns)
    assert len({r.route_id for r in draft.routes}) == len(draft.routes)
    for stop in draft.stops:
        assert 0 < stop.confidence <= 1 and stop.evidence.runs >= 1
    for d in patterns:
        dist_m = [stop.dist_m for stop in d.stops]
        assert all(a < b for a, b in pairwise(dist_m))
        assert [dist_m[0], dist_m[-1]] == pytest.approx([0, d.length_m], abs=0.1)
        assert all(a.stop_id != b.stop_id for a, b in pairwise(d.stops))
        assert all(1 <= stop.runs <= stop.runs_past for stop in d.stops)
        by_band: dict[tuple[int, int], list[int]] = {}
        for t in d.running_times:
            assert t.seconds > 0
            by_band.setdefault((t.band_start_s, t.band_end_s), []).append(t.stop_sequence)
        assert WHOLE_DAY in by_band
        assert all(sequence == list(range(1, len(d.stops))) for sequence in by_band.values())
        assert all(a.band_end_s <= b.band_start_s for a, b in pairwise(d.headways)) and d.headways
        assert {run.role for run in d.runs} <= {"full", "partial", "alternative"}
        assert len({run.run_id for run in d.runs}) == len(d.runs)
        assert all(0 <= run.share_of_run <= 1 for run in d.runs)
        assert 0 < d.confidence <= 1 and d.direction_id in (0, 1)


def test_no_rides_make_an_empty_network() -> None:
    assert network([]) == NetworkDraft((), ())


def test_the_town_is_consistent() -> None:
    assert_consistent(town())


def test_the_town_has_two_routes_of_three_patterns_under_the_names_most_said() -> None:
    one, two = route(town(), "1"), route(town(), "2")
    assert len(town().routes) == 2
    assert dict(one.name_votes) == {"1": 4, "One": 1}
    assert [d.direction_id for d in one.patterns] in ([0, 1], [1, 0])
    assert len(two.patterns) == 1
    assert [[run.run_id for run in d.runs] for d in one.patterns] == [[11, 13, 15], [14, 17]] or [
        [run.run_id for run in d.runs] for d in one.patterns
    ] == [[14, 17], [11, 13, 15]]


def test_the_stops_stand_in_order_with_their_names_and_an_unnamed_one_stays_unnamed() -> None:
    out, back = sorted(route(town(), "1").patterns, key=lambda d: -d.evidence.runs)
    assert names(town(), out) == ["Harbour", "Mill", "Market", None, "Airport"]
    assert names(town(), back) == ["Airport", None, "Market", "Mill", "Harbour"]
    assert names(town(), route(town(), "2").patterns[0]) == ["Harbour", "Mill", "Market", "River"]
    assert (out.headsign, back.headsign) == ("Airport", "Harbour")
    assert route(town(), "2").long_name == "Harbour – River"


@pytest.mark.parametrize(("quiet", "spoken", "name"), [("FECBA", "ABCEF", "Harbour – Airport"),
                                                       ("ABCEF", "FECBA", "Airport – Harbour")])
def test_a_route_is_called_after_the_direction_whose_ends_people_named(quiet: str, spoken: str, name: str) -> None:
    silent = [replace(trip(run_id, quiet, line="1"), reports=()) for run_id in (21, 22)]
    named = [trip(run_id, spoken, line="1", later_s=NOON_S) for run_id in (23, 24)]
    assert [r.long_name for r in network([*silent, *named]).routes] == [name]


def test_routes_that_share_a_street_share_its_stops_and_directions_share_only_terminals() -> None:
    out, back = sorted(route(town(), "1").patterns, key=lambda d: -d.evidence.runs)
    two = route(town(), "2").patterns[0]
    ids = {name: [stop.stop_id for stop in d.stops] for name, d in (("out", out), ("back", back), ("two", two))}
    assert ids["two"][:2] == ids["out"][:2]
    assert set(ids["out"]) & set(ids["back"]) == {ids["out"][0], ids["out"][-1]}


def test_stops_lie_where_they_were_drawn() -> None:
    by_name = {stop.name: drawn(np.array([[stop.lon, stop.lat]]))[0] for stop in town().stops if stop.name != "Market"}
    for letter in "ABDF":
        assert by_name[NAMES[letter]].tolist() == pytest.approx(TOWN[letter], abs=15)


def test_shapes_lie_on_the_drawn_streets() -> None:
    for d, letters in ((route(town(), "2").patterns[0], "ACD"),):
        assert d.length_m == pytest.approx(along_m(way(TOWN, letters))[-1], rel=0.02)
        assert drawn(d.lon_lat)[[0, -1]] == pytest.approx(way(TOWN, letters)[[0, -1]], abs=15)


def test_running_times_hold_the_ride_and_its_halts() -> None:
    out = max(route(town(), "1").patterns, key=lambda d: d.evidence.runs)
    whole = [t for t in out.running_times if (t.band_start_s, t.band_end_s) == WHOLE_DAY]
    assert sum(t.seconds for t in whole) == pytest.approx(400 + 3 * HALT_S, abs=10)
    assert [t.runs for t in whole] == [3, 3, 3, 3]
    morning = [t for t in out.running_times if t.band_start_s == 7 * 3600]
    assert len(morning) == 4


def test_headways_and_fares_say_what_they_rest_on() -> None:
    out, back = sorted(route(town(), "1").patterns, key=lambda d: -d.evidence.runs)
    assert [(h.headway_s, h.method) for h in out.headways] == [(600.0, "observed")]
    assert [(h.headway_s, h.method) for h in back.headways] == [(600.0, "route_waits")]
    assert [h.method for h in route(town(), "2").patterns[0].headways] == ["seen"]
    fare = route(town(), "1").fare
    assert fare is not None
    assert (fare.amount, fare.low, fare.high, fare.observations, fare.people) == (200.0, 200.0, 300.0, 3, 2)
    assert route(town(), "2").fare is None


def test_the_same_rides_give_the_same_network() -> None:
    one, other = town(), network(town_rides())
    assert repr(one) == repr(other)


def test_without_any_report_the_town_still_has_its_routes_and_the_stops_where_rides_stood() -> None:
    silent = network([replace(r, reports=(), claim=replace(r.claim, line=None), person=None) for r in town_rides()])
    assert_consistent(silent)
    assert [r.short_name for r in silent.routes] == [None, None]
    assert sorted(len(d.stops) for r in silent.routes for d in r.patterns) == [4, 5, 5]
    assert {stop.method for stop in silent.stops} == {"terminal", "dwell"}
    assert all(d.headsign is None and d.evidence.people is None for r in silent.routes for d in r.patterns)


def test_one_ride_is_enough_for_a_network() -> None:
    draft = network([trip(1, "ABCEF", line=None)])
    assert_consistent(draft)
    ((pattern,),) = [r.patterns for r in draft.routes]
    assert names(draft, pattern) == ["Harbour", "Mill", "Market", None, "Airport"]
    assert pattern.spread_m is None and pattern.signs["runs"] == 1


def test_a_long_claim_is_no_line_number() -> None:
    draft = network([trip(1, "ABCEF", line="Harbour to Airport")])
    assert draft.routes[0].short_name is None
    assert dict(draft.routes[0].name_votes) == {"Harbour to Airport": 1}


def test_a_partial_ride_stands_with_its_route_as_partial() -> None:
    rides = [trip(1, "ABCEF", line="1"), trip(2, "ABCEF", line="1"), trip(3, "BCE", line="1")]
    draft = fuse(rides, group_rides(rides, P), NAIROBI, P)
    assert_consistent(draft)
    ((pattern,),) = [r.patterns for r in draft.routes]
    assert [(run.run_id, run.role) for run in pattern.runs] == [(1, "full"), (2, "full"), (3, "partial")]
    assert [(stop.runs, stop.runs_past) for stop in pattern.stops] == [(2, 2), (3, 3), (3, 3), (3, 3), (2, 2)]


def test_a_way_beside_the_main_one_says_where_it_leaves_and_rejoins_it_and_how_many_rides_took_it() -> None:
    town = places(
        """
                       G----H
                       |    |
        A----B----C----D----E----F
        """,
        200.0,
    )

    def ridden(run_id: int, letters: str) -> Ride:
        corners = way(town, letters)
        at_m = along_m(corners).tolist()
        t_s, xy = drive(corners, start_s=MONDAY_7H + 600 * run_id, halts=dict.fromkeys(at_m[1:-1], HALT_S))
        by_m = dict(zip(letters, at_m, strict=True))
        said = [press("stop", town[one], t_s[0] + by_m[one] / 10 + HALT_S * letters.index(one) - 5, name=f"Stop {one}")
                for one in letters[1:-1]]
        return ride(run_id, t_s, noisy(xy, run_id, 0.5), reports=said, person="ann")

    rides = [ridden(k, "ABCDEF") for k in (1, 2, 3)] + [ridden(k, "ABCDGHEF") for k in (4, 5)]
    ((main, beside),) = [r.patterns for r in network(rides).routes]
    assert main.reason is None and beside.reason is not None
    assert beside.reason.code == "variant_detour"
    assert (beside.reason.details["runs"], beside.reason.details["of"]) == (2, 5)
    (one,) = beside.reason.details["differences"]
    assert (one["at"], one["rejoins"]) == ("Stop D", "Stop E")


def loop(run_id: int, *, halts: dict[float, float], named: str | None = None) -> Ride:
    corners = np.array([[0.0, 0.0], [1500.0, 0.0], [1500.0, 900.0], [0.0, 900.0], [0.0, 0.0]])
    t_s, xy = drive(corners, halts=halts, start_s=MONDAY_7H + 600 * run_id)
    said = [press("stop", (0.0, 0.0), float(t_s[0]) + 1, name=named)] if named else []
    return ride(run_id, t_s, noisy(xy, run_id, 0.5), reports=said)


def test_a_loop_with_halts_is_a_pattern_that_begins_and_ends_at_one_stop() -> None:
    draft = network([loop(k, halts={800.0: 20.0, 2400.0: 20.0}) for k in (1, 2)])
    assert_consistent(draft)
    ((pattern,),) = [r.patterns for r in draft.routes]
    assert len(pattern.stops) == 4
    assert pattern.stops[0].stop_id == pattern.stops[-1].stop_id


def test_a_loop_on_which_nobody_halted_still_has_a_first_and_a_last_stop() -> None:
    draft = network([loop(k, halts={}) for k in (1, 2)])
    ((pattern,),) = [r.patterns for r in draft.routes]
    assert len(pattern.stops) == 2


def test_the_name_said_at_the_terminal_of_a_loop_is_kept() -> None:
    draft = network([loop(k, halts={800.0: 20.0, 2400.0: 20.0}, named="Ring Road") for k in (1, 2)])
    assert "Ring Road" in {stop.name for stop in draft.stops}


def test_a_ride_slower_than_walking_throughout_does_not_stop_inference() -> None:
    """A queue of vehicles that moves on by a few metres now and then: one long halt."""
    crept = ride(2, *drive(way(TOWN, "AC")))
    slow = replace(crept, dwell_start_s=crept.t_s[:1], dwell_end_s=crept.t_s[-1:], dwell_xy=crept.xy[:1])
    draft = network([trip(1, "ABCEF", line="1"), slow])
    assert draft.routes
