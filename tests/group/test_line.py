"""At which ends of runs a terminal is. Ends are drawn in metres on one sheet."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.group.line import at_terminals, line_of
from tests.sketch import P, places, way

TOWN = places("A--B--C", 1000.0)


def test_a_city_without_runs_has_no_terminals() -> None:
    assert at_terminals([], P) == []


def test_a_terminal_is_where_enough_runs_begin_or_end() -> None:
    assert P.terminal_ends == 3
    ends = [way(TOWN, "AB"), way(TOWN, "BC"), way(TOWN, "CB")]
    assert at_terminals(ends, P) == [(False, True), (True, False), (False, True)]


def test_ends_are_at_a_terminal_by_what_lies_around_them_alone() -> None:
    """A chain of ends, each within reach of the next only."""
    chain = [np.array([[k * 140.0, 0.0], [k * 140.0, 9000.0 * (k + 1)]]) for k in range(4)]
    assert [start for start, _ in at_terminals(chain, P)] == [False, True, True, False]


def test_a_line_knows_its_ends_and_its_length_and_is_whole_between_terminals() -> None:
    made = line_of(way(TOWN, "ABC"), (True, True))
    assert (made.start, made.end) == ((0.0, 0.0), (6000.0, 0.0))
    assert made.length_m == pytest.approx(6000.0)
    assert made.whole and not line_of(way(TOWN, "ABC"), (True, False)).whole


def test_ties_are_decided_by_the_positions() -> None:
    assert line_of(way(TOWN, "AB"), (True, True)).digest == line_of(way(TOWN, "AB"), (False, True)).digest
    assert line_of(way(TOWN, "AB"), (True, True)).digest != line_of(way(TOWN, "BA"), (True, True)).digest
