"""Recordings that are tables, told from tables of places."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.point_tables import read_point_table
from mapping_service.errors import Problem
from mapping_service.records import Notice

GPSLOGGER = b"""time,lat,lon,elevation,accuracy,bearing,speed,satellites,provider,hdop,annotation,battery
2025-06-02T06:30:00.000Z,-1.300000,36.800000,1650.0,5.0,,7.5,9,gps,1.5,,81
2025-06-02T06:30:10.000Z,-1.300000,36.800500,1650.0,,,,9,gps,1.5,Mill,81
2025-06-02T06:30:10.000Z,-1.300000,36.800500,1650.0,,,,9,gps,1.5,Mill,81
2025-06-02T06:30:05.000Z,0.0,0.0,0,5.0,,,9,gps,,,81
soon,-1.3,36.9,0,5.0,,,9,gps,,,81
"""
T_S = 1_748_845_800.0


def test_a_csv_of_gpslogger_is_a_recording() -> None:
    reading = read_point_table(GPSLOGGER)
    assert reading is not None
    assert reading.fixes.t_s.tolist() == [T_S, T_S + 10]
    assert reading.fixes.lon.tolist() == [36.8, 36.8005]
    assert reading.fixes.accuracy_m.tolist() == [5.0, 7.5]
    assert reading.fixes.speed_mps[0] == 7.5 and np.isnan(reading.fixes.speed_mps[1])
    assert [(mark.text, mark.lon) for mark in reading.waypoints][:1] == [("Mill", 36.8005)]
    assert {notice.code: notice.details["count"] for notice in reading.notices} == {
        "null_island": 1, "bad_times": 1, "accuracy_estimated": 1
    }


@pytest.mark.parametrize("header", ["Latitude;Longitude;Timestamp", "y,x,UTC time", "lat,lng,time"])
def test_columns_may_be_called_otherwise(header: str) -> None:
    mark = ";" if ";" in header else ","
    reading = read_point_table(f"{header}\n-1.3{mark}36.8{mark}1748845800\n".encode())
    assert reading is not None and reading.fixes.t_s.tolist() == [T_S]


@pytest.mark.parametrize("table", [
    b"name,lat,lon,timestamp\nClinic,-1.3,36.8,2025-06-02T06:30:00Z\n",
    b"amenity,lat,lon,timestamp\nclinic,-1.3,36.8,2025-06-02T06:30:00Z\n",
    b"lat,lon\n-1.3,36.8\n",
    b"a,b\n1,2\n",
    json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "x", "time": 1},
         "geometry": {"type": "Point", "coordinates": [1, 2]}},
    ]}).encode(),
    b"{}", b"[1, 2]", b"{ cut o",
])
def test_a_table_of_places_is_no_recording(table: bytes) -> None:
    assert read_point_table(table) is None


def features(*found: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def test_points_of_geojson_with_times_are_a_recording() -> None:
    reading = read_point_table(features(*(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.8 + k / 1000, -1.3, 1650]},
         "properties": {"time": f"2025-06-02T06:30:0{k}.000Z", "provider": "gps", "accuracy": 5, "speed": 7}}
        for k in (1, 0)
    )))
    assert reading is not None
    assert reading.fixes.t_s.tolist() == [T_S, T_S + 1]
    assert (reading.fixes.ele_m.tolist(), reading.fixes.accuracy_m.tolist()) == ([1650.0, 1650.0], [5.0, 5.0])


@pytest.mark.parametrize("said", [
    {"coordTimes": [1748845800000, 1748845801000]}, {"times": [T_S, T_S + 1]},
    {"coordinateProperties": {"times": ["2025-06-02T06:30:00Z", "2025-06-02T06:30:01Z"]}},
])
def test_a_line_of_geojson_with_times_is_a_recording(said: dict[str, Any]) -> None:
    line = {"type": "LineString", "coordinates": [[36.8, -1.3], [36.801, -1.3, 1650]]}
    reading = read_point_table(features({"type": "Feature", "geometry": line, "properties": {"name": "Ride", **said}}))
    assert reading is not None
    assert reading.fixes.t_s.tolist() == [T_S, T_S + 1]


def test_a_line_without_times_is_none() -> None:
    line = {"type": "LineString", "coordinates": [[36.8, -1.3], [36.801, -1.3]]}
    assert read_point_table(features({"type": "Feature", "geometry": line, "properties": {}})) is None


def test_accuracy_that_was_measured_is_not_called_an_estimate() -> None:
    reading = read_point_table(b"lat,lon,time,accuracy\n-1.3,36.8,1748845800,4\n")
    assert reading is not None and reading.notices == []
    assert Notice("accuracy_estimated", {"count": 1}) not in reading.notices


@given(st.binary(max_size=200) | st.builds(
    lambda rows: ("lat,lon,time\n" + "\n".join(rows)).encode("utf-8", "replace"),
    st.lists(st.text(st.characters(blacklist_characters="\n\r"), max_size=40), max_size=5),
))
def test_whatever_comes_is_read_or_refused_in_words(data: bytes) -> None:
    try:
        reading = read_point_table(data)
    except Problem as problem:
        assert problem.code in ("file_empty", "not_a_table", "too_many_rows")
    else:
        assert reading is None or len(reading.fixes) == len(reading.fixes.lon)
