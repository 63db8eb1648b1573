"""Metres, and points along lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.geo import along_m, points_at, resample, to_lon_lat, to_metres, utm_srid

SQUARE = np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 400.0]])


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    [
        (36.8, -1.3, 32737),
        (-4.0, 5.3, 32630),
        (-70.6, -33.4, 32719),
        (180.0, 10.0, 32660),
        (-180.0, -10.0, 32701),
        (0.0, 0.0, 32631),
    ],
    ids=["Nairobi", "Abidjan", "Santiago", "date line east", "date line west", "null"],
)
def test_every_place_has_its_zone(lon: float, lat: float, srid: int) -> None:
    assert utm_srid(lon, lat) == srid


@given(st.floats(-179.9, 179.9), st.floats(-79.0, 79.0))
def test_degrees_to_metres_and_back_gives_the_same_place(lon: float, lat: float) -> None:
    srid = utm_srid(lon, lat)
    there = to_metres(np.array([lon]), np.array([lat]), srid)
    assert to_lon_lat(there, srid)[0].tolist() == pytest.approx([lon, lat], abs=1e-7)


def test_a_metre_is_a_metre() -> None:
    east, west = to_metres(np.array([36.80, 36.81]), np.array([-1.3, -1.3]), 32737)
    assert np.hypot(*(east - west)) == pytest.approx(1113, abs=2)


def test_no_positions_give_no_metres() -> None:
    assert to_metres(np.zeros(0), np.zeros(0), 32737).shape == (0, 2)
    assert to_lon_lat(np.zeros((0, 2)), 32737).shape == (0, 2)


def test_distance_along_a_line() -> None:
    assert along_m(SQUARE).tolist() == [0.0, 300.0, 700.0]


def test_points_at_distances_along_a_line_and_not_beyond_its_ends() -> None:
    found = points_at(SQUARE, along_m(SQUARE), np.array([-5.0, 150.0, 500.0, 900.0]))
    assert found.tolist() == [[0.0, 0.0], [150.0, 0.0], [300.0, 200.0], [300.0, 400.0]]


def test_a_line_of_one_place_stays_one_point() -> None:
    assert resample(np.array([[5.0, 6.0], [5.0, 6.0]]), 20.0).tolist() == [[5.0, 6.0]]


@given(
    st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=2, max_size=8, unique=True),
    st.floats(5.0, 50.0),
)
def test_resampled_lines_keep_their_ends_and_never_step_too_far(corners: list[tuple[int, int]], step_m: float) -> None:
    line = np.array(corners, dtype=np.float64)
    found = resample(line, step_m)
    assert found[[0, -1]] == pytest.approx(line[[0, -1]])
    assert np.all(np.hypot(*np.diff(found, axis=0).T) <= step_m + 1e-6)
    assert len(found) <= along_m(line)[-1] / step_m + 2.001
