from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from mapping_service import checks
from mapping_service.checks import CHECKS, CheckResult, run_checks
from mapping_service.config import Config, load_config
from mapping_service.errors import Unavailable
from mapping_service.postgres import open_connection
from mapping_service.store.engine import engine_for
from mapping_service.store.streets import save_streets
from tests.factories import drawn_town, make_city
from tests.foundation.test_up import free_port, taken_port
from tests.store.test_crossings import NAMES, reading


def results(config: Config) -> dict[str, CheckResult]:
    return {result.name: result for result in run_checks(config)}


@pytest.fixture
def config(database: str, tmp_path: Path) -> Config:
    return replace(load_config({}), database_url=database, data_dir=tmp_path, port=free_port())


def test_every_check_has_a_title_and_every_bad_outcome_a_hint(tmp_path: Path) -> None:
    nowhere = "postgresql://commonway@127.0.0.1:1/city"
    found = run_checks(replace(load_config({}), database_url=nowhere, data_dir=tmp_path / "absent"))
    assert [result.name for result in found] == list(CHECKS)
    for result in found:
        assert result.title and not result.title.endswith(".")
        assert bool(result.hint) is (result.state != "ok")
    assert {result.name for result in found if result.found == "database_unreachable"} == {
        "postgres", "postgis", "database_rights", "migrations", "worker", "streets", "feeds", "clock"
    }


def test_a_migrated_database_is_well_and_lacks_a_worker(config: Config) -> None:
    found = results(config)
    well = ("postgres", "postgis", "database_rights", "migrations", "streets", "feeds", "clock", "port")
    assert [found[name].state for name in well] == ["ok"] * len(well)
    assert (found["worker"].state, found["worker"].found) == ("warn", "none runs")


@pytest.mark.parametrize(("age_s", "state"), [(1, "ok"), (31, "warn")])
def test_a_worker_counts_as_alive_for_thirty_seconds(config: Config, database: str, age_s: int, state: str) -> None:
    with open_connection(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second')", (age_s,)
        )
    assert results(config)["worker"].state == state


def test_a_city_with_rides_and_without_streets_is_named(config: Config, database: str) -> None:
    columns = "slug, name, timezone, currency, language, srid, anchor"
    city = f"INSERT INTO city ({columns}) VALUES (%s, 'A', 'UTC', 'KES', 'en'"
    with open_connection(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"{city}, NULL, NULL)", ("waiting",))
        cursor.execute(f"{city}, 32737, ST_SetSRID(ST_MakePoint(36.8, -1.3), 4326))", ("ridden",))
    result = results(config)["streets"]
    assert (result.state, result.found) == ("warn", "ridden: none loaded")
    with open_connection(database) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO street_network (city_id, source, sha256, digest, attribution)"
                       " SELECT city_id, 'a', 'b', 'c', 'd' FROM city WHERE slug = 'ridden'")
    assert results(config)["streets"].state == "ok"


def test_a_city_none_of_whose_streets_has_a_name_is_told_to_load_its_map_again(config: Config, database: str) -> None:
    with engine_for(database).begin() as connection:
        named, nameless = (make_city(connection, slug=slug) for slug in ("named", "nameless"))
        save_streets(connection, named, reading(NAMES))
        save_streets(connection, nameless, reading({}))
    result = results(config)["streets"]
    assert (result.state, result.found) == ("warn", "nameless: no street has a name")
    assert "commonway network load" in result.hint
    with engine_for(database).begin() as connection:
        save_streets(connection, nameless, reading({1: "Wide Road"}))
    assert results(config)["streets"].state == "ok"


def test_an_empty_database_is_told_from_a_current_one(config: Config, server: str) -> None:
    assert results(replace(config, database_url=server))["migrations"].state == "fail"


def test_a_port_of_another_program_fails(config: Config) -> None:
    with taken_port() as port:
        result = results(replace(config, port=port))["port"]
    assert (result.state, result.found) == ("fail", "port_taken")


@pytest.mark.parametrize(("free_bytes", "state"), [(2 * 1024**3, "ok"), (1024**3, "warn"), (100 * 1024**2, "fail")])
def test_a_disk_that_fills_up_is_noticed(
    config: Config, monkeypatch: pytest.MonkeyPatch, free_bytes: int, state: str
) -> None:
    class Usage:
        free = free_bytes

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage)
    assert results(config)["data_folder"].state == state


def test_a_missing_map_library_fails(config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checks, "MAPLIBRE", tmp_path / "maplibre-gl.css")
    assert results(config)["front_end"].state == "fail"


def test_a_machine_that_cannot_print_is_told_what_to_install(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise Unavailable("pdf_unavailable", "apt-get install libpango-1.0-0")

    monkeypatch.setattr(checks, "require_pango", missing)
    result = results(config)["printing"]
    assert (result.state, result.hint) == ("warn", "apt-get install libpango-1.0-0")


def test_a_feed_that_ends_within_a_month_is_named(config: Config, database: str) -> None:
    engine = create_engine(database, poolclass=NullPool)
    with engine.begin() as connection:
        drawn = drawn_town(connection)
        connection.execute(text("UPDATE pattern SET valid_until = current_date + 200"))
        assert results(config)["feeds"].state == "ok"
    with engine.begin() as connection:
        connection.execute(text("UPDATE pattern SET valid_until = current_date + 29 WHERE pattern_id = 'P2'"))
    result = results(config)["feeds"]
    assert result.state == "warn" and result.found.startswith(f"{drawn.slug}: 1 of 3 patterns")
    assert "--vouch" in result.hint
