"""How long vehicles take from stop to stop, and what that rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.fuse.clock import BANDS, WHOLE_DAY, Band
from mapping_service.fuse.paces import Ridden
from mapping_service.fuse.passages import Passage
from mapping_service.fuse.times import running_times
from mapping_service.records import RunningTime
from tests.sketch import P

MORNING, LATE, NOON = BANDS[2], BANDS[3], BANDS[4]
NEVER = np.nan


def passed(*arrive_s: float, standing_s: float = 0.0) -> Passage:
    """Return a ride that was at the stops at these seconds and stood at each for a while."""
    return Passage(np.array(arrive_s), np.array(arrive_s) + standing_s)


def ridden(stop_dist_m: list[float], *rides: Passage, bands: list[Band] | None = None, person: str = "kofi") -> Ridden:
    count = len(rides)
    return Ridden(np.array(stop_dist_m), rides, bands or [MORNING] * count, [person] * count, [1.0] * count)


def day(times: tuple[RunningTime, ...]) -> list[RunningTime]:
    return [one for one in times if (one.band_start_s, one.band_end_s) == WHOLE_DAY]


def in_band(times: tuple[RunningTime, ...], band: Band) -> list[RunningTime]:
    return [one for one in times if (one.band_start_s, one.band_end_s) == band]


def test_where_all_rides_agree_the_times_are_theirs() -> None:
    (times,) = running_times([ridden([0.0, 600.0, 900.0], passed(0, 60, 90), passed(0, 60, 90))], P)
    assert [(t.stop_sequence, t.seconds, t.runs, t.people, t.method) for t in in_band(times, MORNING)] == [
        (1, 60.0, 2, 1, "band"), (2, 30.0, 2, 1, "band")
    ]
    assert [t.seconds for t in day(times)] == [60.0, 30.0]
    assert all(t.low_s == t.seconds == t.high_s for t in times)


def test_one_ride_is_drawn_towards_what_is_usual_and_many_are_not() -> None:
    usual = [passed(0, 100, 200)] * 6
    odd = ridden([0.0, 1000.0, 2000.0], passed(0, 60, 160))
    alone, others = running_times([odd, ridden([0.0, 1000.0, 2000.0], *usual)], P)
    assert 60 < in_band(alone, MORNING)[0].seconds < 100
    often, _ = running_times([ridden([0.0, 1000.0, 2000.0], *[passed(0, 60, 160)] * 9), ridden([0.0, 1.0], *[])], P)
    assert in_band(often, MORNING)[0].seconds == pytest.approx(60, abs=3)
    assert in_band(others, MORNING)[0].seconds == pytest.approx(100, abs=5)


def test_a_section_nobody_timed_is_an_estimate_from_the_pace_of_its_way() -> None:
    (times,) = running_times([ridden([0.0, 600.0, 900.0], passed(0, 60, NEVER))], P)
    first, second = day(times)
    assert (first.runs, first.method) == (1, "band")
    assert (second.seconds, second.runs, second.people, second.method) == (30.0, 0, None, "pace")


def test_a_way_nobody_timed_takes_the_pace_of_the_city_and_a_city_nobody_timed_an_assumed_one() -> None:
    known, unknown = ridden([0.0, 600.0], passed(0, 60)), ridden([0.0, 900.0], passed(NEVER, NEVER))
    (_, times) = running_times([known, unknown], P)
    assert [(t.seconds, t.method) for t in day(times)] == [(90.0, "city_pace")]
    (times,) = running_times([unknown], P)
    assert [(t.seconds, t.method) for t in day(times)] == [(900 / P.unknown_speed_mps, "assumed")]


def test_every_band_from_the_first_ride_to_the_last_has_times_and_those_without_rides_say_so() -> None:
    (times,) = running_times([ridden([0.0, 600.0], passed(0, 60), passed(0, 60), bands=[MORNING, NOON])], P)
    assert [(t.band_start_s // 3600, t.runs, t.method) for t in times[1:]] == [
        (7, 1, "band"), (9, 0, "other_bands"), (12, 1, "band")
    ]


def test_a_jam_that_the_whole_city_feels_slows_a_way_that_nobody_rode_at_that_hour() -> None:
    stops = [0.0, 1000.0, 2000.0, 3000.0]
    slow, fast = passed(0, 200, 400, 600), passed(0, 100, 200, 300)
    both = [ridden(stops, *[slow] * 3, *[fast] * 3, bands=[MORNING] * 3 + [NOON] * 3) for _ in range(6)]
    late = ridden(stops, fast, fast, passed(0, NEVER, NEVER, NEVER), bands=[NOON, NOON, MORNING])
    *_, times = running_times([*both, late], P)
    assert sum(t.seconds for t in in_band(times, MORNING)) > 1.3 * sum(t.seconds for t in in_band(times, NOON))
    assert {t.method for t in in_band(times, MORNING)} == {"other_bands"}


def test_a_vehicle_that_broke_down_hardly_moves_the_time() -> None:
    usual, broken = passed(0, 100, 200), passed(0, 3600, 3700)
    (times,) = running_times([ridden([0.0, 1000.0, 2000.0], *[usual] * 6, broken)], P)
    assert day(times)[0].seconds < 150


def test_a_person_who_counts_little_moves_the_time_little() -> None:
    way = ridden([0.0, 1000.0, 2000.0], *[passed(0, 100, 200)] * 3, *[passed(0, 160, 320)] * 3)
    light = replace(way, weights=[1.0] * 3 + [1 / 3] * 3)
    (even,), (uneven,) = running_times([way], P), running_times([light], P)
    assert day(uneven)[0].seconds < day(even)[0].seconds


def test_standing_belongs_to_the_stop_where_the_section_begins_and_is_part_of_the_time() -> None:
    (times,) = running_times([ridden([0.0, 1000.0, 2000.0], *[passed(0, 120, 260, standing_s=20.0)] * 4)], P)
    first, second = day(times)
    assert first.standing_s < second.standing_s <= 20.0
    assert second.standing_s <= second.seconds


def test_no_vehicle_is_faster_than_possible_or_stops_again_at_once() -> None:
    (times,) = running_times([ridden([0.0, 5000.0, 5040.0], passed(0, 20, 22))], P)
    far, near = day(times)
    assert far.seconds >= 5000 / P.max_mean_speed_mps
    assert near.seconds == P.min_step_s


def test_a_city_without_ways_has_no_times_and_a_way_with_one_stop_none() -> None:
    assert running_times([], P) == []
    assert running_times([ridden([0.0], passed(0))], P) == [()]


rides = st.lists(
    st.tuples(st.lists(st.floats(5, 900), min_size=3, max_size=3), st.sampled_from(BANDS)), min_size=1, max_size=8
)


def drawn_ways(some: list[tuple[list[float], Band]]) -> Ridden:
    passages = [passed(*np.cumsum([0.0, *steps])) for steps, _ in some]
    return ridden([0.0, 400.0, 900.0, 1700.0], *passages, bands=[band for _, band in some])


@settings(max_examples=60)
@given(rides)
def test_times_are_possible_and_lie_between_low_and_high(some: list[tuple[list[float], Band]]) -> None:
    (times,) = running_times([drawn_ways(some)], P)
    assert {t.stop_sequence for t in times} == {1, 2, 3}
    for t in times:
        assert P.min_step_s <= t.low_s <= t.seconds <= t.high_s
        assert 0 <= t.standing_s < t.seconds
        assert (t.runs > 0) == (t.method == "band")


@settings(max_examples=40)
@given(rides)
def test_the_order_of_the_rides_does_not_matter(some: list[tuple[list[float], Band]]) -> None:
    (one,), (other,) = (running_times([drawn_ways(rows)], P) for rows in (some, some[::-1]))
    assert [t.seconds for t in one] == pytest.approx([t.seconds for t in other], abs=0.11)
