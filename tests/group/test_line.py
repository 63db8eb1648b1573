"""What grouping sees of a run: its ends, and whether others agree on them. Ends are drawn in metres on one sheet."""

from __future__ import annotations

import pytest

from mapping_service.group.line import Line, agree, apart_m, line_of
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


def test_two_runs_agree_where_both_begin_and_both_end_at_one_place() -> None:
    assert agree([line("AC"), line("AC", HOUR_S, 100.0)], P)
    assert not agree([line("AC"), line("AC", HOUR_S, 200.0)], P)
    assert not agree([line("AC"), line("AB", HOUR_S)], P)


def test_two_phones_on_one_vehicle_are_not_two_who_agree() -> None:
    assert not agree([line("AC"), line("AC", 60.0)], P)


def test_one_run_agrees_with_nobody() -> None:
    assert not agree([line("AC")], P)
