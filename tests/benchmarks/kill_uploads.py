"""Whether anything that was acknowledged is lost, or kept twice, when servers are killed while phones send.

    python -m tests.benchmarks.kill_uploads [--seed 1] [--kills 500]

Phones send files, filled forms in several parts, tracker messages and chunks of page rides at the same time, each until
it is answered with success, and one in five again after that, as phones do whose answer got lost. Meanwhile web
processes, the whole web server, or a process of the database are ended by SIGKILL at random moments. In the end every
acknowledged byte must be there, once; no bytes that nothing names; no form without one of its files; and the rows must
be those that the same uploads give on an undisturbed server. Exit code 1 on any difference.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mapping_service.cities import new_city
from mapping_service.config import Config, load_config
from mapping_service.postgres import ensure_cluster, stop_cluster
from mapping_service.store.engine import engine_for
from mapping_service.store.people import add_key
from mapping_service.up import is_healthy, revive_database, service_children
from spatial_sql.apply import upgrade
from tests.benchmarks.kill_test import ROOT, SLUG, free_port, fresh_database, kill_group, row_counts
from tests.benchmarks.report import write_table
from tests.openrosa.collect import BOUNDARY, multipart
from tests.openrosa.filled import filled

PHONES = 4
# Of the kills: one web process, the whole web server, one process of the database (it then ends all others itself).
VICTIMS = {"web process": 0.75, "web server": 0.15, "database": 0.1}
PAUSE_S = (0.0, 0.5)  # from the moment at which all answers again to the next kill
BETWEEN_S = 0.01  # from one upload of a phone to its next
AGAIN_SHARE = 0.2
RETRY_S = 0.05
ANSWER_TIMEOUT_S = 60.0
START_TIMEOUT_S = 120.0
FILES_PER_FORM = 3
ORPHANS = {
    "bytes that nothing names": "SELECT count(*) FROM inbox i WHERE NOT EXISTS (SELECT FROM arrival a"
                                " WHERE a.inbox_id = i.inbox_id)"
                                " AND NOT EXISTS (SELECT FROM attachment f WHERE f.inbox_id = i.inbox_id)",
    "forms without one of their files": "SELECT count(*) FROM attachment WHERE inbox_id IS NULL",
    "forms that still wait": "SELECT count(*) FROM instance WHERE NOT complete",
    "documents without a name": "SELECT count(*) FROM submission s WHERE NOT EXISTS (SELECT FROM arrival a WHERE"
                                " a.inbox_id = s.submission_id)",
}
HELD = {
    "inbox": "SELECT encode(sha256(bytes), 'hex') FROM inbox",
    "message": "SELECT encode(sha256(bytes), 'hex') FROM message",
}


@dataclass(frozen=True)
class Upload:
    """One request; ``proof`` are the sha256 of the bytes that must be there once it was answered, and where."""

    kind: str
    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    table: str
    proof: tuple[str, ...]


def uploads(rng: random.Random, key: str) -> Iterator[list[Upload]]:
    """Yield what one phone sends, endlessly: each list in its order."""
    ride, chunk = uuid.UUID(int=rng.getrandbits(128), version=4), 0
    makers = ("file", "form", "message", "message", "chunk")
    while True:
        kind = rng.choice(makers)
        mark = f"{rng.getrandbits(64):016x}"
        if kind == "file":
            data = f'<gpx version="1.1" creator="{mark}">{" " * rng.randint(0, 20_000)}</gpx>'.encode()
            path = f"/ingest/{key}/gpx?name={mark}.gpx"
            yield [_upload(kind, "POST", path, data, "application/gpx+xml", "inbox", [data])]
        elif kind == "message":
            data = json.dumps({"_type": "location", "tst": rng.randint(1, 10**9), "lat": 1.5, "lon": 2.5,
                               "note": mark}).encode()
            yield [_upload(kind, "POST", f"/ingest/{key}/owntracks", data, "application/json", "message", [data])]
        elif kind == "chunk":
            data = json.dumps({"v": 1, "n": chunk, "fixes": [], "note": mark}).encode()
            path = f"/api/v1/traces/{ride}/chunks/{chunk}"
            yield [_upload(kind, "PUT", path, data, "application/json", "message", [data], key)]
            chunk += 1
        else:
            yield _form(rng, key, mark)


def _form(rng: random.Random, key: str, mark: str) -> list[Upload]:
    """A form with its files in two parts, as Collect splits them."""
    files = [(f"{mark}-{n}.jpg", rng.randbytes(rng.randint(10, 20_000))) for n in range(FILES_PER_FORM)]
    xml = filled(f"uuid:{mark}", mark, files=[name for name, _ in files])
    path = f"/v1/key/{key}/projects/{SLUG}/submission"
    cut = rng.randint(1, len(files) - 1)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return [
        _upload("form", "POST", path, multipart(xml, files[:cut], incomplete=True), kind, "inbox",
                [xml, *(data for _, data in files[:cut])]),
        _upload("form", "POST", path, multipart(xml, files[cut:]), kind, "inbox",
                [xml, *(data for _, data in files[cut:])]),
    ]


def _upload(
    kind: str, method: str, path: str, body: bytes, content_type: str, table: str, held: Sequence[bytes],
    bearer: str | None = None,
) -> Upload:
    headers = {"Content-Type": content_type, "X-OpenRosa-Version": "1.0"}
    headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return Upload(kind, method, path, body, headers, table, tuple(hashlib.sha256(one).hexdigest() for one in held))


@dataclass
class Phone:
    """One sender on its own thread. ``sent`` is what was acknowledged, in order."""

    config: Config
    key: str
    seed: int
    stop: threading.Event
    sent: list[Upload] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    failure: str | None = None

    def run(self) -> None:
        """Send until told to stop; what was begun is brought to its end."""
        rng = random.Random(self.seed)
        for parts in uploads(random.Random(self.seed + 1), self.key):
            if self.stop.is_set() or self.failure:
                return
            for one in parts:
                self.send(one)
                if rng.random() < AGAIN_SHARE:
                    self.send(one)
            time.sleep(BETWEEN_S)

    def send(self, one: Upload) -> None:
        """Send until it is acknowledged; a refusal is a failure."""
        while not self.failure:
            status, said = request(self.config, one)
            self.answers[f"{status}"] += 1
            if 200 <= status < 300:
                self.sent.append(one)
                return
            if status and status < 500:
                self.failure = f"{one.kind} was refused: {status} {said[:300]!r}"
            time.sleep(RETRY_S)


def request(config: Config, one: Upload) -> tuple[int, bytes]:
    """Send one request; status 0 where no answer came."""
    connection = http.client.HTTPConnection(config.host, config.port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request(one.method, one.path, one.body, dict(one.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


@dataclass
class Web:
    """The web server of one database."""

    config: Config
    url: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        child = next(one for one in service_children(self.config, self.url) if one.name == "web")
        # Loaded before it forks: a new process is there at once, and more kills hit one that works.
        self.process = subprocess.Popen(
            [*child.command, "--preload"], env=child.environ, cwd=ROOT, stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )
        self.wait()

    def wait(self) -> None:
        """Wait until it answers, the database included."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not is_healthy(self.config):
            revive_database(self.config)  # as ``up`` does
            if time.monotonic() > deadline_s:
                raise SystemExit("The web server does not come up.")
            time.sleep(RETRY_S)

    def stop(self) -> None:
        """End it at once."""
        if self.process is not None:
            kill_group(self.process)
            self.process = None

    def kill(self, victim: str, rng: random.Random) -> None:
        """End one process or all of them, and wait until all answers again."""
        assert self.process is not None
        if victim == "web server":
            self.stop()
            self.start()
            return
        if victim == "web process":
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            end(int(rng.choice(children)) if children else None)
        else:
            end(backend(self.url))
        self.wait()


def backend(url: str) -> int | None:
    """The number of a process of the database that serves somebody."""
    try:
        with engine_for(url).connect() as connection:
            found = connection.execute(text(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY random() LIMIT 1"
            )).scalar_one()
            return int(found)
    except SQLAlchemyError:
        return None  # it is down already


def end(pid: int | None) -> None:
    """End one process at once, if it is still there."""
    try:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def prepare(url: str) -> None:
    """Make the city."""
    upgrade(url)
    new_city(engine_for(url), SLUG, "Soak", "Africa/Abidjan", "XOF", "fr")


def make_phones(url: str, config: Config, seed: int, stop: threading.Event) -> list[Phone]:
    """Phones with keys of their own."""
    with engine_for(url).begin() as connection:
        city_id = connection.execute(text("SELECT city_id FROM city")).scalar_one()
        keys = [add_key(connection, city_id, f"phone {n}") for n in range(PHONES)]
    return [Phone(config, key, 1000 * seed + 10 * n, stop) for n, key in enumerate(keys)]


def send_under_fire(web: Web, phones: Sequence[Phone], rng: random.Random, kills: int) -> Counter[str]:
    """Let the phones send while so many processes are killed; how often each kind was."""
    done: Counter[str] = Counter()
    threads = [threading.Thread(target=phone.run, daemon=True) for phone in phones]
    for thread in threads:
        thread.start()
    while sum(done.values()) < kills and not any(phone.failure for phone in phones):
        time.sleep(rng.uniform(*PAUSE_S))
        (victim,) = rng.choices(list(VICTIMS), list(VICTIMS.values()))
        web.kill(victim, rng)
        done[victim] += 1
        if sum(done.values()) % 50 == 0:
            print(f"{sum(done.values())} kills, {sum(len(phone.sent) for phone in phones)} acknowledged", flush=True)
    phones[0].stop.set()
    for thread in threads:
        thread.join()
    return done


def send_again(web: Web, phones: Sequence[Phone], before: Sequence[Phone]) -> None:
    """Send to an undisturbed server what was acknowledged by another one."""
    for phone, old in zip(phones, before, strict=True):
        for one in dict.fromkeys((o.method, o.path.replace(old.key, phone.key), o.body, o.kind) for o in old.sent):
            method, path, body, kind = one
            first = next(o for o in old.sent if o.body == body)
            headers = {name: value.replace(old.key, phone.key) for name, value in first.headers.items()}
            phone.send(Upload(kind, method, path, body, headers, first.table, first.proof))
            if phone.failure:
                raise SystemExit(phone.failure)


def held(url: str) -> dict[str, Counter[str]]:
    """The sha256 of all bytes that are there, computed from the bytes themselves, by table."""
    with engine_for(url).connect() as connection:
        return {name: Counter(connection.execute(text(sql)).scalars()) for name, sql in HELD.items()}


def differences(url: str, reference: str, phones: Sequence[Phone]) -> list[str]:
    """What is lost, doubled, orphaned, or other than on the undisturbed server, in sentences."""
    found = [phone.failure for phone in phones if phone.failure]
    here = held(url)
    for phone in phones:
        for one in phone.sent:
            found += [f"{one.kind} lost: {digest}" for digest in one.proof if not here[one.table][digest]]
    for table, counts in here.items():
        found += [f"{table} twice: {digest}" for digest, times in counts.items() if times > 1]
    with engine_for(url).connect() as connection:
        for what, sql in ORPHANS.items():
            if number := connection.execute(text(sql)).scalar_one():
                found.append(f"{number} {what}")
    if here != held(reference):
        found.append("other bytes than on the undisturbed server")
    rows, undisturbed = row_counts(url), row_counts(reference)
    found += [f"{name}: {rows[name]} rows, undisturbed {undisturbed[name]}" for name in rows
              if rows[name] != undisturbed[name]]
    return found


@contextmanager
def cluster() -> Iterator[tuple[Config, str]]:
    """A durable database of its own, whose processes may be killed, and settings for its web server."""
    folder = Path(tempfile.mkdtemp(prefix="commonway-kill-", dir="/tmp"))
    folder.chmod(0o755)
    config = load_config({"COMMONWAY_DATA": str(folder), "COMMONWAY_PORT": str(free_port())})
    try:
        yield config, ensure_cluster(config)
    finally:
        stop_cluster(config)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Send under fire, send the same undisturbed, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of uploads, moments and victims")
    parser.add_argument("--kills", type=int, default=500)
    arguments = parser.parse_args()
    stop = threading.Event()
    with cluster() as (config, server), fresh_database(server) as url, fresh_database(server) as reference:
        for one in (url, reference):
            prepare(one)
        web = Web(config, url)
        web.start()
        phones = make_phones(url, config, arguments.seed, stop)
        started_s = time.monotonic()
        done = send_under_fire(web, phones, random.Random(arguments.seed), arguments.kills)
        took_s = time.monotonic() - started_s
        web.stop()
        undisturbed = Web(config, reference)
        undisturbed.start()
        send_again(undisturbed, make_phones(reference, config, arguments.seed, stop), phones)
        undisturbed.stop()
        found = differences(url, reference, phones)
        report(phones, done, found, took_s)
        print(*found[:20], sep="\n")
        for one in (url, reference):
            engine_for(one).dispose()
    return 1 if found else 0


def report(phones: Sequence[Phone], done: Counter[str], found: Sequence[str], took_s: float) -> None:
    """Write what was sent, killed and found."""
    answers = sum((phone.answers for phone in phones), Counter[str]())
    kinds = Counter(one.kind for phone in phones for one in phone.sent)
    rows = [("kill", name, done[name]) for name in VICTIMS]
    rows += [("acknowledged", kind, number) for kind, number in sorted(kinds.items())]
    rows += [("answer", "none" if status == "0" else status, number) for status, number in sorted(answers.items())]
    lost = sum("lost" in one for one in found)
    rows += [("found", "acknowledged and lost", lost), ("found", "other differences", len(found) - lost)]
    title = f"{sum(kinds.values())} uploads acknowledged, {lost} lost"
    write_table("kill-uploads", f"{sum(done.values())} kills in {took_s:.0f} s while phones send: {title}",
                ("what", "of which", "number"), rows)


if __name__ == "__main__":
    sys.exit(main())
