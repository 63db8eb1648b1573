"""Places on a sheet: north is up, the scale is true, what is asked for fits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.drawing.frame import Area, bar_m, fit, is_wide

SHEET = Area(10.0, 20.0, 200.0, 100.0)
# Four corners of a rectangle near Nairobi, 0.02 degrees (2.2 km) wide and 0.01 high.
PLACES = np.array([(36.80, -1.30), (36.82, -1.30), (36.82, -1.29), (36.80, -1.29)])


def test_a_map_fills_its_area_with_north_above() -> None:
    low_left, low_right, up_right, up_left = fit(PLACES, SHEET, 1.0).mm(PLACES).tolist()
    assert low_left == pytest.approx((10, 120), abs=1.0) and up_right == pytest.approx((210, 20), abs=1.0)
    assert low_right[0] > low_left[0] and up_left[1] < low_left[1]


def test_the_scale_is_that_of_the_ground() -> None:
    frame = fit(PLACES, SHEET, 1.0)
    west, east = frame.mm(PLACES[:2]).tolist()
    assert (east[0] - west[0]) * frame.metres_per_mm == pytest.approx(2226, rel=0.002)


def test_one_stop_alone_is_not_blown_up() -> None:
    frame = fit(PLACES[:1], SHEET, 5.0)
    assert frame.metres_per_mm == 5.0
    assert frame.mm(PLACES[:1])[0].tolist() == pytest.approx((110, 70))


def test_what_an_area_shows_is_told_in_degrees() -> None:
    west, south, east, north = fit(PLACES, SHEET, 1.0).bbox(SHEET)
    assert (west, south, east, north) == pytest.approx((36.80, -1.30, 36.82, -1.29), abs=2e-4)


def test_a_wider_part_of_the_sheet_shows_more_of_the_ground() -> None:
    frame = fit(PLACES, SHEET, 1.0)
    west, south, east, north = frame.bbox(Area(10.0, 20.0, 400.0, 100.0))
    assert (west, south, east, north) == pytest.approx((36.80, -1.30, 36.84, -1.29), abs=2e-4)


def test_a_way_from_west_to_east_is_wide_even_where_degrees_are_narrow() -> None:
    assert is_wide(PLACES) and not is_wide(PLACES[:, ::-1] + (40, 0))
    assert not is_wide(np.array([(24.0, 60.0), (24.015, 60.01)]))  # 830 m by 1,110 m


@given(st.floats(0.5, 5000), st.floats(5, 100))
def test_a_bar_is_round_and_as_long_as_it_may_be(metres_per_mm: float, most_mm: float) -> None:
    metres = bar_m(metres_per_mm, most_mm)
    assert f"{metres:e}"[0] in "125" and float(f"{metres:.0e}") == metres
    assert 0.39 * most_mm < metres / metres_per_mm <= most_mm * 1.000001
