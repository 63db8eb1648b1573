"""Where a run went as keys. All lines are drawn in metres on one sheet; streets are numbered in pairs of directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.geo import resample
from mapping_service.group.trail import backward, headings, reach, squares, trail_of
from mapping_service.records import Floats, Match
from tests.sketch import P, places, way

TOWN = places(
    """
              D
              |
    A----B----C----E
    """,
    200.0,
)


def matched(*stretches: tuple[int, float, float], off_road: tuple[Floats, ...] = ()) -> Match:
    """Return a match of (edge, from_m, to_m)."""
    edge, from_m, to_m = zip(*stretches, strict=True)
    return Match(np.array(edge), np.array(from_m, dtype=float), np.array(to_m, dtype=float), off_road, 1.0)


def test_headings_are_counter_clockwise_from_east() -> None:
    assert np.degrees(headings(resample(way(TOWN, "CE"), 20.0))[3]) == pytest.approx(0.0)
    assert np.degrees(headings(resample(way(TOWN, "CD"), 20.0))[3]) == pytest.approx(90.0)
    assert abs(np.degrees(headings(resample(way(TOWN, "EC"), 20.0))[3])) == pytest.approx(180.0)


def test_the_keys_of_a_run_ascend_and_their_weights_add_up_to_its_length() -> None:
    made = trail_of(way(TOWN, "ACD"), None, P)
    assert (np.diff(made.keys) > 0).all()
    assert made.length_dm == pytest.approx(24000, rel=0.01)


def test_a_run_on_streets_is_the_directed_edges_it_took_with_the_metres_ridden() -> None:
    made = trail_of(way(TOWN, "AC"), matched((4, 30.0, 100.0), (7, 0.0, 250.5), (4, 0.0, 10.0)), P)
    assert dict(zip((-1 - made.keys).tolist(), made.weight_dm.tolist(), strict=True)) == {4: 800, 7: 2505}


def test_what_was_ridden_off_the_streets_is_cells() -> None:
    made = trail_of(way(TOWN, "AD"), matched((4, 0.0, 100.0), (-1, 0.0, 400.0), off_road=(way(TOWN, "CD"),)), P)
    alone = trail_of(way(TOWN, "CD"), None, P)
    assert made.keys[made.keys >= 0].tolist() == alone.keys.tolist()
    assert made.length_dm == 1000 + alone.length_dm


def test_ridden_backwards_an_edge_is_its_twin() -> None:
    made = backward(trail_of(way(TOWN, "AC"), matched((4, 0.0, 80.0), (7, 0.0, 250.0)), P))
    assert dict(zip((-1 - made.keys).tolist(), made.weight_dm.tolist(), strict=True)) == {5: 800, 6: 2500}


def test_ridden_backwards_a_cell_is_itself_with_the_opposite_heading() -> None:
    there = trail_of(way(TOWN, "AC"), None, P)
    assert (backward(there).keys - there.keys).tolist() == [4] * len(there.keys)


def test_a_cell_reaches_its_27_neighbours_and_an_edge_itself() -> None:
    keys, of = reach(trail_of(way(TOWN, "AC"), matched((4, 0.0, 80.0)), P))
    assert (keys.tolist(), of.tolist()) == ([-5], [0])
    made = trail_of(np.array([[15.0, 15.0], [16.0, 15.0]]), None, P)
    assert len(made.keys) == 1 and len(reach(made)[0]) == 27


def test_out_and_back_pass_the_same_squares() -> None:
    there, back = (trail_of(way(TOWN, letters), None, P) for letters in ("AED", "DEA"))
    assert squares(there).tolist() == squares(back).tolist()
    on, against = (trail_of(way(TOWN, "AE"), matched((edge, 0.0, 9.0)), P) for edge in (4, 5))
    assert squares(on).tolist() == squares(against).tolist()


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), min_size=2, max_size=6, unique=True))
def test_turning_any_run_round_twice_gives_the_run(corners: list[tuple[int, int]]) -> None:
    made = trail_of(np.array(corners) * 100.0 + 9000.0, None, P)
    twice = backward(backward(made))
    assert (twice.keys.tolist(), twice.weight_dm.tolist()) == (made.keys.tolist(), made.weight_dm.tolist())
