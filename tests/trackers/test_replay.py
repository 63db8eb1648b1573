"""Exchanges of each app, replayed as they were, twice, in any order and with rubbish among them: the same trail.

Every file of ``exchanges`` tells of the same ride: 24 positions, ten seconds and 0.0005 degrees apart, eastwards.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from collectors.trackers.points import Point
from collectors.trackers.trail import read_trail
from mapping_service import jobs
from mapping_service.assembling import assemble, read_messages
from mapping_service.parameters import Parameters
from mapping_service.store.engine import engine_for
from mapping_service.web import create_app
from tests.trackers.conftest import Field

FIRST_MS = 1_748_845_800_000  # 2025-06-02T06:30:00Z
TRUTH = [Point(FIRST_MS + 10_000 * i, round(36.80 + 0.0005 * i, 7), -1.30, 5.0, 5.0, 1650.0) for i in range(24)]
FILES = sorted((Path(__file__).parent / "exchanges").glob("*.http"))
RIDE = "00000000-0000-4000-8000-000000000001"
FUTURE_MS = 4_000_000_000_000


@dataclass(frozen=True)
class Request:
    """One request: the method, the address after the key, headers and body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def exchange(path: Path) -> list[Request]:
    """The requests of a file, parted by ``###``."""
    return [request(part.lstrip("\n")) for part in path.read_text("utf-8").split("###")[1:]]


def request(part: str) -> Request:
    head, _, body = part.partition("\n\n")
    first, *headers = head.strip().split("\n")
    method, address, _ = first.split(" ")
    return Request(method, address, dict(line.split(": ", 1) for line in headers), body.strip().encode())


@pytest.fixture
def client(field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    monkeypatch.setattr(jobs, "ask_to_process", lambda *_: None)  # its thread would outlive the database
    return create_app(field.url).test_client()


def replay(client: FlaskClient, field: Field, requests: Sequence[Request]) -> None:
    """Send requests as the app would; every one is answered with success."""
    for one in requests:
        where = f"/ingest/{field.key}/{one.path}"
        headers = dict(one.headers)
        if one.path.startswith("chunks/"):
            where = f"/api/v1/traces/{RIDE}/{one.path}"
            headers["Authorization"] = f"Bearer {field.key}"
        answer = client.open(where, method=one.method, headers=headers, data=one.body)
        assert answer.status_code in (200, 201), answer.data


def process(field: Field) -> None:
    read_messages(field.url, field.slug)
    assemble(field.url, field.slug, Parameters(), now_s=FUTURE_MS / 1000, wait=True)


def trails(field: Field) -> list[bytes]:
    """The documents that hold the rides, those left out that longer ones replaced."""
    with engine_for(field.url).connect() as connection:
        return [bytes(one.bytes) for one in connection.execute(text(
            "SELECT i.bytes FROM trail t JOIN submission s USING (submission_id)"
            " JOIN inbox i ON i.inbox_id = s.submission_id WHERE s.status <> 'duplicate' ORDER BY t.first_s"
        ))]


def rubbish(kind: str) -> Iterator[Request]:
    """Positions at 0,0 and far in the future, and what is no message at all, in an app's own words."""
    for x, t_ms in ((0.0, FIRST_MS + 5000), (36.9, FUTURE_MS)):
        device = "777001" if kind == "traccar-older" else "a3f"
        query = f"id={device}&aid=9c1&lat={x and -1.3}&lon={x}&timestamp={t_ms}"
        if kind in ("osmand", "gpslogger", "traccar-older"):
            yield Request("GET", f"{kind.partition('-')[0]}?{query}", {}, b"")
        elif kind == "owntracks":
            sent = {"_type": "location", "lat": x and -1.3, "lon": x, "tst": t_ms // 1000}
            yield Request("POST", kind, {"X-Limit-U": "ama", "X-Limit-D": "phone"}, json.dumps(sent).encode())
    if kind in ("owntracks", "overland", "traccar-newer"):
        yield Request("POST", kind.partition("-")[0], {}, b'{"_type": "encrypted", "data": "x"}')
        yield Request("POST", kind.partition("-")[0], {}, b"{ cut o")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_exchange_becomes_its_ride(client: FlaskClient, field: Field, path: Path) -> None:
    replay(client, field, exchange(path))
    process(field)
    (found,) = trails(field)
    trail = read_trail(found)
    assert list(trail.points) == TRUTH
    assert (trail.kind, trail.others) == (path.stem.partition("-")[0], 0)
    assert field.count("message", "problem_code IS NOT NULL OR read_at IS NULL") == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_neither_order_nor_repeats_nor_rubbish_change_a_byte(client: FlaskClient, field: Field, path: Path) -> None:
    replay(client, field, exchange(path))
    process(field)
    (truth,) = trails(field)
    sent = [*exchange(path), *rubbish(path.stem)]
    submissions = field.count("submission")
    for seed in range(2):
        random.Random(seed).shuffle(sent)
        replay(client, field, sent)
        process(field)
        assert trails(field) == [truth]
        assert field.count("submission") == submissions


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_ride_that_comes_in_any_order_and_is_read_in_between_ends_the_same(
    client: FlaskClient, field: Field, path: Path
) -> None:
    sent = exchange(path)
    random.Random(7).shuffle(sent)
    for start in range(0, len(sent), 5):
        replay(client, field, sent[start:start + 5])
        process(field)
    (found,) = trails(field)
    assert list(read_trail(found).points) == TRUTH
    assert field.count("submission", "reason_code = 'continued'") == field.count("submission") - 1
