"""Accepting keeps public ids; a release never changes; the same rides give the same bytes anywhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gtfs_export import export_layers
from mapping_service.errors import Conflict, NotFound
from tests.conftest import _new_database
from tests.pipeline.town import PLAIN, SLUG, Town, survey

MORE = replace(PLAIN, seed=5)  # other rides on the same routes


@pytest.fixture(scope="module")
def twice(server: str, template: str, released_town: Town) -> Iterator[tuple[Town, Town]]:
    """Two databases that were sent the same rides in the same order."""
    with _new_database(server, template=template) as url:
        second = Town(url).found()
        second.send_all(survey())
        second.process()
        second.accept()
        second.release()
        yield released_town, second
        second.engine.dispose()


def more(town: Town) -> None:
    """Send and process more rides on the routes that the town knows."""
    for ride in survey(MORE):
        town.send(f"more-{ride.file_name}", ride.gpx)
    assert town.process().inferred


def ends(town: Town) -> dict[str, tuple[str, int]]:
    """The route and direction of each accepted pattern, by its public id."""
    joined = town.ask("SELECT pattern_id || ' ' || route_id || ' ' || direction_id FROM pattern p"
                      " JOIN network n USING (network_id) WHERE n.kind = 'accepted'")
    return {pattern: (route, int(way)) for pattern, route, way in (one.split() for one in joined)}


def layer_features(town: Town, folder: Path) -> dict[str, object]:
    """The features of each layer of the newest release."""
    folder.mkdir()
    with town.engine.connect() as connection:
        export_layers(connection, SLUG, None, folder)
    return {path.name: json.loads(path.read_text("utf-8"))["features"] for path in sorted(folder.glob("*.geojson"))}


def test_accepting_mints_public_ids_in_order(town: Town) -> None:
    town.send_all(survey())
    town.process()
    assert town.accept() == ["R1", "R2"]
    assert sorted(town.ask("SELECT route_id FROM route")) == ["R1", "R1", "R2", "R2"]
    assert not [one for one in town.ask("SELECT stop_id FROM stop") if one.startswith("~")]
    assert sorted(ends(town)) == ["T1", "T2", "T3", "T4"]


def test_accepting_again_changes_nothing_and_mints_nothing(town: Town) -> None:
    town.send_all(survey())
    town.process()
    town.accept()
    digest, minted = town.digest("accepted"), town.ask("SELECT sum(last) FROM minted_id")
    assert town.accept() == ["R1", "R2"]
    assert town.digest("accepted") == digest
    assert town.ask("SELECT sum(last) FROM minted_id") == minted


def test_public_ids_stay_when_more_rides_come(town: Town) -> None:
    town.send_all(survey())
    town.process()
    town.accept()
    before, digest = ends(town), town.digest("accepted")
    more(town)
    assert town.accept() == ["R1", "R2"]
    assert ends(town) == before
    assert town.digest("accepted") != digest


def test_most_stops_keep_their_ids_when_more_rides_come(town: Town) -> None:
    accepted = "SELECT stop_id FROM stop JOIN network USING (network_id) WHERE kind = 'accepted'"
    town.send_all(survey())
    town.process()
    town.accept()
    before = set(town.ask(accepted))
    more(town)
    town.accept()
    assert len(before & set(town.ask(accepted))) >= 0.8 * len(before)


def test_a_new_route_takes_the_next_number(town: Town) -> None:
    town.send_all(survey(routes=1))
    town.process()
    assert town.accept() == ["R1"]
    town.send_all(survey(routes=2))
    first = {ride.gpx for ride in survey(routes=1)}
    for number, ride in enumerate(ride for ride in survey(routes=2) if ride.gpx not in first):
        town.send(f"second-{number}.gpx", ride.gpx)
    town.process()
    assert town.accept() == ["R1", "R2"]


def test_a_second_release_of_the_same_is_the_first(town: Town) -> None:
    town.send_all(survey())
    town.process()
    town.accept()
    first, second = town.release(), town.release()
    assert (first.release, first.created) == (1, True)
    assert second == replace(first, created=False)
    assert len(town.ask("SELECT 1 FROM network WHERE kind = 'release'")) == 1


def test_without_anything_accepted_there_is_no_release(town: Town) -> None:
    with pytest.raises(Conflict) as caught:
        town.release()
    assert caught.value.code == "nothing_accepted" and "commonway review accept" in caught.value.sentence
    with pytest.raises(NotFound):
        town.gtfs()


def test_a_release_never_changes_whatever_comes_after(town: Town) -> None:
    town.send_all(survey())
    town.process()
    town.accept()
    town.release()
    (network,) = town.ask("SELECT network_id FROM network WHERE kind = 'release'")
    runs = "SELECT pattern_id || ':' || run_id FROM pattern_run WHERE network_id = " + str(network) + " ORDER BY 1"
    digest, feed, evidence, ridden = town.digest(network), town.gtfs(1), town.evidence(1), town.ask(runs)
    more(town)
    town.accept()
    second = town.release()
    assert (second.release, second.created) == (2, True)
    assert town.digest(network) == digest
    assert town.ask(runs) == ridden
    assert town.gtfs(1) == feed and town.evidence(1) == evidence
    assert town.gtfs(2) != feed and town.gtfs() == town.gtfs(2)


def test_a_release_keeps_its_evidence_when_a_ride_of_it_is_read_again(town: Town) -> None:
    """Reading again gives a submission new runs: those that a release rests on must not go with the old ones."""
    town.send_all(survey())
    town.process()
    town.accept()
    town.release()
    (network,) = town.ask("SELECT network_id FROM network WHERE kind = 'release'")
    backed = f"SELECT count(*) FROM pattern_run WHERE network_id = {network}"
    before = town.ask(backed)
    with town.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE submission SET status = 'duplicate', duplicate_of = 1, reason_code = 'same_ride'"
            " WHERE submission_id = 2"
        )
    town.let_in(2)
    town.process()
    assert town.ask(backed) == before


def test_the_same_rides_give_the_same_feed_byte_for_byte(twice: tuple[Town, Town]) -> None:
    first, second = twice
    assert first.gtfs() == second.gtfs()
    assert first.gtfs() == first.gtfs()
    assert "stop_times.txt" in zipfile.ZipFile(io.BytesIO(first.gtfs())).namelist()


def test_the_same_rides_give_the_same_evidence_byte_for_byte(twice: tuple[Town, Town]) -> None:
    first, second = twice
    assert first.evidence() == second.evidence()
    assert first.evidence().count(b"\n") > 10


def test_the_same_rides_give_the_same_layers(twice: tuple[Town, Town], tmp_path: Path) -> None:
    first, second = (layer_features(town, tmp_path / str(number)) for number, town in enumerate(twice))
    assert len(first) == 7
    assert first == second


def test_the_same_rides_give_the_same_candidates(twice: tuple[Town, Town]) -> None:
    first, second = twice
    assert first.digest("candidate") == second.digest("candidate")
    assert first.outcomes() == second.outcomes()


def test_every_ride_of_the_survey_lies_on_its_own_route(released_town: Town) -> None:
    """The simulator knows what was ridden: rides of one route and direction come out together, others apart."""
    found = released_town.outcomes("accepted")
    truth = {ride.file_name: (ride.truth.route_id, ride.truth.direction_id) for ride in survey()}
    pairs = {(truth[name], (one["route_id"], one["direction_id"])) for name, one in found.items()}
    assert len(pairs) == len(set(truth.values())) == 4


def test_people_counted_on_a_ride_are_in_the_load_of_its_stops_and_in_the_release(town: Town) -> None:
    """What a form tells of a ride changes what is inferred, each time that it changes."""
    town.send_all(survey())
    town.process()
    counted = """INSERT INTO report (city_id, submission_id, waypoint, kind, geom, at, text, ride_id, details)
                 SELECT r.city_id, 2, 0, 'boarding', ST_StartPoint(ST_Force2D(r.geom)), r.started_at + interval '5 min',
                        '', r.submission_id, '{"boarded": 4, "alighted": 1}' FROM run r WHERE r.submission_id = 1"""
    loads = "SELECT boarded || ' ' || alighted FROM load WHERE counted_runs = 1 AND band_end_s = 86400"
    with town.engine.begin() as connection:
        connection.exec_driver_sql(counted)
    assert town.process().inferred
    assert town.ask(loads) == ["4 1"]
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE report SET details = '{\"boarded\": 6}' WHERE kind = 'boarding'")
    assert town.process().inferred
    town.accept()
    town.release()
    assert town.ask("SELECT boarded FROM load WHERE counted_runs > 0 AND band_end_s = 86400") == [6, 6, 6]
    assert town.ask("SELECT count(*) FROM load WHERE seats IS NOT NULL")[0] > 0
