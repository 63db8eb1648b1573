"""How full vehicles are along a way. Stops are passed every 100 s and left 10 s later, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.clock import BANDS, WHOLE_DAY
from mapping_service.fuse.loads import Aboard, aboard, loads
from mapping_service.fuse.passages import Passage
from mapping_service.load_records import Load
from mapping_service.records import Report
from tests.sketch import P, bare_ride, press

NAN = float("nan")
MORNING, MIDDAY = BANDS[2], BANDS[4]
FOUR_STOPS = (0.0, 100.0, 200.0, 300.0)


def word(occupancy: str, t_s: float | None, **over: Any) -> Report:
    """Somebody says how full the vehicle is."""
    return replace(press("occupancy", (0, 0), t_s), occupancy=occupancy, **over)


def count(t_s: float, **people: Any) -> Report:
    """Somebody counts who gets on and off."""
    return replace(press("boarding", (0, 0), t_s), details=people)


def told(*reports: Report, arrive_s: Sequence[float] = FOUR_STOPS) -> Aboard | None:
    """What a ride that passed stops at some moments tells."""
    passed = np.array(arrive_s)
    return aboard(Passage(passed, passed + 10.0), bare_ride(*reports, person="ama"), MORNING, P)


def seats(*reports: Report, arrive_s: Sequence[float] = FOUR_STOPS) -> list[float]:
    found = told(*reports, arrive_s=arrive_s)
    assert found is not None
    return list(found.seats.tolist())


def people(what: str, *reports: Report, arrive_s: Sequence[float] = FOUR_STOPS) -> list[float]:
    found = told(*reports, arrive_s=arrive_s)
    assert found is not None
    return list(getattr(found, what).tolist())


def said(
    full: Mapping[int, float] | None = None, on: Mapping[int, float] | None = None, *, band: tuple[int, int] = MORNING,
    person: str | None = "ama", weight: float = 1.0,
) -> Aboard:
    """What one ride told of four stops: shares of seats, and people who got on."""
    seats, boarded, alighted = (np.array([(row or {}).get(k, NAN) for k in range(4)]) for row in (full, on, None))
    return Aboard(seats, boarded, alighted, band, person, weight)


def at(found: Sequence[Load], stop: int, band: tuple[int, int] = WHOLE_DAY) -> Load:
    return next(one for one in found if (one.stop_sequence, one.band_start_s, one.band_end_s) == (stop, *band))


def test_a_word_holds_from_the_stop_that_was_passed_last_to_the_next() -> None:
    assert seats(word("half", 105), word("full", 250)) == pytest.approx([NAN, 0.5, 1.0, NAN], nan_ok=True)


def test_a_word_said_while_the_vehicle_slows_down_is_of_the_stop_ahead() -> None:
    assert seats(word("half", 100 - P.press_early_s)) == pytest.approx([NAN, 0.5, NAN, NAN], nan_ok=True)
    assert seats(word("half", 99 - P.press_early_s)) == pytest.approx([0.5, NAN, NAN, NAN], nan_ok=True)


def test_a_ride_has_one_voice_for_a_stop() -> None:
    assert seats(word("half", 110), word("full", 120))[1] == pytest.approx(0.75)


def test_words_at_the_terminal_before_leaving_count_and_those_after_arriving_do_not() -> None:
    assert seats(word("full", -240), word("empty", 310)) == pytest.approx([1.0, NAN, NAN, NAN], nan_ok=True)


def test_on_a_ride_that_began_midway_a_word_before_its_first_stop_is_of_the_stop_behind() -> None:
    found = seats(word("full", 150), arrive_s=(NAN, NAN, 200.0, 300.0))
    assert found == pytest.approx([NAN, 1.0, NAN, NAN], nan_ok=True)


def test_what_was_taken_back_or_has_no_time_says_nothing() -> None:
    assert told(word("half", 105, cancelled=True), word("half", None)) is None
    assert told(press("stop", (0, 0), 105)) is None
    assert told(word("half", 105), arrive_s=(NAN,) * 4) is None


def test_a_word_may_come_with_a_count() -> None:
    found = told(replace(count(105, boarded=3), occupancy="crowded"))
    assert found is not None and found.seats[1] == P.seats_crowded and found.boarded[1] == 3


def test_people_are_counted_at_the_stop_nearest_in_time() -> None:
    found = people("boarded", count(50, boarded=2), count(170, boarded=1), count(215, boarded=4))
    assert found == pytest.approx([2, 0, 5, NAN], nan_ok=True)


def test_a_stop_between_two_counts_saw_nobody_but_one_that_was_not_passed_says_nothing() -> None:
    found = people("alighted", count(0, alighted=0), count(300, alighted=7), arrive_s=(0.0, 100.0, NAN, 300.0))
    assert found == pytest.approx([0, 0, NAN, 7], nan_ok=True)


def test_who_counts_only_those_who_board_says_nothing_of_those_who_alight() -> None:
    found = told(count(105, boarded=3))
    assert found is not None and not np.isfinite(found.alighted).any()


@pytest.mark.parametrize("number", [-1, 301, "3", None, True, [3]])
def test_what_is_no_number_of_people_is_left_out(number: Any) -> None:
    assert told(count(105, boarded=number)) is None


def test_a_ride_that_does_not_count_has_no_voice() -> None:
    passed = np.array(FOUR_STOPS)
    doubted = replace(bare_ride(word("half", 105)), weight=0.0)
    assert aboard(Passage(passed, passed), doubted, MORNING, P) is None


def test_the_mean_is_that_of_the_rides_by_band_and_over_the_day() -> None:
    rides = [said({1: 0.5}), said({1: 1.0}, person="kofi"), said({1: 0.1, 2: 0.5}, band=MIDDAY, person=None)]
    (found,) = loads([rides], P)
    assert at(found, 1, MORNING).seats == pytest.approx(0.75)
    assert (at(found, 1, MORNING).seats_runs, at(found, 1, MORNING).people) == (2, 2)
    assert at(found, 1).seats == pytest.approx(1.6 / 3, abs=1e-3)
    assert (at(found, 1).seats_runs, at(found, 1).people) == (3, 2)
    assert (at(found, 2, MIDDAY).seats, at(found, 2, MIDDAY).people) == (0.5, None)
    assert sorted({one.stop_sequence for one in found}) == [1, 2]


def test_where_nobody_counted_there_is_no_number_of_people() -> None:
    (found,) = loads([[said({1: 0.5}), said(on={2: 3})]], P)
    assert (at(found, 1).boarded, at(found, 1).counted_runs) == (None, 0)
    assert (at(found, 2).seats, at(found, 2).seats_runs, at(found, 2).boarded) == (None, 0, 3)
    assert at(found, 2).alighted is None


def test_a_doubtful_ride_counts_less() -> None:
    (found,) = loads([[said({1: 1.0}), said({1: 0.5}, weight=0.25)]], P)
    assert at(found, 1).seats == pytest.approx(0.9)


def test_more_rides_make_the_interval_narrower() -> None:
    few, many = (at(loads([[said({1: 0.5}, {1: 4})] * n], P)[0], 1) for n in (1, 16))
    for what in ("seats", "boarded"):
        width = [getattr(one, f"{what}_high") - getattr(one, f"{what}_low") for one in (few, many)]
        assert width[1] < width[0] / 2


def test_nobody_seen_is_not_nobody_ever() -> None:
    (found,) = loads([[said(on={1: 0})]], P)
    assert at(found, 1).boarded == 0 and at(found, 1).boarded_low == 0
    high = at(found, 1).boarded_high
    assert high is not None and high > 0.5


def test_a_city_whose_rides_differ_much_has_wider_intervals() -> None:
    calm, wild = ([[said({k: value}) for k in range(4) for value in pair]] for pair in ((0.5, 0.5), (0.1, 1.25)))
    one = said({1: 0.5})
    width = [at(loads([*city, [one]], P)[1], 1) for city in (calm * 6, wild * 6)]
    widths = [(load.seats_high or 0) - (load.seats_low or 0) for load in width]
    assert widths[0] < widths[1]


def test_a_way_of_which_nobody_spoke_has_no_loads() -> None:
    assert loads([[], [said({0: 1.0})]], P)[0] == ()
    assert loads([], P) == []


TOLD = st.builds(
    said,
    st.dictionaries(st.integers(0, 3), st.sampled_from([0.1, 0.5, 1.0, 1.25])),
    st.dictionaries(st.integers(0, 3), st.integers(0, 40).map(float)),
    band=st.sampled_from(BANDS), person=st.sampled_from(["ama", "kofi", None]),
    weight=st.sampled_from([0.2, 1.0]),
)


@given(st.lists(TOLD, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rides_does_not_matter_and_means_lie_in_their_intervals(rides: list[Aboard], random: Any) -> None:
    rides = [one for one in rides if np.isfinite([one.seats, one.boarded]).any()]
    other = random.sample(rides, len(rides))
    (found,), (again,) = loads([rides], P), loads([other], P)
    assert found == again
    for one in found:
        assert one.seats_runs + one.counted_runs > 0
        if one.seats is not None and one.seats_low is not None and one.seats_high is not None:
            assert 0 <= one.seats_low <= one.seats <= one.seats_high <= P.seats_crowded
        if one.boarded is not None and one.boarded_low is not None and one.boarded_high is not None:
            assert 0 <= one.boarded_low <= one.boarded <= one.boarded_high
