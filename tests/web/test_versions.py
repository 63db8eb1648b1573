"""The index of releases: what trip planners and people need to know of each before they take it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from mapping_service.release_records import Check
from mapping_service.store import releases
from mapping_service.web.language import LANGUAGES


@pytest.fixture
def network_id(client: FlaskClient, rows: Connection) -> int:
    """The network of the drawn town's release, whose files are in the archive."""
    client.get("/drawn-town/gtfs.zip")
    return int(rows.exec_driver_sql("SELECT network_id FROM network WHERE release_number = 1").scalar_one())


def judge(rows: Connection, network_id: int, *, errors: int = 0, warnings: int = 0) -> None:
    found = [
        {"code": f"{severity.lower()}_code", "severity": severity, "total": total, "samples": [{"csvRowNumber": 2}]}
        for severity, total in (("ERROR", errors), ("WARNING", warnings)) if total
    ]
    day = date(2024, 4, 1)
    check = Check("gtfs.zip", "gtfs-validator", "0.1.2", day, 0.5, errors, warnings, 0, None, found)
    releases.save_check(rows, network_id, check)
    rows.commit()


def index(client: FlaskClient) -> Any:
    found = client.get("/drawn-town/releases/?f=json").json
    assert found is not None
    return found


def test_the_index_tells_digest_size_and_verdict_of_each_release(
    client: FlaskClient, rows: Connection, network_id: int
) -> None:
    judge(rows, network_id, warnings=3)
    (one,) = index(client)["releases"]
    feed = client.get("/drawn-town/gtfs.zip")
    assert one["files"]["gtfs.zip"]["sha256"] == feed.headers["ETag"].strip('"')
    assert one["files"]["gtfs.zip"]["size_bytes"] == len(feed.data)
    assert one["release"]["version"] == "2024.04.01-1" and one["release"]["valid_until"] == "2024-09-28"
    (judged,) = one["validators"]
    assert (judged["file"], judged["validator"], judged["errors"], judged["warnings"]) == (
        "gtfs.zip", "gtfs-validator", 0, 3
    )
    assert index(client)["current"]["gtfs.zip"] == "https://maps.example/drawn-town/gtfs.zip"


def test_the_index_is_asked_for_again_without_being_sent_again(client: FlaskClient, network_id: int) -> None:
    first = client.get("/drawn-town/releases/?f=json")
    again = client.get("/drawn-town/releases/?f=json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and first.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(
    client: FlaskClient, rows: Connection, network_id: int, language: str
) -> None:
    judge(rows, network_id, errors=1, warnings=2)
    rows.execute(text("UPDATE network SET publish_reason = 'The other map is down', vouched = 'I rode it'"
                      " WHERE published_at IS NOT NULL"))
    rows.commit()
    page = client.get(f"/drawn-town/releases/?lang={language}").get_data(as_text=True)
    assert "The other map is down" in page and "I rode it" in page
    assert json.dumps("{")[1] not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(("days", "told"), [(-1, True), (29, True), (31, False)])
def test_the_page_warns_before_a_part_of_the_map_ends(
    client: FlaskClient, rows: Connection, days: int, told: bool
) -> None:
    last = date.today() + timedelta(days=200)
    rows.execute(text("UPDATE pattern SET valid_until = :day"), {"day": last})
    rows.execute(text("UPDATE pattern SET valid_until = :day WHERE pattern_id = 'P3'"),
                 {"day": date.today() + timedelta(days=days)})
    rows.commit()
    assert ('class="caution"' in client.get("/drawn-town/releases/").get_data(as_text=True)) is told
