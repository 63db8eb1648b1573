"""Copies and inventions among the rides: set aside with a reason, however they come in, and let in by a person."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from mapping_service.reasons import sentence
from mapping_service.records import Claim
from mapping_service.store.intake import save_claims
from tests.pipeline.town import Town, key, survey

RIDE, OTHER = survey()[0], survey()[1]
_TIME = re.compile(rb"<time>([^<]+)</time>")


def later(gpx: bytes, days: float) -> bytes:
    """The same recording, so many days later."""

    def moved(found: re.Match[bytes]) -> bytes:
        when = datetime.fromisoformat(found[1].decode().replace("Z", "+00:00")) + timedelta(days=days)
        return b"<time>" + when.astimezone(UTC).isoformat().replace("+00:00", "Z").encode() + b"</time>"

    return _TIME.sub(moved, gpx)


def judged(town: Town) -> list[tuple[Any, ...]]:
    with town.engine.connect() as connection:
        found = connection.execute(text("SELECT submission_id, probability, weight, doubts FROM judgement ORDER BY 1"))
        return [tuple(one) for one in found]


def test_a_ride_that_is_replayed_on_another_day_is_set_aside_and_names_the_first(town: Town) -> None:
    town.send("first.gpx", RIDE.gpx)
    town.send("replay.gpx", later(RIDE.gpx, 6.5))
    town.process()
    outcome = town.outcomes()["replay.gpx"]
    assert (outcome["status"], outcome["reason_code"]) == ("quarantined", "copied")
    assert outcome["reason"]["of"] == "first.gpx" and outcome["reason"]["hours"] == 156.0
    assert "first.gpx" in sentence("copied", outcome["reason"])
    assert town.ask("SELECT runs FROM route") == [1]
    assert len(town.inbox()) == 2 and town.row_counts()["run"] == 2, "nothing is deleted"


def test_a_replay_that_is_let_in_counts_and_stays_in(town: Town) -> None:
    town.send("first.gpx", RIDE.gpx)
    sent = town.send("replay.gpx", later(RIDE.gpx, 6.5))
    town.process()
    assert town.let_in(sent.submission_id) == 1
    assert town.process().inferred
    assert town.statuses()["replay.gpx"] == ("accepted", None)
    assert town.ask("SELECT runs FROM route") == [2]
    assert [ride.weight for ride in town.rides()] == [1.0, 1.0]
    assert not town.process().inferred


def test_honest_rides_on_the_same_routes_are_not_doubted(town: Town) -> None:
    town.send_all(survey())
    town.process()
    assert set(town.statuses().values()) == {("accepted", None)}
    assert [one for one in judged(town) if one[1] > 0.5] == []


def state(town: Town) -> tuple[object, ...]:
    with town.engine.connect() as connection:
        looks = connection.execute(text("SELECT submission_id, keys, compared FROM signature ORDER BY 1"))
        alike = connection.execute(text("SELECT submission_id, original_id, share FROM likeness ORDER BY 1, 2"))
        return town.statuses(), judged(town), [tuple(one) for one in looks], [tuple(one) for one in alike]


def test_one_by_one_gives_what_all_at_once_gives(town: Town, second_town: Town) -> None:
    files = [
        ("a.gpx", RIDE.gpx), ("b.gpx", later(RIDE.gpx, 2)), ("c.gpx", OTHER.gpx), ("d.gpx", later(RIDE.gpx, 9)),
        ("e.gpx", later(OTHER.gpx, -3)),
    ]
    for name, data in files:
        town.send(name, data)
        town.process()
        second_town.send(name, data)
    second_town.process()
    assert state(town) == state(second_town)
    assert [status for status, _ in town.statuses().values()] == [
        "accepted", "quarantined", "accepted", "quarantined", "quarantined"
    ]
    assert town.digest("candidate") == second_town.digest("candidate")


def test_a_second_processing_changes_nothing(town: Town) -> None:
    town.send("a.gpx", RIDE.gpx)
    town.send("b.gpx", later(RIDE.gpx, 2))
    town.process()
    before = state(town)
    town.process()
    assert state(town) == before


def test_one_person_far_away_at_the_same_time_weighs_less_in_both_places(town: Town) -> None:
    one, other = survey()[0], survey()[7]
    names = {"one.gpx": one.gpx, "other.gpx": at_the_time_of(one.gpx, other.gpx)}
    with town.engine.begin() as connection:
        save_claims(connection, town.city.city_id, {key(name): Claim(contributor="ama") for name in names})
    for name, data in names.items():
        town.send(name, data)
    town.process()
    assert set(town.statuses().values()) == {("accepted", None)}
    assert [ride.weight for ride in town.rides()] == [0.2, 0.2]
    assert {doubt["code"] for _, _, _, doubts in judged(town) for doubt in doubts} == {"two_places"}


def at_the_time_of(one: bytes, other: bytes) -> bytes:
    """The second recording, moved to begin with the first."""
    starts = [_TIME.findall(gpx)[0].decode().replace("Z", "+00:00") for gpx in (one, other)]
    first, then = (datetime.fromisoformat(start) for start in starts)
    return later(other, (first - then) / timedelta(days=1))


def test_how_reliable_people_are_is_kept_inside(town: Town) -> None:
    people = ("ama", "kofi", "esi")
    turns: Counter[tuple[str, str]] = Counter()
    claims = {}
    for ride in survey():
        way = ride.truth.pattern, ride.truth.direction_id
        claims[key(ride.file_name)] = Claim(contributor=people[turns[way] % len(people)])
        turns[way] += 1
    with town.engine.begin() as connection:
        save_claims(connection, town.city.city_id, claims)
    town.send_all(survey())
    town.process()
    assert set(town.ask("SELECT person FROM reliability WHERE domain = 'trace'")) == set(people)
    assert all(1 / 3 <= weight <= 3 for weight in town.ask("SELECT weight FROM reliability"))
