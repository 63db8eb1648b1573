"""Stops along one street that runs 2 km east. Calls are drawn as (ride, metres along, name said)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mapping_service.fuse.calls import Call
from mapping_service.fuse.stops import LineStop, line_stops, path_of
from mapping_service.geo import resample
from tests.sketch import P, noisy

STREET = np.array([[0.0, 0.0], [2000.0, 0.0]])
Said = tuple[int, float, str | None]


def stops(
    *said: Said, rides: int = 2, reported: bool = True, off_m: float = 5.0, partial_to_m: float = 2000.0
) -> list[LineStop]:
    """Return the stops of a pattern of ``rides`` rides, the last of which rode from the start to ``partial_to_m``."""
    calls = [
        [Call(np.array([x, off_m]), x, (name,) if name else (), reported) for r, x, name in said if r == ride]
        for ride in range(rides)
    ]
    whole = noisy(resample(STREET, 10.0), 1, 2.0)
    paths = [path_of(whole, P)] * (rides - 1) + [path_of(whole[whole[:, 0] <= partial_to_m], P)]
    return line_stops(STREET, range(rides), paths, calls, P)


def inner(found: Sequence[LineStop]) -> list[float]:
    return [round(stop.dist_m) for stop in found if stop.method != "terminal"]


def test_the_two_ends_are_always_stops() -> None:
    first, last = stops()
    assert (first.dist_m, last.dist_m) == (0.0, 2000.0)
    assert (first.method, last.method) == ("terminal", "terminal")
    assert first.called == last.called == (0, 1)


def test_calls_of_two_rides_near_each_other_are_one_stop_at_their_middle() -> None:
    found = stops((0, 980.0, "Mill"), (1, 1020.0, "mill"))
    assert inner(found) == [1000]
    assert (found[1].called, found[1].past) == ((0, 1), (0, 1))
    assert (found[1].names, found[1].method) == (("Mill", "mill"), "reported")
    assert found[1].xy.tolist() == pytest.approx([1000, 0], abs=3)


def test_two_stops_300_m_apart_stay_two() -> None:
    assert inner(stops((0, 800.0, None), (1, 800.0, None), (0, 1100.0, None), (1, 1100.0, None))) == [800, 1100]


def test_a_row_of_calls_does_not_grow_into_one_long_stop() -> None:
    found = inner(stops(*[(k % 2, 600.0 + 40 * k, None) for k in range(10)]))
    assert len(found) >= 3


def test_a_call_far_beside_the_line_is_not_on_it() -> None:
    assert inner(stops((0, 1000.0, None), (1, 1000.0, None), off_m=P.stop_side_m + 10)) == []


def test_calls_near_an_end_belong_to_the_terminal_and_name_it() -> None:
    found = stops((0, 60.0, "Harbour"), (1, 1950.0, "Airport"))
    assert inner(found) == []
    assert (found[0].names, found[-1].names) == (("Harbour",), ("Airport",))


@pytest.mark.parametrize(("standing", "expected"), [(1, []), (2, [1000]), (4, [1000])])
def test_without_any_report_a_stop_needs_half_of_the_rides_to_stand_there(standing: int, expected: list[int]) -> None:
    found = stops(*[(ride, 1000.0, None) for ride in range(standing)], rides=4, reported=False)
    assert inner(found) == expected
    assert all(stop.method == "dwell" for stop in found[1:-1])


def test_a_lone_ride_without_reports_stops_wherever_it_stood() -> None:
    assert inner(stops((0, 1000.0, None), rides=1, reported=False)) == [1000]


def test_two_halts_of_one_ride_are_not_two_rides() -> None:
    assert inner(stops((0, 990.0, None), (0, 1010.0, None), rides=2, reported=False)) == []


def test_where_one_ride_reports_the_silent_halts_of_others_make_no_stop_and_do_not_count() -> None:
    spoken, silent = Call(np.array([1000.0, 0.0]), 1.0, (), True), Call(np.array([1000.0, 0.0]), 1.0, (), False)
    elsewhere = Call(np.array([500.0, 0.0]), 0.0, (), False)
    path = path_of(STREET, P)
    found = line_stops(STREET, [7, 8], [path, path], [[spoken], [elsewhere, silent]], P)
    assert inner(found) == [1000]
    assert (found[1].called, found[1].past) == ((7,), (7, 8))


def test_a_ride_that_ended_before_a_stop_did_not_come_past_it() -> None:
    found = stops((0, 600.0, None), (0, 1500.0, None), rides=3, partial_to_m=1000.0)
    assert [(stop.called, stop.past) for stop in found] == [
        ((0, 1, 2), (0, 1, 2)), ((0,), (0, 1, 2)), ((0,), (0, 1)), ((0, 1), (0, 1))
    ]


def test_a_stop_knows_the_heading_of_the_line() -> None:
    assert [round(float(np.degrees(stop.heading))) for stop in stops((0, 1000.0, None))] == [0, 0, 0]
