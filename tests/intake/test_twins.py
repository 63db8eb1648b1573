"""Two phones on one vehicle, or two vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest

from mapping_service.intake.twins import same_ride
from mapping_service.records import Floats
from tests.sketch import P, drive, noisy, places, way

STREET = way(places("A" + 39 * "-" + "B"), "AB")
Trace = tuple[Floats, Floats]


def trace(
    *,
    later_s: float = 0.0,
    seed: int = 0,
    step: int = 1,
    aside_m: float = 0.0,
    back: bool = False,
    halts: Mapping[float, float] = MappingProxyType({1000.0: 30.0}),
) -> Trace:
    t_s, xy = drive(STREET[::-1] if back else STREET, halts=halts)
    return t_s[::step] + later_s, noisy(xy, seed, 3.0)[::step] + (0.0, aside_m)


def same(one: Trace, other: Trace) -> bool:
    """Return the answer, which must not depend on which of the two is named first."""
    forth, back = same_ride(*one, *other, P), same_ride(*other, *one, P)
    assert forth == back
    return forth


def test_one_recording_saved_twice_is_one_ride() -> None:
    assert same(trace(), trace())


@pytest.mark.parametrize("offset_s", [-85.0, -3.0, 3.0, 41.0])
def test_two_phones_whose_clocks_differ_are_one_ride(offset_s: float) -> None:
    assert same(trace(seed=1), trace(seed=2, later_s=offset_s))


def test_a_phone_that_records_every_five_seconds_is_still_the_same_ride() -> None:
    assert same(trace(seed=1), trace(seed=2, step=5))


def test_a_phone_that_was_switched_on_later_is_still_the_same_ride() -> None:
    t_s, xy = trace(seed=1)
    assert same((t_s[100:], xy[100:]), trace(seed=2))


def test_two_vehicles_that_follow_each_other_by_two_minutes_are_two() -> None:
    assert not same(trace(), trace(later_s=120.0))


def test_a_vehicle_that_follows_ten_seconds_behind_and_halts_elsewhere_is_another() -> None:
    ahead, behind = {400.0: 20.0, 1500.0: 45.0}, {800.0: 30.0, 2200.0: 25.0}
    assert not same(trace(halts=ahead), trace(halts=behind, later_s=10.0))


def test_two_vehicles_on_one_street_at_one_moment_in_opposite_directions_are_two() -> None:
    assert not same(trace(), trace(back=True))


def test_two_vehicles_side_by_side_on_parallel_streets_are_two() -> None:
    assert not same(trace(), trace(aside_m=80.0))


def test_rides_of_different_days_are_two() -> None:
    assert not same(trace(), trace(later_s=86400.0))


def test_a_vehicle_that_went_along_for_the_last_quarter_only_is_another() -> None:
    t_s, xy = trace()
    last, onward_s = slice(len(t_s) * 3 // 4, None), np.arange(1.0, 400.0)
    onward = xy[-1] + np.column_stack((np.zeros(399), 10.0 * onward_s))
    other = np.concatenate((t_s[last], t_s[-1] + onward_s)), np.concatenate((xy[last], onward))
    assert not same((t_s, xy), other)


def test_a_few_common_seconds_prove_nothing() -> None:
    t_s, xy = trace()
    assert not same((t_s, xy), (t_s[: P.min_fixes - 5], xy[: P.min_fixes - 5]))
