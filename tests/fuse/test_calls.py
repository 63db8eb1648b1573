"""Presses and halts of one ride. The ride stands at its second square, drawn at 0, 1, 2, … along a street."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.calls import Call, calls
from mapping_service.records import Claim, Report, Ride
from tests.sketch import ORIGIN, SRID, P, press

HERE, THERE = (200.0, 0.0), (500.0, 0.0)


def told(*reports: Report, halts: dict[tuple[float, float], tuple[float, float]] | None = None) -> list[Call]:
    """Return the calls of a ride; ``halts`` maps a place to from and to in seconds."""
    spans = sorted((halts or {}).items(), key=lambda item: item[1])
    ride = Ride(
        run_id=1, submission_id=1, t_s=np.arange(1000.0), xy=np.zeros((1000, 2)) + ORIGIN,
        dwell_start_s=np.array([span[0] for _, span in spans]),
        dwell_end_s=np.array([span[1] for _, span in spans]),
        dwell_xy=np.array([at for at, _ in spans]).reshape(-1, 2) + ORIGIN,
        person=None, claim=Claim(), reports=reports,
    )
    return calls(ride, SRID, P)


def at(call: Call) -> tuple[float, float]:
    x, y = np.round(call.xy - ORIGIN, 1)
    return float(x), float(y)


def test_two_buttons_pressed_within_seconds_are_one_call() -> None:
    (call,) = told(press("occupancy", HERE, 100.0), press("stop", HERE, 102.0, name="Mill"))
    assert (at(call), call.t_s, call.names, call.reported) == (HERE, 100.0, ("Mill",), True)


def test_two_presses_far_apart_in_time_are_two_calls_in_order_of_time() -> None:
    later, sooner = press("stop", THERE, 200.0), press("stop", HERE, 100.0)
    assert [(at(call), call.t_s) for call in told(later, sooner)] == [(HERE, 100.0), (THERE, 200.0)]


def test_a_cancelled_press_is_ignored() -> None:
    assert told(press("stop", HERE, 100.0, cancelled=True)) == []


@pytest.mark.parametrize("kind", ["fare", "wait", "other", "unread", "cancel"])
def test_a_remark_that_says_nothing_of_a_stop_is_no_call(kind: str) -> None:
    assert told(press(kind, HERE, 100.0)) == []


def test_a_call_takes_the_place_of_the_halt_it_was_made_in() -> None:
    (call,) = told(press("stop", (240.0, 0.0), 112.0, name="Mill"), halts={HERE: (95.0, 110.0)})
    assert (at(call), call.reported, call.names) == (HERE, True, ("Mill",))


def test_a_press_as_the_vehicle_slows_down_belongs_to_the_halt_that_follows() -> None:
    (call,) = told(press("stop", (150.0, 0.0), 90.0), halts={HERE: (95.0, 110.0)})
    assert at(call) == HERE


def test_a_press_long_after_a_halt_has_its_own_place() -> None:
    found = told(press("stop", THERE, 150.0), halts={HERE: (95.0, 110.0)})
    assert [(at(call), call.reported) for call in found] == [(HERE, False), (THERE, True)]


def test_a_halt_that_nobody_reported_is_a_silent_call_as_long_as_it_lasted() -> None:
    (call,) = told(halts={HERE: (100.0, 112.0)})
    assert (at(call), call.t_s, call.names, call.reported, call.standing_s) == (HERE, 100.0, (), False, 12.0)


def test_a_report_beside_a_moving_vehicle_has_no_standing() -> None:
    (call,) = told(press("stop", HERE, 100.0))
    assert (call.reported, call.standing_s) == (True, 0.0)


def test_a_name_said_twice_in_one_call_is_said_once() -> None:
    (call,) = told(press("stop", HERE, 100.0, name="Mill"), press("occupancy", HERE, 101.0, name="Mill", waypoint=1))
    assert call.names == ("Mill",)


def test_presses_made_during_one_long_halt_are_one_call() -> None:
    found = told(press("occupancy", HERE, 102.0), press("stop", HERE, 150.0, name="Mill"), halts={HERE: (100.0, 160.0)})
    assert [(at(call), call.names) for call in found] == [(HERE, ("Mill",))]


def test_a_press_in_a_halt_belongs_to_it_even_where_the_next_halt_follows_at_once() -> None:
    found = told(press("stop", HERE, 118.0), halts={HERE: (100.0, 120.0), (260.0, 0.0): (126.0, 140.0)})
    assert [at(call) for call in found if call.reported] == [HERE]
