"""A full disk and a stopped database: whoever sends is told at once that nothing was accepted, and nothing is lost."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from mapping_service.cities import new_city
from mapping_service.config import Config, load_config
from mapping_service.postgres import ensure_cluster, stop_cluster
from mapping_service.store.engine import engine_for
from mapping_service.store.people import add_key
from mapping_service.up import THREADS, revive_database
from spatial_sql.apply import upgrade
from tests.conftest import throwaway_config
from tests.openrosa.collect import BOUNDARY, multipart
from tests.openrosa.filled import filled
from tests.openrosa.service import Service, running

DISK_MB = 300
BALLAST_MB = 60
FILE_BYTES = 4_000_000
RECOVERY_S = 60


def ask(service: Service, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes, str | None]:
    """One request: its status, what was said, and when to come again."""
    connection = http.client.HTTPConnection(urlsplit(service.base_url).netloc, timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Retry-After")
    finally:
        connection.close()


def make_key(url: str) -> str:
    """A key of a new city."""
    upgrade(url)
    city = new_city(engine_for(url), "pier", "Pier", "Africa/Nairobi", "KES", "en")
    with engine_for(url).begin() as connection:
        return add_key(connection, city.city_id, "ama")


def test_while_the_database_is_away_every_sender_is_told_so_within_seconds(tmp_path: Path) -> None:
    with throwaway_config() as config:
        url = ensure_cluster(config, durable=False)
        key = make_key(url)
        form = multipart(filled("uuid:1"))
        requests = [
            ("POST", f"/ingest/{key}/gpx", b"a ride", "application/gpx+xml"),
            ("POST", f"/ingest/{key}/owntracks", b'{"_type":"location"}', "application/json"),
            ("POST", f"/v1/key/{key}/projects/pier/submission", form, f"multipart/form-data; boundary={BOUNDARY}"),
            ("GET", f"/v1/key/{key}/projects/pier/formList", b"", ""),
            ("GET", "/pier/team", b"", ""),
        ]
        with running(url, tmp_path) as service:
            assert ask(service, *requests[0])[0] == 202
            stop_cluster(config)
            for method, path, body, kind in requests:
                asked_s = time.monotonic()
                status, said, again = ask(service, method, path, body + b" " if method == "POST" else body, kind)
                assert (status, again) == (503, "60"), path
                assert b"nothing was accepted" in said.lower(), path
                assert time.monotonic() - asked_s < 30, path
            ensure_cluster(config, durable=False)
            assert [ask(service, *one)[0] for one in requests[:4]] == [202, 200, 202, 200]
        with engine_for(url).connect() as connection:
            kept = connection.execute(text("SELECT count(*) FROM inbox"), {}).scalar_one()
        engine_for(url).dispose()
        assert kept == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Config]:
    """The settings of an installation on a disk that is soon full."""
    disk = Path("/tmp") / f"commonway-disk-{tmp_path.parent.name}-{tmp_path.name}"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(disk)],
        capture_output=True, check=False,
    )
    if mounted.returncode:
        disk.rmdir()
        pytest.skip("A disk of our own needs an account that may mount one.")
    config = load_config({"COMMONWAY_DATA": str(disk)})
    try:
        yield config
    finally:
        (disk / "ballast").unlink(missing_ok=True)
        stop_cluster(config)
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def test_a_full_disk_costs_nothing_that_was_acknowledged_and_room_is_all_it_takes_to_go_on(
    small_disk: Config, tmp_path: Path
) -> None:
    url = ensure_cluster(small_disk)
    key = make_key(url)
    ballast = small_disk.data_dir / "ballast"
    ballast.write_bytes(bytes(BALLAST_MB * 1_000_000))
    acknowledged: set[str] = set()

    def send(number: int) -> tuple[int, bytes]:
        # Bytes that no database can press together.
        data = b"".join(hashlib.sha256(b"%d %d" % (number, n)).digest() for n in range(FILE_BYTES // 32))
        status, said, _ = ask(service, "POST", f"/ingest/{key}/gpx?name={number}.gpx", data, "application/gpx+xml")
        if status == 202:
            acknowledged.add(json.loads(said)["received"][0]["sha256"])
        return status, said

    with running(url, tmp_path) as service:
        answers: list[tuple[int, bytes]] = []
        while (answer := send(len(answers)))[0] == 202:
            answers.append(answer)
            assert len(answers) < DISK_MB, "The disk never was full."
        assert answer[0] == 503 and b"nothing was accepted" in answer[1]
        assert len(answers) > 3
        ballast.unlink()
        for _ in range(RECOVERY_S):  # a database that went down for want of room is started again, as by ``up``
            revive_database(small_disk)
            if (after := send(len(answers)))[0] != 503:
                break
            time.sleep(1)
        assert after[0] == 202
    with engine_for(url).connect() as connection:
        held = set(connection.execute(text("SELECT encode(sha256(bytes), 'hex') FROM inbox")).scalars())
    engine_for(url).dispose()
    assert acknowledged == held and len(held) == len(answers) + 1


def test_phones_that_fall_silent_amid_a_request_do_not_hold_up_the_others(database: str, tmp_path: Path) -> None:
    key = make_key(database)
    with running(database, tmp_path, workers=1) as service, ExitStack() as held:
        place = urlsplit(service.base_url)
        for _ in range(THREADS + 8):
            phone = held.enter_context(socket.create_connection((place.hostname or "", place.port or 0)))
            phone.sendall(f"POST /ingest/{key}/owntracks HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{{".encode())
        status, *_ = ask(service, "GET", "/health")
    assert status == 200
