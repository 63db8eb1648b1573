"""Where a run went as keys. All lines are drawn in metres on one sheet."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.geo import resample
from mapping_service.group.trail import around, headings, places_of, squares, trail_of
from tests.sketch import P, places, way

TOWN = places(
    """
              D
              |
    A----B----C----E
    """,
    200.0,
)


def test_headings_are_counter_clockwise_from_east() -> None:
    assert np.degrees(headings(resample(way(TOWN, "CE"), 20.0))[3]) == pytest.approx(0.0)
    assert np.degrees(headings(resample(way(TOWN, "CD"), 20.0))[3]) == pytest.approx(90.0)
    assert abs(np.degrees(headings(resample(way(TOWN, "EC"), 20.0))[3])) == pytest.approx(180.0)


def test_the_keys_of_a_run_ascend_and_their_weights_add_up_to_its_length() -> None:
    made = trail_of(way(TOWN, "ACD"), P)
    assert (np.diff(made.keys) > 0).all()
    assert made.length_dm == pytest.approx(24000, rel=0.01)


def test_a_cell_is_a_place_with_its_octant_and_the_nine_around_it_are_near() -> None:
    (there,), (octant,) = places_of(trail_of(np.array([[15.0, 15.0], [16.0, 15.0]]), P).keys)
    (up,), (again,) = places_of(trail_of(np.array([[15.0, 15.0 + P.cell_m], [16.0, 15.0 + P.cell_m]]), P).keys)
    (back,), (opposite,) = places_of(trail_of(np.array([[16.0, 15.0], [15.0, 15.0]]), P).keys)
    assert (up, back) == (there + 1, there)
    assert (again, opposite) == (octant, octant + 4)
    near = around(np.array([there]))
    assert len(np.unique(near)) == near.size == 9
    assert {there, up} < set(near[0].tolist())


def test_out_and_back_pass_the_same_squares() -> None:
    there, back = (trail_of(way(TOWN, letters), P) for letters in ("AED", "DEA"))
    assert squares(there).tolist() == squares(back).tolist()
