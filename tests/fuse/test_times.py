"""When rides passed the stops, and how long vehicles take from one to the next."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.clock import WHOLE_DAY
from mapping_service.fuse.times import Band, band_counts, passing_times, running_times
from mapping_service.records import Floats, RunningTime
from tests.sketch import MONDAY_7H, P, drive, noisy, places, way

TOWN = places(
    """
    D---------C
    |         |
    |         |
    |         |
    |         |
    A---------B
    """,
)
MORNING, NOON = (7 * 3600, 9 * 3600), (12 * 3600, 15 * 3600)
NEVER = np.nan


def passed(letters: str, stop_dist_m: list[float], trace: tuple[Floats, Floats]) -> list[float]:
    """Return seconds after the start at which a ride passed each stop."""
    found = passing_times(way(TOWN, letters), np.array(stop_dist_m), *trace, P)
    return [float(t) - MONDAY_7H for t in found]


def times(stop_dist_m: list[float], *rides: list[float], bands: list[Band] | None = None) -> tuple[RunningTime, ...]:
    return running_times(np.array(stop_dist_m), [np.array(r) for r in rides], bands or [MORNING] * len(rides), P)


def test_a_ride_passes_the_stops_when_it_is_nearest_to_them() -> None:
    trace = drive(way(TOWN, "ABC"))
    assert passed("ABC", [0.0, 700.0, 1500.0], trace) == pytest.approx([0, 70, 150], abs=1)


def test_standing_at_a_stop_lies_between_it_and_its_neighbours() -> None:
    trace = drive(way(TOWN, "ABC"), halts={700.0: 40.0})
    first, middle, last = passed("ABC", [0.0, 700.0, 1500.0], trace)
    assert (first, last) == pytest.approx((0, 190), abs=1)
    assert 69 <= middle <= 111


def test_on_a_loop_that_ends_where_it_began_the_stops_are_passed_in_order() -> None:
    t_s, xy = drive(way(TOWN, "ABCDA"))
    found = passed("ABCDA", [0.0, 500.0, 1500.0, 2500.0, 3000.0], (t_s, noisy(xy, 2, 3.0)))
    assert found == pytest.approx([0, 50, 150, 250, 300], abs=4)


def test_a_partial_ride_passes_only_the_stops_on_its_part() -> None:
    trace = drive(way(TOWN, "AB"))
    found = passed("ABC", [0.0, 500.0, 1400.0], trace)
    assert found[:2] == pytest.approx([0, 50], abs=1)
    assert np.isnan(found[2])


def test_a_ride_in_the_opposite_direction_never_passes_the_stops_in_order() -> None:
    found = passed("ABC", [0.0, 700.0, 1500.0], drive(way(TOWN, "CBA")))
    assert np.sum(np.isfinite(found)) <= 1


def test_a_ride_elsewhere_passes_nothing() -> None:
    assert np.all(np.isnan(passed("AB", [0.0, 1000.0], drive(way(TOWN, "DC")))))


def test_the_running_time_is_the_median_of_the_rides() -> None:
    (one,) = times([0.0, 600.0], [0, 60], [0, 70], [0, 200], bands=[MORNING, MORNING, NOON])
    assert one == RunningTime(1, *WHOLE_DAY, 70.0, 3)


def test_a_band_with_enough_rides_has_running_times_of_its_own() -> None:
    slow, fast = [0.0, 100.0], [0.0, 60.0]
    found = times([0.0, 600.0], slow, slow, slow, fast, fast, bands=[MORNING] * 3 + [NOON] * 2)
    assert [((t.band_start_s, t.band_end_s), t.seconds, t.runs) for t in found] == [
        (WHOLE_DAY, 100.0, 5), (MORNING, 100.0, 3)
    ]


def test_where_nobody_passed_the_pace_of_the_pattern_fills_in_with_a_count_of_no_runs() -> None:
    found = times([0.0, 600.0, 900.0], [0, 60, NEVER])
    assert [(t.stop_sequence, t.seconds, t.runs) for t in found] == [(1, 60.0, 1), (2, 30.0, 0)]


def test_where_no_ride_timed_anything_a_slow_vehicle_is_assumed_and_marked() -> None:
    (one,) = times([0.0, 600.0], [NEVER, NEVER])
    assert (one.seconds, one.runs) == (600 / P.unknown_speed_mps, 0)


def test_no_vehicle_is_faster_than_possible_or_stops_again_at_once() -> None:
    far, near = times([0.0, 5000.0, 5040.0], [0, 20, 22])
    assert far.seconds == 5000 / P.max_mean_speed_mps
    assert near.seconds == P.min_step_s


def test_rides_are_counted_by_band_in_order() -> None:
    assert list(band_counts([NOON, MORNING, NOON]).items()) == [(MORNING, 1), (NOON, 2)]
