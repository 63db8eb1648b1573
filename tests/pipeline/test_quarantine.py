"""What is set aside, why, and how a person lets it in all the same."""

from __future__ import annotations

import time

from mapping_service.reasons import sentence
from tests.pipeline.town import Town, dated, moved_east, resaved, survey

RIDE, OTHER_RIDE = survey()[0].gpx, survey()[1].gpx
STANDING = b"<gpx><trk><trkseg>" + b"".join(
    b'<trkpt lat="-1.2" lon="33.3"><time>2025-03-03T07:%02d:00Z</time></trkpt>' % minute for minute in range(30)
) + b"</trkseg></trk></gpx>"


def test_the_same_ride_saved_twice_counts_once_and_names_the_first(town: Town) -> None:
    first = town.send("a.gpx", RIDE)
    second = town.send("b.gpx", resaved(RIDE))
    town.process()
    outcome = town.outcomes()["b.gpx"]
    assert (outcome["status"], outcome["reason_code"]) == ("duplicate", "same_ride")
    assert town.ask("SELECT duplicate_of FROM submission WHERE status = 'duplicate'") == [first.submission_id]
    assert town.ask("SELECT runs FROM route") == [1]
    assert town.inbox() == {first.submission_id: RIDE, second.submission_id: resaved(RIDE)}
    said = sentence(outcome["reason_code"], outcome["reason"])
    assert "a.gpx" in said or f"submission {first.submission_id} " in said


def test_a_twin_that_comes_after_processing_is_found_as_well(town: Town) -> None:
    town.send("a.gpx", RIDE)
    town.process()
    before = town.digest("candidate")
    town.send("b.gpx", resaved(RIDE))
    town.process()
    assert town.statuses()["b.gpx"] == ("duplicate", "same_ride")
    assert town.digest("candidate") == before


def test_of_three_recordings_of_one_ride_two_repeat_the_first(town: Town) -> None:
    for name, data in [("a.gpx", RIDE), ("b.gpx", resaved(RIDE)), ("c.gpx", resaved(resaved(RIDE)))]:
        town.send(name, data)
    town.process()
    assert [state for state, _ in town.statuses().values()] == ["accepted", "duplicate", "duplicate"]
    assert set(town.ask("SELECT duplicate_of FROM submission WHERE status = 'duplicate'")) == {1}


def test_two_rides_on_one_route_are_no_twins(town: Town) -> None:
    town.send_all(survey())
    town.process()
    assert set(town.statuses().values()) == {("accepted", None)}


def test_a_released_twin_counts_and_stays_in(town: Town) -> None:
    town.send("a.gpx", RIDE)
    second = town.send("b.gpx", resaved(RIDE))
    town.process()
    assert town.let_in(second.submission_id) == 1
    assert town.process().inferred
    assert town.statuses() == {"a.gpx": ("accepted", None), "b.gpx": ("accepted", None)}
    assert town.ask("SELECT runs FROM route") == [2]
    assert not town.process().inferred
    assert town.row_counts()["trace"] == town.row_counts()["run"] == 2


def test_nothing_that_is_in_use_can_be_released(town: Town) -> None:
    sent = town.send("a.gpx", RIDE)
    assert town.let_in(sent.submission_id) == 0
    town.process()
    assert town.let_in(sent.submission_id) == 0


def test_a_ride_of_another_city_is_set_aside_and_can_be_let_in(town: Town) -> None:
    here = town.send("here.gpx", RIDE)
    far = town.send("far.gpx", moved_east(OTHER_RIDE, 5))
    town.process()
    outcome = town.outcomes()["far.gpx"]
    assert (outcome["status"], outcome["reason_code"]) == ("quarantined", "far_away")
    assert 500 < outcome["reason"]["km"] < 600  # five degrees at the equator are 556 km
    assert f"{outcome['reason']['km']} km" in sentence("far_away", outcome["reason"])
    assert [ride.submission_id for ride in town.rides()] == [here.submission_id]
    town.let_in(far.submission_id)
    town.process()
    assert town.statuses()["far.gpx"] == ("accepted", None)
    assert [ride.submission_id for ride in town.rides()] == [here.submission_id, far.submission_id]


def test_a_ride_of_the_future_is_set_aside_and_can_be_let_in(town: Town) -> None:
    year = time.gmtime().tm_year + 2
    sent = town.send("tomorrow.gpx", dated(RIDE, year))
    town.process()
    outcome = town.outcomes()["tomorrow.gpx"]
    assert (outcome["status"], outcome["reason_code"]) == ("quarantined", "in_the_future")
    assert outcome["reason"]["days_ahead"] > 300
    assert town.city.srid is None, "a trace that is not used must not fix the place of the city"
    town.let_in(sent.submission_id)
    town.process()
    assert town.statuses()["tomorrow.gpx"] == ("accepted", None)
    assert town.city.srid is not None


def test_a_phone_that_stood_still_made_no_ride_and_letting_it_in_does_not_make_one(town: Town) -> None:
    town.send("moving.gpx", RIDE)
    sent = town.send("still.gpx", STANDING)
    town.process()
    assert town.statuses()["still.gpx"] == ("quarantined", "no_ride")
    town.let_in(sent.submission_id)
    town.process()
    assert town.statuses()["still.gpx"] == ("quarantined", "no_ride")
    assert town.row_counts()["run"] == 1
    assert town.process().cleaned == 0


def test_what_cannot_be_read_stays_set_aside_when_it_is_released(town: Town) -> None:
    sent = town.send("prose.gpx", b"The matatu left at seven.")
    town.process()
    first = town.statuses()["prose.gpx"]
    assert first[0] == "quarantined" and town.let_in(sent.submission_id) == 1
    town.process()
    assert town.statuses()["prose.gpx"] == first


def test_reading_again_leaves_nothing_of_the_first_reading_behind(town: Town) -> None:
    town.send("a.gpx", RIDE)
    second = town.send("b.gpx", resaved(RIDE))
    town.process()
    before = town.row_counts()
    town.let_in(second.submission_id)
    town.process()
    after = town.row_counts()
    assert {name: after[name] - before[name] for name in ("trace", "run", "report", "submission")} == {
        "trace": 0, "run": 0, "report": 0, "submission": 0,
    }
