"""`commonway agency` and `commonway translate`, as a person and as a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from mapping_service.feed_records import Agency, BookedService, ToldOperator, Translation
from mapping_service.store import agencies, booked
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.networks import copy_settled, digest, network_id
from mapping_service.typed import one_line, typed_name
from tests.cli.conftest import Command
from tests.factories import (
    DrawnTown,
    at,
    drawn_town,
    insert,
    make_contributor,
    make_network,
    make_route,
    make_run,
    make_submission,
    point,
)

TOWN = ("--name", "Town", "--timezone", "Africa/Nairobi", "--currency", "KES", "--language", "en")


@pytest.fixture
def town(commonway: Command, database: str) -> Iterator[Command]:
    """A city with the accepted routes R1 and R2."""
    commonway("city", "create", "town", *TOWN)
    with engine_for(database).begin() as connection:
        city = get_city(connection, "town")
        accepted = network_id(connection, city.city_id, "accepted")
        for route_id in ("R1", "R2"):
            make_route(connection, city.city_id, accepted, route_id)
    yield commonway


def test_an_agency_is_added_changed_and_given_routes(town: Command) -> None:
    assert town("agency", "add", "Route 23 SACCO", "--city", "town", "--json").json == {
        "agency_id": "A1", "name": "Route 23 SACCO", "url": None, "phone": None, "email": None,
        "cash_only": None,
    }
    town("city", "set", "town", "--country", "KE")
    added = ("--phone", "020 2222181", "--cash-only")
    changed = town("agency", "add", " Route 23  SACCO ", *added, "--city", "town", "--json")
    assert changed.json["agency_id"] == "A1" and changed.json["phone"] == "+254 20 2222181"
    assert changed.json["cash_only"] is True
    assert town("agency", "add", "Union", "--city", "town", "--json").json["agency_id"] == "A2"
    town("agency", "assign", "A1", "R1", "R2", "--city", "town")
    town("agency", "assign", "Union", "R2", "--city", "town")
    listed = town("agency", "list", "--city", "town", "--json").json["agencies"]
    assert [(one["agency_id"], one["routes"]) for one in listed] == [("A1", ["R1"]), ("A2", ["R2"])]
    town("agency", "assign", "informal", "R1", "--city", "town")
    assert "(no route)" in town("agency", "list", "--city", "town").out


@pytest.mark.parametrize(("words", "code"), [
    (("add", "informal"), "bad_agency"),
    (("add", " "), "bad_agency"),
    (("add", "\u200b"), "bad_agency"),
    (("add", "x" * 201), "name_too_long"),
    (("add", "Union", "--phone", "12"), "bad_phone"),
    (("add", "Union", "--email", "union"), "bad_email"),
    (("add", "Union", "--url", "union"), "bad_address"),
    (("assign", "Nobody", "R1"), "agency_unknown"),
    (("assign", "informal", "R1", "R9"), "route_unknown"),
])
def test_what_cannot_be_is_refused(town: Command, words: tuple[str, ...], code: str) -> None:
    refused = town("agency", *words, "--city", "town", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, code)
    assert town("agency", "list", "--city", "town", "--json").json["agencies"] == []


def test_what_riders_say_in_forms_is_proposed_in_the_spelling_of_most(connection: Connection) -> None:
    drawn = drawn_town(connection)
    people = [make_contributor(connection, drawn.city_id) for _ in range(2)]
    for name, person in (("Union", 0), ("union", 1), ("Union ", 0), ("SACCO", 1), (" ", 1)):
        ride_run_by(connection, drawn, name, people[person])
    told = agencies.told_operators(connection, drawn.network_id)
    assert told == {"R1": [ToldOperator("Union", 3, 2), ToldOperator("SACCO", 1, 1)]}


def ride_run_by(connection: Connection, drawn: DrawnTown, name: str, contributor_id: int) -> None:
    """A ride along P1, with a form in which somebody names the operator."""
    sent = make_submission(connection, drawn.city_id, contributor_id=contributor_id)
    run_id = make_run(connection, drawn.city_id, [at(0, 0), at(1, 0)], submission_id=sent)
    insert(connection, "pattern_run", {
        "network_id": drawn.network_id, "pattern_id": "P1", "run_id": run_id, "city_id": drawn.city_id,
        "role": "full", "share_of_run": 1.0,
    }, {})
    insert(connection, "report", {
        "city_id": drawn.city_id, "submission_id": sent, "waypoint": 0, "kind": "occupancy", "geom": point(at(0, 0)),
        "text": "", "details": {"operator": name},
    }, {})


def test_a_release_keeps_what_was_settled_when_it_was_made(connection: Connection) -> None:
    drawn = drawn_town(connection)
    accepted = make_network(connection, drawn.city_id, "accepted")
    union = agencies.put_agency(connection, drawn.city_id, accepted, Agency("", "Union"))
    agencies.assign_routes(connection, drawn.city_id, accepted, union.agency_id, ["R1"])
    agencies.put_translations(connection, drawn.city_id, accepted, [Translation("Market", "sw", "Soko")])
    van = BookedService("", "Van", union.agency_id, (((36.8, -1.3), (36.9, -1.3), (36.9, -1.2), (36.8, -1.3)),),
                        "+254 20 2222181", None, ("weekday",), 21600, 64800, 30, None, None)
    booked.put_service(connection, drawn.city_id, accepted, van)
    before = digest(connection, accepted)
    copy_settled(connection, accepted, drawn.network_id)
    agencies.put_translations(connection, drawn.city_id, accepted, [Translation("Market", "sw", "")])
    agencies.assign_routes(connection, drawn.city_id, accepted, None, ["R1"])
    assert agencies.list_agencies(connection, drawn.network_id) == [(union, ["R1"])]
    assert agencies.list_agencies(connection, accepted) == [(union, [])]
    assert booked.list_services(connection, drawn.network_id) == booked.list_services(connection, accepted)
    assert digest(connection, accepted) != before


def test_names_are_translated_and_taken_back(town: Command, tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text('\ufefflanguage,translation,name,note\nsw,Njia R1,Route R1,ok\nsw,"Soko, kuu",Market,\n', "utf-8")
    report = town("translate", table, "--city", "town", "--json")
    assert report.json == {"kept": 2, "taken_back": 0, "unknown": ["Market"]}
    table.write_text("name,language,translation\nMarket,sw,\n", "utf-8")
    assert town("translate", table, "--city", "town", "--json").json == {"kept": 0, "taken_back": 1, "unknown": []}


@pytest.mark.parametrize(("written", "code"), [
    (b"name,translation\nMarket,Soko\n", "bad_translations"),
    (b"name,language,translation\nMarket,sw," + b"x" * 201, "name_too_long"),
    (b"", "bad_translations"),
    (b"name,language,translation\nMarket,swahilish,Soko\n", "bad_translations"),
    (b"name,language,translation\nMarket,en,Market\n", "bad_translations"),
    (b"name,language,translation\n,sw,Soko\n", "bad_translations"),
    (b"name,language,translation\nMarch\xe9,sw,Soko\n", "bad_translations"),
    (b'name,language,translation\n"Market"x,sw,Soko\n', "bad_translations"),
    (b"name,language,translation\nMarket,sw,Soko\nMarket,sw,Sokoni\n", "translated_twice"),
])
def test_a_table_that_cannot_be_read_changes_nothing(town: Command, tmp_path: Path, written: bytes, code: str) -> None:
    (tmp_path / "names.csv").write_bytes(written)
    refused = town("translate", tmp_path / "names.csv", "--city", "town", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, code)


@given(st.text())
def test_a_name_on_one_line_stays_so(written: str) -> None:
    once = one_line(written)
    assert once == one_line(once) == once.strip()
    assert not set(once) & set("\n\r\t\u2028\ufeff\ufffd")


@pytest.mark.parametrize("name", ["9", "¿?", "Marché", "قهوه\u200cخانه", "x" * 200])
def test_a_name_of_which_something_can_be_seen_is_kept(name: str) -> None:
    assert typed_name(f" {name}\n") == name
