"""Service points: read row by row, bad rows named, published beside the routes or alone."""

from __future__ import annotations

import pytest

from mapping_service.errors import Conflict
from mapping_service.jobs import pending_cities
from mapping_service.parameters import Parameters
from mapping_service.reasons import sentence
from mapping_service.stages import read_submission
from tests.pipeline.town import SLUG, Town, survey

CLINICS = b"""name,type,lat,lon,id,beds
Pier Clinic,clinic,-1.20,33.30,a1,12
,clinic,-1.21,33.31,a2,
Off the Globe,clinic,-91,33.3,a3,
Again,clinic,-1.22,33.32,a1,
Hill Clinic,clinic,-1.23,33.33,a5,3
"""
WATER = b"name,type,lat,lon\nTap,water,-1.2,33.3\nWell,water,-1.3,33.4\n"


def ids(town: Town) -> list[str]:
    """The public id and name of each accepted service point."""
    return [str(one) for one in town.ask(
        "SELECT s.service_point_id || ' ' || s.name FROM service_point s JOIN network n USING (network_id)"
        " WHERE n.kind = 'accepted' ORDER BY s.service_point_id COLLATE \"C\""
    )]


def test_good_rows_are_kept_and_bad_ones_named(town: Town) -> None:
    town.send("clinics.csv", CLINICS)
    town.process()
    (notices,) = town.ask("SELECT notices FROM submission")
    assert town.statuses() == {"clinics.csv": ("accepted", None)}
    town.accept()
    assert ids(town)[0] == "P1 Pier Clinic" and ids(town)[-1].endswith("Hill Clinic")
    assert {notice["details"]["row"] for notice in notices} >= {3, 4} and len(notices) + len(ids(town)) >= 5
    assert all(notice["code"] for notice in notices)
    assert set(town.ask("SELECT properties ->> 'beds' FROM service_point WHERE source_id = 'a5'")) == {"3"}


def test_the_same_table_again_adds_nothing(town: Town) -> None:
    for name in ("clinics.csv", "clinics copy.csv", "clinics.csv"):
        town.send(name, CLINICS)
        town.process()
        town.accept()
    before = ids(town)
    assert before
    assert len(before) == len(set(before)) <= 4
    assert town.statuses()["clinics copy.csv"] == ("duplicate", "same_bytes")


def test_a_table_without_a_usable_row_is_set_aside(town: Town) -> None:
    town.send("clinics.csv", b"name,type,lat,lon\nNowhere,clinic,,\n")
    town.process()
    outcome = town.outcomes()["clinics.csv"]
    assert (outcome["status"], outcome["reason_code"]) == ("quarantined", "no_service_points")
    assert "None of its 1 rows" in sentence("no_service_points", outcome["reason"])


def test_a_city_with_service_points_alone_can_be_released(town: Town) -> None:
    town.send("water.csv", WATER)
    town.process()
    town.accept()
    assert (town.release().service_points, town.release().created) == (2, False)


def test_service_points_wait_for_review_like_everything_else(town: Town) -> None:
    town.send("water.csv", WATER)
    town.process()
    assert ids(town) == []
    with pytest.raises(Conflict):
        town.release()
    assert town.review().service_points == 2
    assert town.review().service_points == 0


def test_service_points_and_routes_share_one_release(town: Town) -> None:
    town.send("water.csv", WATER)
    town.send_all(survey(routes=1))
    town.process()
    town.accept()
    report = town.release()
    assert (report.routes, report.service_points) == (1, 2)


def test_the_ids_follow_the_order_of_arrival_not_of_reading(town: Town) -> None:
    """Several processes read at once, and a small table that came later is done before a large one."""
    large = town.send("clinics.csv", CLINICS)
    small = town.send("water.csv", WATER)
    for receipt in (small, large):
        read_submission(town.url, SLUG, Parameters(), receipt.submission_id)
    town.process()
    town.accept()
    assert ids(town)[0] == "P1 Pier Clinic"
    assert ids(town)[-1].endswith(" Well")


def test_rides_that_come_after_a_release_of_service_points_alone_still_make_routes(town: Town) -> None:
    town.send("water.csv", WATER)
    town.process()
    town.accept()
    assert town.release().service_points == 2
    town.send_all(survey(routes=1))
    assert town.process().routes == 1
    assert pending_cities(town.engine) == []
