"""What stops without a name are called after the streets at which they lie. A letter to the right is 111 m east."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import Connection, text

from mapping_service.parameters import Parameters
from mapping_service.publish import release
from mapping_service.store.cities import get_city
from mapping_service.store.crossings import names_of_streets
from mapping_service.store.engine import table
from mapping_service.store.streets import save_streets
from mapping_service.street_records import StreetReading
from tests.collectors.streets.drawn import STEP_DEG, lay
from tests.factories import (
    draw_network,
    lengths_m,
    make_city,
    make_hail_stretch,
    make_network,
    make_pattern,
    make_route,
    make_stop,
    point,
)
from tests.sketch import places

P = Parameters()
DAY = date(2024, 4, 1)
TOWN = """
    E     I
    |     |
    |     |
A---B-----C----------D
    |     |
    F     J
"""
WAYS = {"ABCD": "primary", "EBF": "residential", "ICJ": "residential"}
NAMES = {1: "Wide Road", 2: "Elm Street", 3: "Ash Street"}


def reading(names: Mapping[int, str], drawing: str = TOWN, **ways: str) -> StreetReading:
    return StreetReading(lay(drawing, **(ways or WAYS)), "town.osm", "5" * 64, None, "© somebody", [], names)


def named(
    connection: Connection, *stops: str, names: Mapping[int, str] = NAMES, north_m: float = 0.0, drawing: str = TOWN,
    **ways: str,
) -> list[tuple[str, str]]:
    """Names and methods of stops that lie at letters of the drawing, or so far north of them."""
    city_id = make_city(connection)
    save_streets(connection, city_id, reading(names, drawing, **ways))
    network_id = make_network(connection, city_id)
    for letter in stops:
        lon, lat = places(drawing, STEP_DEG)[letter]
        make_stop(connection, city_id, network_id, letter, (lon, lat + north_m / 110574), name=None)
    return [(one.name, one.method) for one in names_of_streets(connection, city_id, network_id, P)]


def test_a_stop_at_a_crossing_is_called_after_both_streets_the_larger_one_first(connection: Connection) -> None:
    assert named(connection, "B", "C", north_m=50) == [
        ("Wide Road / Elm Street", "crossing"), ("Wide Road / Ash Street", "crossing"),
    ]


def test_a_stop_on_a_street_is_called_after_its_nearest_crossing(connection: Connection) -> None:
    assert named(connection, "E", north_m=20) == [("Wide Road / Elm Street", "nearest_crossing")]  # 353 m from B
    assert named(connection, "A", north_m=20) == [("Wide Road", "street")]  # 446 m from it


@pytest.mark.parametrize(("north_m", "found"), [
    (20, [("Wide Road", "street")]), (40, []),  # 1.2 km from C
])
def test_a_stop_far_from_any_crossing_is_called_after_its_street_if_it_lies_on_one(
    connection: Connection, north_m: float, found: list[tuple[str, str]]
) -> None:
    assert named(connection, "D", north_m=north_m) == found


def test_streets_that_cross_without_meeting_are_no_crossing(connection: Connection) -> None:
    assert named(connection, "B", ABCD="primary", EF="residential", ICJ="residential") == [
        ("Wide Road", "street")
    ]


def test_one_street_that_is_spelt_in_two_ways_is_no_crossing(connection: Connection) -> None:
    assert named(connection, "B", names={1: "Wide Road", 2: "WIDE ROAD"}) == [("Wide Road", "street")]


def test_a_street_without_a_name_makes_no_crossing(connection: Connection) -> None:
    assert named(connection, "B", names={1: "Wide Road"}) == [("Wide Road", "street")]


def test_of_three_streets_the_two_largest_are_named(connection: Connection) -> None:
    names = {1: "Wide Road", 2: "Elm Street", 3: "Ash Street", 4: "Old Lane"}
    assert named(connection, "B", names=names, AB="residential", BCD="secondary", EB="residential", BF="tertiary") == [
        ("Elm Street / Old Lane", "crossing")
    ]


def test_a_stop_that_somebody_named_is_left_alone(connection: Connection) -> None:
    city_id = make_city(connection)
    save_streets(connection, city_id, reading(NAMES))
    network_id = make_network(connection, city_id)
    make_stop(connection, city_id, network_id, "S1", places(TOWN, STEP_DEG)["B"], name="Big Tree")
    assert names_of_streets(connection, city_id, network_id, P) == []


def test_a_name_with_a_backslash_comes_back_as_it_was(connection: Connection) -> None:
    assert named(connection, "D", names={1: r"Road \N 7\t"}) == [(r"Road \N 7\t", "street")]


def test_a_release_keeps_the_names_and_other_names_make_another_one(connection: Connection) -> None:
    city_id = make_city(connection, slug="crossed")
    accepted = make_network(connection, city_id, "accepted")
    draw_network(connection, city_id, accepted)
    save_streets(connection, city_id, reading(NAMES))
    connection.execute(table(connection, "stop").update().where(text("stop_id = 'S7'")).values(  # nobody named it
        geom=point(places(TOWN, STEP_DEG)["B"])
    ))
    city = get_city(connection, "crossed")

    def released() -> tuple[int, bool]:
        made = release(connection, city, note=None, valid_from=None, day=DAY)
        return made.release, made.created

    assert [released(), released()] == [(1, True), (1, False)]
    save_streets(connection, city_id, reading({**NAMES, 2: "Market Street"}))
    assert released() == (2, True)
    kept = connection.execute(text(
        "SELECT release_number, stop_id, name FROM stop_street JOIN network USING (network_id) ORDER BY 1"
    ))
    assert [tuple(one) for one in kept] == [
        (1, "S7", "Wide Road / Elm Street"), (2, "S7", "Wide Road / Market Street"),
    ]


def test_another_name_for_a_virtual_stop_makes_another_release(connection: Connection) -> None:
    """A line from A to C, hailed all the way; both its stops have names that people gave."""
    city_id = make_city(connection, slug="hailed")
    accepted = make_network(connection, city_id, "accepted")
    served = [(letter, places(TOWN, STEP_DEG)[letter]) for letter in "AC"]
    for letter, place in served:
        make_stop(connection, city_id, accepted, letter, place, name=f"At {letter}")
    make_route(connection, city_id, accepted, "R1")
    make_pattern(connection, city_id, accepted, "P1", "R1", served)
    make_hail_stretch(connection, city_id, accepted, "P1", 0.0, lengths_m([place for _, place in served])[1])
    city = get_city(connection, "hailed")
    made = []
    for name in ("Elm Street", "Elm Street", "Market Street"):
        save_streets(connection, city_id, reading({**NAMES, 2: name}))
        made.append(release(connection, city, note=None, valid_from=None, day=DAY))
    assert [(one.release, one.created) for one in made] == [(1, True), (1, False), (2, True)]
    kept = connection.execute(text("SELECT name FROM stop_street WHERE stop_id ~ '^V' AND name ~ 'Market'"))
    assert {one.name for one in kept} == {"Wide Road / Market Street"}
