"""Where a run went as keys. All lines are drawn in metres on one sheet; streets are numbered in pairs of directions."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.geo import resample
from mapping_service.group.trail import around, headings, places_of, squares, trail_of
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


def test_a_cell_is_a_place_with_its_octant_and_the_nine_around_it_are_near() -> None:
    (there,), (octant,) = places_of(trail_of(np.array([[15.0, 15.0], [16.0, 15.0]]), None, P).keys)
    (up,), (again,) = places_of(trail_of(np.array([[15.0, 15.0 + P.cell_m], [16.0, 15.0 + P.cell_m]]), None, P).keys)
    (back,), (opposite,) = places_of(trail_of(np.array([[16.0, 15.0], [15.0, 15.0]]), None, P).keys)
    assert (up, back) == (there + 1, there)
    assert (again, opposite) == (octant, octant + 4)
    near = around(np.array([there]))
    assert len(np.unique(near)) == near.size == 9
    assert {there, up} < set(near[0].tolist())


def test_an_edge_is_a_street_with_a_direction_and_near_that_street_alone() -> None:
    made = trail_of(way(TOWN, "AC"), matched((4, 0.0, 80.0), (5, 0.0, 80.0), (7, 0.0, 250.0)), P)
    street, direction = places_of(made.keys)
    assert (street.tolist(), direction.tolist()) == ([-4, -3, -3], [1, 1, 0])
    assert around(street).tolist() == [[one] * 9 for one in street]


def test_out_and_back_pass_the_same_squares() -> None:
    there, back = (trail_of(way(TOWN, letters), None, P) for letters in ("AED", "DEA"))
    assert squares(there).tolist() == squares(back).tolist()
    on, against = (trail_of(way(TOWN, "AE"), matched((edge, 0.0, 9.0)), P) for edge in (4, 5))
    assert squares(on).tolist() == squares(against).tolist()
