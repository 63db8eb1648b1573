"""What grouping sees of a run: its ends, and how many agree on them. Ends are drawn in metres on one sheet."""

from __future__ import annotations

import pytest

from mapping_service.group.line import Line, agreeing, apart_m, line_of
from tests.group.rides import ridden
from tests.sketch import P, places, way

TOWN = places("A--B--C", 1000.0)
HOUR_S = 3600.0


def line(letters: str, at_s: float = 0.0, shift_m: float = 0.0) -> Line:
    """Return a ride of half an hour."""
    return line_of(ridden(way(TOWN, letters) + shift_m, at_s))


def test_a_line_knows_its_ends_its_length_and_its_time() -> None:
    made = line("ABC", 50.0)
    assert (made.start, made.end, made.start_s, made.end_s) == ((0.0, 0.0), (6000.0, 0.0), 50.0, 50.0 + HOUR_S / 2)
    assert made.length_m == pytest.approx(6000.0)


def test_ties_are_decided_by_the_positions() -> None:
    assert line("AB").digest == line("AB", HOUR_S).digest != line("BA").digest


def test_lines_are_as_far_apart_as_the_ends_that_are_farther() -> None:
    there, back, on = line("AB"), line("BA"), line("AC")
    assert apart_m([there, there, on], [there, back, there]).tolist() == [0, 3000, 3000]


def test_runs_agree_where_they_begin_at_one_place_and_end_at_one_place() -> None:
    assert agreeing([line("AC"), line("AC", HOUR_S, 100.0)], P) == 2
    assert agreeing([line("AC"), line("AC", HOUR_S, 200.0)], P) == 1
    assert agreeing([line("AC"), line("AB", HOUR_S)], P) == 1


def test_of_runs_that_agree_on_several_places_the_most_count() -> None:
    ways = ("AC", "AB", "AC", "AB", "AC", "BC")
    assert agreeing([line(letters, HOUR_S * k) for k, letters in enumerate(ways)], P) == 3


def test_two_phones_on_one_vehicle_are_not_two_who_agree() -> None:
    assert agreeing([line("AC"), line("AC", 60.0)], P) == 1
    assert agreeing([line("AC"), line("AC", 60.0), line("AC", HOUR_S)], P) == 3


def test_one_run_agrees_with_nobody() -> None:
    assert agreeing([line("AC")], P) == 1
