"""The realtime feeds over HTTP: read back, judged by a validator, cheap to ask again."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from google.transit import gtfs_realtime_pb2 as proto
from sqlalchemy import Connection

from mapping_service.alerts import end_alert
from mapping_service.store.cities import get_city
from mapping_service.web import realtime
from mapping_service.web.language import LANGUAGES
from tests.web.test_alerts import NEXT_MONTH, tell

HERE = "/drawn-town/realtime"
# «active_period is deprecated»: what programs of today read stands beside what took its place.
OLD_READERS = "S025"
FEEDS = {"alerts": "-sa", "vehicles": "-vp"}


@pytest.fixture(autouse=True)
def address(app: Flask) -> None:
    """An address that a validator takes for one: it knows no domain .example, and then no agency."""
    app.extensions["commonway"] = replace(app.extensions["commonway"], base_url="https://maps.example.org")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The feeds' clock: its one number may be changed. It stands, so that no test falls between two messages."""
    at = [float(datetime.now(UTC).timestamp() // 60 * 60)]
    monkeypatch.setattr(realtime, "clock", lambda: at[0])
    return at


def read(client: FlaskClient, path: str) -> proto.FeedMessage:
    message = proto.FeedMessage()
    message.ParseFromString(client.get(path).data)
    return message


def complaints(client: FlaskClient, folder: Path, at_s: float) -> list[str]:
    """The errors and warnings that an independent validator finds in the feeds beside the published zip."""
    (folder / "gtfs.zip").write_bytes(client.get("/drawn-town/gtfs.zip").data)
    program = Path(sys.executable).with_name("gtfs-rt-validator")
    command: list[str | Path] = [program, "-gtfs", folder / "gtfs.zip", "--out", folder,
                                 "--at", datetime.fromtimestamp(at_s + 5, UTC).isoformat()]
    for name, flag in FEEDS.items():
        (folder / f"{name}.pb").write_bytes(client.get(f"{HERE}/{name}.pb").data)
        command += [flag, folder / f"{name}.pb"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads((folder / "system_errors.json").read_text())["notices"] == []
    found = json.loads((folder / "report.json").read_text())["notices"]
    return [f"{one['code']} {one['sampleNotices'][0]}" for one in found]


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("city", ["drawn-town", "empty-town"])
def test_while_nothing_is_told_and_before_a_release_the_feed_is_valid_and_empty(
    client: FlaskClient, clock: list[float], name: str, city: str
) -> None:
    message = read(client, f"/{city}/realtime/{name}.pb")
    assert not message.entity and message.header.timestamp == clock[0]
    assert message.header.feed_version == ("2024.04.01-1" if city == "drawn-town" else "")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_protobuf_with_a_date_and_a_tag_and_is_not_sent_twice(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{HERE}/{name}.pb")
    assert answer.mimetype == "application/x-protobuf" and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=10" and "Last-Modified" in answer.headers
    for asked in ({"If-None-Match": answer.headers["ETag"]}, {"If-Modified-Since": answer.headers["Last-Modified"]}):
        again = client.get(f"{HERE}/{name}.pb", headers=asked)
        assert (again.status_code, again.data) == (304, b"")
    head = client.head(f"{HERE}/{name}.pb")
    assert head.headers["ETag"] == answer.headers["ETag"] and head.data == b""


@pytest.mark.parametrize("name", FEEDS)
def test_people_and_scripts_read_the_same_as_json(client: FlaskClient, name: str) -> None:
    said = client.get(f"{HERE}/{name}.json")
    assert said.mimetype == "application/json" and json.loads(said.text)["header"]["gtfs_realtime_version"] == "2.0"


def test_a_feed_of_no_city_is_not_found(client: FlaskClient) -> None:
    assert client.get("/atlantis/realtime/alerts.pb").status_code == 404


def test_an_alert_is_told_with_the_next_message_and_no_longer_when_it_has_ended(
    client: FlaskClient, rows: Connection, clock: list[float]
) -> None:
    client.get(f"{HERE}/alerts.pb")
    made = tell(rows, cause="fuel_shortage", effect="fare_change", route_ids=["R1"])
    clock[0] += 60
    (entity,) = read(client, f"{HERE}/alerts.pb").entity
    assert entity.id == f"alert-{made.number}" and entity.alert.informed_entity[0].route_id == "R1"
    assert {one.language for one in entity.alert.effect_detail.translation} == set(LANGUAGES)
    client.get(f"{HERE}/alerts.pb")
    end_alert(rows, get_city(rows, "drawn-town"), made.number, actor="efua", now=datetime.now(UTC))
    rows.commit()
    clock[0] += 60
    assert not read(client, f"{HERE}/alerts.pb").entity


def test_a_validator_finds_nothing_wrong_with_the_alerts(
    client: FlaskClient, rows: Connection, clock: list[float], tmp_path: Path
) -> None:
    tell(rows, route_ids=["R1"], stop_ids=["S1"], ends=str(NEXT_MONTH))
    tell(rows, header="Strike", effect="no_service", cause="strike")
    assert len(read(client, f"{HERE}/alerts.pb").entity) == 2
    assert [one for one in complaints(client, tmp_path, clock[0]) if not one.startswith(OLD_READERS)] == []
