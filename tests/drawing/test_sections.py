"""Sections, and who lies to the left of whom: nobody crosses who need not.

    0 ═══════╤═══════ 0         route 0 goes on, route 1 turns off below (y is down)
             └─────── 1
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mapping_service.drawing.merging import merge
from mapping_service.drawing.sections import Network, Section, network

Places = Sequence[tuple[float, float]]


def made(*ways: Places) -> Network:
    return network(merge([np.array(one, dtype=np.float64) for one in ways], 1.0), range(len(ways)))


def shared(found: Network, *routes: int) -> Section:
    """The section of just these routes, as seen from left to right on the sheet."""
    (number,) = (k for k, one in enumerate(found.sections) if sorted(one.routes) == sorted(routes))
    one, line = found.sections[number], found.lines[number]
    return one if line[0, 0] < line[-1, 0] else Section(one.nodes[::-1], one.routes[::-1])


STRAIGHT = [(0, 20), (60, 20)]
DOWN, UP = [(0, 20), (30, 20), (30, 40), (60, 40)], [(0, 20), (30, 20), (30, 0), (60, 0)]


def test_ways_are_cut_where_routes_part() -> None:
    found = made(STRAIGHT, DOWN)
    assert sorted(tuple(sorted(one.routes)) for one in found.sections) == [(0,), (0, 1), (1,)]
    assert {route: len(turns) for route, turns in found.turns.items()} == {0: 1, 1: 1}


def test_whoever_turns_off_to_the_left_lies_to_the_left() -> None:
    assert list(shared(made(STRAIGHT, DOWN), 0, 1).routes) == [0, 1]
    assert list(shared(made(STRAIGHT, UP), 0, 1).routes) == [1, 0]
    assert list(shared(made(DOWN, STRAIGHT, UP), 0, 1, 2).routes) == [2, 1, 0]


def test_what_lies_behind_counts_as_what_lies_ahead() -> None:
    def mirrored(places: Places) -> list[tuple[float, float]]:
        return [(60 - x, y) for x, y in places]

    assert list(shared(made(mirrored(STRAIGHT), mirrored(DOWN)), 0, 1).routes) == [0, 1]
    assert list(shared(made(mirrored(STRAIGHT), mirrored(UP)), 0, 1).routes) == [1, 0]


def test_two_routes_keep_their_sides_where_a_third_leaves_them() -> None:
    # Routes 0 and 1 run together to the end; route 2 leaves them half way.
    found = made(STRAIGHT, STRAIGHT, DOWN)
    before, after = list(shared(found, 0, 1, 2).routes), list(shared(found, 0, 1).routes)
    assert [route for route in before if route != 2] == after and before[-1] == 2


def test_a_ring_is_a_section_too() -> None:
    found = made([(0, 0), (20, 0), (20, 20), (0, 20), (0, 0)])
    assert {route for one in found.sections for route in one.routes} == {0}
    assert sum(len(one.nodes) - 1 for one in found.sections) >= 70


def test_nothing_depends_on_which_way_a_way_is_ridden() -> None:
    one, other = made(STRAIGHT, DOWN), made(STRAIGHT[::-1], DOWN[::-1])
    assert list(shared(one, 0, 1).routes) == list(shared(other, 0, 1).routes)
