"""Which runs are one route. One square of the drawings is 200 m; each ride is off by a few metres of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.group import Group, Grouping, Line, group, medoid
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


def line(letters: str, seed: int = 0, *, starts: bool = True, ends: bool = True) -> Line:
    """Return a run along drawn corners; by default it begins and ends at known terminals."""
    return Line(noisy(resample(way(TOWN, letters), P.step_m), seed, 3.0), starts, ends)


def lines(*letters: str) -> list[Line]:
    return [line(corners, seed) for seed, corners in enumerate(letters)]


def full(grouping: Grouping) -> Members:
    return frozenset(frozenset(g.full) for g in grouping.groups)


def only(grouping: Grouping) -> Group:
    (one,) = grouping.groups
    return one


def test_a_city_without_runs_has_no_groups() -> None:
    grouping = group([], P)
    assert (grouping.groups, grouping.pairs, grouping.cover.shape) == ((), (), (0, 0))


def test_one_run_is_one_group() -> None:
    assert only(group(lines("AF"), P)).variants == ((0,),)


def test_two_routes_that_share_a_trunk_and_part_are_two() -> None:
    assert full(group(lines("ACF", "ACS", "ACF", "ACS", "ACS"), P)) == {frozenset({0, 2}), frozenset({1, 3, 4})}


def test_both_directions_are_kept_apart_and_paired() -> None:
    grouping = group(lines("AF", "FA", "AF", "FA", "ACS"), P)
    assert full(grouping) == {frozenset({0, 2}), frozenset({1, 3}), frozenset({4})}
    assert [{*grouping.groups[a].full, *grouping.groups[b].full} for a, b in grouping.pairs] == [{0, 1, 2, 3}]


def test_a_group_has_one_way_back_at_most_and_it_is_the_nearest() -> None:
    grouping = group(lines("ACF", "KCA", "FCA"), P)
    assert len(grouping.groups) == 3
    ((a, b),) = grouping.pairs
    assert {*grouping.groups[a].full, *grouping.groups[b].full} == {0, 2}


def test_a_ride_that_ends_on_the_way_belongs_to_the_route_it_lies_on() -> None:
    runs = [*lines("ACF", "ACF", "ACS", "ACS"), line("CE", 9, starts=False, ends=False)]
    grouping = group(runs, P)
    assert [(g.full, g.partial, g.maybe) for g in grouping.groups] == [((0, 1), (4,), ()), ((2, 3), (), ())]


def test_a_ride_on_the_shared_trunk_that_fits_two_routes_stays_open() -> None:
    runs = [*lines("ACF", "ACF", "ACS", "ACS"), line("AB", 9, ends=False)]
    grouping = group(runs, P)
    assert [(g.full, g.partial, g.maybe) for g in grouping.groups] == [((0, 1), (), (4,)), ((2, 3), (), (4,))]


def test_a_ride_that_ends_just_after_two_routes_part_stays_open_too() -> None:
    a_little_on = np.array([TOWN["A"], (TOWN["C"][0] + 160.0, TOWN["C"][1])])
    past_c = Line(resample(a_little_on, P.step_m), True, False)
    grouping = group([*lines("ACF", "ACF", "ACS", "ACS"), past_c], P)
    assert grouping.cover[4, 0] > grouping.cover[4, 2]
    assert [(g.partial, g.maybe) for g in grouping.groups] == [((), (4,)), ((), (4,))]


def test_a_short_route_between_known_terminals_is_a_route_of_its_own() -> None:
    runs = [*lines("AF", "AF"), line("BC", 9)]
    grouping = group(runs, P)
    assert full(grouping) == {frozenset({0, 1}), frozenset({2})}
    assert all(not g.partial for g in grouping.groups)


def test_a_ride_cut_short_on_streets_that_nobody_else_rode_stays_a_group() -> None:
    runs = [*lines("AF", "AF"), line("CS", 9, starts=False, ends=False)]
    assert full(group(runs, P)) == {frozenset({0, 1}), frozenset({2})}


def test_a_partial_ride_on_the_way_back_does_not_join_the_way_out() -> None:
    runs = [*lines("AF", "AF"), line("EC", 9, starts=False, ends=False)]
    assert full(group(runs, P)) == {frozenset({0, 1}), frozenset({2})}


def test_a_detour_by_one_of_five_is_a_stray() -> None:
    one = only(group(lines("AF", "AF", "ABGHCF", "AF", "AF"), P))
    assert (one.variants, one.strays) == (((0, 1, 3, 4),), (2,))
    assert one.full == (0, 1, 2, 3, 4)


def test_a_detour_by_two_of_five_is_a_way_of_its_own() -> None:
    one = only(group(lines("ABGHCF", "AF", "AF", "ABGHCF", "AF"), P))
    assert (one.variants, one.strays) == (((1, 2, 4), (0, 3)), ())


def test_a_loop_is_one_group_and_the_loop_ridden_the_other_way_is_its_way_back() -> None:
    grouping = group(lines("BGHCB", "BGHCB", "BCHGB"), P)
    assert full(grouping) == {frozenset({0, 1}), frozenset({2})}
    assert grouping.pairs == ((0, 1),)


def test_the_medoid_is_the_run_that_agrees_best_with_the_others() -> None:
    ridden = lines("ABGHCF", "AF", "AF")
    cover, samples = group(ridden, P).cover, [line.xy for line in ridden]
    assert medoid((0, 1, 2), cover, samples) in (1, 2)
    assert medoid((0,), cover, samples) == 0


def test_of_two_runs_alone_the_shorter_is_the_medoid() -> None:
    ridden = lines("ABGHCF", "AF")
    assert medoid((0, 1), group(ridden, P).cover, [line.xy for line in ridden]) == 1


@cache
def mixed_city() -> list[Line]:
    return [
        *lines("ACF", "ACS", "FCA", "ACF", "ABGHCF", "ACS", "ACF", "BGHCB", "SCA", "ABGHCF", "DCS", "DCS"),
        line("AB", 20, ends=False),
        line("CE", 21, starts=False, ends=False),
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


@settings(max_examples=25)
@given(st.permutations(range(14)))
def test_the_same_runs_in_any_order_give_the_same_groups_ways_and_pairs(order: list[int]) -> None:
    runs = mixed_city()
    first = identified(group(runs, P), range(len(runs)))
    assert identified(group([runs[i] for i in order], P), order) == first


def detour(at_m: float, seed: int) -> Line:
    """Return a ride of 6 km that goes round one block of 400 by 600 m, each somewhere else."""
    corners = [(0, 0), (at_m, 0), (at_m, 600), (at_m + 400, 600), (at_m + 400, 0), (6000, 0)]
    return Line(noisy(resample(np.array(corners, dtype=np.float64), P.step_m), seed, 3.0), True, True)


def test_which_way_is_kept_where_every_ride_took_its_own_does_not_depend_on_their_order() -> None:
    runs = [detour(1000.0 * k, k) for k in range(1, 5)]
    forth = only(group(runs, P))
    back = only(group(runs[::-1], P))
    assert forth.strays, "the drawing must give strays"
    assert {3 - i for i in back.strays} == set(forth.strays)


def test_equally_far_neighbours_are_grouped_alike_in_any_order() -> None:
    def stair(from_m: float) -> Line:
        return Line(resample(np.array([[from_m, 0.0], [from_m + 4200.0, 0.0]]), P.step_m), True, True)

    runs = [stair(0.0), stair(1260.0), stair(2520.0)]
    forth, back = group(runs, P), group(runs[::-1], P)
    assert full(forth) == {frozenset(2 - i for i in members) for members in full(back)}
