"""The addresses of trackers: each app gets the answer that it waits for, and what it sent is kept."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from mapping_service.store.people import add_key

UNKNOWN = "x" * 32
POINT = "lat=-1.25&lon=36.5&timestamp=1759999990&id=7"
LOCATION = json.dumps({"_type": "location", "lat": -1.25, "lon": 36.5, "tst": 1759999990}).encode()
BATCH = json.dumps({"locations": []}).encode()


@pytest.fixture
def key(rows: Connection) -> str:
    city_id = rows.execute(text("SELECT city_id FROM city WHERE slug = 'empty-town'")).scalar_one()
    made = add_key(rows, city_id, "kofi")
    rows.commit()
    return made


def stored(rows: Connection) -> list[tuple[Any, ...]]:
    rows.rollback()
    return [tuple(one) for one in rows.execute(text(
        "SELECT kind, device, query, bytes FROM message ORDER BY message_id"
    ))]


@pytest.mark.parametrize(("address", "sent", "answer"), [
    (f"osmand?{POINT}", None, b"OK"), (f"gpslogger?{POINT}", None, b"OK"), (f"traccar?{POINT}", None, b""),
    ("owntracks", LOCATION, b"[]"), ("owntracks", b"no JSON at all", b"[]"), ("overland", BATCH, b'{"result":"ok"}'),
    ("overland", b"{", b'{"result":"ok"}'), ("gpslogger", POINT.encode(), b"OK"),
    ("traccar", b'{"device_id":"7"}', b""),
])
def test_each_app_gets_its_answer_and_its_bytes_are_kept(
    client: FlaskClient, rows: Connection, key: str, address: str, sent: bytes | None, answer: bytes
) -> None:
    where = f"/ingest/{key}/{address}"
    got = client.get(where) if sent is None else client.post(where, data=sent, content_type="application/json")
    assert (got.status_code, got.data) == (200, answer)
    kind, _, query = address.partition("?")
    assert [(one[0], one[2], bytes(one[3])) for one in stored(rows)] == [(kind, query, sent or b"")]


def test_a_form_in_the_body_is_kept_as_it_came(client: FlaskClient, rows: Connection, key: str) -> None:
    client.post(f"/ingest/{key}/traccar", data=POINT, content_type="application/x-www-form-urlencoded")
    assert [bytes(one[3]) for one in stored(rows)] == [POINT.encode()]


def test_an_empty_message_of_owntracks_is_no_message(client: FlaskClient, rows: Connection, key: str) -> None:
    assert client.post(f"/ingest/{key}/owntracks").status_code == 200
    assert stored(rows) == []


def test_owntracks_names_its_device_in_headers(client: FlaskClient, rows: Connection, key: str) -> None:
    client.post(f"/ingest/{key}/owntracks", data=LOCATION, headers={"X-Limit-U": "ama", "X-Limit-D": "phone"})
    assert [one[1] for one in stored(rows)] == ["ama/phone"]


def test_the_same_message_again_is_one_and_an_untimed_one_again_is_two(
    client: FlaskClient, rows: Connection, key: str
) -> None:
    for query in (POINT, POINT, "lat=-1.25&lon=36.5", "lat=-1.25&lon=36.5"):
        assert client.get(f"/ingest/{key}/osmand?{query}").status_code == 200
    assert len(stored(rows)) == 3


def test_a_gzipped_body_is_kept_unpacked(client: FlaskClient, rows: Connection, key: str) -> None:
    client.post(f"/ingest/{key}/overland", data=gzip.compress(BATCH), headers={"Content-Encoding": "gzip"})
    assert [bytes(one[3]) for one in stored(rows)] == [BATCH]


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(BATCH * 50, mtime=0)[:-20]])
def test_a_body_that_cannot_be_unpacked_is_kept_as_it_came(
    client: FlaskClient, rows: Connection, key: str, body: bytes
) -> None:
    got = client.post(f"/ingest/{key}/overland", data=body, headers={"Content-Encoding": "gzip"})
    assert (got.status_code, got.data) == (200, b'{"result":"ok"}')
    assert [bytes(one[3]) for one in stored(rows)] == [body]


def test_a_body_that_unpacks_to_more_than_any_phone_sends_is_refused(
    client: FlaskClient, rows: Connection, key: str
) -> None:
    body = gzip.compress(bytes(6_000_000))
    got = client.post(f"/ingest/{key}/overland", data=body, headers={"Content-Encoding": "gzip"})
    assert got.status_code == 413 and stored(rows) == []


@pytest.mark.parametrize("address", ["osmand", "gpslogger", "traccar", "owntracks", "overland"])
@pytest.mark.parametrize(("wrong", "status", "code"), [
    (UNKNOWN, 403, "token_unknown"), ("short", 401, "token_malformed")
])
def test_a_wrong_key_keeps_nothing(
    client: FlaskClient, rows: Connection, address: str, wrong: str, status: int, code: str
) -> None:
    for data in (LOCATION, b""):
        got = client.post(f"/ingest/{wrong}/{address}", data=data)
        assert (got.status_code, (got.json or {})["error"]["code"]) == (status, code)
    assert stored(rows) == []
