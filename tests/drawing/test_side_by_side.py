"""Lines side by side: as far apart as they are wide, joined where a route goes on."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.drawing.merging import merge
from mapping_service.drawing.sections import network
from mapping_service.drawing.side_by_side import LINE_MM, MOST_MM, Strokes, spacing_mm, strokes

Places = list[tuple[float, float]]
STRAIGHT: Places = [(0, 20), (60, 20)]
DOWN: Places = [(0, 20), (30, 20), (30, 40), (60, 40)]


def drawn(*ways: Places) -> Strokes:
    merged = merge([np.array(one, dtype=np.float64) for one in ways], 1.0)
    return strokes(network(merged, range(len(ways))))


def test_two_routes_on_a_straight_street_are_two_lines_around_its_middle() -> None:
    found = drawn(STRAIGHT, STRAIGHT)
    first, second = (piece.line for piece in found.pieces if piece.among == 2)
    assert np.allclose(np.abs(first[:, 1] - 20), LINE_MM / 2) and np.allclose(np.abs(second[:, 1] - 20), LINE_MM / 2)
    assert np.sign(first[0, 1] - 20) != np.sign(second[0, 1] - 20)
    assert [width for _, width in found.beds] == [2 * LINE_MM]


def test_the_left_one_is_drawn_on_the_left() -> None:
    found = drawn(STRAIGHT, DOWN)
    heights = {piece.route: piece.line[:, 1].mean() for piece in found.pieces if piece.among == 2}
    assert heights[0] < 20 < heights[1]  # route 1 turns off below


@pytest.mark.parametrize("routes", [1, 5, 8, 9, 30])
def test_many_lines_together_are_thinner_and_no_street_is_too_wide(routes: int) -> None:
    assert spacing_mm(routes) * routes <= MOST_MM + 1e-9
    assert spacing_mm(routes) == min(LINE_MM, MOST_MM / routes)


GRID = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=6, unique=True)


@settings(deadline=None, max_examples=40)
@given(st.lists(GRID, min_size=1, max_size=5))
def test_every_route_is_one_line_without_a_break(ways: list[list[tuple[int, int]]]) -> None:
    found = drawn(*([(10.0 * x, 10.0 * y) for x, y in way] for way in ways))
    for route in range(len(ways)):
        pieces = [shapely.linestrings(piece.line) for piece in found.pieces if piece.route == route]
        assert shapely.buffer(shapely.union_all(pieces), 0.05).geom_type == "Polygon"
