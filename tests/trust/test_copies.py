"""A ride that was copied is told from another ride on the same streets, whatever was done to hide it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.trust.shingles import alignment, beside, least_votes
from tests.sketch import P
from tests.trust.cheats import HALTS, Trace, copied, ridden, signed

DAY_S = 86400.0
RIDE = ridden(1)


def test_a_ride_of_another_day_is_a_copy_and_the_day_is_known() -> None:
    found = copied((RIDE[0] + 3 * DAY_S, RIDE[1]), RIDE)
    assert found is not None
    assert (found.share, found.backwards, found.moved_m) == (1.0, False, 0.0)
    assert found.shift_s == pytest.approx(3 * DAY_S, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(
    days=st.integers(-400, 400).filter(bool), step=st.integers(1, 4), first=st.floats(0, 0.5),
    sigma_m=st.floats(0, 3), east_m=st.floats(-20, 20), seed=st.integers(0, 99),
)
def test_however_a_half_of_it_is_changed_it_stays_a_copy(
    days: int, step: int, first: float, sigma_m: float, east_m: float, seed: int
) -> None:
    part = slice(int(first * len(RIDE[0])), int((first + 0.5) * len(RIDE[0])), step)
    jitter = np.random.default_rng(seed).normal(0, sigma_m, RIDE[1][part].shape)
    found = copied((RIDE[0][part] + days * DAY_S + 0.5, RIDE[1][part] + jitter + (east_m, 0.0)), RIDE)
    assert found is not None
    assert found.shift_s == pytest.approx(days * DAY_S + 0.5, abs=2)
    assert found.moved_m == pytest.approx(abs(east_m), abs=3)


def test_a_way_back_made_of_the_way_out_is_a_copy() -> None:
    found = copied((RIDE[0][0] + RIDE[0][-1] - RIDE[0][::-1] + DAY_S, RIDE[1][::-1]), RIDE)
    assert found is not None and found.backwards and found.share == 1.0


def test_half_of_one_ride_and_half_of_another_is_a_copy_of_both() -> None:
    other = ridden(2, {600.0: 35.0, 1500.0: 20.0, 2700.0: 30.0, 3900.0: 45.0})
    half, rest = len(RIDE[0]) // 2, len(other[0]) // 2
    pasted = (
        np.concatenate((RIDE[0][:half], other[0][rest:] - other[0][rest] + RIDE[0][half])) + DAY_S,
        np.concatenate((RIDE[1][:half], other[1][rest:])),
    )
    for one in (RIDE, other):
        found = copied(pasted, one)
        assert found is not None and 0.3 < found.share < 0.7


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_ride_on_the_same_streets_is_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    halts = {at_m + float(rng.uniform(-80, 80)): float(rng.uniform(5, 60)) for at_m in HALTS}
    later: Trace = ridden(seed, halts, float(rng.uniform(7, 11)))
    assert copied((later[0] + DAY_S, later[1]), RIDE) is None


def test_a_second_phone_on_the_same_vehicle_is_none() -> None:
    t_s, xy = ridden(2)
    assert copied((t_s + 20.0, xy), RIDE) is None


def test_the_same_recording_at_the_same_time_is_for_others_to_tell() -> None:
    assert copied(RIDE, RIDE) is None


@given(st.integers(0, 3), st.integers(4, 7))
def test_runs_agree_alike_whichever_is_asked_first(one: int, other: int) -> None:
    a, b = signed(ridden(one)), signed(ridden(other))
    assert len(np.intersect1d(beside(a.keys), b.keys)) > 0
    assert np.isin(a.keys, beside(b.keys)).any() == np.isin(b.keys, beside(a.keys)).any()


def test_a_standing_run_has_no_shingles_and_is_like_nothing() -> None:
    still = signed((np.arange(100.0), np.zeros((100, 2))))
    assert len(still.keys) == 0
    assert alignment(still, signed(RIDE), P) is None and alignment(signed(RIDE), still, P) is None


def test_a_short_run_needs_fewer_votes_and_a_long_one_a_share() -> None:
    assert [least_votes(count, P) for count in (4, 12, 30, 200)] == [1.0, 3.0, 3.0, 20.0]


def test_a_clock_that_leaps_by_years_does_not_fill_the_memory() -> None:
    t_s = RIDE[0] + np.where(np.arange(len(RIDE[0])) > 300, 4e8, 0.0)
    assert len(signed((t_s, RIDE[1])).keys) < len(signed(RIDE).keys) + 1
