"""What the collector page sends: in any order, any number of times, without loss and without doubles."""

from __future__ import annotations

import gzip
import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from mapping_service.store.people import add_key

RIDE = str(UUID(int=1))
RECORD = str(UUID(int=2))


@pytest.fixture
def keys(rows: Connection) -> list[dict[str, str]]:
    """The headers of two collectors."""
    city_id = rows.execute(text("SELECT city_id FROM city WHERE slug = 'empty-town'")).scalar_one()
    made = [{"Authorization": f"Bearer {add_key(rows, city_id, name)}"} for name in ("kofi", "ama")]
    rows.commit()
    return made


def chunk(n: int, **more: Any) -> bytes:
    return json.dumps({"v": 1, "n": n, "fixes": [[1759999990000 + n, 36.5, -1.25, 5, None, None, 0]], **more}).encode()


def send(client: FlaskClient, key: dict[str, str], n: int, **more: Any) -> TestResponse:
    return client.put(f"/api/v1/traces/{RIDE}/chunks/{n}", data=chunk(n, **more), headers=key)


def test_a_chunk_is_new_once_then_the_same_and_never_another(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    assert [send(client, keys[0], 0).status_code for _ in range(2)] == [201, 200]
    other = send(client, keys[0], 0, ride={"line": "7"})
    assert (other.status_code, (other.json or {})["error"]["code"]) == (409, "other_bytes")
    assert send(client, keys[1], 0, ride={"line": "7"}).status_code == 201  # another person's ride


def test_what_has_come_of_a_ride_is_told_in_ranges(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    for n in (16, 0, 2, 1, 17, 1):
        send(client, keys[0], n)
    assert client.get(f"/api/v1/traces/{RIDE}", headers=keys[0]).json == {
        "have": [[0, 2], [16, 17]], "complete": False
    }
    assert client.get(f"/api/v1/traces/{RIDE}", headers=keys[1]).json == {"have": [], "complete": False}


def test_a_ride_is_whole_when_all_its_chunks_are_there(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    send(client, keys[0], 0)
    send(client, keys[0], 2)
    where = f"/api/v1/traces/{RIDE}/complete"
    missing = client.post(where, json={"chunks": 4, "points": 4, "reports": 0}, headers=keys[0])
    assert (missing.status_code, missing.json) == (409, {"missing": [1, 3]})
    for n in (1, 3):
        send(client, keys[0], n)
    for _ in range(2):
        assert client.post(where, json={"chunks": 4}, headers=keys[0]).json == {"complete": True}
    assert client.get(f"/api/v1/traces/{RIDE}", headers=keys[0]).json == {"have": [[0, 3]], "complete": True}


def test_a_record_is_new_once_then_the_same_and_never_another(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    where = f"/api/v1/records/{RECORD}"
    answers = [client.put(where, data=data, headers=keys[0]) for data in (b'{"v":1}', b'{"v":1}', b'{"v":2}')]
    assert [one.status_code for one in answers] == [201, 200, 409]
    assert (answers[0].json or {}) == {"city": "empty-town", "stored": "new"}


def test_every_answer_bears_our_mark_and_stays_in_no_cache(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    for answer in (send(client, keys[0], 0), client.get(f"/api/v1/traces/{RIDE}"), send(client, keys[0], 99999)):
        assert (answer.headers["X-Commonway"], answer.headers["Cache-Control"]) == ("1", "no-store")


def test_a_packed_chunk_is_the_same_as_a_plain_one(client: FlaskClient, keys: list[dict[str, str]]) -> None:
    packed = {"Content-Encoding": "gzip", **keys[0]}
    where = f"/api/v1/traces/{RIDE}/chunks/0"
    assert client.put(where, data=gzip.compress(chunk(0)), headers=packed).status_code == 201
    assert send(client, keys[0], 0).status_code == 200


@pytest.mark.parametrize("said", [None, {}, {"chunks": "4"}, {"chunks": -1}, {"chunks": True}, {"chunks": 10**9}, [4]])
def test_the_number_of_chunks_must_be_one(client: FlaskClient, keys: list[dict[str, str]], said: Any) -> None:
    answer = client.post(f"/api/v1/traces/{RIDE}/complete", json=said, headers=keys[0])
    assert (answer.status_code, (answer.json or {})["error"]["code"]) == (400, "no_chunks")


@pytest.mark.parametrize(("header", "status"), [
    ({}, 401), ({"Authorization": "Bearer short"}, 401), ({"Authorization": "Bearer " + "x" * 32}, 403),
    ({"Authorization": "Basic a29maTp4"}, 401),
])
def test_without_a_key_that_holds_nothing_is_kept_or_told(
    client: FlaskClient, rows: Connection, header: dict[str, str], status: int
) -> None:
    calls = (("PUT", f"records/{RECORD}"), ("PUT", f"traces/{RIDE}/chunks/0"), ("GET", f"traces/{RIDE}"),
             ("POST", f"traces/{RIDE}/complete"))
    for method, path in calls:
        answer = client.open(f"/api/v1/{path}", method=method, json={}, headers=header)
        assert answer.status_code == status
    assert rows.execute(text("SELECT count(*) FROM message")).scalar_one() == 0
