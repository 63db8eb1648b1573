from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs_export import PublishedNetwork
from gtfs_export.records import Evidence, Pattern
from gtfs_export.tables.shapes import measure
from gtfs_export.timetable import increasing
from tests.factories import VALID_FROM, at
from tests.gtfs_export.readers import feed_rows


def drawn(*shape: tuple[float, float]) -> Pattern:
    seen = Evidence(1, None, VALID_FROM, VALID_FROM, 0.5)
    return Pattern("P1", "R1", 0, None, shape, 1.0, None, ("weekday",), (), (), seen)


def test_a_shape_is_measured_in_metres_from_its_start(network: PublishedNetwork) -> None:
    points = [row for row in feed_rows(network, "shapes.txt") if row["shape_id"] == "P3"]
    # One square is 1112.9 m from west to east here and 1105.8 m from south to north.
    along_m = [float(point["shape_dist_traveled"]) for point in points]
    assert along_m == pytest.approx([0, 1105.8, 2218.7, 3324.4, 4430.2], abs=0.2)
    assert (points[0]["shape_pt_lon"], points[0]["shape_pt_lat"]) == ("36.820000", "-1.310000")


def test_points_too_close_to_the_one_before_are_left_out_but_both_ends_stay() -> None:
    # a ab ........ b c, with ab and b within a metre of their neighbours
    shape = measure(drawn(at(0, 0), at(0.0005, 0), at(1, 0), at(2 - 0.0005, 0), at(2, 0)))
    assert shape.lonlat.tolist() == [list(at(0, 0)), list(at(1, 0)), list(at(2, 0))]


def test_a_shape_of_two_close_points_keeps_both() -> None:
    assert len(measure(drawn(at(0, 0), at(0.0005, 0))).lonlat) == 2


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=2, max_size=30))
def test_distances_grow_from_point_to_point_on_any_line(squares: list[tuple[float, float]]) -> None:
    shape = measure(drawn(*(at(column, row) for column, row in squares), at(5, 5)))
    assert np.all(np.diff(shape.dist_m) > 0)
    assert shape.dist_m[0] == 0
    assert shape.lonlat[-1].tolist() == list(at(5, 5))


@given(st.lists(st.integers(-100, 100)), st.integers(1, 5))
def test_increasing_raises_no_more_than_it_must(values: list[int], step: int) -> None:
    raised = increasing(values, step)
    assert all(after - before >= step for before, after in zip(raised, raised[1:], strict=False))
    assert all(new >= old for old, new in zip(values, raised, strict=True))
    assert increasing(raised, step) == raised
