from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from mapping_service import cluster as cluster_module
from mapping_service.cluster import LONGEST_SOCKET_PATH, Cluster, find_cluster, programs_for
from mapping_service.config import Config, load_config
from mapping_service.errors import Problem, Unavailable
from mapping_service.postgres import (
    database_address,
    ensure_cluster,
    is_running,
    normalise_url,
    open_connection,
    psycopg_dsn,
    stop_cluster,
)
from tests.conftest import throwaway_config, throwaway_folder

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root has to hand the cluster to another account.")


@pytest.fixture
def new_config() -> Iterator[Config]:
    with throwaway_config() as made:
        yield made


@pytest.fixture(scope="module")
def config() -> Iterator[Config]:
    """A cluster that the tests of this file start and stop one after the other."""
    with throwaway_config() as made:
        yield made


def ask(url: str, statement: str) -> object:
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def postmaster(config: Config) -> int:
    pid = find_cluster(config.data_dir).running_pid()
    assert pid is not None
    return pid


def test_what_was_stored_survives_a_stop_and_a_start(config: Config) -> None:
    url = ensure_cluster(config, durable=False)
    ask(url, "CREATE TABLE stopped AS SELECT 7 AS number")
    stop_cluster(config)
    assert not is_running(config)
    assert ensure_cluster(config, durable=False) == url
    assert ask(url, "SELECT number FROM stopped") == 7


def test_the_server_keeps_its_promise_to_store_and_listens_on_no_network_address(config: Config) -> None:
    stop_cluster(config)
    url = ensure_cluster(config)
    assert ask(url, "SHOW fsync") == "on"
    assert ask(url, "SHOW synchronous_commit") == "on"
    assert ask(url, "SHOW listen_addresses") == ""
    stop_cluster(config)
    assert stat.S_IMODE(find_cluster(config.data_dir).home.stat().st_mode) == 0o700


def test_a_second_start_finds_the_running_server(config: Config) -> None:
    ensure_cluster(config, durable=False)
    first = postmaster(config)
    ensure_cluster(config, durable=False)
    assert postmaster(config) == first


def test_two_that_start_at_once_share_one_server(new_config: Config) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=ensure_cluster, args=(new_config,), kwargs={"durable": False}) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert ask(database_address(new_config), "SELECT postgis_lib_version() >= '3.3'") is True


def test_a_killed_server_starts_again_with_all_that_was_committed(config: Config) -> None:
    stop_cluster(config)
    url = ensure_cluster(config)
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(postmaster(config), signal.SIGKILL)
    while is_running(config):
        time.sleep(0.01)
    assert (find_cluster(config.data_dir).data / "postmaster.pid").exists()
    assert ask(ensure_cluster(config), "SELECT number FROM kept") == 7
    stop_cluster(config)


def test_a_process_id_that_another_program_has_by_now_does_not_keep_the_server_down(config: Config) -> None:
    ensure_cluster(config, durable=False)
    stop_cluster(config)
    pid_file = find_cluster(config.data_dir).pid_file
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n1\n5432\n\n\n")
    assert not is_running(config)
    ensure_cluster(config, durable=False)
    assert postmaster(config) != os.getpid()


def test_a_creation_that_was_cut_off_is_begun_anew(new_config: Config) -> None:
    unfinished = find_cluster(new_config.data_dir).data.with_name("data.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("15\n")
    ensure_cluster(new_config, durable=False)
    assert not unfinished.exists()
    assert is_running(new_config)


@pytest.mark.parametrize("name", ["a" * LONGEST_SOCKET_PATH, "a,b", "it's \"odd\" $HOME"])
def test_a_folder_that_cannot_hold_a_socket_has_it_in_tmp(name: str) -> None:
    with throwaway_folder() as folder:
        config = replace(load_config({}), data_dir=folder / name)
        url = ensure_cluster(config, durable=False)
        socket_dir = find_cluster(config.data_dir).socket_dir
        try:
            assert socket_dir.parent == Path("/tmp")
            assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
            assert ask(url, "SELECT 1") == 1
        finally:
            stop_cluster(config)
            shutil.rmtree(socket_dir)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem) as raised:
        Cluster(tmp_path, os.geteuid()).make_socket_dir()
    assert raised.value.code == "socket_folder_taken"


@only_root
def test_root_hands_the_server_to_another_account(config: Config) -> None:
    ensure_cluster(config, durable=False)
    owner = Path(f"/proc/{postmaster(config)}").stat().st_uid
    assert owner == find_cluster(config.data_dir).uid == pwd.getpwnam("postgres").pw_uid


@only_root
def test_a_data_folder_that_the_account_cannot_enter_points_elsewhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with throwaway_folder() as folder:
        monkeypatch.setattr(cluster_module, "SYSTEM_HOME", folder / "system")
        config = replace(load_config({}), data_dir=folder / "closed" / ".data")
        (folder / "closed").mkdir(mode=0o700)
        try:
            url = ensure_cluster(config, durable=False)
            assert ask(url, "SELECT 1") == 1
            home = find_cluster(config.data_dir, settle=False).home
            assert home.parent == folder / "system"
            assert (config.data_dir / "postgres-location").read_text() == f"{home}\n"
            assert str(home) in caplog.text
        finally:
            stop_cluster(config)


def test_a_missing_server_program_is_named_with_the_package_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cluster_module, "_installed", lambda: {13: tmp_path})
    with pytest.raises(Problem) as raised:
        programs_for(Cluster(tmp_path, os.geteuid()))
    assert raised.value.code == "postgres_missing"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Problem, match="postgresql-15-postgis-3") as raised:
        programs_for(Cluster(tmp_path, os.geteuid()))
    assert raised.value.code == "postgres_version_missing"


def test_looking_makes_nothing(tmp_path: Path) -> None:
    config = replace(load_config({}), data_dir=tmp_path / "absent")
    assert not is_running(config)
    database_address(config)
    stop_cluster(config)
    assert list(tmp_path.iterdir()) == []


def test_a_named_server_is_used_as_it_is(server: str) -> None:
    config = replace(load_config({}), database_url=server.replace("postgresql+psycopg2", "postgres"))
    assert ensure_cluster(config) == server


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    config = replace(load_config({}), database_url="postgresql://commonway:secret@127.0.0.1:1/city")
    with pytest.raises(Unavailable) as raised:
        ensure_cluster(config)
    assert raised.value.code == "database_unreachable"
    assert "127.0.0.1:1/city" in raised.value.sentence
    assert "secret" not in raised.value.sentence


@pytest.mark.parametrize("url", ["mysql://city", "not a url", "postgresql://db:port/city"])
def test_a_url_of_something_else_names_the_variable(url: str) -> None:
    with pytest.raises(Problem) as raised:
        normalise_url(url)
    assert raised.value.details == {"variable": "DATABASE_URL"}


def test_a_url_becomes_what_libpq_reads() -> None:
    dsn = psycopg_dsn(normalise_url("postgres://m%40p:s%20x@db:5433/city?sslmode=require"))
    expected = {"user": "m@p", "password": "s x", "host": "db", "port": "5433", "dbname": "city", "sslmode": "require",
                "client_encoding": "utf8"}
    assert psycopg2.extensions.parse_dsn(dsn) == expected
