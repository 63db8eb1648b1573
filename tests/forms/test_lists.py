"""Lists of the city for forms: what is in them, and that they change when and only when the city does."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from collectors.forms.choices import Choice, write_csv, write_geojson
from mapping_service.forms import publish_upload
from mapping_service.lists import deleted_entities, media_file, media_files
from tests.forms.test_build import xform
from tests.pipeline.conftest import released_town  # noqa: F401  a fixture
from tests.pipeline.town import Town

HERE = {"type": "Point", "coordinates": [36.82, -1.28]}
NEW_CLINIC = "5e32ce35-8a89-406b-bee1-ed0970edc40d"
BRINGS_ITS_OWN = '<instance id="stops" src="jr://file-csv/stops.csv"/><instance id="r" src="jr://file/routes.geojson"/>'


def table(town: Town, name: str, form_id: str = "ride") -> list[dict[str, str]]:
    with town.engine.connect() as connection:
        file = media_file(connection, town.city, form_id, name)
    assert file is not None and hashlib.md5(file.bytes).hexdigest() == file.md5
    return list(csv.DictReader(io.StringIO(file.bytes.decode())))


def digests(town: Town, form_id: str) -> dict[str, str]:
    with town.engine.connect() as connection:
        return {one.name: one.md5 for one in media_files(connection, town.city, form_id)}


def test_a_list_is_written_as_odk_reads_it() -> None:
    choices = [Choice("S1", "Kanda, south", HERE, 3, {"routes": "R1 R2"}), Choice("S2", None, HERE),
               Choice("S3", "Soko", None), Choice("S4", "Soko", HERE)]
    assert write_csv(choices, ["routes"]).decode() == (
        "name,label,geometry,__version,routes\n"
        'S1,"Kanda, south",-1.28 36.82 0 0,3,R1 R2\n'
        "S2,S2,-1.28 36.82 0 0,1,\n"
        "S3,Soko (S3),,1,\n"
        "S4,Soko (S4),-1.28 36.82 0 0,1,\n"
    )
    features = json.loads(write_geojson(choices))["features"]
    assert [one["id"] for one in features] == ["S1", "S2", "S4"]
    assert features[0]["properties"] == {"id": "S1", "title": "Kanda, south", "__version": "3", "routes": "R1 R2"}


def test_a_new_city_has_empty_lists_that_forms_can_open(town: Town) -> None:
    assert table(town, "stops.csv") == table(town, "routes.csv") == table(town, "service_points.csv", "visit") == []
    assert set(digests(town, "ride")) == {"routes.csv", "stops.csv"}


def test_a_city_lists_what_was_accepted(released_town: Town) -> None:  # noqa: F811
    town = released_town
    stops, routes = table(town, "stops.csv"), table(town, "routes.csv")
    assert len(routes) == 2 and len(stops) > 4
    assert all(one["name"].startswith("S") and one["geometry"].endswith(" 0 0") for one in stops)
    assert {id for one in stops for id in one["routes"].split()} == {one["name"] for one in routes}
    assert all(one["label"] for one in [*stops, *routes]) and len({one["label"] for one in stops}) == len(stops)
    with town.engine.connect() as connection:
        listed = {one.name: one for one in media_files(connection, town.city, "stop")}
        gone = deleted_entities(connection, town.city, "stops", [stops[0]["name"], "S999999"])
        other = deleted_entities(connection, town.city, "trees", ["T1"])
    assert [(one.name, one.is_entities) for one in listed.values()] == [("routes.csv", False), ("stops.csv", True)]
    assert gone == {stops[0]["name"]: False, "S999999": True} and other == {"T1": False}


def test_routes_are_lines_on_the_map(released_town: Town) -> None:  # noqa: F811
    town = released_town
    publish_upload(town.engine, town.city, "k.xml", xform("lines", more=BRINGS_ITS_OWN), {"stops.csv": b"name,label\n"})
    with town.engine.connect() as connection:
        ours = media_file(connection, town.city, "lines", "routes.geojson")
        brought = media_file(connection, town.city, "lines", "stops.csv")
        unknown = media_file(connection, town.city, "lines", "stops.geojson")
        listed = media_files(connection, town.city, "lines")
    assert ours is not None and ours.mimetype == "application/geo+json"
    features = json.loads(ours.bytes)["features"]
    assert len(features) == 2 and {one["geometry"]["type"] for one in features} == {"LineString"}
    assert brought is not None and brought.bytes == b"name,label\n" and unknown is None
    assert [(one.name, one.md5, one.is_entities) for one in listed] == [
        ("routes.geojson", ours.md5, False), ("stops.csv", brought.md5, False)
    ]


def test_a_list_changes_when_the_city_does_and_is_the_same_until_then(town: Town) -> None:
    before = digests(town, "visit")
    assert digests(town, "visit") == before
    town.send("clinics.csv", f"id,name,type,lat,lon\n{NEW_CLINIC},Kanda,clinic,-1.28,36.82\n".encode())
    assert digests(town, "visit") == before
    town.process()
    after = digests(town, "visit")
    assert after != before and digests(town, "visit") == after
    (point,) = table(town, "service_points.csv", "visit")
    assert (point["name"], point["label"], point["kind"]) == (NEW_CLINIC, "Kanda", "clinic")
    assert point["geometry"] == "-1.28 36.82 0 0"


@pytest.mark.parametrize("form_id, name", [("ride", "service_points.csv"), ("curb", "stops.csv")])
def test_a_form_has_no_file_that_it_does_not_ask_for(town: Town, form_id: str, name: str) -> None:
    with town.engine.connect() as connection:
        assert media_file(connection, town.city, form_id, name) is None
