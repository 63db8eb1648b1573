"""A crossing: rides of other routes pass a place eastward or cross it northward, and halt there or not."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.calls import Call
from mapping_service.fuse.progress import Track, track_of
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.street_records import Streets
from tests.sketch import ORIGIN, P, drive, ride

HERE = ORIGIN[None] + [[500.0, 0.0]]
EASTWARD, NORTHWARD = np.array([[0.0, 0.0], [1000.0, 0.0]]), np.array([[500.0, -500.0], [500.0, 500.0]])


def passing(number: int, way: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Track:
    return track_of(ride(number, *drive(way, start_s=0.0)), P)


def halt(*, told: bool = False) -> list[Call]:
    return [Call(HERE[0], 50.0, (), told, 20.0)]


def near(tracks: list[Track], calls: list[list[Call]], own: list[int]) -> list[int]:
    found = Surroundings(tracks, calls, None, P).neighbours(HERE, np.array([0.0]), own)
    return [int(n[0]) for n in (found.past, found.stood, found.told, found.crossed, found.crossing_stood)]


def test_others_that_pass_the_same_way_are_counted_with_what_they_did_and_own_rides_are_not() -> None:
    tracks = [passing(k, EASTWARD) for k in range(3)]
    assert near(tracks, [halt(), halt(told=True), []], [0]) == [2, 1, 1, 0, 0]


def test_a_ride_across_is_told_apart_from_one_the_same_way() -> None:
    assert near([passing(0, EASTWARD), passing(1, NORTHWARD)], [[], halt()], [0]) == [0, 0, 0, 1, 1]


def test_a_ride_the_opposite_way_does_not_count() -> None:
    assert near([passing(0, EASTWARD), passing(1, EASTWARD[::-1])], [[], halt(told=True)], [0]) == [0, 0, 0, 0, 0]


def test_a_signal_ahead_is_above_zero_one_behind_below_and_no_map_says_nothing() -> None:
    nothing = np.zeros((0, 2))
    signal = HERE + [[20.0, 0.0]]
    none = np.zeros(0, dtype=np.int64)
    streets = Streets(nothing, none, none, none > 0, none, np.array([], dtype=str), none, nothing, signal, nothing)
    surroundings = Surroundings([], [], streets, P)
    ahead, behind = (surroundings.ahead_m("signal", HERE, np.array([heading]))[0] for heading in (0.0, np.pi))
    assert (ahead, behind) == (pytest.approx(20), pytest.approx(-20))
    assert np.isinf(surroundings.ahead_m("stop", HERE, np.array([0.0]))[0])
    assert np.isnan(Surroundings([], [], None, P).ahead_m("signal", HERE, np.array([0.0]))[0])
