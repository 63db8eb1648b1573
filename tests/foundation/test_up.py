from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mapping_service.cluster import find_cluster
from mapping_service.config import load_config
from mapping_service.errors import Conflict, Problem
from mapping_service.postgres import database_address, ensure_cluster, is_running, open_connection
from mapping_service.up import (
    FIRST_PAUSE_S,
    HEALTHY_AFTER_S,
    LONGEST_PAUSE_S,
    Child,
    is_healthy,
    require_free_port,
    revive_database,
    service_children,
)
from tests.conftest import throwaway_config

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


def free_port() -> int:
    with taken_port() as port:
        return port


def wait_for_end(child: Child) -> None:
    assert child.process is not None
    child.process.wait()


def descendants(pid: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh}
        found |= fresh
    return found


def test_a_child_that_dies_is_started_again_after_a_pause_that_doubles_up_to_a_limit() -> None:
    child = Child("web", ["false"], os.environ)
    now_s, pauses = 0.0, []
    for _ in range(7):
        child.tend(now_s)
        wait_for_end(child)
        child.tend(now_s)
        pauses.append(child.start_at_s - now_s)
        child.tend(child.start_at_s - 0.01)
        assert child.process is None
        now_s = child.start_at_s
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert (FIRST_PAUSE_S, LONGEST_PAUSE_S) == (1.0, 30.0)


def test_a_child_that_ran_well_for_long_is_started_again_soon() -> None:
    child = Child("web", ["true"], os.environ, pause_s=LONGEST_PAUSE_S)
    child.tend(0.0)
    wait_for_end(child)
    child.tend(HEALTHY_AFTER_S)
    assert child.start_at_s == HEALTHY_AFTER_S + FIRST_PAUSE_S


def test_a_taken_port_is_named_with_the_variable_that_moves_it() -> None:
    with taken_port() as port, pytest.raises(Conflict, match="COMMONWAY_PORT") as raised:
        require_free_port(replace(load_config({}), port=port))
    assert (raised.value.code, raised.value.details) == ("port_taken", {"port": port})
    require_free_port(replace(load_config({}), port=port))


def test_an_address_of_another_machine_is_a_bad_setting() -> None:
    with pytest.raises(Problem, match="COMMONWAY_HOST") as raised:
        require_free_port(replace(load_config({}), host="192.0.2.1"))
    assert raised.value.code == "bad_setting"


def test_children_get_the_database_and_bind_an_ipv6_host_in_brackets() -> None:
    web, worker = service_children(replace(load_config({}), host="::1"), "postgresql+psycopg2://db/city")
    assert "[::1]:8000" in web.command
    assert worker.command[-1] == "worker"
    assert {child.environ["DATABASE_URL"] for child in (web, worker)} == {"postgresql+psycopg2://db/city"}


@pytest.mark.parametrize("already_running", [False, True])
def test_a_stopped_service_leaves_nothing_behind_that_it_started(already_running: bool) -> None:
    with throwaway_config() as config:
        config = replace(config, port=free_port())
        if already_running:
            ensure_cluster(config, durable=False)
        environ = {**os.environ, "COMMONWAY_DATA": str(config.data_dir), "COMMONWAY_PORT": str(config.port)}
        environ.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "tests.foundation.service"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as service:
            assert service.stdout is not None
            assert str(config.port) in service.stdout.readline()
            assert is_healthy(config)
            wait_for_table(database_address(config), "prepared")
            started = descendants(service.pid)
            assert len(started) >= 3
            service.send_signal(signal.SIGTERM)
            assert service.stdout.read() == "Commonway has stopped.\n"
        assert service.returncode == 0
        wait_for_ends(started)
        assert is_running(config) is already_running


def test_a_database_that_was_killed_is_started_again_with_what_was_committed() -> None:
    with throwaway_config() as config:
        url = ensure_cluster(config)
        with open_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
        pid = find_cluster(config.data_dir, settle=False).running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while is_running(config):
            time.sleep(0.05)
        revive_database(config)
        with open_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT number FROM kept")
            assert cursor.fetchone() == (7,)


def test_a_data_folder_that_cannot_be_is_named_in_one_sentence() -> None:
    with pytest.raises(Problem, match="COMMONWAY_DATA") as raised:
        ensure_cluster(replace(load_config({}), data_dir=Path("/proc/commonway")))
    assert raised.value.code == "bad_setting"


def wait_for_ends(pids: set[int]) -> None:
    # The helper of multiprocessing ends by itself, a moment after the process that it helped.
    for _ in range(100):
        pids = {pid for pid in pids if Path(f"/proc/{pid}").exists()}
        if not pids:
            return
        time.sleep(0.1)
    pytest.fail(f"Left behind: {[Path(f'/proc/{pid}/cmdline').read_text() for pid in pids]}")


def wait_for_table(url: str, name: str) -> None:
    with open_connection(url) as connection, connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (name,))
            if cursor.fetchone()[0]:
                return
            time.sleep(0.1)
    pytest.fail(f"The table {name} was never made.")
