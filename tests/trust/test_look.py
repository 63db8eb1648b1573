"""What receivers write is told from what was drawn or drawn by lot."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.records import Floats
from mapping_service.trust.look import NO_LOOK, Look, look, quantum_deg
from tests.sketch import drive, noisy, places, way
from tests.trust.cheats import TOWN, ridden

STREET = way(places("A" + 79 * "-" + "B"), "AB")


def of(xy: Floats, t_s: Floats, quantum_m: float = 0.0) -> dict[str, float]:
    found = look(t_s, xy, quantum_m)
    assert found != NO_LOOK
    return {name: float(value) for name, value in vars(found).items() if value is not None}


def test_a_drawn_line_is_straight_and_steady() -> None:
    found = of(*drive(STREET)[::-1])
    assert found["straight_share"] == 1.0 and found["steady_share"] > 0.95 and found["roughness"] < 1e-6


@pytest.mark.parametrize("sigma_m", [1.0, 3.0, 8.0])
def test_noise_without_memory_is_rough_and_white(sigma_m: float) -> None:
    t_s, xy = drive(STREET)
    found = of(noisy(xy, 1, sigma_m), t_s)
    # A second difference of white noise: variance six-fold, neighbours correlated by -2/3.
    assert found["roughness"] == pytest.approx(sigma_m * np.sqrt(6), rel=0.25)
    assert found["whiteness"] == pytest.approx(-2 / 3, abs=0.12)


def test_a_receiver_that_wanders_is_neither() -> None:
    t_s, xy = ridden(1)
    found = of(xy, t_s)
    assert found["roughness"] < 0.3 and found["straight_share"] < 1 and found["steady_share"] < 1


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_random_walk_is_as_rough_at_any_interval(step: int) -> None:
    t_s, xy = drive(STREET)
    walk = np.cumsum(np.random.default_rng(2).normal(0, 0.5, xy.shape), axis=0)
    assert of((xy + walk)[::step], t_s[::step])["roughness"] == pytest.approx(0.5 * np.sqrt(2), rel=0.3)


def test_positions_in_coarse_steps_tell_nothing() -> None:
    t_s, xy = drive(way(TOWN, "ABDE"))
    assert look(t_s, np.round(xy, 0), 1.0) == NO_LOOK


def test_a_line_drawn_in_six_decimals_is_still_straight_and_steady() -> None:
    t_s, xy = drive(way(TOWN, "ABDE"))
    found = of(np.round(xy / 0.11) * 0.11, t_s, 0.11)
    assert found["straight_share"] > 0.8 and found["steady_share"] > 0.8


def test_a_receiver_that_writes_six_decimals_is_not_straight() -> None:
    """Real receivers wander by 0.2 m and more in a second."""
    t_s, xy = drive(way(TOWN, "ABDE"))
    walk = np.cumsum(np.random.default_rng(3).normal(0, 0.3, xy.shape), axis=0)
    assert of(np.round((xy + walk) / 0.11) * 0.11, t_s, 0.11)["straight_share"] < 0.28


@pytest.mark.parametrize("fixes", [0, 1, 2, 10])
def test_too_short_a_run_tells_nothing(fixes: int) -> None:
    assert look(np.arange(float(fixes)), np.zeros((fixes, 2)), 0.0) == Look(None, None, None, None)


def test_a_standing_phone_tells_nothing() -> None:
    assert look(np.arange(600.0), noisy(np.zeros((600, 2)), 1, 0.2), 0.0) == NO_LOOK


@pytest.mark.parametrize("decimals, step", [(4, 1e-4), (5, 1e-5), (7, 1e-7)])
def test_the_step_of_a_recorder_is_seen(decimals: int, step: float) -> None:
    lon_lat = np.round(np.random.default_rng(1).uniform(-4.1, -3.9, (50, 2)), decimals)
    assert quantum_deg(lon_lat) == pytest.approx(step)
    assert quantum_deg(lon_lat + 1.23456e-8 * np.arange(100).reshape(50, 2)) == 0.0
