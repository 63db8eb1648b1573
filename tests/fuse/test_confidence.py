"""How far to trust an element, and from what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.confidence import chance, confidence, evidence, features, served, stop_chance
from mapping_service.fuse.signs import Company, signs
from mapping_service.fuse.stops import LineStop
from mapping_service.records import Evidence, Floats, Ride
from tests.sketch import MONDAY_7H, ORIGIN, P, bare_ride, drive, places, press, ride, way

TOWN = places(
    """
    A---------B---------C
              |
              D
    """
)


def driven(letters: str, number: int = 1, *said: str, person: str | None = None, line: str | None = None) -> Ride:
    """A ride from letter to letter; what is said at its start and at its end."""
    corners = way(TOWN, letters)
    t_s, xy = drive(corners, start_s=MONDAY_7H + 3600 * number)
    at = {"departure": (corners[0], t_s[0]), "arrival": (corners[-1], t_s[-1])}
    return ride(number, t_s, xy, reports=[press(kind, *at[kind]) for kind in said], person=person, line=line)


def signs_of(*rides: Ride, shape: Floats | None = None, company: Company = Company(0, 0, 0)) -> Mapping[str, float]:
    return signs(rides[0].xy if shape is None else shape, rides, [one.xy for one in rides], company, P)


def test_evidence_counts_runs_people_and_the_days_between() -> None:
    rides = [bare_ride(person=person, start_s=start_s) for person, start_s in (("a", 30.0), ("b", 10.0), ("a", 20.0))]
    assert evidence(rides) == Evidence(3, 2, 10.0, 30.0)


def test_people_are_unknown_where_nobody_was_named() -> None:
    assert evidence([bare_ride()]).people is None


def test_a_lone_ride_has_the_signs_of_itself() -> None:
    found = signs_of(driven("AC", 1, "departure", "arrival"))
    assert (found["runs"], found["people"], found["departed"], found["arrived"]) == (1, 0, 1, 1)
    assert found["km"] == pytest.approx(2, abs=0.05)
    assert [found[name] for name in ("off", "missed", "unseen", "start_m", "elsewhere", "labels")] == [0] * 6


def test_what_riders_did_not_say_is_not_said() -> None:
    found = signs_of(driven("AC", 1, "departure"), driven("AC", 2, "arrival"), driven("AC", 3))
    assert found["told"] == pytest.approx(2 / 3, abs=1e-3)  # of one nobody said anything
    assert (found["departed"], found["arrived"]) == (0.5, 0.5)


def test_a_ride_that_turned_off_lies_off_the_way_and_misses_a_part_of_it() -> None:
    found = signs_of(driven("AC", 1), driven("AB", 2), shape=way(TOWN, "AC") + ORIGIN)
    assert found["off"] == 0
    assert found["missed"] == pytest.approx(0.24, abs=0.02)  # half of one of the two
    assert found["end_m"] == pytest.approx(500, abs=20)
    turned = signs_of(driven("AC", 1), driven("ABD", 2), shape=way(TOWN, "AC") + ORIGIN)
    assert 0.04 < turned["off"] < 0.1


def test_a_hole_in_all_rides_is_a_guess() -> None:
    whole = driven("AC", 1)
    holed = np.concatenate((whole.xy[:50], whole.xy[120:]))
    found = signs(whole.xy, [whole], [holed], Company(0, 0, 0), P)
    assert found["unseen"] == pytest.approx(0.25, abs=0.02)


def test_labels_count_as_apart_where_they_are_not_the_commonest() -> None:
    rides = [driven("AC", n, line=line) for n, line in enumerate(("7", "7", "9", "7"), start=1)]
    assert signs_of(*rides)["labels"] == 0.25


CLEAR = {"runs": 4, "people": 3, "km": 8.0, "unseen": 0.0, "off": 0.01, "missed": 0.02, "start_m": 30.0, "end_m": 30.0,
         "told": 1.0, "departed": 1.0, "arrived": 1.0, "elsewhere": 0.0, "partial": 0, "maybe": 0, "labels": 0.0}
WORSE = {"runs": 1, "people": 1, "unseen": 0.2, "off": 0.2, "missed": 0.2, "start_m": 900.0, "end_m": 900.0,
         "told": 0.0, "departed": 0.0, "arrived": 0.0, "elsewhere": 0.5, "partial": 3, "maybe": 2, "labels": 0.5,
         "km": 2.0}


@pytest.mark.parametrize("name", sorted(WORSE))
def test_what_speaks_against_a_pattern_never_raises_its_chance(name: str) -> None:
    assert chance({**CLEAR, name: WORSE[name]}) <= chance(CLEAR)


def test_four_clear_rides_are_trusted_and_a_lone_short_one_without_a_word_is_not() -> None:
    assert chance(CLEAR) > 0.9
    lone = {**CLEAR, "runs": 1, "people": 1, "departed": 0.0, "arrived": 0.0, "km": 2.0}
    assert chance(lone) < 0.5


SHARE = st.floats(0, 1)


@given(
    runs=st.integers(1, 500), people=st.integers(0, 50), km=st.floats(0, 300), unseen=SHARE, off=SHARE, missed=SHARE,
    start_m=st.floats(0, 1e5), end_m=st.floats(0, 1e5), told=SHARE, departed=SHARE, arrived=SHARE, elsewhere=SHARE,
    partial=st.integers(0, 99), maybe=st.integers(0, 99), labels=SHARE,
)
def test_any_signs_have_a_chance_that_is_neither_0_nor_1(**found: float) -> None:
    assert 0.01 <= chance(found) <= 0.99
    assert all(np.isfinite(value) for value in features(found).values())


def test_agreement_of_halting_rides_halves_the_doubt() -> None:
    assert [confidence(Evidence(n, None, 0.0, 0.0), 1.0) for n in (1, 2, 3)] == [0.5, 0.75, 0.875]
    assert confidence(Evidence(2, 1, 0.0, 0.0), 0.5) == pytest.approx(confidence(Evidence(2, 1, 0.0, 0.0), 1.0) / 2)


def test_the_chance_to_be_served_is_never_certain() -> None:
    assert served(0, 0) == 0.5
    assert 0 < served(0, 10) < served(5, 10) == 0.5 < served(10, 10) < 1


def line_stop(likely: float, called: int, past: int, method: str = "dwell") -> LineStop:
    """A stop at which the first rides of those that came by called."""
    at = tuple(range(past))
    return LineStop(500.0, np.zeros(2), 0.0, method, at[:called], at, (), likely)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_what_speaks_for_a_stop_never_lowers_its_confidence(
    likely: float, other: float, called: int, more: int, without: int
) -> None:
    past = called + more + without
    low, high = sorted((likely, other))
    plain = stop_chance([line_stop(low, called, past)])
    assert 0.01 <= plain <= 0.99
    assert stop_chance([line_stop(high, called, past)]) >= plain
    assert stop_chance([line_stop(low, called, past, "reported")]) >= plain
    assert stop_chance([line_stop(low, called + more, past)]) >= plain
    assert stop_chance([line_stop(low, called, past + without)]) <= plain


def test_a_stop_that_nobody_spoke_of_is_less_sure_than_one_that_was_reported() -> None:
    assert stop_chance([line_stop(0.9, 3, 4)]) < stop_chance([line_stop(0.9, 3, 4, "reported")])


def test_the_best_of_many_patterns_is_worth_no_more_than_one_that_says_the_same() -> None:
    one = line_stop(0.9, 3, 4)
    assert stop_chance([one, line_stop(0.5, 2, 4)]) <= stop_chance([one])
