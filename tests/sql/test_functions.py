"""The functions inside the database: what each says of itself, and the map tile."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from mapping_service.store.engine import table
from tests.factories import STOPS, Place, drawn_town, line, make_city, make_network, make_pattern, make_route, make_stop
from tests.sql.sources import FUNCTIONS
from tests.web.test_tiles import layers

ZOOM = 13
BELOW_STOPS = 10


def place_in(z: int, lon: float, lat: float) -> dict[str, int]:
    """The tile in which a place lies."""
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return {"z": z, "x": math.floor((lon + 180) / 360 * n), "y": math.floor(y * n)}


def tile(connection: Connection, network_id: int, z: int, lon: float, lat: float) -> bytes:
    """The tile of a network in which a place lies."""
    values = {"network": network_id, **place_in(z, lon, lat)}
    return bytes(connection.execute(text("SELECT map_tile(:network, :z, :x, :y)"), values).scalar_one())


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_says_what_it_does_and_how_it_may_be_planned(path: Path) -> None:
    written = path.read_text("utf-8")
    assert re.match(r"-- [A-Z].*\.", written)
    assert r"-- \param" in written and r"-- \returns" in written
    assert re.search(r"CREATE OR REPLACE FUNCTION " + path.stem + r"\(", written)
    assert re.search(r"\b(IMMUTABLE|STABLE|VOLATILE)\b", written)
    assert re.search(r"\bPARALLEL (SAFE|RESTRICTED|UNSAFE)\b", written)


def test_a_tile_of_the_drawn_town_holds_its_three_layers(connection: Connection) -> None:
    town = drawn_town(connection)
    market = tile(connection, town.network_id, ZOOM, *STOPS["S3"][1])
    assert [name for name in (b"routes", b"stops", b"service_points") if name not in market] == []
    assert b"Market" in market and b"Town Clinic" in market


def test_a_tile_from_afar_holds_routes_only(connection: Connection) -> None:
    town = drawn_town(connection)
    far = tile(connection, town.network_id, BELOW_STOPS, *STOPS["S3"][1])
    assert b"routes" in far and b"stops" not in far and b"service_points" not in far


def test_a_tile_in_which_nothing_lies_is_empty(connection: Connection) -> None:
    town = drawn_town(connection)
    assert tile(connection, town.network_id, ZOOM, 0.0, 51.5) == b""


def test_a_tile_shows_its_own_network_only(connection: Connection) -> None:
    town = drawn_town(connection)
    other = drawn_town(connection, slug="other-town")
    assert tile(connection, other.network_id + 1, ZOOM, *STOPS["S3"][1]) == b""
    assert tile(connection, other.network_id, ZOOM, *STOPS["S3"][1]) == tile(
        connection, town.network_id, ZOOM, *STOPS["S3"][1]
    )


@pytest.mark.parametrize(("lon", "z"), [(179.99, 5), (179.99, 13), (20.0, 1), (20.0, 0), (-20.0, 1), (-179.99, 5)])
def test_a_tile_at_the_edge_of_the_map_holds_what_lies_in_it(connection: Connection, lon: float, z: int) -> None:
    city_id = make_city(connection, slug="edge")
    network_id = make_network(connection, city_id)
    make_route(connection, city_id, network_id, "R1")
    ends = [("S1", (lon, -16.8)), ("S2", (lon - math.copysign(0.3, lon), -16.8))]
    for stop_id, place in ends:
        make_stop(connection, city_id, network_id, stop_id, place)
    make_pattern(connection, city_id, network_id, "P1", "R1", ends)
    found = tile(connection, network_id, z, lon, -16.8)
    assert b"routes" in found
    assert (b"stops" in found) == (z > BELOW_STOPS)


def street_tile(connection: Connection, city_id: int, z: int, lon: float, lat: float) -> bytes:
    """The tile of a city's streets in which a place lies."""
    values = {"city": city_id, **place_in(z, lon, lat)}
    return bytes(connection.execute(text("SELECT street_tile(:city, :z, :x, :y)"), values).scalar_one())


def make_street(connection: Connection, city_id: int, street_id: int, kind: str, places: list[Place]) -> None:
    values = {"city_id": city_id, "street_id": street_id, "kind": kind, "geom": line(places)}
    one = {"tail": street_id, "head": street_id + 1, "against_out": False, "against_back": False, "way_id": 1}
    connection.execute(table(connection, "street").insert(), {**values, **one})


def make_street_network(connection: Connection, city_id: int) -> None:
    about = {"source": "drawn", "sha256": "0", "digest": "0", "attribution": "nobody"}
    connection.execute(table(connection, "street_network").insert(), {"city_id": city_id, **about})


@pytest.mark.parametrize(("kind", "from_zoom"), [
    ("motorway", 7), ("primary", 8), ("secondary", 10), ("tertiary", 11), ("primary_link", 11), ("residential", 13),
    ("service", 14),
])
def test_the_closer_a_tile_the_more_streets_it_holds(connection: Connection, kind: str, from_zoom: int) -> None:
    city_id = make_city(connection)
    make_street_network(connection, city_id)
    place, end = STOPS["S3"][1], STOPS["S6"][1]
    make_street(connection, city_id, 0, kind, [place, end])
    assert b"streets" in street_tile(connection, city_id, from_zoom, *place)
    assert street_tile(connection, city_id, from_zoom - 1, *place) == b""
    assert street_tile(connection, city_id, from_zoom, 0.0, 51.5) == b""
    assert street_tile(connection, make_city(connection), from_zoom, *place) == b""


def test_streets_of_one_rank_are_one_feature(connection: Connection) -> None:
    city_id = make_city(connection)
    make_street_network(connection, city_id)
    place = STOPS["S3"][1]
    for number, kind in enumerate(["primary", "trunk", "secondary", "tertiary", "residential", "service"]):
        make_street(connection, city_id, number, kind, [place, (place[0] + 0.001 * (number + 1), place[1])])
    found = street_tile(connection, city_id, 14, *place)
    assert layers(found) == {"streets": (4, {"rank"})}
