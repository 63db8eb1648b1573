"""Which runs are one route. One square of the drawings is 200 m; each ride is off by a few metres of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.group import Group, Grouping, group_rides, medoid
from mapping_service.records import Floats, Ride
from tests.group.rides import ridden
from tests.sketch import P, noisy, places, way

TOWN = places(
    """
              D
              |
         G----H
         |    |
    A----B----C-K--E----F
              |
              |
              |
              |
              |
              |
              |
              S
    """,
    200.0,
)
Members = frozenset[frozenset[int]]


def line(letters: str, seed: int = 0) -> Ride:
    """Return a ride along drawn corners; each seed sets out at an hour of its own."""
    return along(way(TOWN, letters), seed)


def along(corners: Floats, seed: int) -> Ride:
    return ridden(noisy(resample(corners, P.step_m), seed, 3.0), 3600.0 * seed, seed)


def lines(*letters: str) -> list[Ride]:
    return [line(corners, seed) for seed, corners in enumerate(letters)]


def grouped(rides: Sequence[Ride]) -> Grouping:
    return group_rides(rides, P)


def full(grouping: Grouping) -> Members:
    return frozenset(frozenset(g.full) for g in grouping.groups)


def only(grouping: Grouping) -> Group:
    (one,) = grouping.groups
    return one


def test_a_city_without_runs_has_no_groups() -> None:
    grouping = grouped([])
    assert (grouping.groups, grouping.pairs, grouping.cover.shape) == ((), (), (0, 0))


def test_one_run_is_one_group() -> None:
    assert only(grouped(lines("AF"))).variants == ((0,),)


def test_two_routes_that_share_a_trunk_and_part_are_two() -> None:
    assert full(grouped(lines("ACF", "ACS", "ACF", "ACS", "ACS"))) == {frozenset({0, 2}), frozenset({1, 3, 4})}


def test_both_directions_are_kept_apart_and_paired() -> None:
    grouping = grouped(lines("AF", "FA", "AF", "FA", "ACS"))
    assert full(grouping) == {frozenset({0, 2}), frozenset({1, 3}), frozenset({4})}
    assert [{*grouping.groups[a].full, *grouping.groups[b].full} for a, b in grouping.pairs] == [{0, 1, 2, 3}]


def test_a_group_has_one_way_back_at_most_and_it_is_the_nearest() -> None:
    grouping = grouped(lines("ACF", "KCA", "FCA", "KCA"))
    assert len(grouping.groups) == 3
    ((a, b),) = grouping.pairs
    assert {*grouping.groups[a].full, *grouping.groups[b].full} == {0, 2}


def test_a_ride_that_ends_on_the_way_belongs_to_the_route_it_lies_on() -> None:
    runs = [*lines("ACF", "ACF", "ACS", "ACS"), line("CE", 9)]
    grouping = grouped(runs)
    assert [(g.full, g.partial, g.maybe) for g in grouping.groups] == [((0, 1), (4,), ()), ((2, 3), (), ())]


def test_a_ride_on_the_shared_trunk_that_fits_two_routes_stays_open() -> None:
    runs = [*lines("ACF", "ACF", "ACS", "ACS"), line("AB", 9)]
    grouping = grouped(runs)
    assert [(g.full, g.partial, g.maybe) for g in grouping.groups] == [((0, 1), (), (4,)), ((2, 3), (), (4,))]


def test_a_ride_that_ends_just_after_two_routes_part_stays_open_too() -> None:
    a_little_on = np.array([TOWN["A"], (TOWN["C"][0] + 160.0, TOWN["C"][1])])
    past_c = along(a_little_on, 9)
    grouping = grouped([*lines("ACF", "ACF", "ACS", "ACS"), past_c])
    assert grouping.cover[4, 0] > grouping.cover[4, 2]
    assert [(g.partial, g.maybe) for g in grouping.groups] == [((), (4,)), ((), (4,))]


def test_a_short_route_on_whose_ends_two_rides_agree_is_a_route_of_its_own() -> None:
    grouping = grouped([*lines("AF", "AF"), line("BC", 8), line("BC", 9)])
    assert full(grouping) == {frozenset({0, 1}), frozenset({2, 3})}
    assert all(not g.partial for g in grouping.groups)


def test_a_lone_ride_within_another_lone_ride_is_a_part_of_it() -> None:
    one = only(grouped(lines("AF", "BE")))
    assert (one.full, one.partial) == ((0,), (1,))


def test_a_ride_cut_short_on_streets_that_nobody_else_rode_stays_a_group() -> None:
    runs = [*lines("AF", "AF"), line("CS", 9)]
    assert full(grouped(runs)) == {frozenset({0, 1}), frozenset({2})}


def test_a_partial_ride_on_the_way_back_does_not_join_the_way_out() -> None:
    runs = [*lines("AF", "AF"), line("EC", 9)]
    assert full(grouped(runs)) == {frozenset({0, 1}), frozenset({2})}


def test_a_detour_by_one_of_five_is_a_stray() -> None:
    one = only(grouped(lines("AF", "AF", "ABGHCF", "AF", "AF")))
    assert (one.variants, one.strays) == (((0, 1, 3, 4),), (2,))
    assert one.full == (0, 1, 2, 3, 4)


def test_a_detour_by_two_of_five_is_a_way_of_its_own() -> None:
    one = only(grouped(lines("ABGHCF", "AF", "AF", "ABGHCF", "AF")))
    assert (one.variants, one.strays) == (((1, 2, 4), (0, 3)), ())


def test_a_loop_is_one_group_and_the_loop_ridden_the_other_way_is_its_way_back() -> None:
    grouping = grouped(lines("BGHCB", "BGHCB", "BCHGB"))
    assert full(grouping) == {frozenset({0, 1}), frozenset({2})}
    assert grouping.pairs == ((0, 1),)


def test_a_lollipop_is_one_group_and_the_stick_alone_lies_within_it() -> None:
    """Out on A–B, round the block, and back to A."""
    runs = [*lines("ABGHCBA", "ABGHCBA"), line("AB", 9)]
    one = only(grouped(runs))
    assert (one.variants, one.partial) == (((0, 1),), (2,))


def test_a_figure_of_eight_is_one_group_whichever_loop_comes_first_another() -> None:
    first_up, first_down = "CHGBCSC", "CSCHGBC"
    grouping = grouped(lines(first_up, first_up, first_down))
    assert full(grouping) == {frozenset({0, 1, 2})}
    assert grouped(lines(first_up, first_up)).pairs == ()


def test_out_and_back_in_one_trace_is_neither_the_way_out_nor_the_way_back() -> None:
    grouping = grouped(lines("AF", "AF", "FA", "FA", "AFA"))
    assert full(grouping) == {frozenset({0, 1}), frozenset({2, 3}), frozenset({4})}
    assert len(grouping.pairs) == 1


def test_a_branch_that_many_rode_is_another_route_where_it_is_long_and_a_variant_where_it_is_short() -> None:
    long = grouped(lines("ACF", "ACF", "ACS", "ACS"))
    on, aside = [[0.0, 0.0], [6000.0, 0.0]], [[0.0, 0.0], [5100.0, 0.0], [5100.0, 900.0]]
    short = grouped([along(np.array(corners), seed) for seed, corners in enumerate((on, on, on, aside, aside))])
    assert full(long) == {frozenset({0, 1}), frozenset({2, 3})}
    assert only(short).variants == ((0, 1, 2), (3, 4))


def test_two_ends_far_apart_are_two_ways_however_long_the_route() -> None:
    """12 km of trunk; two rides end 1.4 km up the hill, three 1.4 km down it: little of the whole way, but a walk."""
    trunk = [(0.0, 0.0), (12000.0, 0.0)]
    up, down = (np.array([*trunk, (12000.0, y)]) for y in (1400.0, -1400.0))
    rides = [along(way, seed) for seed, way in enumerate((up, down, up, down, down))]
    assert only(grouped(rides)).variants == ((1, 3, 4), (0, 2))


def test_two_ways_that_part_before_their_ends_are_two_routes_once_three_rides_of_each_are_sure_of_it() -> None:
    """6 km of trunk, then 1.2 km up or 1.2 km down: two rides of each may be one route, three of each are two."""
    trunk = [(0.0, 0.0), (6000.0, 0.0)]
    up, down = (np.array([*trunk, (6000.0, y)]) for y in (1200.0, -1200.0))
    few = [along(way, seed) for seed, way in enumerate((up, down, up, down))]
    more = [along(way, seed) for seed, way in enumerate((up, down, up, down, up, down))]
    assert set(only(grouped(few)).variants) == {(0, 2), (1, 3)}
    assert full(grouped(more)) == {frozenset({0, 2, 4}), frozenset({1, 3, 5})}


def test_a_one_way_pair_keeps_two_directions_of_one_route() -> None:
    """Out along B–C, back along the block behind it."""
    grouping = grouped(lines("ABCEF", "ABCEF", "FECHGBA", "FECHGBA"))
    assert full(grouping) == {frozenset({0, 1}), frozenset({2, 3})}
    assert grouping.pairs == ((0, 1),)


def test_a_short_turn_that_two_rode_between_terminals_is_a_route_until_more_is_known() -> None:
    grouping = grouped(lines("AF", "AF", "AB", "AB"))
    assert full(grouping) == {frozenset({0, 1}), frozenset({2, 3})}


def test_a_short_turn_must_be_ridden_the_more_the_more_ride_the_whole_way() -> None:
    """Of ten riders of the whole way, a quarter is two and a half."""
    by_chance = only(grouped(lines(*["AF"] * 10, "AB", "AB")))
    assert (by_chance.full, by_chance.partial) == (tuple(range(10)), (10, 11))
    turn = grouped(lines(*["AF"] * 10, "AB", "AB", "AB"))
    assert full(turn) == {frozenset(range(10)), frozenset({10, 11, 12})}


def test_a_short_way_that_few_ride_is_a_route_where_no_other_holds_it() -> None:
    """Ten ride A–F, two ride from B past it: no more of that lies on A–F than a trunk that both share."""
    grouping = grouped(lines(*["AF"] * 10, "BCS", "BCS"))
    assert full(grouping) == {frozenset(range(10)), frozenset({10, 11})}


def test_two_partial_rides_alike_are_no_route_of_their_own() -> None:
    runs = [*lines("AF", "AF"), line("BE", 7), line("CF", 8)]
    one = only(grouped(runs))
    assert (one.full, one.partial) == ((0, 1), (2, 3))


def test_a_partial_ride_on_one_of_two_ways_of_a_route_belongs_to_the_route() -> None:
    runs = [*lines("ABGHCF", "ABGHCF", "ACF", "ACF", "ACF"), line("GHC", 9)]
    one = only(grouped(runs))
    assert (len(one.variants), one.partial) == (2, (5,))


def test_the_medoid_is_the_run_that_agrees_best_with_the_others() -> None:
    ridden = lines("ABGHCF", "AF", "AF")
    cover, samples = grouped(ridden).cover, [line.xy for line in ridden]
    assert medoid((0, 1, 2), cover, samples) in (1, 2)
    assert medoid((0,), cover, samples) == 0


def test_of_two_runs_alone_the_shorter_is_the_medoid() -> None:
    ridden = lines("ABGHCF", "AF")
    assert medoid((0, 1), grouped(ridden).cover, [line.xy for line in ridden]) == 1


@cache
def mixed_city() -> list[Ride]:
    return [
        *lines("ACF", "ACS", "FCA", "ACF", "ABGHCF", "ACS", "ACF", "BGHCB", "SCA", "ABGHCF", "DCS", "DCS"),
        line("AB", 20),
        line("CE", 21),
    ]


def identified(grouping: Grouping, order: Sequence[int]) -> tuple[object, ...]:
    """Return a grouping with runs named by what they are, in an order that does not depend on their order."""

    def known(members: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(order[i] for i in members))

    groups = [
        (tuple(sorted(known(v) for v in g.variants)), known(g.strays), known(g.partial), known(g.maybe))
        for g in grouping.groups
    ]
    pairs = sorted(tuple(sorted((groups[a], groups[b]))) for a, b in grouping.pairs)
    return tuple(sorted(groups)), tuple(pairs)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(14)))
def test_the_same_runs_in_any_order_give_the_same_groups_ways_and_pairs(order: list[int]) -> None:
    runs = mixed_city()
    first = identified(grouped(runs), range(len(runs)))
    assert identified(grouped([runs[i] for i in order]), order) == first


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 13), min_size=1, max_size=8, unique=True))
def test_what_is_ridden_far_away_changes_no_group(elsewhere: list[int]) -> None:
    here = mixed_city()
    there = [replace(here[i], xy=here[i].xy + 50_000.0) for i in elsewhere]
    alone, together = group_rides(here, P), group_rides([*here, *there], P)
    near_by = [one for one in together.groups if one.full[0] < len(here)]
    assert tuple(near_by) == alone.groups
    assert tuple(pair for pair in together.pairs if max(pair) < len(near_by)) == alone.pairs


def detour(at_m: float, seed: int) -> Ride:
    """Return a ride of 6 km that goes round one block of 400 by 600 m, each somewhere else."""
    corners = [(0, 0), (at_m, 0), (at_m, 600), (at_m + 400, 600), (at_m + 400, 0), (6000, 0)]
    return along(np.array(corners, dtype=np.float64), seed)


def test_which_way_is_kept_where_every_ride_took_its_own_does_not_depend_on_their_order() -> None:
    runs = [detour(1000.0 * k, k) for k in range(1, 6)]
    forth = only(grouped(runs))
    back = only(grouped(runs[::-1]))
    assert forth.strays, "the drawing must give strays"
    assert {4 - i for i in back.strays} == set(forth.strays)


def test_equally_far_neighbours_are_grouped_alike_in_any_order() -> None:
    def stair(from_m: float) -> Ride:
        return ridden(resample(np.array([[from_m, 0.0], [from_m + 4200.0, 0.0]]), P.step_m))

    runs = [stair(0.0), stair(1260.0), stair(2520.0)]
    forth, back = grouped(runs), grouped(runs[::-1])
    assert full(forth) == {frozenset(2 - i for i in members) for members in full(back)}
