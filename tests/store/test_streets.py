"""The street network of a city goes into the database and comes back as it was; so do the matches of its runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Connection

from mapping_service.records import Match
from mapping_service.store.engine import run
from mapping_service.store.streets import (
    get_network,
    load_map,
    load_matches,
    load_streets,
    misses_all_rides,
    save_match,
    save_streets,
    summary,
    unmatched,
)
from mapping_service.street_records import StreetMap, StreetReading
from mapping_service.streets import digest, directed
from tests.collectors.streets.drawn import lay
from tests.factories import make_city, make_run, make_submission
from tests.sketch import ORIGIN, SRID

TOWN = """
      E
      |
    A-B-C
      |
      D-F
"""
POINTS = np.array([[36.81, -1.28], [36.82, -1.27]])


def reading(**ways: str) -> StreetReading:
    streets = lay(TOWN, **(ways or {"ABC": "primary", "EB": "highway=residential oneway=yes", "BDF": "residential"}))
    marked = replace(streets, signal_lon_lat=POINTS, stop_lon_lat=POINTS[:1])
    return StreetReading(marked, "town.osm", "5" * 64, 1.5e9, "© somebody", [])


def same(one: StreetMap, other: StreetMap) -> bool:
    return digest(one) == digest(other)


def test_a_city_without_streets_has_none(connection: Connection) -> None:
    city_id = make_city(connection)
    assert get_network(connection, city_id) is None
    assert len(load_map(connection, city_id)) == 0
    assert len(load_streets(connection, city_id, SRID).tail) == 0


def test_streets_come_back_as_they_were_read(connection: Connection) -> None:
    city_id, read = make_city(connection), reading()
    save_streets(connection, city_id, read)
    assert same(load_map(connection, city_id), read.streets)
    np.testing.assert_array_equal(load_streets(connection, city_id, SRID).xy, directed(read.streets, SRID).xy)


def test_a_network_says_where_it_is_from(connection: Connection) -> None:
    city_id, read = make_city(connection), reading()
    save_streets(connection, city_id, read)
    found = get_network(connection, city_id)
    assert found is not None
    assert (found.source, found.sha256, found.dated_s, found.attribution, found.digest) == (
        "town.osm", "5" * 64, 1.5e9, "© somebody", digest(read.streets)
    )


def test_loading_anew_replaces_the_streets_of_one_city_only(connection: Connection) -> None:
    one, other = make_city(connection), make_city(connection, slug="other")
    save_streets(connection, one, reading())
    save_streets(connection, other, reading())
    save_streets(connection, one, reading(ABC="primary"))
    assert same(load_map(connection, one), reading(ABC="primary").streets)
    assert same(load_map(connection, other), reading().streets)


def test_loading_the_same_twice_changes_nothing(connection: Connection) -> None:
    city_id = make_city(connection)
    save_streets(connection, city_id, reading())
    save_streets(connection, city_id, reading())
    assert same(load_map(connection, city_id), reading().streets)


RIDDEN = [(36.81, -1.28), (36.82, -1.28)]


def a_run(connection: Connection, city_id: int, **over: int) -> int:
    return make_run(connection, city_id, RIDDEN, **over)


WHOLE = Match(np.array([4, 7]), np.array([12.5, 0.0]), np.array([80.25, 33.1]), (), 0.75)
AWAY = Match(
    np.array([-1, 4, -1]), np.array([0.0, 1.0, 0.0]), np.array([50.0, 9.0, 70.0]),
    (np.array([[0.0, 0.0], [50.0, 0.0]]) + ORIGIN, np.array([[60.0, 0.0], [60.0, 30.0], [100.0, 30.0]]) + ORIGIN), 0.5,
)


@pytest.mark.parametrize("made", [WHOLE, AWAY], ids=["on streets", "partly off them"])
def test_a_match_comes_back_as_it_was_made(connection: Connection, made: Match) -> None:
    city_id = make_city(connection)
    run_id = a_run(connection, city_id)
    save_match(connection, city_id, run_id, made, SRID, "now")
    found = load_matches(connection, city_id, SRID, "now", [run_id])[run_id]
    for name in ("edge", "from_m", "to_m"):
        np.testing.assert_array_equal(getattr(found, name), getattr(made, name))
    assert len(found.off_road) == len(made.off_road) and found.confidence == made.confidence
    for line, drawn in zip(found.off_road, made.off_road, strict=True):
        np.testing.assert_allclose(line, drawn, atol=1e-6)


def test_a_match_is_current_until_something_it_was_made_with_changes(connection: Connection) -> None:
    city_id = make_city(connection)
    run_id = a_run(connection, city_id)
    assert unmatched(connection, city_id, "now") == [run_id]
    save_match(connection, city_id, run_id, WHOLE, SRID, "now")
    assert unmatched(connection, city_id, "now") == []
    assert unmatched(connection, city_id, "later") == [run_id]
    assert load_matches(connection, city_id, SRID, "later", [run_id]) == {}
    save_match(connection, city_id, run_id, AWAY, SRID, "later")
    assert load_matches(connection, city_id, SRID, "later", [run_id])[run_id].confidence == AWAY.confidence


def test_a_run_that_cannot_be_matched_is_not_tried_again(connection: Connection) -> None:
    city_id = make_city(connection)
    run_id = a_run(connection, city_id)
    save_match(connection, city_id, run_id, None, SRID, "now")
    assert unmatched(connection, city_id, "now") == []
    assert load_matches(connection, city_id, SRID, "now", [run_id]) == {}


def test_runs_of_what_was_set_aside_need_no_match(connection: Connection) -> None:
    city_id = make_city(connection)
    aside = make_submission(connection, city_id, status="quarantined", reason_code="no_ride")
    a_run(connection, city_id, submission_id=aside)
    assert unmatched(connection, city_id, "now") == []


def test_a_match_goes_with_its_run(connection: Connection) -> None:
    city_id = make_city(connection)
    submission_id = make_submission(connection, city_id)
    run_id = a_run(connection, city_id, submission_id=submission_id)
    save_match(connection, city_id, run_id, WHOLE, SRID, "now")
    run(connection, "intake.delete_trace", {"submission_id": submission_id})
    assert load_matches(connection, city_id, SRID, "now", [run_id]) == {}


def test_streets_that_no_ride_comes_near_are_told_of(connection: Connection) -> None:
    city_id = make_city(connection)
    save_streets(connection, city_id, reading())
    assert misses_all_rides(connection, city_id) == 0
    make_run(connection, city_id, [(-73.04, 5.84), (-73.03, 5.85)])
    assert misses_all_rides(connection, city_id) == 1
    lon_lat = reading().streets.lon_lat
    make_run(connection, city_id, [tuple(lon_lat[0].tolist()), tuple(lon_lat[-1].tolist())])
    assert misses_all_rides(connection, city_id) == 0


def test_a_summary_counts_streets_and_matched_rides(connection: Connection) -> None:
    city_id = make_city(connection)
    save_streets(connection, city_id, reading())
    matched = a_run(connection, city_id)
    a_run(connection, city_id)
    save_match(connection, city_id, matched, AWAY, SRID, "now")
    found = summary(connection, city_id, "now")
    counted = {name: found[name] for name in ("streets", "junctions", "signals", "stops", "runs", "matched")}
    assert counted == {"streets": 4, "junctions": 5, "signals": 2, "stops": 1, "runs": 2, "matched": 1}
    assert found["confidence"] == 0.5 and found["off_road_km"] == 0.1
    assert summary(connection, city_id, "later")["matched"] == 0
