"""What a timetable says of a route without one: ranges as people speak, hours, the stops worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.store.published import Headway, Pattern, PatternStop, RideTime, StageFare
from mapping_service.web.language import Words
from mapping_service.web.timeline import timed_stops
from mapping_service.web.timetable import (
    Every,
    directions,
    every,
    hours,
    main_stops,
    say_every,
    say_fare,
    say_spans,
    summary,
)

DAY = date(2024, 3, 4)
EARLY, MORNING, MIDDAY, EVENING = (18000, 21600), (21600, 32400), (32400, 54000), (64800, 75600)


def headway(band: tuple[int, int], minutes: tuple[float, float], method: str = "observed") -> Headway:
    low_s, high_s = (60.0 * one for one in minutes)
    return Headway(*band, (low_s + high_s) / 2, low_s, high_s, 4, 2, 0.5, method)


def stops(names: Sequence[str | None], halted: Sequence[int] = ()) -> list[PatternStop]:
    """Stops 100 m and a minute apart; each run of ten halts at the ends, ``halted`` of them between."""
    runs = [10, *(halted or [5] * (len(names) - 2)), 10]
    return [
        PatternStop(k, f"S{k}", name, 0.0, 0.0, 100.0 * k, runs[k], 10, 0.7, 60.0 if k else None)
        for k, name in enumerate(names)
    ]


def pattern(**over: Any) -> Pattern:
    values: dict[str, Any] = {
        "pattern_id": "P1", "direction_id": 0, "headsign": "Airport", "length_m": 900.0, "spread_m": None, "runs": 2,
        "people": 2, "first_seen": DAY, "last_seen": DAY, "day_types": ["weekday"], "confidence": 0.8, "signs": {},
        "reason_code": None, "reason": {}, "geometry": {}, "source": None, "source_date": None,
        "stops": stops("AB"), "ride_times": [], "headways": [], "hail_stretches": [], "stop_candidates": [],
    }
    return Pattern(**{**values, **over})


@pytest.mark.parametrize(
    ("low_s", "high_s", "said"),
    [
        (492, 744, (8, 12)),
        (590, 610, (10, 10)),
        (5, 20, (1, 1)),
        (1170, 2220, (20, 35)),
        (1500, 3480, (25, 60)),
        (2700, 6300, (45, 105)),
        (90, 60, (1, 2)),
    ],
)
def test_a_range_is_told_as_people_speak(low_s: float, high_s: float, said: tuple[int, int]) -> None:
    assert every(low_s, high_s) == Every(*said)


@given(st.floats(1, 30000), st.floats(1, 30000))
def test_what_is_told_is_never_nought_and_never_far_from_what_is_known(one_s: float, other_s: float) -> None:
    low_s, high_s = sorted((one_s, other_s))
    told = every(low_s, high_s)
    assert 1 <= told.low_min <= told.high_min
    for minutes, seconds in ((told.low_min, low_s), (told.high_min, high_s)):
        assert abs(minutes - seconds / 60) <= max(1.0, 0.125 * seconds / 60)


def test_neighbouring_hours_that_read_the_same_are_one_row() -> None:
    found = hours(pattern(headways=[
        headway(EARLY, (8, 12)), headway(MORNING, (8.1, 12.2)), headway(MIDDAY, (8, 12), "city_waits"),
        headway(EVENING, (8, 12), "city_waits"),
    ]))
    assert [(one.start_s, one.end_s, one.estimated) for one in found] == [
        (EARLY[0], MORNING[1], False), (*MIDDAY, True), (*EVENING, True),  # nobody knows of the hours between these
    ]


def test_what_a_feed_of_others_says_is_no_estimate_of_ours() -> None:
    (one,) = hours(pattern(headways=[headway(MORNING, (8, 12), "imported")]))
    assert one.imported and not one.estimated


def test_a_row_tells_the_ride_of_its_hours_or_else_that_of_the_day() -> None:
    rides = [RideTime(0, 86400, 1500.0, 2, 2), RideTime(*MORNING, 2400.0, 2, 2)]
    found = hours(pattern(ride_times=rides, headways=[headway(MORNING, (8, 12)), headway(MIDDAY, (8, 12))]))
    assert [one.ride_s for one in found] == [2400.0, 1500.0]


def test_a_route_comes_as_often_as_it_does_on_average_not_as_its_gaps_do() -> None:
    # 180 min with 18 vehicles and 360 min with 18: one in 15 minutes, where the mean of the gaps would be 16.7.
    found = summary([pattern(headways=[headway(MORNING, (10, 10)), headway(MIDDAY, (20, 20))])])
    assert found.every == Every(15, 15)
    assert (found.spans, found.estimated) == ([(MORNING[0], MIDDAY[1])], 0.0)


def test_hours_that_nobody_knows_stay_a_gap_and_estimates_their_share() -> None:
    there = pattern(headways=[headway(MORNING, (8, 12)), headway(EVENING, (8, 12), "seen")])
    back = pattern(direction_id=1, headways=[headway(EARLY, (8, 12))])
    found = summary([there, back])
    assert found.spans == [(EARLY[0], MORNING[1]), EVENING]
    assert found.estimated == pytest.approx(3 / 7)


def test_a_way_beside_the_main_one_does_not_make_a_route_come_more_seldom() -> None:
    often, seldom = pattern(headways=[headway(MORNING, (8, 12))]), pattern(headways=[headway(MORNING, (60, 90))])
    assert summary([often, seldom]).every == Every(8, 12)
    assert summary([pattern(), seldom]).every == Every(60, 90)
    assert summary([pattern()]).every is None


def test_a_direction_tells_its_main_way_and_names_the_others() -> None:
    found = directions([pattern(), pattern(pattern_id="P2"), pattern(pattern_id="P3", direction_id=1)])
    assert [(one.pattern.pattern_id, [other.pattern_id for other in one.others]) for one in found] == [
        ("P1", ["P2"]), ("P3", []),
    ]


def test_of_many_stops_those_are_told_that_are_named_and_used_in_every_part_of_the_way() -> None:
    served = stops(["A", "b", None, "c", "d", "A", "e", "Z"], [1, 9, 2, 3, 9, 1])
    told = main_stops(timed_stops(pattern(stops=served)), most=4)
    assert [one.stop.name for one in told] == ["A", "c", "d", "Z"]
    assert [one.elapsed_s for one in told] == [0.0, 180.0, 240.0, 420.0]


def test_the_ends_are_told_even_without_a_name() -> None:
    assert [one.stop.stop_id for one in main_stops(timed_stops(pattern(stops=stops([None, None, None]))))] == [
        "S0", "S2",
    ]


def test_it_is_written_as_each_language_does() -> None:
    t = Words("en")
    assert say_every(t, Every(8, 12)) == "every 8–12 min" and say_every(t, Every(5, 5)) == "every 5 min"
    assert say_every(Words("sw"), Every(8, 12)) == "kila dak 8–12"
    assert say_spans(t, [(19800, 75600)]) == "05:30–21:00"
    steps = [StageFare(0.0, 100.0, 100.0, 150.0, "XOF", 3, 2), StageFare(2000.0, 200.0, 200.0, 200.0, "XOF", 3, 2)]
    assert say_fare(Words("fr"), "150 F", steps) == "100\u00a0F\u202fCFA–200\u00a0F\u202fCFA"
    assert say_fare(Words("fr"), "150 F", []) == "150 F"
