"""The functions inside the database: what each says of itself, and the map tile."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.factories import STOPS, drawn_town, make_city, make_network, make_pattern, make_route, make_stop
from tests.sql.sources import FUNCTIONS

ZOOM = 13
BELOW_STOPS = 10


def tile(connection: Connection, network_id: int, z: int, lon: float, lat: float) -> bytes:
    """The tile in which a place lies."""
    n = 2**z
    x = math.floor((lon + 180) / 360 * n)
    y = math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    values = {"network": network_id, "z": z, "x": x, "y": y}
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
