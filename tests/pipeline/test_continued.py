"""A recorder that sends its file again and again while it grows, as GPSLogger does: one ride, the longest."""

from __future__ import annotations

import pytest

from mapping_service.receive import receive
from mapping_service.store.people import add_key, sender
from tests.pipeline.town import Town, survey


def grown(gpx: bytes, share: float) -> bytes:
    """The beginning of a recording, as the app saved it on the way."""
    head, *points = gpx.split(b"<trkpt")
    kept = points[:max(2, int(len(points) * share))]
    body = b"".join(b"<trkpt" + point for point in kept[:-1])
    return head + body + b"<trkpt" + kept[-1].split(b"</trkpt>")[0] + b"</trkpt></trkseg></trk></gpx>"


def person(town: Town, name: str) -> int:
    with town.engine.begin() as connection:
        return sender(connection, add_key(connection, town.city.city_id, name)).contributor_id


def send(town: Town, who: int, share: float) -> str:
    name = f"ride-{who}-{round(share * 100)}.gpx"
    ride = survey()[0].gpx
    receive(town.engine, town.city, name, ride if share == 1 else grown(ride, share), who)
    return name


@pytest.mark.parametrize("at_once", [False, True])
def test_a_file_that_grew_takes_the_place_of_what_it_was(town: Town, at_once: bool) -> None:
    who = person(town, "ama")
    names = []
    for share in (0.002, 0.05, 0.6, 1):
        names.append(send(town, who, share))
        if not at_once:
            town.process()
    town.process()
    statuses = town.statuses()
    assert statuses[names[-1]] == ("accepted", None)
    assert {statuses[name] for name in names[:-1]} == {("duplicate", "continued")}
    assert len(town.rides()) == 1


def test_what_a_file_was_adds_nothing_to_what_it_is(town: Town) -> None:
    who = person(town, "ama")
    whole = send(town, who, 1)
    town.process()
    part = send(town, who, 0.6)
    town.process()
    assert town.statuses()[whole] == ("accepted", None)
    assert town.statuses()[part][0] == "duplicate"


def test_the_longer_recording_of_another_person_is_another_recording(town: Town) -> None:
    part = send(town, person(town, "kofi"), 0.6)
    town.process()
    whole = send(town, person(town, "ama"), 1)
    town.process()
    assert town.statuses() == {part: ("accepted", None), whole: ("duplicate", "same_ride")}
