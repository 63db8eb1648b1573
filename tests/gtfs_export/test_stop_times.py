"""A pattern of three stops, A → B → C, drawn as numbers: 300 s to B, then 240 s to C of which it stands 60 s at B."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs_export.stop_times import (
    RunningTimes,
    TimedPattern,
    Times,
    Trip,
    Untimed,
    Way,
    clock,
    lines,
    timed,
    too_fast,
)

SIX, NINE, DAY = 21600, 32400, (0, 86400)
MORNING = (SIX, NINE)
TRIP = Trip("T", *MORNING, start_s=SIX, departures=1, headway_s=600)
WAY = Way(np.array([1, 2]), np.array([1.0, 1.0]), np.array([False, True]))

# Section, band, seconds and of these standing.
Known = tuple[int, tuple[int, int], float, float]


def running(*known: Known) -> RunningTimes:
    sections, bands, seconds, standing_s = zip(*known) if known else ((), (), (), ())
    starts_s, ends_s = zip(*bands) if known else ((), ())
    return RunningTimes(
        np.array(sections, int), np.array(starts_s, int), np.array(ends_s, int), np.array(seconds, float),
        np.array(standing_s, float),
    )


def after_start(times: Times) -> tuple[list[int], list[int]]:
    return (times.arrival_s[0] - SIX).tolist(), (times.departure_s[0] - SIX).tolist()


def test_a_trip_leaves_when_its_window_begins_and_stands_where_the_time_of_the_next_section_says() -> None:
    times = timed([TRIP], WAY, running((1, DAY, 300, 20), (2, DAY, 240, 60)))
    # What vehicles stand at their first stop is before they leave it.
    assert after_start(times) == ([0, 280, 520], [0, 340, 520])


def test_each_section_takes_what_it_takes_in_the_narrowest_band_around_the_trip() -> None:
    wider, later = (SIX, NINE + 1), (NINE, 36000)
    known = running((1, DAY, 300, 0), (2, DAY, 240, 0), (1, MORNING, 400, 0), (1, wider, 9, 0), (2, later, 1, 0))
    times = timed([TRIP], WAY, known)
    assert after_start(times)[0] == [0, 400, 640]
    assert times.entry.tolist() == [[2, 1]] and times.own.tolist() == [[True, False]]


def test_trips_of_one_pattern_take_each_their_own_times() -> None:
    noon = Trip("T2", NINE, 36000, NINE, 1, 600)
    known = running((1, MORNING, 300, 0), (2, MORNING, 240, 0), (1, (NINE, 36000), 100, 0), (2, (NINE, 36000), 50, 0))
    times = timed([TRIP, noon], WAY, known)
    assert times.arrival_s.tolist() == [[SIX, SIX + 300, SIX + 540], [NINE, NINE + 100, NINE + 150]]


def test_a_virtual_stop_is_reached_after_its_share_of_the_section_and_nobody_stands_there() -> None:
    # A, B, and between B and C a virtual stop at a quarter of the way.
    way = Way(np.array([1, 2, 2]), np.array([1.0, 0.25, 0.75]), np.array([False, True, False]))
    times = timed([TRIP], way, running((1, DAY, 300, 0), (2, DAY, 240, 60)))
    assert after_start(times) == ([0, 300, 300 + 60 + 45, 540], [0, 360, 405, 540])


def test_parts_of_seconds_are_carried_on() -> None:
    way = Way(np.full(4, 1), np.full(4, 1.0), np.full(4, False))
    times = timed([TRIP], way, running((1, DAY, 60.4, 0)))
    assert after_start(times)[0] == [0, 60, 121, 181, 242]


@pytest.mark.parametrize("known", [
    (), ((1, DAY, 300.0, 0.0),), ((1, DAY, 300.0, 0.0), (2, (SIX + 1, 86400), 240.0, 0.0)),
], ids=["nothing", "one section", "a band that begins too late"])
def test_a_section_without_a_time_is_told_with_its_trip(known: Sequence[Known]) -> None:
    with pytest.raises(Untimed) as missing:
        timed([TRIP], WAY, running(*known))
    assert missing.value.args == (TRIP, 2 if known else 1)


SECONDS = st.floats(0.01, 5000)


@given(st.lists(st.tuples(SECONDS, st.floats(0, 1), st.floats(0.01, 1), st.booleans()), min_size=1, max_size=30))
def test_no_vehicle_is_in_two_places_at_once(steps: list[tuple[float, float, float, bool]]) -> None:
    seconds, standing, share, stands = zip(*steps)
    way = Way(np.arange(len(steps)), np.array(share), np.array(stands))
    known = running(*((i, DAY, seconds[i], seconds[i] * standing[i]) for i in range(len(steps))))
    times = timed([TRIP], way, known)
    assert (times.departure_s >= times.arrival_s).all()
    assert (times.arrival_s[:, 1:] > times.departure_s[:, :-1]).all()


def pattern(trips: Sequence[Trip], dists_m: Sequence[float] = (0, 1000, 2000)) -> TimedPattern:
    times = timed(trips, WAY, running((1, DAY, 300, 0), (2, DAY, 240, 60)))
    return TimedPattern(1, "P", ("A", "B", "C"), dists_m, (",A,1\n", ",B,2\n", ",C,3\n"), trips, times)


def test_the_lines_of_a_trip_are_its_stops_in_order() -> None:
    assert "".join(lines(pattern([TRIP]))) == (
        "T,06:00:00,06:00:00,A,1\nT,06:05:00,06:06:00,B,2\nT,06:09:00,06:09:00,C,3\n"
    )


def test_departures_of_an_expanded_trip_go_in_the_order_of_their_ids() -> None:
    eleven = Trip("T,1", *MORNING, start_s=SIX, departures=11, headway_s=600)
    written = "".join(lines(pattern([eleven]), expanded=True)).splitlines()
    assert [line.rsplit(",", 4)[0] for line in written[::3]] == [
        f'"T,1-{n}"' for n in (1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9)
    ]
    assert written[3] == '"T,1-10",07:30:00,07:30:00,A,1'


def test_only_sections_faster_than_any_bus_are_told() -> None:
    assert too_fast(pattern([TRIP])) == []
    (notice,) = too_fast(pattern([TRIP], (0, 1000, 10000)))  # 9 km in three minutes
    assert (notice.code, notice.details) == (
        "too_fast", {"pattern_id": "P", "from_stop_id": "B", "to_stop_id": "C", "speed_kmh": 180},
    )


@pytest.mark.parametrize(("seconds", "written"), [(0, "00:00:00"), (96600, "26:50:00"), (360000, "100:00:00")])
def test_a_clock_runs_on_after_midnight(seconds: int, written: str) -> None:
    assert clock(seconds) == written
