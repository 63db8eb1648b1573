"""Lines to well-known binary and back, checked against another reader of it."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mapping_service.records import Floats
from mapping_service.store.lines import line_columns, line_element, point_element

EWKB_Z, EWKB_M, EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


def columns(width: int) -> st.SearchStrategy[Floats]:
    values = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.just(np.nan))
    return st.integers(2, 20).flatmap(lambda rows: arrays.arrays(np.float64, (rows, width), elements=values))


def as_database_returns(ewkb: bytes) -> bytes:
    """Return little-endian ISO WKB, as ``ST_AsBinary`` does, from EWKB with an SRID."""
    order, kind, srid = struct.unpack_from("<BII", ewkb)
    assert (order, srid) == (1, 4326) and kind & EWKB_SRID
    iso = (kind & 0xFF) + 1000 * bool(kind & EWKB_Z) + 2000 * bool(kind & EWKB_M)
    return struct.pack("<BI", order, iso) + ewkb[9:]


@pytest.mark.parametrize(("z", "m"), [(False, False), (True, False), (False, True), (True, True)])
@given(st.data())
def test_a_line_comes_back_as_it_was_unknown_values_included(z: bool, m: bool, data: st.DataObject) -> None:
    given_columns = data.draw(columns(2 + z + m))
    wkb = as_database_returns(bytes(line_element(given_columns, z=z, m=m).data))
    assert np.array_equal(line_columns(wkb), given_columns, equal_nan=True)
    assert np.array_equal(line_columns(memoryview(wkb)), given_columns, equal_nan=True)


def test_another_reader_sees_the_same_line() -> None:
    drawn = np.array([[36.8, -1.3, 1700.0, 5.0], [36.9, -1.2, np.nan, 6.0]])
    line = shapely.from_wkb(bytes(line_element(drawn, z=True, m=True).data))
    assert (line.geom_type, shapely.get_srid(line)) == ("LineString", 4326)
    assert np.array_equal(shapely.get_coordinates(line, include_z=True, include_m=True), drawn, equal_nan=True)


def test_a_slice_of_a_larger_array_is_written_in_order() -> None:
    wide = np.arange(12.0).reshape(3, 4)
    line = shapely.from_wkb(bytes(line_element(wide[:, 1:3]).data))
    assert shapely.get_coordinates(line).tolist() == [[1.0, 2.0], [5.0, 6.0], [9.0, 10.0]]


def test_another_reader_sees_the_same_point() -> None:
    point = shapely.from_wkb(bytes(point_element(36.8, -1.3).data))
    assert (point.x, point.y, shapely.get_srid(point)) == (36.8, -1.3, 4326)


@pytest.mark.parametrize(
    "wkb",
    [
        bytes(point_element(1.0, 2.0).data),
        bytes(line_element(np.zeros((2, 2))).data),
        struct.pack(">BII", 0, 2, 0),
    ],
    ids=["point", "with srid", "big-endian"],
)
def test_anything_but_a_plain_little_endian_line_is_refused(wkb: bytes) -> None:
    with pytest.raises(ValueError, match="not a little-endian line"):
        line_columns(wkb)
