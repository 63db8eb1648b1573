"""Lines on common streets: an avenue that runs east, and a street that crosses it at C.

              E
              |
    A----B----C----D
              |
              F
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mapping_service.fuse.common import on_common_streets
from mapping_service.geo import resample
from mapping_service.records import Floats
from tests.sketch import P, places, way

TOWN = places(
    """
              E
              |
    A----B----C----D
              |
              F
    """,
)


def aside(letters: str, north_m: float) -> Floats:
    """Return the line of a way, so far to the north of its street."""
    return resample(way(TOWN, letters) + (0.0, north_m), 10.0)


def north_at(shape: Floats, east_m: float) -> float:
    """Return how far north a line on the avenue lies, whichever way it goes."""
    line = resample(shape, 2.0) - (0.0, TOWN["A"][1])
    line = line[np.argsort(line[:, 0], kind="stable")]
    return float(np.interp(east_m, line[:, 0], line[:, 1]))


def settled(*lines: Floats, runs: tuple[int, ...] | None = None) -> list[float]:
    """Return how far north each line lies in the end, at 700 m."""
    found = on_common_streets(lines, runs or (1,) * len(lines), [False] * len(lines), P)
    return [north_at(shape, 700.0) for shape in found]


def test_lines_that_share_a_street_are_drawn_where_most_of_their_runs_are() -> None:
    assert settled(aside("AD", 0), aside("AD", 4), aside("AD", 5)) == pytest.approx([3, 3, 3], abs=0.5)
    assert settled(aside("AD", 0), aside("AD", 6), runs=(5, 1)) == pytest.approx([1, 1], abs=0.5)


def test_the_two_directions_of_one_roadway_are_drawn_in_its_middle() -> None:
    assert settled(aside("AD", -3), aside("DA", 3)) == pytest.approx([0, 0], abs=0.5)


def test_roadways_on_both_sides_of_a_median_strip_stay_apart() -> None:
    assert settled(aside("AD", -8), aside("DA", 8)) == pytest.approx([-8, 8], abs=0.5)


def test_it_does_not_matter_on_which_side_a_city_drives() -> None:
    assert settled(aside("AD", 3), aside("DA", -3)) == pytest.approx([0, 0], abs=0.5)


def test_a_line_in_the_next_street_is_left_alone() -> None:
    assert settled(aside("AD", 0), aside("AD", 25)) == pytest.approx([0, 25], abs=0.5)


def test_a_line_that_crosses_does_not_pull() -> None:
    crossed, crossing = on_common_streets([aside("AD", 0), aside("FE", 0)], [1, 5], [False] * 2, P)
    assert north_at(crossed, 1000.0) == pytest.approx(0, abs=0.1)
    assert crossing[:, 0] == pytest.approx(np.full(len(crossing), 1000.0), abs=0.1)


def test_a_line_that_leaves_the_street_comes_away_without_a_step() -> None:
    shape = on_common_streets([aside("AD", 0), aside("AB", 8)], [1, 3], [False] * 2, P)[0]
    norths = [north_at(shape, x) for x in range(0, 1500, 10)]
    assert norths[20] > 4 and norths[-20] == pytest.approx(0, abs=0.5)
    assert max(abs(a - b) for a, b in pairwise(norths)) < 2


def test_a_route_out_and_back_on_one_street_is_two_directions_of_it() -> None:
    """A lollipop: out on the avenue, round at its end, back on it."""
    out_and_back = np.concatenate((aside("AD", -3), aside("DA", 3)))
    shape = on_common_streets([out_and_back, aside("FE", 0)], [1, 1], [False] * 2, P)[0]
    out, back = (shape[: len(shape) // 2], shape[len(shape) // 2:])
    assert abs(north_at(out, 700.0)) < 1 and abs(north_at(back, 700.0)) < 1


def test_the_order_of_the_lines_does_not_matter() -> None:
    lines = [aside("AD", north) for north in (0.1, 2.3, 4.7)] + [aside("DA", 5.9)]
    forward = on_common_streets(lines, [1, 2, 3, 4], [False] * 4, P)
    backward = on_common_streets(lines[::-1], [4, 3, 2, 1], [False] * 4, P)[::-1]
    assert [line.tolist() for line in forward] == [line.tolist() for line in backward]


def test_a_line_laid_on_a_street_of_the_map_stays_and_draws_the_others() -> None:
    on_map, average = aside("AD", 0), aside("AD", 6)
    stays, moved = on_common_streets([on_map, average], [1, 1], [True, False], P)
    assert stays is on_map
    assert north_at(moved, 700.0) == pytest.approx(3.5, abs=1)


def test_one_line_alone_stays_as_it_is() -> None:
    line = aside("AD", 0)
    assert on_common_streets([line], [3], [False], P)[0] is line
    assert on_common_streets([], [], [], P) == []
