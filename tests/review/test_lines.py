"""A group of rides takes the id of the line that its riders name, or whose whole way it goes; else a person is asked.

The street runs 10 km east. ``bus`` goes all of it; a line that ``turns`` leaves it 1 km before the end::

    0 ────────────────────────────── 9 ── 10   bus
                                     └─ 1 km   turns
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.records import Floats
from mapping_service.review.lines import Called, Lines, Settled, settle
from tests.sketch import P

Point = tuple[float, float]


def line(*points: Point) -> Floats:
    return np.array(points, dtype=np.float64) * 1000


STREET = line((0, 0), (10, 0))
TURNS = line((0, 0), (9, 0), (9, 1))


def lines(*routes: tuple[str, Called, list[Floats]]) -> Lines:
    """Routes with their ways: the patterns of X are X.0, X.1 …"""
    ways = {f"{name}.{i}": way for name, _, some in routes for i, way in enumerate(some)}
    return Lines(ways, {key: key.split(".")[0] for key in ways}, {name: called for name, called, _ in routes})


def one(name: str, way: Floats, short: str | None = None, long: str | None = None, **said: int) -> Lines:
    return lines((name, Called(short, long, {key.replace("_", " "): n for key, n in said.items()}), [way]))


def both(*some: Lines) -> Lines:
    return Lines(*({key: value for one in some for key, value in getattr(one, field).items()}
                   for field in ("ways", "routes", "called")))


def settled(ours: Lines, theirs: Lines) -> Settled:
    return settle(ours, theirs, P)


def test_rides_that_nobody_named_are_the_line_whose_whole_way_they_go() -> None:
    found = settled(one("a", STREET), both(one("bus", STREET, "610"), one("turns", TURNS, "716")))
    assert (found.pairs, found.open) == ({"a": "bus"}, {})
    assert [fit[1:] for fit in found.fits] == [("a.0", "bus.0")] and found.heirs == {"bus.0": "a.0"}


def test_most_of_the_way_is_not_all_of_it() -> None:
    assert settled(one("a", STREET), one("turns", TURNS, "716")) == Settled({}, [], {}, {})


def test_a_line_that_only_shares_the_way_goes_on_beside_the_rides() -> None:
    theirs = both(one("bus", STREET, "610"), one("van", STREET, None, "Van: Harbour - Airport"))
    found = settled(one("a", STREET, "610"), theirs)
    assert (found.pairs, found.heirs) == ({"a": "bus"}, {"bus.0": "a.0"})


def test_the_number_that_riders_say_decides_between_two_lines_on_one_way() -> None:
    theirs = both(one("bus", STREET, "610"), one("other", STREET, "90"))
    assert settled(one("a", STREET, "90"), theirs).pairs == {"a": "other"}
    assert settled(one("a", STREET, "Ligne 90"), theirs).pairs == {}


def test_the_words_that_riders_say_decide_too() -> None:
    theirs = both(
        one("west", STREET, None, "Gbaka: Adjamé Liberté – Yopougon Palais"),
        one("east", STREET, None, "Gbaka: Adjamé Liberté – Niangon Terminus 27"),
    )
    assert settled(one("a", STREET, gbaka_adjame_liberte_palais=2), theirs).pairs == {"a": "west"}
    assert settled(one("a", STREET, gbaka_adjam_niangon=1), theirs).pairs == {"a": "east"}


@pytest.mark.parametrize("said", [{}, {"gbaka adjame": 1}])
def test_where_nothing_tells_two_lines_apart_a_person_is_asked(said: dict[str, int]) -> None:
    theirs = both(one("north", STREET, None, "Gbaka Adjamé nord"), one("south", STREET, None, "Gbaka Adjamé sud"))
    found = settled(lines(("a", Called(said=said), [STREET])), theirs)
    assert (found.pairs, found.heirs, found.open) == ({}, {}, {"a": ("north", "south")})


def test_rides_that_are_called_otherwise_are_shown_and_not_taken() -> None:
    found = settled(one("a", STREET, "17"), one("bus", STREET, "610"))
    assert (found.pairs, found.open) == ({}, {"a": ("bus",)})


def test_a_number_speaks_against_no_line_of_a_feed_without_numbers() -> None:
    assert settled(one("a", STREET, "17"), one("bus", STREET, None, "Harbour - Airport")).pairs == {"a": "bus"}


def test_a_line_that_riders_name_may_end_elsewhere_than_it_is_drawn() -> None:
    assert settled(one("a", STREET, "716"), one("turns", TURNS, "716")).pairs == {"a": "turns"}


def test_one_line_goes_to_one_group_and_its_ways_to_all_that_are_called_so() -> None:
    found = settled(both(one("a", STREET, "610"), one("b", STREET[::-1], "610")),
                    lines(("bus", Called("610"), [STREET, STREET[::-1]])))
    assert list(found.pairs.values()) == ["bus"] and found.open == {}
    assert [fit[1:] for fit in found.fits] == [("a.0", "bus.0"), ("b.0", "bus.1")]


def test_two_groups_of_which_either_may_be_the_line_are_shown() -> None:
    found = settled(both(one("a", STREET), one("b", STREET + [0, 30])), one("bus", STREET, "610"))
    assert (found.pairs, found.open) == ({}, {"a": ("bus",), "b": ("bus",)})


def test_who_runs_it_decides_where_nothing_else_does() -> None:
    brands = {name: frozenset({brand}) for name, brand in (("x", "Monbus"), ("y", "Wibus"))}
    theirs = lines(*((name, Called(None, "Harbour - Airport", {}, brand), [STREET]) for name, brand in brands.items()))
    ours = lines(("a", Called(brands=frozenset({"wibus"})), [STREET]))
    assert settled(ours, theirs).pairs == {"a": "y"}


def test_the_same_line_of_another_feed_is_covered_with_it() -> None:
    theirs = both(one("old", STREET, "610"), one("older", STREET + [0, 10], "610"), one("van", STREET, None, "Van"))
    found = settled(one("a", STREET, "610"), theirs)
    assert (found.pairs, found.heirs) == ({"a": "old"}, {"old.0": "a.0", "older.0": "a.0"})


@given(st.permutations(range(3)), st.permutations(range(4)))
def test_the_order_in_which_lines_come_changes_nothing(first: list[int], second: list[int]) -> None:
    ours = [one("a", STREET, "610"), one("b", STREET), one("c", TURNS, van_harbour_market=1)]
    theirs = [one("w", STREET, "610"), one("x", STREET, None, "Van Airport"),
              one("y", TURNS, None, "Van Harbour Market"), one("z", STREET[::-1], "610")]
    plain = settled(both(*ours), both(*theirs))
    assert settled(both(*(ours[i] for i in first)), both(*(theirs[i] for i in second))) == plain
    assert len(set(plain.pairs.values())) == len(plain.pairs)


def test_nothing_is_settled_where_one_side_has_no_line() -> None:
    assert settled(Lines({}, {}, {}), one("bus", STREET)) == settled(one("a", STREET), Lines({}, {}, {}))
