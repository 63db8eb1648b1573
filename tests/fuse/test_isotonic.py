"""The rising line nearest to weighted points."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.fuse.isotonic import isotonic, level_at, weighted_median


def fitted(*points: tuple[float, float], weights: list[float] | None = None) -> list[float]:
    """Return the line at each of the points."""
    x, y = (np.array(values, dtype=np.float64) for values in zip(*points, strict=True))
    line: list[float] = level_at(*isotonic(x, y, np.array(weights or [1.0] * len(x))), x).tolist()
    return line


def test_the_median_has_half_the_weight_on_each_side_and_lies_between_two_that_could_be_it() -> None:
    assert weighted_median(np.array([5.0, 1.0, 3.0]), np.ones(3)) == 3.0
    assert weighted_median(np.array([1.0, 2.0]), np.ones(2)) == 1.5
    assert weighted_median(np.array([1.0, 2.0]), np.array([3.0, 1.0])) == 1.0


def test_points_that_rise_stay_as_they_are() -> None:
    assert fitted((1, 10), (2, 20), (3, 30)) == [10.0, 20.0, 30.0]


def test_points_that_fall_become_level_at_their_median() -> None:
    assert fitted((1, 30), (2, 20), (3, 10)) == [20.0, 20.0, 20.0]


def test_one_wild_point_among_many_moves_nothing() -> None:
    assert fitted((1, 10), (1, 10), (1, 900), (2, 20), (2, 20)) == [10.0, 10.0, 10.0, 20.0, 20.0]


def test_a_heavier_point_wins() -> None:
    assert fitted((1, 30), (2, 10), weights=[3.0, 1.0]) == [30.0, 30.0]


def test_a_level_begins_half_way_between_the_points_of_two_levels() -> None:
    begins, levels = isotonic(np.array([1.0, 3.0, 4.0]), np.array([10.0, 20.0, 20.0]), np.ones(3))
    assert levels.tolist() == [10.0, 20.0]
    assert begins.tolist() == [-np.inf, 2.0]
    assert level_at(begins, levels, np.array([0.0, 1.9, 2.0, 99.0])).tolist() == [10.0, 10.0, 20.0, 20.0]


points = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=6)


@settings(max_examples=60)
@given(points)
def test_no_other_rising_line_is_nearer(some: list[tuple[int, int]]) -> None:
    line = fitted(*[(float(x), float(y)) for x, y in some])
    cost = sum(abs(y - f) for (_, y), f in zip(some, line, strict=True))
    xs = sorted({x for x, _ in some})
    best = min(
        sum(abs(y - levels[xs.index(x)]) for x, y in some)
        for levels in itertools.combinations_with_replacement(range(6), len(xs))
    )
    assert cost == pytest.approx(best)
    assert sorted(zip((x for x, _ in some), line, strict=True), key=lambda one: (one[0], one[1])) == sorted(
        zip((x for x, _ in some), line, strict=True), key=lambda one: (one[1], one[0])
    )
