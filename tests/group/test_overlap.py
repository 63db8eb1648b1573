"""How much of one line lies along another. All lines are drawn in metres on one sheet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.overlap import coverage, headings
from mapping_service.records import Floats
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


def cover(one: Floats, other: Floats, *, reverse: bool = False) -> tuple[float, float]:
    """Return the share of one that lies along the other, and the other way about."""
    both = coverage([one, other], P, reverse=reverse)
    return float(both[0, 1]), float(both[1, 0])


def test_a_line_covers_itself_and_its_equal_fully() -> None:
    assert coverage([line("ACD"), line("ACD")], P).tolist() == [[1.0, 1.0], [1.0, 1.0]]


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


def test_headings_are_counter_clockwise_from_east() -> None:
    assert np.degrees(headings(line("CE"))[3]) == pytest.approx(0.0)
    assert np.degrees(headings(line("CD"))[3]) == pytest.approx(90.0)
    assert abs(np.degrees(headings(line("EC"))[3])) == pytest.approx(180.0)


def test_a_line_of_one_point_is_no_problem() -> None:
    assert coverage([np.array([[0.0, 0.0]]), line("AC")], P).shape == (2, 2)


corners = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=5).filter(
    lambda points: all(a != b for a, b in pairwise(points))
)


@given(st.lists(corners, min_size=1, max_size=4))
def test_any_lines_have_shares_between_0_and_1_and_cover_themselves(drawings: list[list[tuple[int, int]]]) -> None:
    lines = [resample(np.array(points) * 100.0, P.step_m) for points in drawings]
    shares = coverage(lines, P)
    assert np.all((shares >= 0) & (shares <= 1))
    assert np.all(np.diag(shares) == 1)
