from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.factories import Place, at, line
from tests.gtfs_export.readers import Town

Published = tuple[Place, float]


def published(connection: Connection, *places: Place) -> list[Published]:
    """The points of a line as shapes.txt has them: (lon, lat) and metres from the start."""
    found = connection.execute(text("SELECT lon, lat, dist_m FROM gtfs_shape(CAST(:line AS geometry))"),
                               {"line": line(places)})
    return [((float(one.lon), float(one.lat)), float(one.dist_m)) for one in found]


def test_a_shape_is_measured_in_metres_from_its_start(town: Town) -> None:
    points = [row for row in town.feed()["shapes.txt"] if row["shape_id"] == "P3"]
    # One square is 1112.9 m from west to east here and 1105.8 m from south to north.
    along_m = [float(point["shape_dist_traveled"]) for point in points]
    assert along_m == pytest.approx([0, 1105.8, 2218.7, 3324.4, 4430.2], abs=0.2)
    assert (points[0]["shape_pt_lon"], points[0]["shape_pt_lat"]) == ("36.820000", "-1.310000")
    assert [point["shape_pt_sequence"] for point in points] == ["0", "1", "2", "3", "4"]


def test_points_too_close_to_the_one_before_are_left_out_but_both_ends_stay(connection: Connection) -> None:
    # a ab ........ b c, with ab and b within a metre of their neighbours
    shape = published(connection, at(0, 0), at(0.0005, 0), at(1, 0), at(2 - 0.0005, 0), at(2, 0))
    assert [place for place, _ in shape] == [at(0, 0), at(1, 0), at(2, 0)]


def test_a_point_of_a_shape_is_rounded_as_a_stop_is(connection: Connection) -> None:
    line = "SRID=4326;LINESTRING(36.8000025 -1.2000015, 36.81 -1.21)"
    values = {"line": line}
    shape = "SELECT lon::text || ' ' || lat::text FROM gtfs_shape(CAST(:line AS geometry)) WHERE shape_pt_sequence = 0"
    stop = ("SELECT round(ST_X(p)::numeric, 6) || ' ' || round(ST_Y(p)::numeric, 6)"
            " FROM ST_StartPoint(CAST(:line AS geometry)) AS p")
    found = [connection.execute(text(sql), values).scalar_one() for sql in (shape, stop)]
    assert found == ["36.800003 -1.200002"] * 2


def test_a_shape_of_two_close_points_keeps_both(connection: Connection) -> None:
    assert len(published(connection, at(0, 0), at(0.0005, 0))) == 2


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=2, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_distances_grow_from_point_to_point_on_any_line(
    connection: Connection, squares: list[tuple[float, float]]
) -> None:
    shape = published(connection, *(at(column, row) for column, row in squares), at(5, 5))
    along_m = [dist_m for _, dist_m in shape]
    assert along_m[0] == 0
    assert all(after > before for before, after in pairwise(along_m))
    assert shape[-1][0] == at(5, 5)
