"""What waits and counts say of how often vehicles leave."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.clock import BANDS
from mapping_service.fuse.rates import Count, Evidence, Heard, Wait, evidence, habits, irregularity
from tests.sketch import P

MORNING, NOON = BANDS[2], BANDS[4]


def counted(vehicles: int, minutes: float) -> Evidence:
    return evidence(Heard(0, (), [Count(vehicles, 60 * minutes, MORNING)]), MORNING, 1.0, P)


def test_vehicles_counted_in_an_hour_give_the_headway_less_what_few_of_them_make_too_long() -> None:
    assert counted(12, 60).gap_s(0.0) == pytest.approx(300.0)
    assert counted(12, 60).gap_s(1.0) == pytest.approx(3600 / 13)


def test_nothing_seen_says_nothing_and_no_vehicle_in_an_hour_says_rarely() -> None:
    assert Evidence().gap_s(1.0) is None
    rarely = counted(0, 60).gap_s(1.0)
    assert rarely is not None and rarely > 1800


def test_waits_are_gaps_of_which_three_count_as_a_vehicle() -> None:
    told = evidence(Heard(0, [Wait(600, MORNING, "a"), Wait(1200, MORNING, "b")]), None, 1.0, P)
    assert told.gap_s(1.0) == pytest.approx(900.0)
    assert (told.reports, sorted(told.people)) == (2, ["a", "b"])
    assert told.vehicles == pytest.approx(2 * P.wait_vehicles)


def test_evidence_of_one_band_leaves_the_others_out() -> None:
    heard = Heard(0, [Wait(600, MORNING), Wait(1200, NOON)])
    assert evidence(heard, NOON, 1.0, P).gap_s(1.0) == pytest.approx(1200.0)


def test_the_range_holds_the_gap_and_narrows_with_what_is_seen_and_with_regular_vehicles() -> None:
    few, many = counted(5, 50), counted(50, 500)
    for one in (few, many):
        low, high = one.range_s(1.0)
        assert low < (one.gap_s(1.0) or 0) < high
    assert np.divide(*few.range_s(1.0)) < np.divide(*many.range_s(1.0)) < np.divide(*many.range_s(0.3))


def test_a_parent_counts_its_strength_at_most_and_a_poor_parent_less() -> None:
    rich, poor = counted(1000, 10000), counted(2, 20)
    assert rich.as_parent(4.0).vehicles == pytest.approx(4.0, rel=0.01)
    assert poor.as_parent(4.0).vehicles == pytest.approx(2 * 4 / 6)
    assert poor.as_parent(4.0, 2.0).gap_s(0.0) == pytest.approx(2 * (poor.gap_s(0.0) or 0))


def test_how_little_a_parent_counts_changes_its_weight_and_not_its_headway() -> None:
    many = counted(100, 1000)
    for strength in (0.1, 4.0, 1000.0):
        assert many.as_parent(strength).gap_s(1.0) == pytest.approx(600.0, rel=0.02)


def test_what_is_taken_away_leaves_the_rest() -> None:
    assert (counted(12, 60) + counted(3, 60) - counted(12, 60)).gap_s(0.0) == pytest.approx(1200.0)


def test_equal_gaps_are_regular_and_without_reports_vehicles_come_by_chance() -> None:
    assert irregularity([], 1.0, P) == 1.0
    even = [Heard(i, [Wait(600, MORNING)] * 40) for i in range(4)]
    assert irregularity(even, 1.0, P) < 0.1
    wild = [Heard(0, [Wait(60, MORNING), Wait(3600, MORNING)] * 20)]
    assert irregularity(wild, 1.0, P) > 0.8


def test_counts_that_agree_better_than_chance_tell_a_regular_service() -> None:
    windows = [Heard(i, (), [Count(6, 3600, MORNING)] * 6) for i in range(20)]
    assert irregularity(windows, 1.0, P) < 0.3


def test_routes_that_differ_keep_to_themselves_and_routes_alike_lean_on_each_other() -> None:
    apart = [Heard(i, [Wait(s, MORNING)] * 4 + [Wait(s * 1.1, MORNING)]) for i, s in enumerate((120, 600, 3600))]
    alike = [Heard(i, [Wait(300, MORNING), Wait(900, MORNING)]) for i in range(6)]
    assert habits(apart, P).strengths[0] < 1 < habits(alike, P).strengths[0]


def test_a_band_in_which_the_whole_city_runs_oftener_has_a_profile_of_its_own() -> None:
    city = [Heard(i, (), [Count(12, 3600, MORNING), Count(6, 3600, NOON)]) for i in range(30)]
    profile = habits(city, P).profile
    assert profile[MORNING] < 0.85 < 1.2 < profile[NOON]
    assert profile[BANDS[0]] == 1.0
