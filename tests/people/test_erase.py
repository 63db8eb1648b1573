"""All that a person sent can be erased, and nothing that others sent."""

from __future__ import annotations

import pytest

from mapping_service.errors import Forbidden
from mapping_service.instances import accept_instance
from mapping_service.people import EraseReport, erase
from mapping_service.records import Claim
from mapping_service.store.intake import save_claims
from mapping_service.store.people import record_consent
from tests.openrosa.filled import filled
from tests.people.sending import key_of, person, send_as, track_as
from tests.pipeline.town import Town, resaved, survey

AMINA = "amina-of-the-pier"
DERIVED = ("trace", "report", "run", "signature", "judgement", "likeness", "run_match", "run_trail", "claim", "inbox",
           "arrival", "submission", "message", "stream", "trail", "instance", "attachment", "consent")


def others_send(town: Town) -> None:
    """Half of a survey by somebody else, with one ride that Amina rode and sent too."""
    kofi = person(town, key_of(town, "kofi"))
    rides = survey(routes=1)
    for ride in (rides[0], rides[1], rides[3]):
        send_as(town, kofi, f"kofi-{ride.file_name}", resaved(ride.gpx) if ride is rides[0] else ride.gpx)


def all_send(town: Town) -> str:
    """Amina's half, what others send, and whatever else is known of her; her key."""
    key = key_of(town, AMINA)
    amina = person(town, key)
    rides = survey(routes=1)
    for ride in (rides[0], rides[2], rides[4]):
        send_as(town, amina, ride.file_name, ride.gpx)
    others_send(town)
    send_as(town, amina, "the-same-as-kofis.gpx", rides[1].gpx)
    accept_instance(town.engine, amina, filled("uuid:1", files=["a.jpg"]), {"a.jpg": b"a photo of me"})
    accept_instance(town.engine, amina, filled("uuid:1", files=["a.jpg"]), {"a.jpg": b"a better photo of me"})
    assert track_as(town, key)
    with town.engine.begin() as connection:
        record_consent(connection, amina.city_id, amina.contributor_id, given=True, text_version="1", language="en",
                       via="setup")
        stem = rides[2].file_name.removesuffix(".gpx")
        save_claims(connection, amina.city_id, {stem: Claim(line="7", contributor=AMINA),
                                                f"kofi-{rides[3].file_name.removesuffix('.gpx')}": Claim(line="7")})
    return key


def tables_that_name(town: Town, word: str) -> list[str]:
    """The tables in which some row holds a word."""
    return [name for name in town.row_counts() if town.ask(f"SELECT 1 FROM {name} AS t WHERE t::text LIKE '%{word}%'")]


def test_nothing_of_a_person_is_left_and_what_others_sent_counts_as_if_she_had_never_been_there(
    town: Town, second_town: Town
) -> None:
    key = all_send(town)
    town.process()
    amina = person(town, key)
    assert {"contributor", "claim"} <= set(tables_that_name(town, AMINA))
    assert town.ask("SELECT count(*) FROM submission WHERE reason_code = 'same_ride'") == [1]
    assert erase(town.engine, amina.city_id, amina.contributor_id) == EraseReport(4, 1, 1, 1)
    town.process()
    assert tables_that_name(town, AMINA) == []
    columns = town.ask("SELECT table_name FROM information_schema.columns WHERE column_name = 'contributor_id'")
    for name in set(columns) - {"contributor", "token"}:
        assert town.ask(f"SELECT 1 FROM {name} WHERE contributor_id = {amina.contributor_id}") == [], name
    with pytest.raises(Forbidden):
        person(town, key)
    others_send(second_town)
    with second_town.engine.begin() as connection:
        stem = survey(routes=1)[3].file_name.removesuffix(".gpx")
        save_claims(connection, second_town.city.city_id, {f"kofi-{stem}": Claim(line="7")})
    second_town.process()
    here, there = town.row_counts(), second_town.row_counts()
    assert {name: here[name] for name in DERIVED if name in here} == {
        name: there[name] for name in DERIVED if name in there
    }
    assert set(town.statuses().values()) == {("accepted", None)}
    assert town.digest("candidate") == second_town.digest("candidate")


def test_erasing_twice_changes_nothing_and_the_pseudonym_may_be_given_anew(town: Town) -> None:
    key = all_send(town)
    amina = person(town, key)
    erase(town.engine, amina.city_id, amina.contributor_id)
    before = town.row_counts()
    assert erase(town.engine, amina.city_id, amina.contributor_id).documents == 0
    assert town.row_counts() == before
    assert not track_as(town, key)
    assert person(town, key_of(town, AMINA)).contributor_id != amina.contributor_id


def test_a_file_that_two_people_sent_under_one_name_stays_with_the_other(town: Town) -> None:
    amina, kofi = (person(town, key_of(town, name)) for name in (AMINA, "kofi"))
    ride = survey(routes=1)[0]
    kept = [send_as(town, who, "ride.gpx", ride.gpx).kept for who in (amina, kofi, kofi)]
    assert kept == ["new", "same_bytes", "again"]
    assert erase(town.engine, amina.city_id, amina.contributor_id) == EraseReport(0, 1, 0, 1)
    assert town.ask("SELECT contributor_id FROM arrival") == [kofi.contributor_id]
    assert town.ask("SELECT contributor_id FROM submission") == [kofi.contributor_id]


def test_accepted_and_released_routes_stay(town: Town) -> None:
    key = key_of(town, AMINA)
    amina = person(town, key)
    for ride in survey(routes=1):
        send_as(town, amina, ride.file_name, ride.gpx)
    send_as(town, amina, "clinics.csv", b"name,kind,lat,lon\nSt. Mary,clinic,-1.30,36.80\n")
    town.process()
    town.accept()
    town.release()
    erase(town.engine, amina.city_id, amina.contributor_id)
    town.process()
    kinds = town.ask("SELECT kind::text FROM route JOIN network USING (network_id) ORDER BY 1")
    assert kinds == ["accepted", "release"]
    assert town.ask("SELECT DISTINCT submission_id FROM service_point") == [None]
    assert town.ask("SELECT count(*) FROM inbox") == [0]
