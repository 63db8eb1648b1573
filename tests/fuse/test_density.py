"""Places along a line at which calls are dense; calls are metres along it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.density import dense_places, weighted_median
from tests.sketch import P


def places(*at_m: float) -> tuple[list[float], list[int]]:
    found, owner = dense_places(np.array(sorted(at_m)), np.ones(len(at_m)), P)
    return found.tolist(), owner.tolist()


def test_no_calls_make_no_place() -> None:
    assert places() == ([], [])


def test_calls_near_each_other_are_one_place_at_their_median_and_others_their_own() -> None:
    assert places(100, 104, 112, 400) == ([104, 400], [0, 0, 0, 1])


def test_a_heavy_call_draws_the_place_to_itself() -> None:
    found, _ = dense_places(np.array([100.0, 110.0, 112.0]), np.array([5.0, 1.0, 1.0]), P)
    assert found.tolist() == [100.0]


def test_two_groups_nearer_than_two_stops_can_be_are_one_place() -> None:
    assert len(places(100, 100, 100, 133, 133)[0]) == 1


@pytest.mark.parametrize(("weight", "expected"), [([1, 1, 1], 2.0), ([1, 1, 2], 2.5), ([5, 1, 1], 1.0)])
def test_the_weighted_median_has_half_of_the_weight_on_each_side(weight: list[float], expected: float) -> None:
    assert weighted_median(np.array([1.0, 2.0, 3.0]), np.array(weight, dtype=float)) == expected


@given(st.lists(st.floats(0, 3000), min_size=1, max_size=30))
def test_every_call_belongs_to_a_place_and_places_stand_in_order(at_m: list[float]) -> None:
    found, owner = places(*at_m)
    assert len(owner) == len(at_m) and set(owner) == set(range(len(found)))
    assert found == sorted(found)
