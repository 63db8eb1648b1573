"""Ids that were given up lead on, and names that a person chose stay, whatever is inferred later."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from sqlalchemy import text

from mapping_service.errors import NotFound, Problem
from mapping_service.naming import rename
from mapping_service.store import ids
from tests.pipeline.test_publish import more
from tests.pipeline.town import Town, survey

ACCEPTED = "(SELECT network_id FROM network WHERE kind = 'accepted')"
# A second finding of the first route: its rides, its first stop, twenty metres off.
DOUBLE = f"""
INSERT INTO route SELECT network_id, 'R9', city_id, short_name, long_name, name_votes, runs, people,
  first_seen, last_seen, confidence FROM route WHERE network_id = {ACCEPTED} AND route_id = 'R1';
INSERT INTO pattern SELECT network_id, 'T9', city_id, 'R9', direction_id, headsign, geom, length_m, spread_m, runs,
  people, first_seen, last_seen, day_types, confidence FROM pattern WHERE network_id = {ACCEPTED} AND pattern_id = 'T1';
INSERT INTO pattern_run SELECT network_id, 'T9', run_id, city_id, role, share_of_run FROM pattern_run
  WHERE network_id = {ACCEPTED} AND pattern_id = 'T1';
INSERT INTO stop SELECT s.network_id, 'S99', s.city_id, s.name, s.name_votes, ST_Translate(s.geom, 0.0002, 0), s.method,
  s.runs, s.people, s.first_seen, s.last_seen, s.confidence
  FROM stop s JOIN pattern_stop ps USING (network_id, stop_id)
  WHERE s.network_id = {ACCEPTED} AND ps.pattern_id = 'T1' ORDER BY ps.stop_sequence LIMIT 1;
INSERT INTO pattern_stop SELECT network_id, 'T9', stop_sequence, city_id, 'S99', dist_m, runs, runs_past, confidence
  FROM pattern_stop WHERE network_id = {ACCEPTED} AND pattern_id = 'T1' ORDER BY stop_sequence LIMIT 1;
"""
ALIASES = "SELECT kind || ' ' || old_id || ' ' || new_id FROM id_alias ORDER BY 1"


def accepted(town: Town) -> None:
    """Send the survey, process and accept it."""
    town.send_all(survey())
    town.process()
    town.accept()


def table(feed: bytes, name: str) -> list[dict[str, str]]:
    """The rows of one file of a feed."""
    with zipfile.ZipFile(io.BytesIO(feed)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))


def named(town: Town, what: str, element_id: str, name: str) -> None:
    """Let a person call an element something."""
    with town.engine.begin() as connection:
        rename(connection, town.city, what, element_id, name, actor="ama")


def test_ids_of_a_route_that_is_given_up_lead_to_the_one_that_holds_its_rides(town: Town) -> None:
    accepted(town)
    assert town.ask(ALIASES) == []
    with town.engine.begin() as connection:
        connection.exec_driver_sql(DOUBLE)
    first = town.ask(f"SELECT stop_id FROM pattern_stop WHERE network_id = {ACCEPTED} AND pattern_id = 'T1'"
                     " ORDER BY stop_sequence")[0]
    report = town.review()
    assert report.retired == ["R9"]
    assert town.ask(ALIASES) == ["pattern T9 T1", "route R9 R1", f"stop S99 {first}"]


def test_an_id_leads_to_the_end_of_its_chain_and_a_live_one_nowhere(town: Town) -> None:
    accepted(town)
    city_id, network = town.city.city_id, town.network("accepted")
    with town.engine.begin() as connection:
        ids.save_followers(connection, city_id, network, {"route": {"R7": "R8"}})
        ids.save_followers(connection, city_id, network, {"route": {"R8": "R2"}})
        assert ids.follower(connection, network, "route", "R7") == "R2"
        assert ids.follower(connection, network, "stop", "R7") is None
        ids.save_followers(connection, city_id, network, {"route": {"R1": "R7"}})
        ids.save_followers(connection, city_id, network, {})
        assert ids.follower(connection, network, "route", "R1") is None
        # What leads to something that is gone as well leads nowhere.
        ids.save_followers(connection, city_id, network, {"route": {"R5": "R6"}})
        assert ids.follower(connection, network, "route", "R5") is None


def test_after_renaming_a_stop_one_row_of_stops_and_the_version_differ(town: Town) -> None:
    accepted(town)
    town.release()
    before = town.gtfs()
    stop_id = next(row["stop_id"] for row in table(before, "stops.txt") if row["stop_id"].startswith("S"))
    named(town, "stop", stop_id, "Pier  Gate ")
    assert town.release().created
    after = town.gtfs()
    members = {name for name in zipfile.ZipFile(io.BytesIO(after)).namelist()}
    changed = {name for name in members if table(before, name) != table(after, name)}
    assert changed == {"stops.txt", "feed_info.txt"}
    pairs = list(zip(table(before, "stops.txt"), table(after, "stops.txt"), strict=True))
    assert [(new["stop_id"], new["stop_name"]) for old, new in pairs if old != new] == [(stop_id, "Pier Gate")]


def test_a_chosen_name_stays_when_more_rides_come(town: Town) -> None:
    accepted(town)
    stop_id = town.ask(f"SELECT min(stop_id) FROM stop WHERE network_id = {ACCEPTED}")[0]
    station_id = (town.ask(f"SELECT min(station_id) FROM station WHERE network_id = {ACCEPTED}"))[0]
    for what, element, name in (("stop", stop_id, "Pier Gate"), ("route", "R1", "Pier – Market"), ("line", "R1", "9A"),
                                ("pattern", "T1", "Market"), ("station", station_id, "Pier Station")):
        named(town, what, element, name)
    more(town)
    chosen = (f"SELECT name FROM stop WHERE stop_id = '{stop_id}'", "SELECT long_name FROM route WHERE route_id = 'R1'",
              "SELECT short_name FROM route WHERE route_id = 'R1'",
              "SELECT headsign FROM pattern WHERE pattern_id = 'T1'",
              f"SELECT name FROM station WHERE station_id = '{station_id}'")
    names = ["Pier Gate", "Pier – Market", "9A", "Market", "Pier Station"]
    assert [set(town.ask(sql)) for sql in chosen] == [{name} for name in names]  # candidate and accepted
    town.accept()
    town.release()
    assert [set(town.ask(sql)) for sql in chosen] == [{name} for name in names]
    kept = "SELECT name FROM chosen_name JOIN network USING (network_id) WHERE network.kind = 'release' ORDER BY name"
    assert town.ask(kept) == sorted(names)


def test_a_release_does_not_learn_of_names_that_are_chosen_later(town: Town) -> None:
    accepted(town)
    town.release()
    (network,) = town.ask("SELECT network_id FROM network WHERE kind = 'release'")
    digest = town.digest(network)
    named(town, "route", "R1", "Pier – Market")
    assert town.digest(network) == digest
    assert town.ask(f"SELECT 1 FROM chosen_name WHERE network_id = {network}") == []


@pytest.mark.parametrize(("what", "name", "code"), [
    ("stop", "  ", "bad_name"), ("stop", "a\x07b", "bad_name"), ("line", "much too long a line", "bad_name"),
    ("stop", "x" * 201, "name_too_long"),
])
def test_a_name_that_cannot_be_is_refused(what: str, name: str, code: str, town: Town) -> None:
    with pytest.raises(Problem) as caught:
        named(town, what, "R1", name)
    assert caught.value.code == code


def test_only_what_is_accepted_can_be_renamed(town: Town) -> None:
    town.send_all(survey())
    town.process()
    with pytest.raises(NotFound) as caught:
        named(town, "route", "R1", "Pier – Market")
    assert caught.value.code == "element_unknown" and "commonway review accept" in caught.value.sentence


def test_a_thing_of_another_kind_is_called_what_it_is(town: Town) -> None:
    accepted(town)
    with pytest.raises(NotFound) as caught:
        named(town, "stop", "R1", "Harbour")
    assert "R1 is a route, not a stop: “commonway review rename route R1 NAME" in caught.value.sentence


def test_accepting_a_city_without_rides_gives_up_nothing(town: Town) -> None:
    assert town.review().retired == []
    with town.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM id_alias")).scalar_one() == 0
