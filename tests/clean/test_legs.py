"""Rides found in recordings: drawn days of walking, waiting and riding along one street that runs east."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.clean.clean import clean
from mapping_service.clean.legs import Leg, legs
from mapping_service.records import Floats
from tests.sketch import MONDAY_7H, SRID, P, fixes, noisy

BUS, FOOT, STAND = 9.0, 1.3, 0.0


def recording(*parts: tuple[float, float], every_s: float = 1.0, seed: int = 1) -> tuple[Floats, Floats]:
    """Return times and positions of somebody who moves at a speed for some seconds, then at the next."""
    speed = np.concatenate([np.full(int(seconds), mps) for mps, seconds in parts])
    t_s = np.arange(0.0, len(speed), every_s)
    east = np.concatenate(([0.0], np.cumsum(speed)))[t_s.astype(int)]
    return MONDAY_7H + t_s, noisy(np.column_stack((east, np.zeros(len(east)))), seed, 1.5)


def spans(found: list[Leg]) -> list[tuple[float, float]]:
    """Return the rides in seconds from the beginning of the recording."""
    return [(leg.start_s - MONDAY_7H, leg.end_s - MONDAY_7H) for leg in found]


DAY = ((FOOT, 600), (STAND, 300), (BUS, 900), (FOOT, 400), (STAND, 3600), (BUS, 1200), (STAND, 400), (BUS, 600),
       (FOOT, 300), (STAND, 4000))
RIDES = [(900, 1800), (5800, 7000), (7400, 8000)]


@pytest.mark.parametrize("every_s", [1.0, 10.0, 30.0])
def test_a_day_becomes_its_rides(every_s: float) -> None:
    found = spans(legs(*recording(*DAY, every_s=every_s), P))
    assert len(found) == 3
    for got, true in zip(found, RIDES, strict=True):
        assert got == pytest.approx(true, abs=40)


def test_the_runs_of_a_day_hold_no_walk() -> None:
    runs = clean(fixes(*recording(*DAY)), SRID, P)
    assert len(runs) == 3
    for run, (start_s, end_s) in zip(runs, RIDES, strict=True):
        assert start_s - 40 <= run.t_s[0] - MONDAY_7H and run.t_s[-1] - MONDAY_7H <= end_s + 40


def test_a_recording_of_one_ride_is_not_cut_where_the_vehicle_waits_at_a_terminal() -> None:
    found = spans(legs(*recording((STAND, 600), (BUS, 900), (STAND, 1500), (BUS, 900), (STAND, 300)), P))
    assert found == [pytest.approx((0, 4199), abs=1)]


def test_a_jam_at_walking_pace_does_not_cut_a_ride() -> None:
    jam = [(mps, 15) for _ in range(20) for mps in (0.0, 3.2, 0.8)]
    assert len(legs(*recording((BUS, 900), *jam, (BUS, 900)), P)) == 1


def test_a_walk_from_one_vehicle_to_the_next_parts_two_rides() -> None:
    found = spans(legs(*recording((BUS, 900), (FOOT, 360), (STAND, 200), (BUS, 900)), P))
    assert [end - start > 800 for start, end in found] == [True, True]
    assert found[0][1] == pytest.approx(900, abs=30) and found[1][0] == pytest.approx(1260, abs=30)


def test_the_walk_home_at_the_end_of_a_recording_is_cut_off() -> None:
    (run,) = clean(fixes(*recording((FOOT, 300), (BUS, 900), (FOOT, 400))), SRID, P)
    assert run.t_s[0] - MONDAY_7H == pytest.approx(300, abs=30)
    assert run.t_s[-1] - MONDAY_7H == pytest.approx(1200, abs=30)


def test_a_walk_alone_is_no_ride() -> None:
    assert legs(*recording((FOOT, 3000)), P) == []
    assert clean(fixes(*recording((FOOT, 3000))), SRID, P) == []


def test_a_hole_that_could_have_been_walked_is_no_walk() -> None:
    t_s, xy = recording((BUS, 900), (FOOT, 360), (BUS, 900))
    heard = (t_s < MONDAY_7H + 900) | (t_s >= MONDAY_7H + 1260)
    assert len(legs(t_s[heard], xy[heard], P)) == 1


def test_a_ride_under_ground_is_seen_by_where_it_comes_up() -> None:
    """A phone that sleeps for ten minutes and wakes six kilometres on has ridden."""
    t_s, xy = recording((STAND, 6000), (10.0, 600), (STAND, 6000))
    heard = (t_s < MONDAY_7H + 5990) | (t_s >= MONDAY_7H + 6610)
    (span,) = spans(legs(t_s[heard], xy[heard], P))
    assert span == pytest.approx((6000, 6600), abs=40)


def test_nothing_and_one_position_hold_no_ride() -> None:
    assert legs(np.zeros(0), np.zeros((0, 2)), P) == []
    assert legs(np.array([MONDAY_7H]), np.zeros((1, 2)), P) == []


@given(
    st.lists(st.tuples(st.floats(1, 4e4), st.floats(-5e4, 5e4), st.floats(-5e4, 5e4)), min_size=2, max_size=30),
)
def test_rides_lie_in_order_within_the_recording(moves: list[tuple[float, float, float]]) -> None:
    steps = np.array(moves)
    t_s = np.cumsum(steps[:, 0])
    found = legs(t_s, steps[:, 1:], P)
    assert all(t_s[0] <= leg.start_s < leg.end_s <= t_s[-1] for leg in found)
    assert all(one.end_s <= other.start_s for one, other in pairwise(found))
