"""The managers' pages: who may see them, what they say of phones, keys and problems."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from mapping_service.store.cities import get_city
from mapping_service.store.intake import set_aside
from mapping_service.store.people import add_key
from mapping_service.web.language import catalog
from tests.factories import make_contributor, make_run, make_submission
from tests.web.test_ingest import GPX

HERE = "/empty-town/team"
WEB = Path(__file__).resolve().parents[2] / "mapping_service" / "web"
NOW = datetime.now(UTC)


@pytest.fixture
def keys(rows: Connection) -> dict[str, str]:
    """Keys of a manager and a collector of the town, and of a manager of another one."""
    town, other = get_city(rows, "empty-town").city_id, get_city(rows, "drawn-town").city_id
    made = {
        "manager": add_key(rows, town, "efua", role="manager"),
        "collector": add_key(rows, town, "kofi", label="blue phone"),
        "stranger": add_key(rows, other, "ama", role="manager"),
    }
    rows.commit()
    return made


@pytest.fixture
def signed_in(client: FlaskClient, keys: dict[str, str]) -> Iterator[FlaskClient]:
    """The manager's browser."""
    assert client.post(f"{HERE}/enter", data={"key": keys["manager"]}).status_code == 303
    yield client


def add_message(rows: Connection, key_label: str, seconds_ago: float, **over: object) -> int:
    """A message as it stands once it was read."""
    values = {"label": key_label, "at": NOW - timedelta(seconds=seconds_ago), "points": 1, "acc": 8.0, "battery": 0.5,
              "code": None, "first": 0.0, "last": 0.0, "bytes": b"{}", **over}
    found = rows.execute(text(
        "INSERT INTO message (city_id, token_id, contributor_id, kind, device, query, sha256, bytes, received_at,"
        " read_at, points, first_s, last_s, accuracy_m, battery, problem_code)"
        " SELECT city_id, token_id, contributor_id, 'owntracks', '', '', decode(md5(random()::text), 'hex'), :bytes,"
        " :at, now(), :points, :first, :last, :acc, :battery, :code FROM token WHERE label = :label"
        " RETURNING message_id"
    ), values).scalar_one()
    rows.commit()
    return int(found)


def cells(page: str, who: str) -> list[str]:
    """The cells of somebody's row, as a person reads them."""
    (row,) = [one for one in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if f'<th scope="row">{who}' in one]
    found = re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in found]


@pytest.mark.parametrize("path", ["", "/problems", "/problems/documents/1", "/problems/messages/1"])
def test_nobody_sees_anything_without_a_managers_key(client: FlaskClient, keys: dict[str, str], path: str) -> None:
    answer = client.get(HERE + path)
    assert answer.status_code == 401 and 'name="key"' in answer.text
    assert "kofi" not in answer.text


@pytest.mark.parametrize("who", ["collector", "stranger"])
def test_a_collector_and_a_manager_of_another_city_do_not_get_in(
    client: FlaskClient, keys: dict[str, str], who: str
) -> None:
    answer = client.post(f"{HERE}/enter", data={"key": keys[who]})
    assert answer.status_code == 403 and "not a manager" in answer.text
    client.set_cookie("team", keys[who], path=HERE)
    assert client.get(HERE).status_code == 403
    assert client.post(f"{HERE}/keys", data={"pseudonym": "x"}).status_code == 403


def test_a_key_that_was_revoked_shows_nothing_any_longer(
    signed_in: FlaskClient, rows: Connection
) -> None:
    assert signed_in.get(HERE).status_code == 200
    rows.execute(text("UPDATE token SET revoked_at = now()"))
    rows.commit()
    assert signed_in.get(HERE).status_code == 403


def test_the_cookie_is_for_these_pages_only_and_no_script_may_read_it(
    client: FlaskClient, keys: dict[str, str]
) -> None:
    kept = client.post(f"{HERE}/enter", data={"key": keys["manager"]}).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Secure", f"Path={HERE}"} <= set(kept.split("; "))
    client.post(f"{HERE}/leave")
    assert client.get(HERE).status_code == 401


def test_the_table_says_how_each_phone_does(signed_in: FlaskClient, rows: Connection) -> None:
    start_s = (NOW - timedelta(minutes=10)).timestamp()
    for second in [*range(0, 60, 5), *range(120, 180, 5)]:  # one gap of 65 s
        add_message(rows, "blue phone", 590 - second, first=start_s + second, last=start_s + second)
    add_message(rows, "blue phone", 200, points=0, first=None, last=None, acc=None, code="encrypted")
    add_message(rows, "blue phone", 3 * 86400, first=1.0, last=1.0, acc=99.0)  # too long ago to count
    kofi = rows.execute(text("SELECT contributor_id FROM contributor WHERE pseudonym = 'kofi'")).scalar_one()
    town = get_city(rows, "empty-town").city_id
    aside = make_submission(rows, town, b"?", contributor_id=kofi)
    set_aside(rows, aside, "no_times", fixes=9)
    rows.execute(text("UPDATE arrival SET contributor_id = :who WHERE inbox_id = :it"), {"who": kofi, "it": aside})
    rows.commit()
    shown = cells(signed_in.get(HERE).text, "kofi")
    last, points, rate, accuracy, gaps, queue, battery, documents, set_aside_, _ = shown
    assert (points, accuracy, gaps, battery) == ("24", "± 8 m", "1", "50%")
    assert float(rate) == pytest.approx(24 / (175 / 60), abs=0.1)
    assert "ago" in last and queue == "10 seconds"
    assert (documents, set_aside_) == ("1", "2")


def test_todays_rides_are_listed_and_drawn_for_the_managers(signed_in: FlaskClient, rows: Connection) -> None:
    town = get_city(rows, "empty-town").city_id
    make_run(rows, town, [(36.80, -1.30), (36.81, -1.30), (36.82, -1.31)])
    run = rows.execute(text("SELECT max(submission_id) FROM run")).scalar_one()
    rows.execute(text(
        "INSERT INTO trace (submission_id, city_id, geom, segment_starts, started_at, ended_at)"
        " SELECT submission_id, city_id, ST_Force4D(geom), '{0}', started_at, ended_at FROM run"
        " WHERE submission_id = :n"
    ), {"n": run})
    rows.commit()
    page = signed_in.get(HERE).text
    assert "[[36.8,-1.3],[36.81,-1.3],[36.82,-1.31]]" in re.sub(r"\s", "", page)
    assert "2.7 km" in page and "team.js" in page and "No ride has come in today" not in page


def test_a_ride_of_another_day_that_came_today_says_which_day(signed_in: FlaskClient, rows: Connection) -> None:
    document = make_submission(rows, get_city(rows, "empty-town").city_id)
    rows.execute(text(
        "INSERT INTO trace (city_id, submission_id, geom, segment_starts, started_at, ended_at)"
        " SELECT city_id, submission_id, 'SRID=4326;LINESTRING ZM (36.8 -1.3 0 0, 36.9 -1.3 0 9)', '{0}',"
        " '2025-03-04 05:00Z', '2025-03-04 05:30Z' FROM submission WHERE submission_id = :n"
    ), {"n": document})
    rows.commit()
    assert "Mar 4, 2025 08:00–08:30" in signed_in.get(HERE).text


def test_a_phone_that_never_sent_says_so(signed_in: FlaskClient) -> None:
    assert cells(signed_in.get(HERE).text, "kofi")[0] == "not yet"


def test_a_new_key_is_shown_once_as_an_address_and_a_code_and_works(signed_in: FlaskClient, rows: Connection) -> None:
    answer = signed_in.post(f"{HERE}/keys", data={"pseudonym": "yaw", "label": "red", "role": "collector"})
    link = re.search(r"https://maps\.example/setup/([A-Za-z0-9_-]{32})", answer.text)
    assert link is not None and "<svg" in answer.text and answer.headers["Cache-Control"] == "no-store"
    assert signed_in.post(f"/ingest/{link[1]}/gpx", data=GPX).status_code == 202
    page = signed_in.get(HERE).text
    assert link[1] not in page and "yaw" in page and "red" in page
    number = rows.execute(text("SELECT token_id FROM token WHERE label = 'red'")).scalar_one()
    assert signed_in.post(f"{HERE}/keys/{number}/revoke").status_code == 303
    assert signed_in.post(f"/ingest/{link[1]}/gpx", data=GPX).status_code == 403


@pytest.mark.parametrize("sent", [{}, {"pseudonym": " "}, {"pseudonym": "x", "role": "owner"}])
def test_a_key_for_nobody_is_not_made(signed_in: FlaskClient, sent: dict[str, str]) -> None:
    assert signed_in.post(f"{HERE}/keys", data=sent).status_code == 400


def test_a_key_of_another_city_cannot_be_revoked_here(signed_in: FlaskClient, rows: Connection) -> None:
    other = rows.execute(text(
        "SELECT token_id FROM token JOIN contributor USING (contributor_id) WHERE pseudonym = 'ama'"
    )).scalar_one()
    assert signed_in.post(f"{HERE}/keys/{other}/revoke").status_code == 404


def test_what_could_not_be_used_is_told_with_its_reason_and_can_be_fetched_and_used(
    signed_in: FlaskClient, rows: Connection
) -> None:
    town = get_city(rows, "empty-town").city_id
    who = make_contributor(rows, town, pseudonym="<b>yaw</b>")
    document = make_submission(rows, town, b"<script>alert(1)</script>", contributor_id=who)
    set_aside(rows, document, "in_the_future", days_ahead=3)
    rows.commit()
    message = add_message(rows, "blue phone", 60, code="encrypted", bytes=b"secret")
    page = signed_in.get(f"{HERE}/problems").text
    assert "It ends 3 days in the future" in page and "Turn encryption off in the app" in page
    french = signed_in.get(f"{HERE}/problems?lang=fr").text
    assert "Il se termine 3 jours dans le futur" in french and "Désactivez le chiffrement" in french
    assert "<b>yaw</b>" not in page and "&lt;b&gt;yaw" in page
    raw = signed_in.get(f"{HERE}/problems/documents/{document}")
    assert raw.data == b"<script>alert(1)</script>" and raw.mimetype == "application/octet-stream"
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert signed_in.get(f"{HERE}/problems/messages/{message}").data == b"secret"
    assert signed_in.post(f"{HERE}/problems/documents/{document}/use").status_code == 303
    assert signed_in.post(f"{HERE}/problems/messages/{message}/retry").status_code == 303
    rows.rollback()
    assert rows.execute(text("SELECT status::text FROM submission WHERE submission_id = :n"),
                        {"n": document}).scalar_one() == "received"
    assert rows.execute(text("SELECT read_at FROM message WHERE message_id = :n"), {"n": message}).scalar_one() is None


@pytest.mark.parametrize(("path", "status"), [
    ("documents/999/use", 404), ("messages/999/retry", 404), ("documents/99999999999/use", 404),
])
def test_what_is_not_there_cannot_be_read_again(signed_in: FlaskClient, path: str, status: int) -> None:
    assert signed_in.post(f"{HERE}/problems/{path}").status_code == status


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "sw"])
@pytest.mark.parametrize("path", ["", "/problems"])
def test_the_pages_can_be_written_in_every_language(signed_in: FlaskClient, path: str, language: str) -> None:
    answer = signed_in.get(f"{HERE}{path}?lang={language}")
    assert answer.status_code == 200 and answer.headers["Content-Language"] == language


def test_every_word_of_the_book_is_used_and_every_used_word_is_there() -> None:
    pages = "\n".join(path.read_text("utf-8") for path in (WEB / "templates").glob("team*.html"))
    scripts_of_page = (WEB / "static" / "team.js", WEB / "static" / "sheet_map.js")
    code = "".join(path.read_text("utf-8") for path in (WEB / "team.py", *scripts_of_page))
    used = set(re.findall(r"""\bw\(["']([a-z_.]+)["'][,)]""", pages))
    prefixes = tuple(re.findall(r"""\bw\(["']([a-z_.]+\.)["'] ~""", pages))
    keys = set(catalog("en", "team"))
    assert len(used) > 30 and used <= keys
    loose = {key for key in keys - used if not key.startswith(prefixes)}
    counted = {key for key in loose if key.startswith("problems.count.")}
    scripts = {key for key in loose if f"text.{key.removeprefix('map.')}" in code}
    units = {"unknown", "unit.km", "unit.m"}
    assert loose - counted - scripts - units == set()
