"""Service points from tables and layers of strangers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.archives import iter_files
from collectors.service_points import ServicePointReading, read_service_points
from mapping_service.errors import Problem

DATA = Path(__file__).parent / "data"


def layer(*features: Any) -> ServicePointReading:
    collection = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]}
    return read_service_points(json.dumps(collection).encode(), "layer.geojson")


def codes(reading: ServicePointReading) -> list[tuple[str, int]]:
    return [(problem.code, problem.details["row"]) for problem in reading.problems]


def test_good_rows_are_kept_and_each_bad_row_is_named_by_its_line() -> None:
    reading = read_service_points((DATA / "points.csv").read_bytes(), "points.csv")
    assert [(p.name, p.kind, p.lon, p.lat, p.source_id, p.row) for p in reading.points] == [
        ("Health post", "clinic", 36.5, -1.5, "a1", 2), ("", "water point", 36.6, -1.6, "a2", 3)]
    assert reading.points[0].properties == {"phone": "123"}
    assert codes(reading) == [
        ("row_without_name", 3), ("conflict_marker", 4), ("repeated_source_id", 5), ("row_without_position", 6),
        ("conflict_marker", 7), ("position_out_of_range", 8), ("wrong_column_count", 9), ("conflict_marker", 10),
        ("row_without_position", 11)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings_are_found_out(encoding: str) -> None:
    reading = read_service_points("Nombre,LAT,Long\nClínica,1,2\n".encode(encoding), "t.csv")
    assert [(p.name, p.lon, p.lat) for p in reading.points] == [("Clínica", 2, 1)]


@pytest.mark.parametrize("cell", [
    "POINT (36.5 -1.5)", "SRID=4326;POINT(36.5 -1.5)", '"-1.5, 36.5"', "-1.5 36.5 1700 8"])
def test_one_column_can_hold_the_position(cell: str) -> None:
    (point,) = read_service_points(f"name,geom\nWell,{cell}\n".encode(), "t.csv").points
    assert (point.lon, point.lat) == (36.5, -1.5)


def test_a_story_in_the_place_of_a_name_names_nothing_and_is_kept() -> None:
    reading = read_service_points(f"name,lat,lon\n{'x' * 201},1,2\n{'y' * 200},1,2\n".encode(), "t.csv")
    assert [(p.name, p.properties) for p in reading.points] == [("", {"name": "x" * 201}), ("y" * 200, {})]
    assert codes(reading) == [("row_without_name", 2)]


def test_a_polygon_becomes_a_point_inside_it() -> None:
    u_shape = [[[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3], [0, 0]]]
    reading = layer(({"name": "U", "amenity": "hospital"}, {"type": "Polygon", "coordinates": u_shape}))
    (point,) = reading.points
    assert not (1 < point.lon < 2 and 1 < point.lat < 3) and codes(reading) == [("point_from_shape", 1)]


def test_the_kind_is_the_amenity_and_not_the_type_of_the_osm_relation() -> None:
    properties = {"@id": "relation/7", "amenity": "clinic", "type": "multipolygon", "name": "C"}
    (point,) = layer((properties, {"type": "Point", "coordinates": [2, 1]})).points
    assert (point.kind, point.source_id, point.properties) == ("clinic", "relation/7", {"type": "multipolygon"})


def test_osm_ids_are_told_apart_by_their_kind() -> None:
    table = b"osm_id,osm_type,name,lat,lon\n7.0,node,A,1,2\n7.0,way,B,1,2\n7.0,way,C,1,2\n"
    reading = read_service_points(table, "t.csv")
    assert [p.source_id for p in reading.points] == ["node/7", "way/7"]
    assert codes(reading) == [("repeated_source_id", 4)]


@pytest.mark.parametrize("geometry", [
    None, {}, {"type": "Point"}, {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": "ab"},
    {"type": "Polygon", "coordinates": []}, {"type": "Polygon", "coordinates": [[[0, 0]]]}, {"type": "Blob"}, 7])
def test_a_geometry_that_is_none_has_no_position(geometry: Any) -> None:
    assert codes(layer(({"name": "A"}, geometry)))[-1] == ("row_without_position", 1)


def test_values_that_no_database_holds_are_mended_and_the_rest_is_kept() -> None:
    properties = ('{"name": "A\\u0000\\ud800b", "id": "\\udc007",'
                  ' "k\\u0000": [NaN, {"\\udfff": -Infinity, "x": 1e999}],'
                  f' "deep": {"[" * 500 + "]" * 500}, "long": {"1" * 5000}, "ok": 1.5}}')
    feature = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [%s, 1]}, "properties": %s}'
    points = [feature % ("2", properties), feature % ("1" * 400, "{}"), feature % ("1" * 5000, "{}"),
              feature % ("NaN", "{}")]
    reading = read_service_points(f'{{"type": "FeatureCollection", "features": [{",".join(points)}]}}'.encode(), "x")
    (point,) = reading.points
    assert (point.name, point.source_id) == ("Ab", "7")
    assert {**point.properties, "deep": None} == {
        "k": [None, {"": None, "x": None}], "deep": None, "long": None, "ok": 1.5}
    assert json.dumps(point.properties, allow_nan=False).encode()
    assert codes(reading) == [("row_without_position", row) for row in (2, 3, 4)]


@pytest.mark.parametrize("kind", ["LineString", "Polygon"])
def test_a_shape_beyond_all_measure_has_no_position(kind: str) -> None:
    ring = [[10 ** 250, 0], [1, 10 ** 299], [10 ** 400, 1], [10 ** 250, 0]]
    geometry = {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring}
    assert codes(layer(({"name": "A"}, geometry))) in ([("row_without_position", 1)], [("position_out_of_range", 1)])


def test_a_nul_in_a_table_costs_nothing_but_itself() -> None:
    (point,) = read_service_points(b"name,lat,lon,note\nA\0,1,2,x\0y\n", "t.csv").points
    assert (point.name, point.properties) == ("A", {"note": "xy"})


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b"name,kind\nA,b\n", "no_position_columns"), (b'{"type": "Feat', "not_geojson"),
    (b"[" * 100_000, "not_geojson"), (b'{"a": 1}', "not_geojson"), (b"PK\x03\x04\x00", "not_a_table")])
def test_what_is_no_table_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        read_service_points(data, "x")
    assert caught.value.code == code


@given(st.binary(max_size=300) | st.text(alphabet=st.sampled_from('a1,;"\n.-<=> ')).map(str.encode))
def test_random_rows_raise_nothing_but_a_problem(body: bytes) -> None:
    try:
        reading = read_service_points(b"name,lat,lon\n" + body, "x.csv")
    except Problem:
        return
    assert all(abs(p.lat) <= 90 and abs(p.lon) <= 180 for p in reading.points)


def test_every_real_table_is_read() -> None:
    folder = Path(__file__).parents[2] / "../shared/data/service-points"
    if not folder.exists():
        pytest.skip("the service-point tables are not at ../shared/data")
    counts: Counter[str] = Counter()
    for file in iter_files(folder):
        assert file.data is not None
        counts[file.name.split("-")[0]] += len(read_service_points(file.data, file.name).points)
    assert counts["argentina"] == 785 + 782 and counts["who"] == 86 + 50 + 371
    assert counts["healthsites"] > 2300 and counts["donde"] > 900
