"""What validators find is shown with its place, and with the imported feed that brought it."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from mapping_service.blame import with_blame
from mapping_service.findings import Place, place_of
from mapping_service.issue import IssueReport
from mapping_service.parameters import Parameters
from mapping_service.release_records import Check
from mapping_service.sources import import_feed, reject
from tests.pipeline.town import Town
from tests.sources.feeds import AGENCY, CALENDAR, FREQUENCIES, PLAIN, ROUTES, SHAPES, STOPS, pack, table

SOUND = AGENCY.replace(b"union.example", b"union.org")


@pytest.mark.parametrize(("sample", "place"), [
    ({"filename": "stops.txt", "csvRowNumber": 9, "fieldName": "stop_id", "fieldValue": "x\ny"},
     Place("stops.txt", 9, {"stop_id": "x y"})),
    ({"filename": "stops.txt", "oldCsvRowNumber": 2, "newCsvRowNumber": 8, "fieldName1": "stop_id", "fieldValue1": "A"},
     Place("stops.txt", 2, {"stop_id": "A"})),
    ({"childFilename": "trips.txt", "parentFilename": "routes.txt", "childFieldName": "route_id",
      "parentFieldName": "route_id", "fieldValue": "L9", "csvRowNumber": 4}, Place("trips.txt", 4, {"route_id": "L9"})),
    ({"filename": "stop_times.txt", "csvRowNumber": 3, "startFieldName": "arrival_time", "startValue": "07:00:00",
      "endFieldName": "departure_time", "endValue": "06:00:00"},
     Place("stop_times.txt", 3, {"arrival_time": "07:00:00", "departure_time": "06:00:00"})),
    ({"filename": "agency.txt", "csvRowNumber": 2, "fieldName": "agency_lang"},
     Place("agency.txt", 2, {"agency_lang": ""})),
    ({"csvRowNumber": 10, "stopId": "Z", "stopName": None}, Place("stops.txt", 10, {"stopId": "Z"})),
    ({"message": "broken"}, Place(None, None, {"message": "broken"})),
])
def test_a_place_is_read_from_whatever_a_validator_calls_it(sample: dict[str, Any], place: Place) -> None:
    assert place_of(sample) == place


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    made = Town(database).found()
    yield made
    made.engine.dispose()


def bring(town: Town, path: Path, files: dict[str, bytes], name: str) -> int:
    with town.engine.begin() as connection:
        report = import_feed(connection, town.city, pack(path / f"{name}.zip", {**PLAIN, **files}), Parameters(),
                             actor="tester", today=date(2019, 3, 4), name=name)
        return report.source_id


def blamed(report: IssueReport) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    """By code the feeds that are named, with the routes to take out."""
    found: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for kind in (kind for one in report.errors for kind in one.kinds):
        named = {(kind.blamed.name, tuple(kind.blamed.routes))} if kind.blamed else set()
        found.setdefault(kind.code, set()).update(named)
    return found


def test_an_error_in_an_imported_row_names_the_feed_and_the_way_out(town: Town, tmp_path: Path) -> None:
    broken = {
        "agency.txt": SOUND.replace(b"Africa/Nairobi", b"Mars/Base"),
        "frequencies.txt": FREQUENCIES.replace(b",300,", b",0,"),
        "calendar.txt": CALENDAR.replace(b"20190304", b"2019-03-4", 1),
        "stops.txt": STOPS.replace(b"-1.3", b"-1.4") + b'"x\ny",Two lines,-1.41,36.8,,,\n',
        "shapes.txt": SHAPES.replace(b"-1.3", b"-1.4"),  # another street
    }
    bring(town, tmp_path, {"agency.txt": SOUND}, "sound")
    bad = bring(town, tmp_path, broken, "broken")
    town.accept()
    report = town.issue(valid_from=date(2019, 4, 1))
    route = ("broken", ("L1-s2",))
    assert not report.published
    assert blamed(report) == {
        "invalid_timezone": {route}, "number_out_of_range": {route}, "invalid_date": {route},
        "new_line_in_value": {("broken", ())},  # nothing calls there: it goes with the feed
        "inconsistent_agency_timezone": set(),  # of no single row
    }
    with town.engine.begin() as connection:
        reject(connection, town.city, bad, [], "tester")
    town.accept()
    assert town.issue(valid_from=date(2019, 4, 1)).published


def test_an_error_of_our_own_is_nobody_elses(town: Town, tmp_path: Path) -> None:
    bring(town, tmp_path, {"agency.txt": SOUND}, "sound")
    town.accept()
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE city SET contact_email = 'nobody'")
    assert blamed(town.issue(valid_from=date(2019, 4, 1))) == {"invalid_email": set()}


def test_an_agency_that_went_out_under_an_id_made_for_it_is_found_in_its_feed(town: Town, tmp_path: Path) -> None:
    lone = table(("agency_name", "agency_url", "agency_timezone"), ("Metro", "https://metro.org", "Africa/Nairobi"))
    bring(town, tmp_path, {"agency.txt": SOUND}, "sound")
    bad = {"agency.txt": lone.replace(b"https://metro.org", b"nonsense"),
           "routes.txt": ROUTES.replace(b"L1,union,", b"L1,,"), "stops.txt": STOPS.replace(b"-1.3", b"-1.4"),
           "shapes.txt": SHAPES.replace(b"-1.3", b"-1.4")}
    bring(town, tmp_path, bad, "lone")
    town.accept()
    found = blamed(town.issue(valid_from=date(2019, 4, 1)))
    assert {name for names in found.values() for name, _ in names} == {"lone"}, found


def test_many_findings_are_looked_up_together(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed's own file, in which all is wrong, and two validators: no file is read for each example."""
    bring(town, tmp_path, {}, "plain")
    calls = [{"filename": "stop_times.txt", "csvRowNumber": row, "fieldName": "arrival_time"} for row in (2, 3, 4)]
    stops = [{"filename": "stops.txt", "csvRowNumber": row, "fieldName": "stop_name"} for row in (2, 3)]
    notices = [
        {"code": "all", "severity": "ERROR", "total": 3, "samples": calls},
        {"code": "one", "severity": "ERROR", "total": 1, "samples": stops[1:]},
        {"code": "mild", "severity": "WARNING", "total": 2, "samples": stops},
        {"code": "ours", "severity": "ERROR", "total": 1, "samples": [{"filename": "gone.txt", "csvRowNumber": 2}]},
    ]
    checks = [Check("gtfs.zip", name, "1", date(2019, 4, 1), 1, 5, 2, 0, None, notices) for name in ("one", "two")]
    opened, asked = Counter[str](), []
    really = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, name: (opened.update([name]), really(self, name))[1])
    with town.engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        found = with_blame(connection, town.city.city_id, checks, tmp_path / "plain.zip")
    blame = {"source_id": 1, "name": "plain", "routes": ["L1"]}
    assert [[one.get("blamed", "not asked") for one in check.notices] for check in found] == [
        [blame, blame, "not asked", None]
    ] * 2
    assert len(asked) == 1
    assert opened == {"stop_times.txt": 2, "stops.txt": 1, "trips.txt": 1}  # the rows, then whose they are
