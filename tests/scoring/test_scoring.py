"""The measures of the benchmarks on cases that can be drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.records import Floats
from tests.benchmarks.scoring import Places, Track, agreement, apart_places, fit, goes_right, inversions, matched, ways


def line(*corners: tuple[float, float]) -> Floats:
    return np.array(corners, dtype=np.float64)


STREET = line((0, 0), (2000, 0))


def test_a_line_fits_itself_and_not_its_way_back() -> None:
    assert fit(Track(STREET), Track(STREET)).f1 == 1
    assert fit(Track(STREET), Track(STREET[::-1])).f1 == 0


def test_half_a_way_has_half_the_recall_and_full_precision() -> None:
    half = fit(Track(STREET), Track(line((0, 10), (1000, 10))))
    assert half.recall == pytest.approx(0.51, abs=0.02)
    assert half.precision == 1
    assert half.f1 == pytest.approx(0.67, abs=0.02)


def test_a_parallel_street_sixty_metres_away_is_another() -> None:
    assert fit(Track(STREET), Track(STREET + [0, 60])).f1 == 0


def test_out_and_home_on_one_street_is_told_from_out_alone() -> None:
    loop = Track(line((0, 0), (2000, 0), (2000, 5), (0, 5)))
    out = Track(STREET)
    assert fit(loop, out).recall == pytest.approx(0.5, abs=0.02)
    assert goes_right(out, loop) is False  # it lies on both halves: neither way is more right


def test_a_ride_against_the_line_goes_wrong() -> None:
    assert goes_right(Track(STREET[::-1]), Track(STREET)) is False
    assert goes_right(Track(line((500, 5), (900, 5))), Track(STREET)) is True


def test_ways_under_two_names_are_one_and_a_short_turn_is_not() -> None:
    same = STREET + [0, 8]
    short = line((0, 0), (1500, 0))
    assert ways([Track(STREET), Track(same), Track(short), Track(STREET[::-1])]) == [0, 0, 1, 2]


@pytest.mark.parametrize("truth, found, ari, v", [
    ("aabb", "xxyy", 1.0, 1.0),
    ("aabb", "xxxx", 0.0, 0.0),
    ("aabb", "xyxy", -0.5, 0.0),
    ("aabb", "xxyz", 0.5714, 0.8),
])
def test_agreement_of_groupings_that_can_be_worked_out(truth: str, found: str, ari: float, v: float) -> None:
    said = agreement(truth, found)
    assert said.ari == pytest.approx(ari, abs=1e-3)
    assert said.v == pytest.approx(v, abs=1e-3)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_agreement_does_not_care_which_grouping_is_called_the_truth(pairs: list[tuple[int, int]]) -> None:
    one, other = zip(*pairs, strict=True)
    there, back = agreement(one, other), agreement(other, one)
    assert there.ari == pytest.approx(back.ari)
    assert there.v == pytest.approx(back.v)
    assert agreement(one, one).ari == pytest.approx(1)


def places(*at: tuple[float, float, str], along: float = 0.5) -> Places:
    """Places with the letter of the side to which vehicles pass them: E or W."""
    ahead = {"E": (1.0, 0.0), "W": (-1.0, 0.0)}
    xy = np.array([(x, y) for x, y, _ in at]).reshape(-1, 2)
    return Places(xy, np.array([ahead[side] for _, _, side in at]).reshape(-1, 2), np.full(len(at), along))


def test_stops_are_matched_one_to_one_and_not_beyond_reach() -> None:
    offered = places((10, 0, "E"), (5, 0, "E"), (360, 0, "E"))
    pairs, away_m = matched(places((0, 0, "E"), (300, 0, "E")), offered, 30)
    assert pairs == [(0, 1)]
    assert away_m.tolist() == [5]
    assert matched(offered, places(), 30)[0] == []


def test_a_stop_on_the_way_home_is_not_that_on_the_way_out() -> None:
    both = places((0, 0, "E"), (0, 8, "W"))
    assert matched(both, places((0, 7, "E"), (0, 1, "W")), 30)[0] == [(0, 0), (1, 1)]
    assert matched(places((0, 0, "E")), places((0, 0, "W")), 30)[0] == []


def test_a_stop_passed_on_the_second_round_is_not_that_of_the_first() -> None:
    first, second = places((0, 0, "E"), along=0.1), places((0, 0, "E"), along=0.6)
    assert matched(first, second, 30)[0] == []
    assert matched(first, first, 30)[0] == [(0, 0)]


def test_inversions_are_counted_by_pair() -> None:
    assert [inversions([0, 1, 2]), inversions([1, 0, 2]), inversions([2, 1, 0]), inversions([])] == [0, 1, 3, 0]


def test_of_places_that_crowd_together_the_first_stands_for_all() -> None:
    assert apart_places(np.array([0.0, 10.0, 20.0, 40.0, 41.0]), 30) == [0, 3]
