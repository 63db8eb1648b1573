"""Vector tiles of the drawn town, read by a decoder of a few lines."""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from collectors.streets.network import Way, make_streets
from collectors.streets.rules import Rule
from mapping_service.store.streets import save_streets
from mapping_service.street_records import StreetReading
from mapping_service.web import compress
from tests.collectors.streets.drawn import NOWHERE
from tests.factories import at


def fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """The fields of a protobuf message of varints and length-delimited values only, as tiles are at these levels."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(data):
        key = varint()
        if key & 7 == 2:
            length = varint()
            yield key >> 3, data[position:position + length]
            position += length
        else:
            assert key & 7 == 0
            yield key >> 3, varint()


def layers(tile: bytes) -> dict[str, tuple[int, set[str]]]:
    """Each layer's number of features and names of properties (Mapbox Vector Tile 2.1: 1 name, 2 features, 3 keys)."""
    found = {}
    for number, layer in fields(tile):
        assert number == 3 and isinstance(layer, bytes)
        parts = list(fields(layer))
        name = next(value for key, value in parts if key == 1)
        assert isinstance(name, bytes)
        keys = {value.decode() for key, value in parts if key == 3 and isinstance(value, bytes)}
        found[name.decode()] = (sum(key == 2 for key, _ in parts), keys)
    return found


def tile_of(place: tuple[float, float], z: int) -> str:
    """The z/x/y of the tile in which a place lies."""
    lon, lat = place
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{z}/{math.floor((lon + 180) / 360 * 2**z)}/{math.floor(y * 2**z)}"


def test_a_tile_of_the_town_holds_its_routes_stops_and_service_points(client: FlaskClient) -> None:
    response = client.get(f"/drawn-town/tiles/1/{tile_of(at(2, 0), 11)}.mvt")
    assert response.status_code == 200
    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    found = layers(response.data)
    assert set(found) == {"routes", "stops", "service_points"}
    assert found["routes"][0] == 3 and {"route_id", "runs", "short_name"} <= found["routes"][1]
    assert found["stops"][0] >= 4 and found["service_points"][0] >= 1


def test_from_afar_a_tile_holds_lines_only(client: FlaskClient) -> None:
    assert set(layers(client.get(f"/drawn-town/tiles/1/{tile_of(at(2, 0), 9)}.mvt").data)) == {"routes"}


def test_a_tile_never_changes_and_says_so(client: FlaskClient) -> None:
    path = f"/drawn-town/tiles/1/{tile_of(at(2, 0), 11)}.mvt"
    first = client.get(path)
    assert "immutable" in first.headers["Cache-Control"] and first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_a_tile_is_gzipped_for_who_takes_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compress, "LEAST_BYTES", 0)
    path = f"/drawn-town/tiles/1/{tile_of(at(2, 0), 11)}.mvt"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == client.get(path).data
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_where_nothing_lies_there_is_no_content(client: FlaskClient) -> None:
    response = client.get("/drawn-town/tiles/1/10/0/0.mvt")
    assert response.status_code == 204 and not response.data


@pytest.mark.parametrize("tile", ["0/1/0", "3/0/8", "17/0/0", "99/0/0", "-1/0/0"])
def test_tiles_outside_of_the_scheme_are_not_found(client: FlaskClient, tile: str) -> None:
    assert client.get(f"/drawn-town/tiles/1/{tile}.mvt").status_code == 404


@pytest.fixture
def street_tiles(rows: Connection, client: FlaskClient) -> str:
    """The address of the drawn town's street tiles, as its page tells it."""
    city_id = rows.execute(text("SELECT city_id FROM city WHERE slug = 'drawn-town'")).scalar_one()
    ends = {ord(letter): place for letter, place in (("A", at(1, 0)), ("B", at(2, 0)))}
    streets = make_streets([Way(1, list(ends), Rule("primary", False, False))], ends, NOWHERE, NOWHERE)
    save_streets(rows, city_id, StreetReading(streets, "drawn", "0", None, "nobody", []))
    rows.commit()
    found = re.search(r'"streets": ?"([^"]+)"', client.get("/drawn-town").text)
    assert found is not None
    return found[1]


def test_the_page_of_a_city_with_streets_shows_them_and_whose_they_are(client: FlaskClient, street_tiles: str) -> None:
    place = tile_of(at(2, 0), 12)
    response = client.get(street_tiles.replace("{z}/{x}/{y}", place))
    assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]
    assert layers(response.data) == {"streets": (1, {"rank"})}
    for language, word in (("en", "contributors"), ("fr", "contributeurs"), ("sw", "wachangiaji")):
        page = client.get(f"/drawn-town?lang={language}").text
        assert "https://www.openstreetmap.org/copyright" in page and word in page


def test_a_city_without_streets_credits_nobody(client: FlaskClient) -> None:
    assert "openstreetmap.org" not in client.get("/drawn-town").text


def test_invented_streets_of_the_sample_city_are_nobodys(
    client: FlaskClient, rows: Connection, street_tiles: str
) -> None:
    rows.execute(text("UPDATE city SET synthetic = true"))
    rows.commit()
    page = client.get("/drawn-town").text
    assert street_tiles in page and "openstreetmap.org" not in page


def test_tiles_of_streets_that_were_replaced_are_not_found(client: FlaskClient, street_tiles: str) -> None:
    path = street_tiles.replace("{z}/{x}/{y}", tile_of(at(2, 0), 12))
    version = path.split("/")[3]
    assert client.get(path.replace(version, "0" * 12)).status_code == 404
    assert client.get(path.replace("drawn-town", "empty-town")).status_code == 404
    assert client.get(street_tiles.replace("{z}/{x}/{y}", "17/0/0")).status_code == 404
