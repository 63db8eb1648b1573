"""Everything on one machine: the database, and the web and the worker as children that are kept alive."""

from __future__ import annotations

import errno
import http.client
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mapping_service.config import Config, address, bad_setting
from mapping_service.errors import Conflict, Problem
from mapping_service.postgres import ensure_cluster, is_running, stop_cluster
from spatial_sql.apply import upgrade

THREADS = 32
# Phones on bad networks keep a connection open while they send a queue of points.
KEEP_ALIVE_S = 15
GRACEFUL_STOP_S = 10
# Longer than the graceful stop of the web; a job that is cut off here is taken up again by the next worker.
KILL_AFTER_S = 15
POLL_S = 0.2
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# A child that ran this long had started well: its next failure counts as the first.
HEALTHY_AFTER_S = 60.0
HEALTH_TIMEOUT_S = 2.0

log = logging.getLogger(__name__)


@dataclass
class Child:
    """A process to keep alive. ``pause_s`` is the wait before its next start, which doubles with each early death."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    start_at_s: float = 0.0
    pause_s: float = field(default=FIRST_PAUSE_S)

    def tend(self, now_s: float) -> None:
        """Start the process where its time has come; note its death and when to start it again."""
        if self.process is None:
            if now_s >= self.start_at_s:
                # Its own session: Ctrl-C reaches this process only, which then stops its children in order.
                self.process = subprocess.Popen(
                    self.command, env=self.environ, stdin=subprocess.DEVNULL, start_new_session=True
                )
                self.started_s = now_s
        elif (code := self.process.poll()) is not None:
            _signal_group(self.process, signal.SIGKILL)
            self.process = None
            if now_s - self.started_s >= HEALTHY_AFTER_S:
                self.pause_s = FIRST_PAUSE_S
            log.warning("The %s stopped (exit code %s). Starting it again in %.0f s.", self.name, code, self.pause_s)
            self.start_at_s = now_s + self.pause_s
            self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)


def up(
    config: Config,
    *,
    prepare: Callable[[str], None] | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Run the service in the foreground until SIGINT or SIGTERM, then stop all that this call started.

    ``prepare`` (importable by name) is called with the database URL in a process beside the web after migration.
    Raises ``Problem`` where it cannot start: ``port_taken``, ``bad_setting``, or one of ``ensure_cluster``.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        require_free_port(config)
        with _database(config) as url:
            upgrade(url)
            with _background(prepare, url), _kept_alive(service_children(config, url)) as children:
                _tend(config, children, announce)
    except KeyboardInterrupt:
        announce("Commonway has stopped.")


def service_children(config: Config, url: str) -> list[Child]:
    """Return the web and the worker, not yet started, for the database at ``url``."""
    environ = {**os.environ, "DATABASE_URL": url, "COMMONWAY_DATA": str(config.data_dir)}
    bind = f"[{config.host}]:{config.port}" if ":" in config.host else f"{config.host}:{config.port}"
    web = [
        *(sys.executable, "-m", "gunicorn", "mapping_service.web:create_app()"),
        *("--bind", bind, "--workers", str(config.workers), "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--keep-alive", str(KEEP_ALIVE_S)),
        *("--graceful-timeout", str(GRACEFUL_STOP_S), "--log-level", "warning", "--no-control-socket"),
    ]
    worker = [str(Path(sysconfig.get_path("scripts"), "commonway")), "worker"]
    return [Child("web", [*_die_with_us(), *web], environ), Child("worker", [*_die_with_us(), *worker], environ)]


def require_free_port(config: Config) -> None:
    """Raise ``Conflict`` ``port_taken`` or ``Problem`` where the web could not listen."""
    try:
        found = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise bad_setting("COMMONWAY_HOST", f"is not an address of this machine: “{config.host}”.") from error
    family, kind, protocol, _, where = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            raise _port_problem(config, error) from error


def is_healthy(config: Config) -> bool:
    """True where something answers ``/health`` with success at the address of ``config``."""
    # No proxy of the environment stands between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address(config.host, config.port)}/health", timeout=HEALTH_TIMEOUT_S):
            return True
    except (OSError, http.client.HTTPException):
        return False


def _port_problem(config: Config, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            "port_taken",
            f"Port {config.port} is taken, perhaps by another Commonway. Stop that program, or choose another port: "
            "COMMONWAY_PORT=8001.",
            port=config.port,
        )
    if error.errno == errno.EACCES:
        return bad_setting("COMMONWAY_PORT", f"is {config.port}, which only root may use. Take one from 1024 up.")
    return bad_setting("COMMONWAY_HOST", f"is not an address of this machine: “{config.host}”.")


@contextmanager
def _database(config: Config) -> Iterator[str]:
    ours = config.database_url is None and not is_running(config)
    try:
        yield ensure_cluster(config)
    finally:
        if ours:
            _stop_listening()
            stop_cluster(config)


@contextmanager
def _background(prepare: Callable[[str], None] | None, url: str) -> Iterator[None]:
    if prepare is None:
        yield
        return
    process = multiprocessing.get_context("spawn").Process(target=_prepare, args=(prepare, url), daemon=True)
    process.start()
    try:
        yield
    finally:
        _stop_listening()
        process.terminate()
        process.join(KILL_AFTER_S)
        process.kill()


def _prepare(prepare: Callable[[str], None], url: str) -> None:
    # Ctrl-C in the terminal reaches this process too; the parent ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    prepare(url)


@contextmanager
def _kept_alive(children: list[Child]) -> Iterator[list[Child]]:
    try:
        yield children
    finally:
        _stop_listening()
        _stop(children)


def _tend(config: Config, children: Sequence[Child], announce: Callable[[str], None]) -> None:
    announced = False
    while True:
        revive_database(config)
        for child in children:
            child.tend(time.monotonic())
        if not announced and is_healthy(config):
            announced = True
            announce(f"Commonway is at {config.base_url} (Ctrl-C stops it).")
        time.sleep(POLL_S)


def revive_database(config: Config) -> None:
    """Start the private database again where it has died; it recovers what was committed by itself."""
    if config.database_url is None and not is_running(config):
        log.warning("The database stopped. Starting it again.")
        try:
            ensure_cluster(config)
        except Problem as problem:
            log.warning("%s", problem.sentence)
            time.sleep(FIRST_PAUSE_S)


def _stop(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline_s = time.monotonic() + KILL_AFTER_S
    for process in running:
        try:
            process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("Process %s did not stop in %s s and is ended.", process.pid, KILL_AFTER_S)
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _stop_listening() -> None:
    # A second Ctrl-C must not cut the stopping short and leave orphans.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _die_with_us() -> list[str]:
    # Where this process is killed outright, the kernel tells its children.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
