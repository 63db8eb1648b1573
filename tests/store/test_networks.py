"""Networks as rows: copied whole, told apart by their digest, with public ids that are never used again."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from mapping_service.store import ids, networks
from tests.factories import (
    VALID_FROM,
    DrawnTown,
    at,
    draw_network,
    drawn_town,
    make_city,
    make_hail_stretch,
    make_load,
    make_network,
    make_station,
    make_stop_candidate,
)

TABLES = ("route", "stop", "pattern", "pattern_stop", "running_time", "headway", "fare", "pattern_run", "station",
          "hail_stretch", "stop_candidate", "chosen_name", "load")
# One change in each table that a digest covers.
CHANGES = (
    "UPDATE route SET long_name = 'Elsewhere' WHERE network_id = :n AND route_id = 'R1'",
    "UPDATE stop SET geom = ST_Translate(geom, 0.00001, 0) WHERE network_id = :n AND stop_id = 'S1'",
    "UPDATE pattern SET geom = ST_Reverse(geom) WHERE network_id = :n AND pattern_id = 'P1'",
    "UPDATE pattern_stop SET dist_m = dist_m + 1 WHERE network_id = :n AND pattern_id = 'P1' AND stop_sequence = 4",
    "DELETE FROM running_time WHERE network_id = :n AND pattern_id = 'P1' AND band_start_s > 0",
    "UPDATE headway SET method = 'city_waits' WHERE network_id = :n",
    "DELETE FROM fare WHERE network_id = :n",
    "UPDATE station SET name = 'Elsewhere' WHERE network_id = :n",
    "UPDATE hail_stretch SET to_m = to_m + 1 WHERE network_id = :n",
    "UPDATE stop_candidate SET runs = 0 WHERE network_id = :n",
    "UPDATE load SET seats = 0.6 WHERE network_id = :n",
    "UPDATE chosen_name SET element_id = 'S1' WHERE network_id = :n",
    "UPDATE service_point SET name = 'Elsewhere' WHERE network_id = :n AND service_point_id = 'C1'",
    "UPDATE city SET licence = 'CC0-1.0' FROM network WHERE network.city_id = city.city_id AND network_id = :n",
)


@pytest.fixture
def drawn(connection: Connection) -> DrawnTown:
    town = drawn_town(connection)
    key = (connection, town.city_id, town.network_id)
    make_station(*key, "H1", ["S4", "S5"])
    make_hail_stretch(*key, "P1", 1200.0, 2100.0)
    make_load(*key, "P1", 1, 0.5)
    make_stop_candidate(*key, "P3", 500.0, at(2, -0.5))
    connection.execute(text("""UPDATE pattern SET reason_code = 'variant_branch', reason = '{"share": 0.9}'
                               WHERE pattern_id = 'P2'"""))
    named = "INSERT INTO chosen_name VALUES (:n, 'stop', 'S2', 'name', :c, 'Second', 'ama')"
    connection.execute(text(named), {"n": town.network_id, "c": town.city_id})
    return town


def sizes(connection: Connection, network_id: int) -> list[int]:
    count = "SELECT count(*) FROM {} WHERE network_id = :n"
    return [connection.execute(text(count.format(name)), {"n": network_id}).scalar_one() for name in TABLES]


def test_a_copy_holds_all_that_its_original_holds(connection: Connection, drawn: DrawnTown) -> None:
    copy = make_network(connection, drawn.city_id, "accepted")
    networks.copy_routes(connection, drawn.network_id, copy, ["R1", "R2"])
    networks.copy_service_points(connection, drawn.network_id, copy)
    ids.copy_chosen_names(connection, drawn.network_id, copy)
    assert sizes(connection, copy) == sizes(connection, drawn.network_id)
    assert networks.digest(connection, copy) == networks.digest(connection, drawn.network_id)


def test_a_route_is_copied_with_its_own_stops_only(connection: Connection, drawn: DrawnTown) -> None:
    copy = make_network(connection, drawn.city_id, "accepted")
    networks.copy_routes(connection, drawn.network_id, copy, ["R2"])
    held = connection.execute(text("SELECT stop_id FROM stop WHERE network_id = :n ORDER BY 1"), {"n": copy})
    assert held.scalars().all() == ["S3", "S4", "S6", "S7", "S8"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_anywhere_changes_the_digest(connection: Connection, drawn: DrawnTown, change: str) -> None:
    before = networks.digest(connection, drawn.network_id)
    assert connection.execute(text(change), {"n": drawn.network_id}).rowcount > 0
    assert networks.digest(connection, drawn.network_id) != before


def test_replacing_a_route_drops_the_stops_that_nothing_serves_any_more(
    connection: Connection, drawn: DrawnTown
) -> None:
    accepted = make_network(connection, drawn.city_id, "accepted")
    networks.copy_routes(connection, drawn.network_id, accepted, ["R1", "R2"])
    connection.execute(text("DELETE FROM pattern_stop WHERE network_id = :n AND stop_id = 'S7'"),
                       {"n": drawn.network_id})
    networks.replace_routes(connection, drawn.network_id, accepted, ["R2"])
    held = connection.execute(text("SELECT stop_id FROM stop WHERE network_id = :n"), {"n": accepted}).scalars().all()
    assert sorted(held) == ["S1", "S2", "S3", "S4", "S5", "S6", "S8"]


def test_a_station_that_no_stop_belongs_to_any_more_goes(connection: Connection, drawn: DrawnTown) -> None:
    accepted = make_network(connection, drawn.city_id, "accepted")
    networks.copy_routes(connection, drawn.network_id, accepted, ["R1", "R2"])
    connection.execute(text("UPDATE stop SET station_id = NULL WHERE network_id = :n"), {"n": drawn.network_id})
    networks.replace_routes(connection, drawn.network_id, accepted, ["R1"])
    left = "SELECT count(*) FROM station WHERE network_id = :n"
    assert connection.execute(text(left), {"n": accepted}).scalar_one() == 0


def test_a_route_brings_the_stations_of_its_stops_with_it(connection: Connection, drawn: DrawnTown) -> None:
    accepted = make_network(connection, drawn.city_id, "accepted")
    networks.copy_routes(connection, drawn.network_id, accepted, ["R2"])
    found = "SELECT stop_id FROM stop WHERE network_id = :n AND station_id = 'H1'"
    assert connection.execute(text(found), {"n": accepted}).scalars().all() == ["S4"]


def test_a_renamed_element_takes_along_what_hangs_on_it(connection: Connection, drawn: DrawnTown) -> None:
    before = sizes(connection, drawn.network_id)
    for kind, old in (("route", "R1"), ("pattern", "P1"), ("stop", "S3"), ("station", "H1")):
        networks.rename(connection, drawn.network_id, kind, {old: f"{old}00"})
    assert sizes(connection, drawn.network_id) == before
    hanging = networks.ids_of_routes(connection, drawn.network_id, ["R100"])
    assert {("pattern", "P100"), ("stop", "S300"), ("station", "H100")} <= set(hanging)


def test_public_numbers_go_on_from_the_last_and_by_kind(connection: Connection) -> None:
    city_id = make_city(connection)
    assert networks.mint(connection, city_id, "route", "R", ["~1", "~2"]) == {"~1": "R1", "~2": "R2"}
    assert networks.mint(connection, city_id, "stop", "S", ["~1"]) == {"~1": "S1"}
    assert networks.mint(connection, city_id, "route", "R", ["~9"]) == {"~9": "R3"}
    assert networks.mint(connection, city_id, "route", "R", []) == {}
    assert networks.mint(connection, make_city(connection), "route", "R", ["~1"]) == {"~1": "R1"}


def test_only_routes_that_a_trip_planner_can_use_are_acceptable(connection: Connection) -> None:
    city_id = make_city(connection)
    candidate = make_network(connection, city_id, "candidate")
    draw_network(connection, city_id, candidate)
    assert networks.acceptable(connection, city_id, 0.0) == ["R1", "R2"]
    shortened = "DELETE FROM pattern_stop WHERE network_id = :n AND pattern_id = 'P3' AND stop_sequence > 0"
    connection.execute(text(shortened), {"n": candidate})
    assert networks.acceptable(connection, city_id, 0.0) == ["R1"]
    assert networks.acceptable(connection, city_id, 0.9) == []


def test_releases_are_numbered_within_their_city(connection: Connection, drawn: DrawnTown) -> None:
    other = make_city(connection)
    assert networks.add_release(connection, drawn.city_id, VALID_FROM, None, "x")[1] == 2
    assert networks.add_release(connection, other, VALID_FROM, None, "x")[1] == 1
