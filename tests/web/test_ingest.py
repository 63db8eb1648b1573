"""Files over HTTP: stored first, answered, then read by the worker."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from collectors.limits import MAX_FILE_BYTES
from mapping_service import jobs
from mapping_service.store.cities import get_city
from mapping_service.store.people import add_key, revoke_key, sender
from tests.factories import make_network

GPX = b'<gpx version="1.1" creator="test"><trk><trkseg><trkpt lat="-1.2" lon="36.8"/></trkseg></trk></gpx>'
OTHER = GPX.replace(b"36.8", b"36.9")
THIRD = GPX.replace(b"36.8", b"36.7")


@pytest.fixture
def key(rows: Connection) -> str:
    """A contributor's key for the town without a release."""
    city = get_city(rows, "empty-town")
    for kind in ("candidate", "accepted"):
        make_network(rows, city.city_id, kind)
    made = add_key(rows, city.city_id, "kofi")
    rows.commit()
    return made


@pytest.fixture
def post(client: FlaskClient, key: str) -> Callable[..., Any]:
    """Post to the contributor's address."""
    return lambda **sent: client.post(f"/ingest/{key}/gpx", **sent)


def stored(rows: Connection) -> list[str]:
    """The names under which bytes have arrived over HTTP."""
    rows.rollback()
    return [one.file_name for one in rows.execute(text(
        "SELECT file_name FROM arrival WHERE contributor_id IS NOT NULL ORDER BY arrival_id"
    ))]


def error_of(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, (answer.json or {})["error"]["code"]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_several_parts_of_one_name_are_all_kept(post: Callable[..., Any], rows: Connection) -> None:
    parts = [(io.BytesIO(data), name) for data, name in ((GPX, "one.gpx"), (OTHER, "two.gpx"), (THIRD, "three.gpx"))]
    answer = post(data={"file": parts})
    assert answer.status_code == 202
    assert [one["file"] for one in answer.json["received"]] == ["one.gpx", "two.gpx", "three.gpx"]
    assert stored(rows) == ["one.gpx", "two.gpx", "three.gpx"]


@pytest.mark.parametrize("kind", ["application/gpx+xml", "application/x-www-form-urlencoded", ""])
def test_a_raw_body_is_a_file_whatever_type_it_claims(post: Callable[..., Any], rows: Connection, kind: str) -> None:
    assert post(data=GPX, content_type=kind, query_string={"name": "ride.gpx"}).status_code == 202
    assert stored(rows) == ["ride.gpx"]


def test_a_raw_body_without_a_name_is_named_by_its_type(post: Callable[..., Any], rows: Connection) -> None:
    assert post(data=b"time,lat,lon\n", content_type="text/csv; charset=utf-8").status_code == 202
    assert post(data=GPX, content_type="application/gpx+xml").status_code == 202
    assert [name.rpartition(".")[2] for name in stored(rows)] == ["csv", "gpx"]


def test_the_same_bytes_again_change_nothing_and_say_so(post: Callable[..., Any], rows: Connection) -> None:
    answers = [post(data=GPX, query_string={"name": name}).json for name in ("a.gpx", "b.gpx", "a.gpx")]
    kept = [answer["received"][0]["kept"] for answer in answers]
    assert kept == ["new", "same_bytes", "again"]
    assert stored(rows) == ["a.gpx", "b.gpx"]


def test_gzip_and_zip_are_unpacked(post: Callable[..., Any], rows: Connection) -> None:
    assert post(data=gzip.compress(GPX), query_string={"name": "ride.gpx.gz"}).status_code == 202
    assert post(data=zipped(b_gpx=OTHER, a_gpx=THIRD), query_string={"name": "day.zip"}).status_code == 202
    assert stored(rows) == ["ride.gpx", "day.zip/a.gpx", "day.zip/b.gpx"]


def test_one_bad_member_of_a_zip_does_not_stop_the_others(post: Callable[..., Any], rows: Connection) -> None:
    answer = post(data=zipped(a_gpx=GPX, b_zip=zipped(x_gpx=OTHER), c_gpx=THIRD), query_string={"name": "day.zip"})
    assert answer.status_code == 202
    assert len(answer.json["refused"]) == 1 and answer.json["refused"][0]["message"]
    assert stored(rows) == ["day.zip/a.gpx", "day.zip/c.gpx"]


def test_garbage_is_kept_for_a_person_to_look_at(post: Callable[..., Any], rows: Connection) -> None:
    assert post(data=b"not a ride", query_string={"name": "x.gpx"}).status_code == 202
    assert stored(rows) == ["x.gpx"]


@pytest.mark.parametrize("sent", [{}, {"data": b""}, {"data": {"file": ""}, "content_type": "multipart/form-data"}])
def test_a_request_without_a_file_is_told_how_to_send_one(post: Callable[..., Any], sent: dict[str, Any]) -> None:
    answer = post(**sent)
    assert error_of(answer) == (400, "no_file")


def test_a_body_over_the_limit_is_refused_even_if_its_length_is_not_told(client: FlaskClient, key: str) -> None:
    answer = client.post(
        f"/ingest/{key}/gpx",
        input_stream=io.BytesIO(bytes(MAX_FILE_BYTES + 2)),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert error_of(answer) == (413, "file_too_large")


def test_an_unknown_and_a_revoked_key_are_refused(client: FlaskClient, key: str, rows: Connection) -> None:
    assert error_of(client.post("/ingest/nobody/gpx", data=GPX)) == (401, "token_malformed")
    assert error_of(client.post(f"/ingest/{'n' * 32}/gpx", data=GPX)) == (403, "token_unknown")
    assert client.post(f"/ingest/{key}/gpx", data=GPX).status_code == 202
    revoke_key(rows, sender(rows, key).city_id, sender(rows, key).token_id)
    rows.commit()
    assert error_of(client.post(f"/ingest/{key}/gpx", data=OTHER)) == (403, "token_unknown")
    assert len(stored(rows)) == 1


def test_what_is_stored_is_acknowledged_even_if_the_worker_cannot_be_told(
    post: Callable[..., Any], rows: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_reach(*_: object) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr(jobs, "ask_to_process", out_of_reach)
    assert post(data=GPX, query_string={"name": "ride.gpx"}).status_code == 202
    assert stored(rows) == ["ride.gpx"]


def test_senders_see_what_became_of_their_own_files_only(
    client: FlaskClient, post: Callable[..., Any], key: str, rows: Connection
) -> None:
    mine = post(data=GPX).json["received"][0]["submission_id"]
    answer = client.get(f"/ingest/{key}/submissions/{mine}").json or {}
    assert (answer["status"], answer["reason"], answer["route_id"]) == ("received", "", None)
    stranger = add_key(rows, get_city(rows, "empty-town").city_id, "ama")
    rows.commit()
    assert client.get(f"/ingest/{stranger}/submissions/{mine}").status_code == 404
