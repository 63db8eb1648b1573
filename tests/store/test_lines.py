"""Lines go into PostGIS and come back as they were, to the last bit."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from geoalchemy2 import WKBElement
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.types import LargeBinary

from mapping_service.store.lines import line_columns, line_element, lines_columns, lines_element, point_element

BACK = text("SELECT ST_AsBinary(ST_GeomFromEWKB(:g), 'NDR') AS wkb, ST_SRID(ST_GeomFromEWKB(:g)) AS srid,"
            " GeometryType(ST_GeomFromEWKB(:g)) AS kind").bindparams(bindparam("g", type_=LargeBinary))
# PostGIS takes any finite double as an ordinate, and NaN as an unknown elevation or measure.
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


def through(connection: Connection, element: WKBElement) -> tuple[bytes, int, str]:
    """What PostGIS gives back for a geometry: ISO WKB, SRID, kind."""
    found = connection.execute(BACK, {"g": bytes(element.data)}).one()
    return bytes(found.wkb), found.srid, found.kind


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    dimensions=st.sampled_from([(False, False), (True, False), (False, True), (True, True)]),
    data=st.data(),
)
def test_a_line_comes_back_as_it_went(
    connection: Connection, dimensions: tuple[bool, bool], data: st.DataObject
) -> None:
    z, m = dimensions
    columns = data.draw(arrays(np.float64, st.tuples(st.integers(2, 9), st.just(2 + z + m)), elements=NUMBERS))
    wkb, srid, kind = through(connection, line_element(columns, z=z, m=m))
    assert (srid, kind) == (4326, "LINESTRINGM" if m and not z else "LINESTRING")
    assert line_columns(wkb).tobytes() == np.ascontiguousarray(columns, "<f8").tobytes()


def test_an_unknown_elevation_stays_unknown(connection: Connection) -> None:
    columns = np.array([[36.8, -1.3, np.nan, 1e9], [36.9, -1.3, 1700.0, 1e9 + 1]])
    back = line_columns(through(connection, line_element(columns, z=True, m=True))[0])
    assert np.isnan(back[0, 2]) and back[1, 2] == 1700.0


def test_columns_of_a_sliced_array_are_taken_in_their_own_order(connection: Connection) -> None:
    wide = np.arange(12.0).reshape(3, 4)
    wkb, _, _ = through(connection, line_element(wide[:, ::2]))
    assert line_columns(wkb).tolist() == [[0.0, 2.0], [4.0, 6.0], [8.0, 10.0]]


def test_a_point_stands_at_its_longitude_and_latitude(connection: Connection) -> None:
    wkb, srid, kind = through(connection, point_element(36.8, -1.3))
    assert (srid, kind) == (4326, "POINT")
    assert struct.unpack("<dd", wkb[-16:]) == (36.8, -1.3)


@pytest.mark.parametrize("wkb", [
    struct.pack("<BIdd", 1, 1, 36.8, -1.3),  # a point
    struct.pack(">BIIdddd", 0, 2, 2, 0, 0, 1, 1),  # big-endian
])
def test_what_is_no_little_endian_line_is_a_bug_and_says_so(wkb: bytes) -> None:
    with pytest.raises(ValueError, match="not a little-endian line"):
        line_columns(wkb)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(arrays(np.float64, st.tuples(st.integers(2, 9), st.just(2)), elements=NUMBERS), min_size=1, max_size=5))
def test_several_lines_come_back_as_they_went(connection: Connection, lines: list[np.ndarray[Any, Any]]) -> None:
    wkb, srid, kind = through(connection, lines_element(lines))
    assert (srid, kind) == (4326, "MULTILINESTRING")
    assert [line.tolist() for line in lines_columns(wkb)] == [line.tolist() for line in lines]


def test_one_line_is_not_taken_for_several(connection: Connection) -> None:
    wkb, _, _ = through(connection, line_element(np.zeros((2, 2))))
    with pytest.raises(ValueError, match="no little-endian lines"):
        lines_columns(wkb)
