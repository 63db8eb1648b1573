"""How much of one line lies along another. All lines are drawn in metres on one sheet."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.near import Near, compare, near, near_pairs, near_rides
from mapping_service.group.trail import Trail, squares, trail_of
from mapping_service.records import Floats, Match
from tests.group.rides import ridden
from tests.sketch import P, noisy, places, way

TOWN = places(
    """
              D
              |
    A----B----C----E
    """,
    200.0,
)


def line(letters: str, shift_m: tuple[float, float] = (0.0, 0.0)) -> Floats:
    return resample(way(TOWN, letters) + shift_m, P.step_m)


def compared(*lines: Floats) -> Near:
    return near([trail_of(one, P) for one in lines], P)


def cover(one: Floats, other: Floats, *, reverse: bool = False) -> tuple[float, float]:
    """Return the share of one that lies along the other, and the other way about."""
    found = compared(one, other)
    both = (found.back if reverse else found.cover).toarray()
    return float(both[0, 1]), float(both[1, 0])


def test_a_line_covers_itself_and_its_equal_fully() -> None:
    assert compared(line("ACD"), line("ACD")).cover.toarray().tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_the_same_street_ridden_back_is_not_covered() -> None:
    assert max(cover(line("AE"), line("EA"))) == 0.0


def test_reverse_finds_the_way_back_and_nothing_else() -> None:
    assert cover(line("AE"), line("EA"), reverse=True) == (1.0, 1.0)
    assert max(cover(line("AE"), line("AE"), reverse=True)) == 0.0


def test_a_line_25_m_beside_covers_and_one_150_m_beside_does_not() -> None:
    assert cover(line("AE"), line("AE", (0.0, 25.0))) == (1.0, 1.0)
    assert cover(line("AE"), line("AE", (0.0, 150.0))) == (0.0, 0.0)


def test_a_half_run_is_covered_by_the_whole_one_but_not_the_other_way_about() -> None:
    half, whole = cover(line("AB"), line("AC"))
    assert half == 1.0
    assert whole == pytest.approx(0.5, abs=0.06)


def test_of_two_lines_that_part_only_the_trunk_is_shared() -> None:
    up, on = cover(line("ACD"), line("ACE"))
    assert up == pytest.approx(2000 / 2400, abs=0.06)
    assert on == pytest.approx(2000 / 3000, abs=0.06)


def test_a_line_that_crosses_is_not_covered() -> None:
    crossing = resample(np.array([[1000.0, -1000.0], [1000.0, 1000.0]]), P.step_m)
    assert max(cover(line("AE"), crossing)) == 0.0


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_two_phones_on_one_vehicle_cover_each_other_whatever_the_heading(degrees: int) -> None:
    turn = np.radians(degrees)
    straight = resample(np.array([[0.0, 0.0], [3000 * np.cos(turn), 3000 * np.sin(turn)]]), P.step_m)
    assert min(cover(noisy(straight, 1, 4.0), noisy(straight, 2, 4.0))) > 0.97


def test_a_run_that_does_not_move_is_no_problem() -> None:
    assert compared(np.array([[0.0, 0.0]]), line("AC")).cover.shape == (2, 2)


def test_two_parallel_streets_are_told_apart_from_60_m_on() -> None:
    assert max(cover(line("AE"), line("AE", (0.0, 60.0)))) == 0.0


def test_a_ride_on_a_wrong_parallel_street_is_as_near_as_where_it_really_went() -> None:
    """Both rode one road; the matcher laid them on its two carriageways."""
    rides = [
        replace(ridden(line("AE")), match=Match(np.array([edge]), np.zeros(1), np.array([3000.0]), (), 1.0))
        for edge in (0, 2)
    ]
    assert near_rides(rides, P).cover.toarray().tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_little_in_common_is_nothing() -> None:
    assert cover(line("BC"), line("ABC")[: 70]) == (0.0, 0.0)


def passed(trail: Trail) -> set[int]:
    return set(squares(trail).tolist())


corners = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=5).filter(
    lambda points: all(a != b for a, b in pairwise(points))
)


@given(st.lists(corners, min_size=1, max_size=4))
def test_any_lines_have_shares_between_0_and_1_and_cover_themselves(drawings: list[list[tuple[int, int]]]) -> None:
    shares = compared(*(np.array(points) * 100.0 for points in drawings)).cover.toarray()
    assert np.all((shares >= 0) & (shares <= 1))
    assert np.all(np.diag(shares) == 1)


@given(st.lists(corners, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_two_runs_are_as_near_whatever_else_is_there_and_in_whatever_order(
    drawings: list[list[tuple[int, int]]], chance: random.Random
) -> None:
    trails: list[Trail] = [trail_of(np.array(points) * 100.0, P) for points in drawings]
    order = list(range(len(trails)))
    chance.shuffle(order)
    all_, mixed, two = near(trails, P), near([trails[i] for i in order], P), near(trails[:2], P)
    for a, b, c in ((all_.cover, mixed.cover, two.cover), (all_.back, mixed.back, two.back)):
        assert (a.toarray()[np.ix_(order, order)] == b.toarray()).all()
        assert (a.toarray()[:2, :2] == c.toarray()).all()


@given(st.lists(corners, min_size=2, max_size=6), st.integers(1, 4))
def test_those_that_pass_too_few_squares_together_are_not_compared_and_all_others_are(
    drawings: list[list[tuple[int, int]]], at_once: int
) -> None:
    """However many runs are looked up, and pairs compared, at once."""
    trails = [trail_of(np.array(points) * 100.0, P) for points in drawings]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mapping_service.group.near._RUNS_AT_ONCE", at_once)
        patched.setattr("mapping_service.group.near._PAIRS_AT_ONCE", at_once)
        found = near_pairs(trails, P)
    expected = []
    for i, j in combinations(range(len(trails)), 2):
        one, other = passed(trails[i]), passed(trails[j])
        if len(one & other) >= max(1, P.near_squares_share * min(len(one), len(other))):
            pair = compare(trails[i], [trails[j]], P)
            expected += [(i, j, *c, *b) for c, b in zip(pair.cover.tolist(), pair.back.tolist(), strict=True)]
    columns = (found.one[:, None], found.other[:, None], found.cover, found.back)
    assert [tuple(row) for row in np.hstack(columns).tolist()] == expected
