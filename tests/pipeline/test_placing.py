"""Who sends a ride hears at once where it seems to belong, before the city has been thought through again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mapping_service.parameters import Parameters
from mapping_service.receive import receive
from mapping_service.stages import take_in
from mapping_service.store import people
from mapping_service.store.intake import own_submission
from tests.pipeline.town import PLAIN, SLUG, Town, survey


@pytest.fixture
def sender(town: Town) -> int:
    """A contributor who may ask."""
    with town.engine.begin() as connection:
        return people.sender(connection, people.add_key(connection, town.city.city_id, "ama")).contributor_id


def told(town: Town, sender: int, submission_id: int) -> dict[str, Any]:
    """What the sender hears of a submission."""
    with town.engine.connect() as connection:
        network = town.network("candidate")
        found = own_submission(connection, town.city.city_id, sender, submission_id, network)
    assert found is not None
    return {name: found[name] for name in ("role", "route_id", "direction_id", "provisional")}


def take(town: Town, p: Parameters = Parameters()) -> None:
    """Take in what has come, and no more."""
    take_in(town.url, SLUG, p, jobs=1, progress=lambda *_: None)


def test_a_new_ride_is_told_the_route_that_the_next_network_gives_it(town: Town, sender: int) -> None:
    *others, last = survey()
    town.send_all(others)
    town.process()
    before = town.digest("candidate")
    mine = receive(town.engine, town.city, last.file_name, last.gpx, sender).submission_id
    take(town)
    soon = told(town, sender, mine)
    assert soon["provisional"] and soon["role"] == "full" and soon["route_id"]
    assert town.digest("candidate") == before
    town.process()
    assert told(town, sender, mine) == {**soon, "provisional": False}
    assert town.row_counts()["run_placement"] == 0


def test_a_ride_where_nobody_rode_before_is_new(town: Town, sender: int) -> None:
    one, *_, other = survey(replace(PLAIN, runs_min=1, runs_max=1))
    town.send(one.file_name, one.gpx)
    town.process()
    mine = receive(town.engine, town.city, other.file_name, other.gpx, sender).submission_id
    take(town)
    assert told(town, sender, mine) == {"role": "new", "route_id": None, "direction_id": None, "provisional": True}


def test_where_there_is_no_network_yet_nothing_is_said(town: Town, sender: int) -> None:
    first = survey()[0]
    mine = receive(town.engine, town.city, first.file_name, first.gpx, sender).submission_id
    take(town)
    assert told(town, sender, mine) == {"role": None, "route_id": None, "direction_id": None, "provisional": False}


def test_taking_in_twice_says_the_same(town: Town, sender: int) -> None:
    *others, last = survey()
    town.send_all(others)
    town.process()
    mine = receive(town.engine, town.city, last.file_name, last.gpx, sender).submission_id
    take(town)
    soon = told(town, sender, mine)
    take(town)
    assert told(town, sender, mine) == soon


def test_the_rides_of_a_whole_survey_wait_for_the_network_made_of_them(town: Town, sender: int) -> None:
    *others, one, last = survey()
    town.send_all(others)
    town.process()
    for ride in (one, last):
        receive(town.engine, town.city, ride.file_name, ride.gpx, sender)
    take(town, replace(Parameters(), placed_at_once=1))
    assert town.row_counts()["run_placement"] == 0
