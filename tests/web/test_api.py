"""The JSON API and its description."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

API = "/api/v1"


def get(client: FlaskClient, path: str) -> Any:
    response = client.get(API + path)
    assert response.status_code == 200 and response.mimetype == "application/json", path
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return response.json


def test_cities_come_with_their_newest_release_or_null(client: FlaskClient) -> None:
    found = {one["city"]["slug"]: one["release"] for one in get(client, "/cities")["cities"]}
    assert found["empty-town"] is None
    assert found["drawn-town"]["number"] == 1 and found["drawn-town"]["routes"] == 2
    assert get(client, "/cities/drawn-town")["release"] == found["drawn-town"]


def test_routes_carry_their_evidence_and_null_where_nobody_knows(client: FlaskClient) -> None:
    first, second = get(client, "/cities/drawn-town/routes")["routes"]
    assert first["route_id"] == "R1" and first["runs"] == 3 and first["fare"]["amount"] == 50
    assert second["fare"] is None


def test_a_route_carries_everything_known_of_its_patterns(client: FlaskClient) -> None:
    found = get(client, "/cities/drawn-town/routes/R1")
    there, back = found["patterns"]
    assert [stop["stop_id"] for stop in there["stops"]] == ["S1", "S2", "S3", "S4", "S5"]
    assert [stop["from_previous_s"] for stop in there["stops"]] == [None, 180, 180, 180, 180]
    assert {(one["band_start_s"], one["seconds"]) for one in there["ride_times"]} == {(0, 720), (21600, 960)}
    assert [one["method"] for one in there["headways"]] == ["observed", "city_waits"]
    assert (there["reason_code"], there["reason"]) == (None, {})
    assert back["direction_id"] == 1 and back["geometry"]["type"] == "LineString"


def test_days_are_published_and_hours_are_not(client: FlaskClient) -> None:
    assert get(client, "/cities/drawn-town/routes/R1")["route"]["first_seen"] == "2024-03-04"


def test_stops_name_the_routes_that_serve_them(client: FlaskClient) -> None:
    stops = {one["stop_id"]: one for one in get(client, "/cities/drawn-town/stops")["stops"]}
    assert len(stops) == 8 and stops["S3"]["route_ids"] == ["R1", "R2"] and stops["S7"]["name"] is None


def test_service_points_keep_their_other_columns_to_themselves(client: FlaskClient) -> None:
    points = get(client, "/cities/drawn-town/service-points")["service_points"]
    assert [one["kind"] for one in points] == ["clinic", "water"]
    assert set(points[0]) == {"service_point_id", "kind", "name", "lon", "lat"}


def test_an_unchanged_answer_is_a_304(client: FlaskClient) -> None:
    first = client.get(f"{API}/cities/drawn-town/routes")
    again = client.get(f"{API}/cities/drawn-town/routes", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/cities", "/cities/{slug}", "/cities/{slug}/routes", "/cities/{slug}/routes/{route_id}", "/cities/{slug}/stops",
     "/cities/{slug}/service-points"],
)
def test_what_the_api_sends_is_what_its_description_says(client: FlaskClient, path: str) -> None:
    document = get(client, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    operation = document["paths"][API + path]["get"]
    assert operation["summary"]
    assert {one["name"] for one in operation["parameters"]} == {name for name in ("slug", "route_id") if name in path}
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    _check(get(client, path.format(slug="drawn-town", route_id="R1")), schema, document["components"]["schemas"])


def _check(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A validator for the few words of JSON Schema that the description uses."""
    if "$ref" in schema:
        return _check(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if "anyOf" in schema:
        null = {"type": "null"}
        return None if value is None and null in schema["anyOf"] else _check(value, schema["anyOf"][0], schemas)
    kinds: dict[str, Any] = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    }
    assert "type" not in schema or isinstance(value, kinds[schema["type"]]), (value, schema)
    for one, of in zip(value, schema["prefixItems"], strict=True) if "prefixItems" in schema else ():
        _check(one, of, schemas)
    for one in value if schema.get("items") else ():
        _check(one, schema["items"], schemas)
    if "properties" in schema:
        assert set(value) == set(schema["properties"])
        for name, of in schema["properties"].items():
            _check(value[name], of, schemas)


def test_the_length_of_a_release_is_the_exact_sum_of_its_patterns(client: FlaskClient, rows: Connection) -> None:
    """A sum in single precision would change with the order in which the rows are read."""
    rows.execute(text("UPDATE pattern SET length_m = CASE WHEN pattern_id = 'P1' THEN 16777216 ELSE 1 END"))
    rows.commit()
    patterns = get(client, "/cities/drawn-town")["release"]["patterns"]
    assert get(client, "/cities/drawn-town")["release"]["length_m"] == 16777216 + patterns - 1
