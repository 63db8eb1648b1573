from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from collectors.simulator import RideSettings
from collectors.simulator.chance import border_crossings, place_share, stream
from collectors.simulator.phone import Phone, TrueWay, correlated, in_canyon, record
from mapping_service.records import Floats

PHONE = Phone(sigma_m=8.0, interval_s=1.0, hdop=True, speed=True, milliseconds=True)
OPEN = RideSettings(seed=1, canyon_share=0.0, jumps_per_hour=0.0, gaps_per_hour=0.0)


def straight(seconds: int, speed_mps: float = 8.0) -> TrueWay:
    t_s = np.arange(seconds, dtype=np.float64)
    return TrueWay(t_s, np.column_stack([t_s * speed_mps, np.zeros(seconds)]), np.full(seconds, speed_mps))


def lag_one(values: Floats) -> float:
    return float(np.corrcoef(values[:-1], values[1:])[0, 1])


def test_errors_last_as_long_as_tau_says_and_are_as_large_as_sigma_says() -> None:
    noise = correlated(np.full(40_000, 8.0), 15.0, stream(3, "noise"))
    assert lag_one(noise[:, 0]) == pytest.approx(np.exp(-1 / 15), abs=0.01)
    assert noise.std(axis=0) == pytest.approx([8.0, 8.0], rel=0.1)


def test_errors_start_at_full_size() -> None:
    first = np.array([correlated(np.full(2, 8.0), 15.0, stream(i, "start"))[0, 0] for i in range(2_000)])
    assert first.std() == pytest.approx(8.0, rel=0.08)


def test_fixes_stay_within_a_few_sigma_of_the_true_way_in_the_open() -> None:
    recording = record(straight(3_000), PHONE, OPEN, stream(4, "phone"))
    assert np.mean(np.abs(recording.xy[:, 1]) < 3 * 8.0) > 0.98
    assert lag_one(recording.xy[:, 1]) > 0.85


def test_errors_are_three_times_as_large_where_reception_is_bad_for_every_phone() -> None:
    settings = replace(OPEN, canyon_share=0.3, canyon_cell_m=1_500.0)
    way = straight(8_000)
    bad = in_canyon(way.xy, settings)
    for name in ("one", "other"):
        error = record(way, PHONE, settings, stream(4, name)).measured.xy - way.xy
        assert 2.2 < error[bad].std() / error[~bad].std() < 3.6


def test_a_wild_fix_is_far_off_and_alone() -> None:
    recording = record(straight(3_000), PHONE, replace(OPEN, jumps_per_hour=6.0), stream(6, "phone"))
    off = np.hypot(recording.xy[:, 0] - recording.clock_s * 8.0, recording.xy[:, 1])
    wild = np.flatnonzero(off > 100)
    assert 1 <= len(wild) <= 20
    assert (np.diff(wild) > 1).all()


def test_a_gap_leaves_no_fixes_for_as_long_as_the_settings_say() -> None:
    settings = replace(OPEN, gaps_per_hour=6.0, gap_min_s=30.0, gap_max_s=60.0)
    recording = record(straight(3_000), PHONE, settings, stream(8, "phone"))
    holes = np.diff(recording.clock_s)
    assert holes.max() > 29
    assert not ((holes > 3) & (holes < 28)).any()
    assert recording.clock_s[-1] > 2_990


def test_the_clock_of_a_phone_never_runs_backwards() -> None:
    for milliseconds in (True, False):
        recording = record(straight(500), replace(PHONE, milliseconds=milliseconds), OPEN, stream(9, "phone"))
        assert (np.diff(recording.clock_s) > 0).all()


def test_a_place_has_one_value_whoever_passes_and_another_seed_another() -> None:
    here = np.array([[10.0, 10.0], [140.0, 140.0], [160.0, 10.0]])
    values = place_share(here, 1, "canyon", cell_m=150.0)
    assert values[0] == values[1] != values[2]
    assert values[0] != place_share(here, 2, "canyon", cell_m=150.0)[0]
    assert values[0] != place_share(here, 1, "jam", cell_m=150.0)[0]


def test_the_places_of_a_share_are_that_share_of_the_ground() -> None:
    grid = np.stack(np.meshgrid(np.arange(-100, 100), np.arange(-100, 100)), axis=-1).reshape(-1, 2).astype(np.float64)
    assert np.mean(place_share(grid, 1, "canyon", cell_m=1.0) < 0.15) == pytest.approx(0.15, abs=0.01)


def test_both_directions_of_a_road_meet_the_same_signals() -> None:
    way = np.column_stack([np.arange(0, 5_000, 5.0), np.full(1_000, 40.0)])
    there = border_crossings(way, 1, "signal", cell_m=300.0, share=0.5)
    back = border_crossings(way[::-1], 1, "signal", cell_m=300.0, share=0.5)
    assert 0 < len(there) < 16
    assert there.tolist() == sorted(len(way) - 2 - i for i in back.tolist())
