"""Whether anything that was acknowledged is lost when processes are killed outright at random moments.

    python tests/benchmarks/kill_test.py [--runs ../shared/data/abidjan/runs.zip] [--seed 1] [--kills 10]

A survey goes through a fresh database twice: once undisturbed, once while imports, processings, the web and the worker
are ended by SIGKILL and started again. Half of the files come by ``commonway import``, half over HTTP, each sent
until it is answered with 202. In the end every answer must be backed by its bytes, and both databases must give the
same rows, the same outcome of each file and the same feed, byte for byte. Exit code 1 on any difference.

The databases are made on the server of ``DATABASE_URL``, or on a private cluster in a temporary folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import make_url, text

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from collectors.archives import iter_files  # noqa: E402
from collectors.simulator import sample_survey, write_survey  # noqa: E402
from mapping_service.config import Config, load_config  # noqa: E402
from mapping_service.jobs import pending_cities  # noqa: E402
from mapping_service.postgres import ensure_cluster, normalise_url, open_connection, stop_cluster  # noqa: E402
from mapping_service.store import networks  # noqa: E402
from mapping_service.store.cities import get_city  # noqa: E402
from mapping_service.store.engine import engine_for, rows  # noqa: E402
from mapping_service.up import is_healthy, service_children  # noqa: E402
from spatial_sql.apply import upgrade  # noqa: E402
from tests.benchmarks.report import write_table  # noqa: E402

SLUG = "soak"
CITY = ("--name", "Soak", "--timezone", "Africa/Abidjan", "--currency", "XOF", "--language", "fr")
VALID_FROM = f"{date.today()}"
SAMPLE_SEED = 20
JOBS = 2
SHARE_OF_COMMANDS = 0.6  # of the kills; the others hit the web and the worker
LINGER_S = 1.0  # a processing goes on for up to this long after its mark: inference has no mark of its own
POLL_S = 0.002
PAUSE_S = (0.5, 5.0)  # between two kills of the web or the worker: their start takes some 2 s
RETRY_S = 0.2
ANSWER_TIMEOUT_S = 30.0
GIVE_UP_S = 1800.0
# How far a command has come, as the database shows it from outside.
KEPT = "SELECT count(*) FROM inbox"
READ_AND_CLEANED = "SELECT (SELECT count(read_at) FROM submission) + (SELECT count(cleaned_at) FROM trace)"
COMMONWAY = (sys.executable, "-c", "from mapping_service.cli import main; main()")


@dataclass(frozen=True)
class Survey:
    """The files of a survey in two folders, and what is claimed of them."""

    imported: Path
    sent: Path
    hints: Path | None

    def files(self) -> dict[str, bytes]:
        """Every file by its name."""
        return {path.name: path.read_bytes() for folder in (self.imported, self.sent) for path in folder.iterdir()}


@dataclass(frozen=True)
class Kill:
    """One kill: when in its phase, of what; which bytes were acknowledged and which were on disk then (sha256)."""

    phase: str
    moment_s: float
    victim: str
    acknowledged: frozenset[str]
    on_disk: frozenset[str]


@dataclass
class Passage:
    """One way of the survey through a database. ``acknowledged`` holds the sha256 of each file that was answered."""

    url: str
    config: Config
    survey: Survey
    acknowledged: set[str] = field(default_factory=set)
    kills: list[Kill] = field(default_factory=list)
    durations_s: dict[str, float] = field(default_factory=dict)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of its own session, so that a kill reaches its children as well."""
        environ = {**os.environ, "DATABASE_URL": self.url, "COMMONWAY_DATA": str(self.config.data_dir)}
        return subprocess.Popen(
            [*COMMONWAY, *words], env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def command(self, *words: str) -> dict[str, object]:
        """Run a command to its end and return its answer."""
        process = self.start(*words, "--json")
        out, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"commonway {' '.join(words)} failed: {out}")
        found: dict[str, object] = json.loads(out)
        return found

    def record(self, phase: str, moment_s: float, victim: str) -> None:
        """Note a kill and what the database holds right after it."""
        # In this order: what is answered meanwhile may be on disk already, never the other way round.
        acknowledged = frozenset(self.acknowledged)
        self.kills.append(Kill(phase, moment_s, victim, acknowledged, frozenset(stored(self.url))))


def stored(url: str) -> set[str]:
    """The sha256 of all bytes in the inbox, computed anew from the bytes themselves."""
    with engine_for(url).connect() as connection:
        return set(connection.execute(text("SELECT encode(sha256(bytes), 'hex') FROM inbox")).scalars())


def kill_group(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@dataclass(frozen=True)
class Mark:
    """When to kill a command: once a count has come so far, and then so much later."""

    count: int
    linger_s: float


def run_killed(passage: Passage, phase: str, words: Sequence[str], progress: str, marks: Sequence[Mark]) -> None:
    """Run a command that is killed at each of some marks of its progress (a count), and then once more to its end."""
    for mark in marks:
        process = passage.start(*words)
        started_s = time.monotonic()
        with engine_for(passage.url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while process.poll() is None and connection.execute(text(progress)).scalar_one() < mark.count:
                time.sleep(POLL_S)
        time.sleep(mark.linger_s)
        had_ended = process.poll() is not None
        kill_group(process)
        if not had_ended:
            passage.record(phase, time.monotonic() - started_s, f"commonway {words[0]}")
    started_s = time.monotonic()
    passage.command(*words)
    passage.durations_s[phase] = time.monotonic() - started_s


@dataclass
class Service:
    """The web and the worker as children, started again at once whenever they are killed."""

    passage: Passage
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start whatever does not run."""
        for child in service_children(self.passage.config, self.passage.url):
            if child.name not in self.running:
                self.running[child.name] = subprocess.Popen(
                    child.command, env=child.environ, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
                )

    def kill(self, name: str) -> None:
        """Kill a child with its children."""
        kill_group(self.running.pop(name))


def send(passage: Passage, token: str, path: Path) -> None:
    """Send one file until it is answered with 202."""
    data = path.read_bytes()
    address = f"{passage.config.base_url}/ingest/{token}/gpx?name={path.name}"
    headers = {"Content-Type": "application/gpx+xml"}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up_s = time.monotonic() + GIVE_UP_S
    while time.monotonic() < give_up_s:
        try:
            request = urllib.request.Request(address, data, headers)
            with opener.open(request, timeout=ANSWER_TIMEOUT_S) as answer:
                (receipt,) = json.load(answer)["received"]
                passage.acknowledged.add(receipt["sha256"])
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise SystemExit(f"{path.name} was refused: {error.read().decode()}") from error
        except (OSError, ValueError):
            pass  # the web died before or while it answered: nothing was promised
        time.sleep(RETRY_S)
    raise SystemExit(f"{path.name} found nobody to answer for {GIVE_UP_S} s")


def send_all(passage: Passage, token: str, pause_s: float) -> None:
    """Send the second half of the survey in order of name, with a pause after each file."""
    for path in sorted(passage.survey.sent.iterdir()):
        send(passage, token, path)
        time.sleep(pause_s)


def serve(passage: Passage, token: str, pauses_s: Sequence[tuple[float, str]]) -> None:
    """Send the second half over HTTP while the web and the worker are killed after each of some pauses."""
    service = Service(passage)
    service.start()
    started_s = time.monotonic()
    # The files take about as long as the kills, so that each kill finds some under way.
    spread_s = sum(pause_s for pause_s, _ in pauses_s) / len(list(passage.survey.sent.iterdir()))
    try:
        while not is_healthy(passage.config):
            time.sleep(RETRY_S)
        uploads = threading.Thread(target=send_all, args=(passage, token, spread_s), daemon=True)
        uploads.start()
        for pause_s, victim in pauses_s:
            time.sleep(pause_s)
            service.kill(victim)
            passage.record("serve", time.monotonic() - started_s, victim)
            service.start()
        uploads.join()
        while pending_cities(engine_for(passage.url)):
            if time.monotonic() - started_s > GIVE_UP_S:
                raise SystemExit("The worker did not come to an end by itself.")
            time.sleep(1.0)
    finally:
        for name in list(service.running):
            service.kill(name)
    passage.durations_s["serve"] = time.monotonic() - started_s


def go(passage: Passage, rng: random.Random, kills: int) -> None:
    """Take the survey all the way to a release, with so many kills; those that came too late hit the service."""
    upgrade(passage.url)
    passage.command("city", "create", SLUG, *CITY)
    token = str(passage.command("token", "create", "--city", SLUG, "--contributor", "sender")["token"])
    in_commands = round(kills * SHARE_OF_COMMANDS)
    files = len(list(passage.survey.imported.iterdir()))
    importing = ["import", str(passage.survey.imported), "--city", SLUG]
    importing += ["--hints", str(passage.survey.hints)] if passage.survey.hints else []
    run_killed(passage, "import", importing, KEPT, marks(rng, in_commands // 2, files - 1, 0.0))
    passage.acknowledged |= {sha256(path.read_bytes()) for path in passage.survey.imported.iterdir()}
    processing = ["process", "--city", SLUG, "--jobs", str(JOBS)]
    in_processing = marks(rng, in_commands - in_commands // 2, 2 * files, LINGER_S)
    run_killed(passage, "process", processing, READ_AND_CLEANED, in_processing)
    left = kills - len(passage.kills)
    serve(passage, token, [(rng.uniform(*PAUSE_S), ("web", "worker")[n % 2]) for n in range(left)])
    passage.command("review", "accept", "--city", SLUG)
    passage.command("release", "--city", SLUG, "--valid-from", VALID_FROM)


def marks(rng: random.Random, number: int, most: int, linger_s: float) -> list[Mark]:
    """Random marks up to a count, the earliest first: what is done stays done."""
    counts = sorted(rng.randint(1, most) for _ in range(number))
    return [Mark(count, rng.uniform(0.0, linger_s)) for count in counts]


def feed_sha256(passage: Passage) -> str:
    """The digest of the exported feed."""
    out = passage.config.data_dir / f"{uuid.uuid4().hex}.zip"
    passage.command("export", "gtfs", str(out), "--city", SLUG)
    return sha256(out.read_bytes())


def row_counts(url: str) -> dict[str, int]:
    """How many rows each of our tables holds."""
    with engine_for(url).connect() as connection:
        names = connection.execute(text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename !~ '^(procrastinate|spatial_ref)' ORDER BY 1"
        )).scalars().all()
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}


def outcomes(url: str) -> dict[str, tuple[object, ...]]:
    """What became of each file: its state, the reason's code, its route and its shape."""
    with engine_for(url).connect() as connection:
        city = get_city(connection, SLUG)
        values = {"city_id": city.city_id, "network_id": networks.network_id(connection, city.city_id, "accepted")}
        found = rows(connection, "intake.list_outcomes", values)
    return {one.file: (one.sha256, one.status, one.reason_code, one.route_id, one.shape_id) for one in found}


def differences(reference: Passage, killed: Passage) -> list[str]:
    """What the kills changed, in sentences; empty where nothing is lost and nothing differs."""
    kept = stored(killed.url)
    found = [f"acknowledged and lost: {digest}" for digest in sorted(killed.acknowledged - kept)]
    sent = {sha256(data) for data in killed.survey.files().values()}
    found += [f"never acknowledged: {digest}" for digest in sorted(sent - killed.acknowledged)]
    for number, kill in enumerate(killed.kills, start=1):
        unbacked = sorted(kill.acknowledged - kill.on_disk)
        found += [f"acknowledged before kill {number} and not on disk after it: {digest}" for digest in unbacked]
        found += [f"on disk at kill {number} and lost: {digest}" for digest in sorted(kill.on_disk - kept)]
    compared: dict[str, tuple[Mapping[str, object], Mapping[str, object]]] = {
        "rows": (row_counts(reference.url), row_counts(killed.url)),
        "outcomes": (outcomes(reference.url), outcomes(killed.url)),
        "feed": ({"sha256": feed_sha256(reference)}, {"sha256": feed_sha256(killed)}),
    }
    for what, (expected, got) in compared.items():
        for name in sorted({*expected, *got}):
            if expected.get(name) != got.get(name):
                found.append(f"{what} of {name}: {got.get(name)} where undisturbed {expected.get(name)}")
        print(f"{what:9} {'same' if expected == got else 'DIFFER'}  {fingerprint(got)}")
    return found


def fingerprint(value: Mapping[str, object]) -> str:
    """A short digest of values that print the same when they are the same."""
    return sha256(repr(sorted(value.items())).encode())[:16]


HEAD = ("phase", "moment, s", "killed", "acknowledged", "on disk", "still there in the end")


def table(passage: Passage) -> list[tuple[object, ...]]:
    """The kills as rows under ``HEAD``."""
    kept = stored(passage.url)
    return [
        (kill.phase, round(kill.moment_s, 2), kill.victim, len(kill.acknowledged), len(kill.on_disk),
         len(kill.on_disk & kept))
        for kill in passage.kills
    ]


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


def survey_in(folder: Path, runs: Path | None) -> Survey:
    """Lay a survey out in two folders, every other file in each: the simulated sample, or the files of an archive."""
    halves = folder / "imported", folder / "sent"
    for half in halves:
        half.mkdir()
    if runs is None:
        write_survey(sample_survey(SAMPLE_SEED), folder)
        files = {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}
    else:
        files = {Path(one.name).name: one.data for one in iter_files(runs) if one.data is not None}
    for number, name in enumerate(sorted(files)):
        (halves[number % 2] / name).write_bytes(files[name])
    return Survey(*halves, hints=folder / "manifest.csv" if runs is None else None)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of a server where databases may be made: that of ``DATABASE_URL``, or one for this run alone."""
    if url := os.environ.get("DATABASE_URL"):
        yield normalise_url(url)
        return
    config = load_config({"COMMONWAY_DATA": str(folder)})
    try:
        yield ensure_cluster(config)
    finally:
        stop_cluster(config)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """The URL of a new, empty database, which is dropped in the end."""
    name = f"commonway_kill_{uuid.uuid4().hex}"
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with open_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def main() -> int:
    """Run both passages, print the table of kills, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=Path, help="an archive of rides instead of the simulated sample")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the victims")
    parser.add_argument("--kills", type=int, default=10)
    arguments = parser.parse_args()
    # Not the folder of one account only: the database may run under another.
    folder = Path(tempfile.mkdtemp(prefix="commonway-kill-", dir="/tmp"))
    folder.chmod(0o755)
    settings = {"COMMONWAY_DATA": str(folder), "COMMONWAY_PORT": str(free_port()), "COMMONWAY_WORKERS": "1"}
    config = load_config(settings)
    try:
        survey = survey_in(folder, arguments.runs)
        with server(folder) as url, fresh_database(url) as first, fresh_database(url) as second:
            reference = Passage(first, config, survey)
            go(reference, random.Random(arguments.seed), 0)
            print(f"{len(survey.files())} files; undisturbed:",
                  ", ".join(f"{phase} {taken_s:.1f} s" for phase, taken_s in reference.durations_s.items()))
            killed = Passage(second, config, survey)
            go(killed, random.Random(arguments.seed), arguments.kills)
            name = arguments.runs.parent.name if arguments.runs else "sample"
            found = differences(reference, killed)
            lost = len(killed.acknowledged - stored(second))
            state = "the same" if not found else "NOT the same"
            title = f"{len(killed.acknowledged)} files acknowledged, {lost} lost; rows, outcomes and feed {state}"
            write_table(f"kill-{name}", f"Killed while at work, {name}: {title}", HEAD, table(killed))
            print(*found, sep="\n")
            return 1 if found or len(killed.kills) < arguments.kills else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
