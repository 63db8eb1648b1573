"""Placing one run says what grouping all of them says. One square of the drawing is 200 m."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.group import group
from mapping_service.group.line import line_of
from mapping_service.group.near import Pairs, matrices, near_pairs
from mapping_service.group.placing import Around, Placement, place
from mapping_service.group.trail import trail_of
from mapping_service.parameters import Parameters
from mapping_service.records import Ride
from tests.group.rides import ridden
from tests.sketch import P, noisy, places, way

TOWN = places(
    """
              D         L----M
              |         |
         G----H----J----K
         |    |         |
    A----B----C----E----F----N
              |         |
              |         |
              R----S----T
    """,
    200.0,
)
CORNERS = "ABCDEFGHJKLMNRST"


def line(letters: str, seed: int = 0) -> Ride:
    return ridden(noisy(resample(way(TOWN, letters), P.step_m), seed, 3.0), 3600.0 * seed, seed)


def lookup(rides: Sequence[Ride], asked: list[int] | None = None) -> Callable[[Sequence[int]], Around]:
    """What is near some of the rides, by their run ids, as a database would find it; ``asked`` notes about which."""
    pairs = near_pairs([trail_of(ride.xy, P) for ride in rides], P)
    ids = np.array([ride.run_id for ride in rides], dtype=np.int64)
    one, other = ids[pairs.one], ids[pairs.other]
    lines = {ride.run_id: line_of(ride) for ride in rides}

    def around(runs: Sequence[int]) -> Around:
        if asked is not None:
            asked.extend(runs)
        first, second = np.isin(one, runs), np.isin(other, runs)
        mine = np.concatenate((one[first], other[second]))
        theirs = np.concatenate((other[first], one[second]))
        cover = np.concatenate((pairs.cover[first], pairs.cover[second][:, ::-1]))
        back = np.concatenate((pairs.back[first], pairs.back[second][:, ::-1]))
        return Around(Pairs(mine, theirs, cover, back), {i: lines[i] for i in {*runs, *theirs.tolist()}})

    return around


def grouped(rides: Sequence[Ride], p: Parameters = P) -> dict[int, tuple[str, tuple[tuple[int, ...], ...]]]:
    """The role of each run and the full runs of its groups, as grouping all of them has it."""
    pairs = near_pairs([trail_of(ride.xy, P) for ride in rides], P)
    found: dict[int, tuple[str, tuple[tuple[int, ...], ...]]] = {}
    for one in group([line_of(ride) for ride in rides], matrices(pairs, len(rides)), p).groups:
        full = tuple(rides[i].run_id for i in one.full)
        for role, runs in (("full", one.full), ("partial", one.partial), ("maybe", one.maybe)):
            for i in runs:
                before = found.get(rides[i].run_id, (role, ()))[1]
                found[rides[i].run_id] = (role, (*before, full))
    return found


def said(placement: Placement) -> tuple[str, tuple[tuple[int, ...], ...]]:
    return placement.role, placement.hosts


def test_a_run_alone_is_a_group_of_its_own() -> None:
    assert place(7, lookup([line("AF", 7)]), P) == Placement("full", ((7,),), 1)


def test_a_run_on_a_known_way_joins_its_route_and_nothing_else_is_looked_at() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate(["ACF", "ACF", "ACF", "ACD", "ACD", "FCA", "LT"])]
    asked: list[int] = []
    assert place(2, lookup(rides, asked), P) == Placement("full", ((0, 1, 2),), 3)
    assert sorted(asked) == [0, 1, 2]


def test_a_partial_ride_that_lies_on_one_route_belongs_to_it() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate(["ACF", "ACF", "ACD", "ACD", "CE"])]
    assert said(place(4, lookup(rides), P)) == ("partial", ((0, 1),))


def test_a_partial_ride_on_a_shared_trunk_may_be_of_either_route() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate(["ACF", "ACF", "ACRT", "ACRT", "AB"])]
    assert said(place(4, lookup(rides), P)) == ("maybe", ((0, 1), (2, 3)))


def test_a_part_of_a_part_follows_to_the_longest() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate(["ACN", "BCF", "CE"])]
    assert said(place(2, lookup(rides), P)) == grouped(rides)[2] == ("partial", ((0,),))


def test_two_rides_that_agree_by_chance_on_a_part_of_a_way_belong_to_it() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate([*["AN"] * 9, "AB", "AB"])]
    assert said(place(9, lookup(rides), P)) == ("partial", (tuple(range(9)),))


def test_what_lies_along_others_only_in_part_is_placed_without_looking_at_them() -> None:
    rides = [line(letters, seed) for seed, letters in enumerate([*["AN"] * 9, "BCD", "BCD"])]
    asked: list[int] = []
    assert place(9, lookup(rides, asked), P) == Placement("full", ((9, 10),), 2)
    assert sorted(asked) == [9, 10]


walks = st.lists(st.lists(st.sampled_from(CORNERS), min_size=2, max_size=4, unique=True), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(walks, st.integers(1, 4), st.integers(0, 10_000), st.sampled_from((P.short_turn_share, 0.9)))
def test_every_run_is_placed_where_the_whole_grouping_has_it(
    drawn: list[list[str]], each: int, seed: int, share: float
) -> None:
    """Routes are ridden several times, whole or in part, in an order of their own.

    With a share of 0.9 a few rides of the whole way are enough to outnumber those who agree on a part of it.
    """
    p = replace(P, short_turn_share=share)
    dice = random.Random(seed)
    ways = [letters for letters in drawn for _ in range(each)]
    rides = []
    for number, letters in enumerate(ways, start=1):
        corners = way(TOWN, "".join(letters))
        whole = resample(corners, P.step_m)
        first, last = sorted(dice.choice([(0.0, 1.0), (dice.random(), dice.random())]))
        part = whole[int(first * len(whole) * 0.8):][:max(10, int((last - first) * len(whole)))]
        rides.append(ridden(noisy(part, number, 3.0), 3600.0 * number, number))
    expected = grouped(rides, p)
    around = lookup(rides)
    assert {ride.run_id: said(place(ride.run_id, around, p)) for ride in rides} == expected
