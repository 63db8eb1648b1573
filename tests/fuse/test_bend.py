"""Bending a line onto runs: drawn on one street that runs east and then turns north at C.

              D
              |
    A----B----C
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import LineString, Point

from mapping_service.fuse.bend import bent, calmed, headings, left_of, middle, steady, track
from mapping_service.fuse.shape import fuse_shape
from mapping_service.geo import along_m, resample
from mapping_service.records import Floats
from tests.sketch import P, places, way

TOWN = places(
    """
              D
              |
    A----B----C
    """,
)
STREET = resample(way(TOWN, "ACD"), P.shape_step_m)
CORNER = int(np.argmin(np.hypot(*(STREET - TOWN["C"]).T)))


def test_headings_are_unit_vectors_and_left_is_to_their_left() -> None:
    heading = headings(STREET, 2)
    assert np.hypot(*heading.T) == pytest.approx(np.ones(len(STREET)))
    assert heading[5] == pytest.approx([1, 0])
    assert left_of(heading)[5] == pytest.approx([0, 1])


def test_a_run_beside_a_straight_street_moves_it_sideways() -> None:
    move, beside = bent(resample(way(TOWN, "AC"), 10.0), track(way(TOWN, "AC") + (0.0, 12.0), P), P)
    assert beside.all()
    assert move[10:-10] == pytest.approx(np.tile([0.0, 12.0], (len(move) - 20, 1)), abs=0.1)


def test_runs_that_lie_off_both_ways_move_the_corner_both_ways() -> None:
    """The street before the corner tells north, the street after it east."""
    aside = way(TOWN, "ACD") + (15.0, 10.0)
    shape = fuse_shape(way(TOWN, "ACD"), [aside] * 3, P)
    assert LineString(shape).distance(Point(*(np.array(TOWN["C"]) + (15.0, 10.0)))) < 18 / 2 + 1


def test_a_run_says_nothing_where_it_did_not_run_or_crossed() -> None:
    ended = bent(STREET, track(way(TOWN, "AB"), P), P)[1]
    assert ended[:45].all() and not ended[55:].any()
    crossing = np.array([TOWN["B"], TOWN["B"]]) + [[0.0, -400.0], [0.0, 400.0]]
    assert not bent(STREET, track(crossing, P), P)[1].any()
    assert not bent(STREET, track(way(TOWN, "DCA"), P), P)[1].any()


def test_ends_in_one_terminal_are_one_place_and_ends_of_a_partial_ride_are_none() -> None:
    line = resample(way(TOWN, "AC"), 10.0)
    near, _ = bent(line, track(np.array([[40.0, 0.0], TOWN["C"]]), P), P)
    far, _ = bent(line, track(np.array([[400.0, 0.0], TOWN["C"]]), P), P)
    assert near[0] == pytest.approx([40, 0], abs=10)
    assert far[0] == pytest.approx([0, 0], abs=0.1)


def moves(*norths: float) -> Floats:
    """Return the moves of runs that lie so far north of a line of 60 points, all along."""
    return np.array([np.tile([0.0, north], (60, 1)) for north in norths])


def test_the_middle_of_two_is_between_them_and_three_outvote_one_far_off() -> None:
    everywhere = np.ones((4, 60), dtype=bool)
    assert middle(moves(0, 10), everywhere[:2], P).move[:, 1] == pytest.approx(np.full(60, 5.0))
    assert middle(moves(0, 1, 2, 45), everywhere, P).move[:, 1] == pytest.approx(np.full(60, 1.0), abs=0.1)


def test_the_error_of_a_run_grows_with_what_the_runs_show() -> None:
    everywhere = np.ones((4, 60), dtype=bool)
    alike, apart = (middle(moves(*at), everywhere, P).error_m[30] for at in ((0, 1, 0, 1), (-20, 20, -20, 20)))
    assert alike < P.run_error_m < apart


def test_where_no_run_spoke_the_line_moves_as_before_and_after() -> None:
    said = np.ones((2, 60), dtype=bool)
    said[:, 20:40] = False
    found = middle(moves(10, 10), said, P)
    assert found.move[:, 1] == pytest.approx(np.full(60, 10.0))
    assert found.runs[30] == 0
    assert middle(moves(10, 10), np.zeros((2, 60), dtype=bool), P).move == pytest.approx(np.zeros((60, 2)))


def test_steadying_takes_wiggles_out_and_leaves_corners_in() -> None:
    wiggly = STREET + np.column_stack((np.zeros(len(STREET)), 4 * np.sin(np.arange(len(STREET)))))
    found = steady(wiggly, np.full(len(STREET), 0.005), 0.5)
    assert along_m(found)[-1] < along_m(STREET)[-1] + 10 < along_m(wiggly)[-1] - 20
    assert np.hypot(*(found - STREET).T).max() < 8
    assert np.hypot(*(found[CORNER] - STREET[CORNER])) < 5


def test_steadying_leaves_a_line_alone_that_has_nothing_to_steady() -> None:
    straight = resample(way(TOWN, "AC"), 10.0)
    assert steady(straight, np.full(len(straight), 0.01), 0.5) == pytest.approx(straight, abs=1e-6)
    assert steady(straight[:2], np.ones(2), 0.5).tolist() == straight[:2].tolist()
    assert steady(np.zeros((5, 2)), np.ones(5), 0.5).tolist() == np.zeros((5, 2)).tolist()


def test_calming_can_be_switched_off_and_keeps_the_ends() -> None:
    assert calmed(STREET, 10.0, 0.0) == pytest.approx(STREET)
    assert calmed(STREET, 10.0, 30.0)[[0, -1]] == pytest.approx(STREET[[0, -1]])


def test_a_stiffer_field_changes_less_from_point_to_point() -> None:
    stepped = np.concatenate((way(TOWN, "AB"), way(TOWN, "BC") + (0.0, 20.0)))
    line = resample(way(TOWN, "AC"), 10.0)
    loose, stiff = (
        np.abs(np.diff(bent(line, track(stepped, P), replace(P, stiffness=k))[0][:, 1])).max() for k in (0.1, 10.0)
    )
    assert stiff < loose / 2
