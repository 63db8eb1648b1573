"""With their key people see, take along and erase what is theirs."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from mapping_service.store.cities import get_city
from mapping_service.store.people import add_key
from tests.web.test_ingest import GPX, OTHER, error_of, key, stored

__all__ = ["key"]


def bearer(key: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {key}"}}


def test_a_person_is_told_who_they_are_and_how_much_they_sent(client: FlaskClient, key: str) -> None:
    client.post(f"/ingest/{key}/gpx", data=GPX)
    answer = client.get("/api/v1/me", **bearer(key))
    assert answer.json == {"city": "empty-town", "pseudonym": "kofi", "role": "collector", "consent": None,
                           "sent": {"received": 1, "messages": 0}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("headers", "status", "code"), [
    ({}, 401, "token_missing"),
    ({"Authorization": "Basic a29maTp4"}, 401, "token_missing"),
    ({"Authorization": "Bearer short"}, 401, "token_malformed"),
    ({"Authorization": f"Bearer {'n' * 32}"}, 403, "token_unknown"),
])
@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/api/v1/me"), ("GET", "/api/v1/me/data"), ("DELETE", "/api/v1/me/data"), ("POST", "/api/v1/me/consent"),
])
def test_nobody_gets_in_without_a_key(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    assert error_of(client.open(path, method=method, headers=headers)) == (status, code)


def test_what_somebody_agreed_to_is_written_down_and_the_newest_answer_counts(client: FlaskClient, key: str) -> None:
    said = {"given": True, "text_version": "2", "language": "fr"}
    assert client.post("/api/v1/me/consent", json=said, **bearer(key)).status_code == 201
    assert client.post("/api/v1/me/consent", json={**said, "given": False}, **bearer(key)).status_code == 201
    found = (client.get("/api/v1/me", **bearer(key)).json or {})["consent"]
    assert (found["given"], found["text_version"], found["language"], found["via"]) == (False, "2", "fr", "page")


@pytest.mark.parametrize("said", [
    None, [], {}, {"given": "yes", "text_version": "2", "language": "fr"}, {"given": True, "language": "fr"},
    {"given": True, "text_version": "2\0", "language": "fr"},
    {"given": True, "text_version": "2" * 99, "language": "fr"},
])
def test_an_answer_that_says_nothing_is_refused(client: FlaskClient, key: str, said: object) -> None:
    assert error_of(client.post("/api/v1/me/consent", json=said, **bearer(key))) == (400, "bad_consent")


def test_a_person_takes_their_own_along_and_not_what_others_sent(
    client: FlaskClient, key: str, rows: Connection
) -> None:
    stranger = add_key(rows, get_city(rows, "empty-town").city_id, "ama")
    rows.commit()
    client.post(f"/ingest/{key}/gpx?name=mine.gpx", data=GPX)
    client.post(f"/ingest/{stranger}/gpx?name=hers.gpx", data=OTHER)
    answer = client.get("/api/v1/me/data", **bearer(key))
    assert answer.mimetype == "application/zip" and "empty-town-my-data.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        (name,) = [one for one in archive.namelist() if one.startswith("raw/")]
        assert name.endswith("-mine.gpx") and archive.read(name) == GPX


def test_after_erasing_nothing_is_left_and_the_key_holds_no_longer(
    client: FlaskClient, key: str, rows: Connection
) -> None:
    client.post(f"/ingest/{key}/gpx?name=mine.gpx", data=GPX)
    answer = client.delete("/api/v1/me/data", **bearer(key))
    assert answer.json == {"documents": 1, "kept": 0, "messages": 0, "keys": 1}
    assert stored(rows) == []
    assert error_of(client.get("/api/v1/me", **bearer(key))) == (403, "token_unknown")
    assert error_of(client.post(f"/ingest/{key}/gpx", data=GPX)) == (403, "token_unknown")
