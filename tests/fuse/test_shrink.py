"""Means that lean on their parents."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.shrink import LEAST, MOST, parent_strength, toward

ONE_EACH = np.ones(6)


def test_a_mean_moves_to_its_parent_by_the_weight_of_both() -> None:
    assert toward(np.array([30.0]), np.array([3.0]), 2.0, 1.0) == pytest.approx([8.0])
    assert toward(np.array([0.0]), np.array([0.0]), 2.0, 4.0) == pytest.approx([2.0])


def test_groups_that_differ_by_nothing_lean_on_their_parent_as_much_as_can_be() -> None:
    values = np.array([1.0, 3.0, 1.0, 3.0, 1.0, 3.0])
    assert parent_strength(values, np.array([0, 0, 1, 1, 2, 2]), ONE_EACH, 4.0) == 4.0 * MOST


def test_groups_that_differ_by_far_more_than_their_own_values_hardly_lean_at_all() -> None:
    values = np.array([1.0, 1.1, 5.0, 5.1, 9.0, 9.1])
    assert parent_strength(values, np.array([0, 0, 1, 1, 2, 2]), ONE_EACH, 4.0) == 4.0 * LEAST


def test_the_strength_is_the_variance_within_over_that_between() -> None:
    # Within: each pair is 2 apart, so 2. Means 0, 3, 6: two observations each times a variance of 9 are 18, less the 2
    # that the values within would give, over 2 observations: 8.
    values = np.array([-1.0, 1.0, 2.0, 4.0, 5.0, 7.0])
    assert parent_strength(values, np.array([0, 0, 1, 1, 2, 2]), ONE_EACH, 1.0) == pytest.approx(2.0 / 8.0)


def test_without_two_groups_or_two_values_in_one_the_usual_strength_is_taken() -> None:
    some = np.arange(3.0)
    assert parent_strength(some, np.array([0, 0, 0]), np.ones(3), 4.0) == 4.0
    assert parent_strength(some, np.array([0, 1, 2]), np.ones(3), 4.0) == 4.0
    assert parent_strength(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0), 4.0) == 4.0


def test_groups_are_compared_with_those_of_their_own_parent_only() -> None:
    values = np.array([0.0, 0.1, 0.0, 0.1, 50.0, 50.1, 50.0, 50.1])
    groups, parents = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert parent_strength(values, groups, np.ones(8), 4.0, parents) == 4.0 * MOST


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 4)), min_size=2, max_size=20), st.randoms())
def test_the_order_of_the_values_does_not_matter(rows: list[tuple[float, int]], random: object) -> None:
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    found = [
        parent_strength(np.array([v for v, _ in some]), np.array([g for _, g in some]), np.ones(len(some)), 4.0)
        for some in (rows, shuffled)
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-3)
