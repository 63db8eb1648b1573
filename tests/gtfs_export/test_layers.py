from __future__ import annotations

import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyogrio
import pytest
import shapely

from gtfs_export import PublishedNetwork, layers, write_layers
from gtfs_export.records import HailStretch, Station, StopCandidate
from mapping_service.errors import Problem
from tests.factories import STOPS
from tests.gtfs_export.readers import BRANCH, with_pattern, with_stop

LAYERS = {
    "routes": "MultiLineString", "patterns": "LineString", "stops": "Point", "stations": "Point",
    "hail_stretches": "LineString", "stop_candidates": "Point", "service_points": "Point",
}


def read(path: Path, layer: str) -> list[dict[str, Any]]:
    meta, _, geometries, columns = pyogrio.raw.read(path, layer=layer)
    values = zip(*(column.tolist() for column in columns), strict=True)
    records = [dict(zip(meta["fields"], row, strict=True)) for row in values]
    return [{**record, "geometry": shapely.from_wkb(wkb)} for record, wkb in zip(records, geometries, strict=True)]


def empty(network: PublishedNetwork) -> PublishedNetwork:
    return replace(network, routes=(), patterns=(), stops=(), service_points=())


def test_a_geopackage_holds_the_layers_of_the_town(network: PublishedNetwork, tmp_path: Path) -> None:
    out = tmp_path / "town.gpkg"
    write_layers(network, out)
    assert dict(pyogrio.list_layers(out)) == LAYERS
    assert {layer: pyogrio.read_info(out, layer=layer)["features"] for layer in LAYERS} == {
        "routes": 2, "patterns": 3, "stops": 8, "stations": 0, "hail_stretches": 0, "stop_candidates": 0,
        "service_points": 2,
    }
    assert {pyogrio.read_info(out, layer=layer)["crs"] for layer in LAYERS} == {"EPSG:4326"}


def test_features_carry_their_values_and_their_evidence(network: PublishedNetwork, tmp_path: Path) -> None:
    out = tmp_path / "town.gpkg"
    write_layers(network, out)
    first = read(out, "routes")[0]
    assert (first["route_id"], first["fare"], first["currency"], first["runs"]) == ("R1", 50.0, "KES", 3)
    assert len(first["geometry"].geoms) == 2
    assert str(first["last_seen"]) == "2024-03-08"
    pattern = read(out, "patterns")[0]
    assert (pattern["headway_s"], pattern["headway_method"]) == (600, "observed")
    stop = read(out, "stops")[0]
    assert (stop["geometry"].x, stop["geometry"].y) == STOPS["S1"][1]
    clinic = read(out, "service_points")[0]
    assert clinic["name"] == "Town Clinic"


def test_stations_stretches_and_candidates_lie_where_they_are(network: PublishedNetwork, tmp_path: Path) -> None:
    half_m = network.patterns[0].length_m / 2
    network = with_pattern(
        network, "P1", hail_stretches=(HailStretch(0.0, half_m, 9, 2),),
        stop_candidates=(StopCandidate(500.0, 36.805, -1.3, 1, 3, 0.3),),
    )
    network = replace(with_stop(network, "S1", station_id="H1"), stations=(Station("H1", "Harbour", 36.8, -1.3),))
    out = tmp_path / "town.gpkg"
    write_layers(network, out)
    (stretch,), (candidate,), (station,) = (read(out, n) for n in ("hail_stretches", "stop_candidates", "stations"))
    assert stretch["geometry"].length == pytest.approx(read(out, "patterns")[0]["geometry"].length / 2)
    assert (candidate["geometry"].x, candidate["probability"]) == (36.805, pytest.approx(0.3))
    assert (station["name"], read(out, "stops")[0]["station_id"]) == ("Harbour", "H1")


def test_a_variant_carries_what_sets_it_apart_and_the_main_pattern_nothing(
    network: PublishedNetwork, tmp_path: Path
) -> None:
    write_layers(with_pattern(network, "P2", reason_code="variant_branch", reason=BRANCH), tmp_path / "town.gpkg")
    main, branch = read(tmp_path / "town.gpkg", "patterns")[:2]
    assert main["variant"] is None
    assert [branch[f"variant{name}"] for name in ("", "_share", "_at", "_at_m")] == [
        "variant_branch", 0.9, "Mill", 1200.0]


def test_other_columns_of_a_source_table_are_not_published(network: PublishedNetwork, tmp_path: Path) -> None:
    write_layers(network, tmp_path / "town.gpkg")
    point = read(tmp_path / "town.gpkg", "service_points")[0]
    assert set(point) == {"service_point_id", "kind", "name", "geometry"}


def test_what_nobody_said_is_null(network: PublishedNetwork, tmp_path: Path) -> None:
    nameless = replace(network.stops[0].evidence, people=None)
    network = with_stop(with_pattern(network, "P3", headways=(), spread_m=None), "S1", evidence=nameless)
    write_layers(network, tmp_path)
    collections = {layer: json.loads((tmp_path / f"{layer}.geojson").read_text()) for layer in LAYERS}
    properties = {
        layer: [feature["properties"] for feature in collection["features"]]
        for layer, collection in collections.items()
    }
    assert properties["routes"][1]["fare"] is None
    assert (properties["patterns"][2]["headway_s"], properties["patterns"][2]["spread_m"]) == (None, None)
    assert properties["stops"][0]["people"] is None


def test_a_pattern_no_trip_planner_can_use_is_on_the_map(network: PublishedNetwork, tmp_path: Path) -> None:
    write_layers(with_pattern(network, "P3", headways=()), tmp_path / "town.gpkg")
    assert [pattern["pattern_id"] for pattern in read(tmp_path / "town.gpkg", "patterns")] == ["P1", "P2", "P3"]


@pytest.mark.parametrize("name", ["town.gpkg", "town.geojson.zip"])
def test_the_same_release_gives_the_same_layer_bytes(network: PublishedNetwork, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    write_layers(network, out)
    before = out.read_bytes()
    write_layers(network, out)
    assert out.read_bytes() == before


def test_two_releases_written_at_once_have_the_bytes_of_each_alone(
    network: PublishedNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = {"first.gpkg": network, "second.gpkg": replace(network, valid_from=network.valid_from + timedelta(30))}
    alone = {}
    for name, release in releases.items():
        write_layers(release, tmp_path / name)
        alone[name] = (tmp_path / name).read_bytes()
    write_layer = layers._write_layer

    def slowly(*args: Any) -> None:
        write_layer(*args)
        time.sleep(0.01)  # the other thread's turn

    monkeypatch.setattr(layers, "_write_layer", slowly)
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda name: write_layers(releases[name], tmp_path / name), releases))
    assert alone["first.gpkg"] != alone["second.gpkg"]
    assert {name: (tmp_path / name).read_bytes() for name in releases} == alone


def test_geojson_has_six_decimals_and_no_crs(network: PublishedNetwork, tmp_path: Path) -> None:
    write_layers(with_stop(network, "S1", lon=36.80000049, lat=-1.3), tmp_path / "town.geojson.zip")
    with ZipFile(tmp_path / "town.geojson.zip") as archive:
        assert archive.namelist() == [f"{layer}.geojson" for layer in LAYERS]
        stops = json.loads(archive.read("stops.geojson"))
    assert "crs" not in stops
    assert stops["features"][0]["geometry"] == {"type": "Point", "coordinates": [36.8, -1.3]}


def test_empty_layers_are_written_too(network: PublishedNetwork, tmp_path: Path) -> None:
    write_layers(empty(network), tmp_path / "town.gpkg")
    write_layers(empty(network), tmp_path)
    assert dict(pyogrio.list_layers(tmp_path / "town.gpkg")) == LAYERS
    assert {layer: read(tmp_path / "town.gpkg", layer) for layer in LAYERS} == dict.fromkeys(LAYERS, [])
    files = [tmp_path / f"{layer}.geojson" for layer in LAYERS]
    assert [json.loads(file.read_text())["features"] for file in files] == [[]] * len(LAYERS)


def test_an_unknown_ending_is_refused(network: PublishedNetwork, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        write_layers(network, tmp_path / "town.shp")
    assert refused.value.code == "layer_format_unknown"


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo (Debian: gdal-bin) is not installed.")
def test_another_build_of_gdal_reads_the_geopackage(network: PublishedNetwork, tmp_path: Path) -> None:
    write_layers(network, tmp_path / "town.gpkg")
    told = subprocess.run(["ogrinfo", "-ro", str(tmp_path / "town.gpkg")], check=True, capture_output=True, text=True)
    assert "stops (Point)" in told.stdout
