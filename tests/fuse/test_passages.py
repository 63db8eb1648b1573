"""When rides reach and leave the stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mapping_service.fuse.passages import Passage, passage
from mapping_service.records import Claim, Floats, Ride
from tests.sketch import MONDAY_7H, P, bare_ride, drive, noisy, places, way

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


def ride(trace: tuple[Floats, Floats], *halts: tuple[float, float, tuple[float, float]]) -> Ride:
    """Return a drawn ride with the halts that cleaning would note: from and to (seconds after the start), where."""
    start_s, end_s = np.array([h[0] for h in halts]), np.array([h[1] for h in halts])
    where = np.array([h[2] for h in halts]).reshape(-1, 2)
    return Ride(1, 1, *trace, MONDAY_7H + start_s, MONDAY_7H + end_s, where, None, Claim(), ())


def reached(letters: str, stop_dist_m: list[float], one: Ride) -> list[float]:
    """Return seconds after the start at which a ride reached each stop."""
    return [float(t) - MONDAY_7H for t in passage(way(TOWN, letters), np.array(stop_dist_m), one, P).arrive_s]


def test_a_ride_reaches_the_stops_when_it_comes_as_far() -> None:
    assert reached("ABC", [0.0, 700.0, 1500.0], ride(drive(way(TOWN, "ABC")))) == pytest.approx([0, 70, 150], abs=1)


def test_between_two_fixes_far_apart_the_time_is_shared_by_the_way() -> None:
    t_s, xy = drive(way(TOWN, "ABC"))
    slow = ride((t_s[::8], xy[::8]))
    assert reached("ABC", [0.0, 700.0, 1060.0], slow) == pytest.approx([0, 70, 106], abs=1)


def test_a_stop_in_a_hole_of_the_recording_is_passed_at_even_speed() -> None:
    t_s, xy = drive(way(TOWN, "ABC"))
    kept = (t_s < MONDAY_7H + 60) | (t_s > MONDAY_7H + 80)
    assert reached("ABC", [0.0, 700.0, 1500.0], ride((t_s[kept], xy[kept]))) == pytest.approx([0, 70, 150], abs=1)


def test_a_hole_too_long_to_fill_leaves_its_stop_unknown() -> None:
    t_s, xy = drive(way(TOWN, "ABC"))
    kept = (t_s < MONDAY_7H + 40) | (t_s > MONDAY_7H + 95)
    assert np.isnan(reached("ABC", [0.0, 700.0, 1500.0], ride((t_s[kept], xy[kept])))[1])


def test_a_ride_arrives_when_it_comes_to_stand_near_the_stop_and_leaves_when_it_moves_on() -> None:
    one = ride(drive(way(TOWN, "ABC"), halts={685.0: 40.0}), (68.5, 108.5, (685.0, 0.0)))
    found = passage(way(TOWN, "ABC"), np.array([0.0, 700.0, 1500.0]), one, P)
    assert found.arrive_s - MONDAY_7H == pytest.approx([0, 68.5, 190], abs=1)
    assert found.depart_s - MONDAY_7H == pytest.approx([0, 110, 190], abs=1.5)


def test_a_halt_between_two_stops_belongs_to_neither() -> None:
    one = ride(drive(way(TOWN, "ABC"), halts={300.0: 40.0}), (30.0, 70.0, (300.0, 0.0)))
    found = passage(way(TOWN, "ABC"), np.array([0.0, 700.0, 1500.0]), one, P)
    assert found.depart_s - found.arrive_s == pytest.approx([0, 0, 0])


def test_sections_begin_with_the_arrival_but_the_first_with_the_departure() -> None:
    seconds, standing_s = Passage(np.array([0.0, 130.0, 290.0]), np.array([60.0, 150.0, 300.0])).sections()
    assert seconds.tolist() == [70.0, 160.0] and standing_s.tolist() == [0.0, 20.0]


def test_on_a_loop_that_ends_where_it_began_the_stops_are_passed_in_order() -> None:
    t_s, xy = drive(way(TOWN, "ABCDA"))
    found = reached("ABCDA", [0.0, 500.0, 1500.0, 2500.0, 3000.0], ride((t_s, noisy(xy, 2, 3.0))))
    assert found == pytest.approx([0, 50, 150, 250, 300], abs=4)


def test_a_partial_ride_passes_only_the_stops_on_its_part() -> None:
    found = reached("ABC", [0.0, 500.0, 1400.0], ride(drive(way(TOWN, "AB"))))
    assert found[:2] == pytest.approx([0, 50], abs=1)
    assert np.isnan(found[2])


def test_a_ride_in_the_opposite_direction_never_passes_the_stops_in_order() -> None:
    found = reached("ABC", [0.0, 700.0, 1500.0], ride(drive(way(TOWN, "CBA"))))
    assert np.sum(np.isfinite(found)) <= 1


def test_a_ride_elsewhere_passes_nothing() -> None:
    assert np.all(np.isnan(reached("AB", [0.0, 1000.0], ride(drive(way(TOWN, "DC"))))))
    far = replace(bare_ride(), xy=np.full((2, 2), 1e6))
    assert np.all(np.isnan(passage(way(TOWN, "AB"), np.array([0.0, 1000.0]), far, P).arrive_s))
