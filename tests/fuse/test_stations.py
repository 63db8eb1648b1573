"""Stops of a town as stations see them: metres, heading in degrees from east, whether routes end there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.stations import Kerb, stations
from tests.sketch import P

EAST, NORTH, WEST = 0.0, 90.0, 180.0


def kerb(x: float, y: float, degrees: float = EAST, *, end: bool = False) -> Kerb:
    return Kerb(np.array([x, y]), float(np.radians(degrees)), end)


def test_two_kerbs_that_face_each_other_are_one_station() -> None:
    assert stations([kerb(0, 0), kerb(20, 15, WEST)], P) == [(0, 1)]


@pytest.mark.parametrize("other", [kerb(20, 15, EAST), kerb(20, 15, NORTH), kerb(90, 15, WEST)])
def test_kerbs_of_one_direction_on_a_crossing_or_far_apart_are_none(other: Kerb) -> None:
    assert stations([kerb(0, 0), other], P) == []


def test_of_three_kerbs_the_nearest_two_that_face_each_other_are_the_station() -> None:
    assert stations([kerb(0, 0), kerb(50, 10, WEST), kerb(10, 10, WEST)], P) == [(0, 2)]


def test_the_stands_of_a_terminal_are_one_station_whatever_their_direction_and_a_stop_beside_it_belongs_to_it() -> None:
    assert stations([kerb(0, 0, end=True), kerb(100, 0, NORTH, end=True), kerb(40, 30, WEST)], P) == [(0, 1, 2)]


def test_terminals_in_a_row_do_not_grow_into_one() -> None:
    found = stations([kerb(120.0 * k, 0, end=True) for k in range(6)], P)
    assert all(len(one) <= 2 for one in found) and found


def test_a_lone_stop_has_no_station() -> None:
    assert stations([], P) == stations([kerb(0, 0)], P) == []


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from([0, 90, 180, 270]), st.booleans()),
                max_size=15))
def test_no_stop_belongs_to_two_stations_and_none_is_alone(drawn: list[tuple[int, int, int, bool]]) -> None:
    found = stations([kerb(x, y, degrees, end=end) for x, y, degrees, end in drawn], P)
    members = [i for one in found for i in one]
    assert len(members) == len(set(members))
    assert all(len(one) > 1 for one in found)
