from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from collectors.simulator import RideSettings
from collectors.simulator.chance import stream
from collectors.simulator.motion import drive, rush
from collectors.simulator.network import stops_in_order_m

WAY = np.array([[0.0, 0.0], [2_000.0, 0.0], [2_000.0, 2_000.0]])
STOPS_M = np.linspace(0, 4_000, 9)
NIGHT_H = 3.0


def test_the_vehicle_reaches_the_end_and_never_goes_back() -> None:
    driven = drive(WAY, STOPS_M, 0, 4_000, NIGHT_H, RideSettings(), stream(1, "m"))
    assert (np.diff(driven.t_s) >= 0).all() and (np.diff(driven.at_m) >= 0).all()
    assert driven.at_m[[0, -1]] == pytest.approx([0, 4_000])
    assert driven.stop_index.tolist() == list(range(9))


def test_it_pulls_and_brakes_no_harder_than_the_settings_allow() -> None:
    settings = RideSettings()
    driven = drive(WAY, STOPS_M, 0, 4_000, NIGHT_H, settings, stream(2, "m"))
    t_s = np.arange(0, driven.end_s, 1.0)
    speed = np.gradient(np.interp(t_s, driven.t_s, driven.at_m))
    change = np.diff(speed)
    assert speed.max() < settings.cruise_max_mps * 1.4
    assert change.max() < settings.accelerate_mps2 * 1.6 and change.min() > -settings.brake_mps2 * 1.6


def test_it_dwells_at_stops_within_the_limits_and_not_at_the_ends() -> None:
    settings = replace(RideSettings(), boarding_share=1.0)
    dwell = drive(WAY, STOPS_M, 0, 4_000, NIGHT_H, settings, stream(3, "m")).dwell_s
    assert dwell[0] == dwell[-1] == 0
    assert ((dwell[1:-1] >= 8) & (dwell[1:-1] <= 40)).all()


def test_it_slows_down_for_a_corner() -> None:
    settings = replace(RideSettings(), boarding_share=0.0, signal_share=0.0)
    driven = drive(WAY, STOPS_M, 0, 4_000, NIGHT_H, settings, stream(4, "m"))
    corner_s = np.interp([1_980, 2_020], driven.at_m, driven.t_s)
    straight_s = np.interp([1_480, 1_520], driven.at_m, driven.t_s)
    assert np.diff(corner_s) > 1.3 * np.diff(straight_s)


def test_a_rush_hour_ride_takes_longer_where_it_jams() -> None:
    settings = replace(RideSettings(), jam_share=1.0)
    at_night, at_rush = (drive(WAY, STOPS_M, 0, 4_000, hour, settings, stream(5, "m")).end_s for hour in (3.0, 7.5))
    assert at_rush > 1.5 * at_night
    assert rush(7.5) == pytest.approx(1.0, abs=0.01) and rush(NIGHT_H) < 0.01


def test_stops_of_a_loop_keep_their_order_though_the_first_is_the_last() -> None:
    square = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0], [0.0, 0.0]])
    stops = np.array([[0.0, 5.0], [400.0, 200.0], [200.0, 400.0], [0.0, 5.0]])
    assert stops_in_order_m(square, stops) == pytest.approx([0, 600, 1_000, 1_595], abs=6)


def test_stops_on_a_road_ridden_there_and_back_lie_on_the_right_leg() -> None:
    way = np.array([[0.0, 0.0], [1_000.0, 0.0], [0.0, 0.0]])
    stops = np.array([[0.0, 0.0], [300.0, 3.0], [1_000.0, 0.0], [300.0, -3.0], [0.0, 0.0]])
    assert stops_in_order_m(way, stops) == pytest.approx([0, 300, 1_000, 1_700, 2_000], abs=6)
