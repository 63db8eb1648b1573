"""The same release gives the same bytes, whatever language, clock and settings the machine and the database have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from sqlalchemy import make_url

from mapping_service.archive import FILES
from mapping_service.postgres import open_connection
from mapping_service.store.engine import engine_for
from tests.factories import LAST_SEEN, drawn_town, insert, make_load
from tests.gtfs_export.readers import Town
from tests.gtfs_export.test_settled import VAN, settle

ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "Kiritimati in C": {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "PGDATESTYLE": "German, DMY"},
    "Newfoundland in Turkish": {
        "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PGTZ": "Asia/Kathmandu", "PYTHONHASHSEED": "2",
        "PGCLIENTENCODING": "LATIN1", "PYTHONUTF8": "0",
    },
}
# What an operator may have set for the whole database: formats, and settings by which it plans otherwise.
SETTINGS = (
    "DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Australia/Lord_Howe'",
    "extra_float_digits = -3", "bytea_output = 'escape'", "enable_hashjoin = off", "enable_hashagg = off",
    "enable_mergejoin = off", "work_mem = '64kB'", "max_parallel_workers_per_gather = 4", "parallel_setup_cost = 0",
    "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0",
)


def written(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    words = [sys.executable, "-m", "tests.judges.write_all", url, "drawn-town", "1"]
    surroundings = {**os.environ, **environ}
    ran = subprocess.run(words, capture_output=True, text=True, env=surroundings, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, str] = json.loads(ran.stdout)
    return found


@pytest.fixture
def drawn(database: str) -> str:
    """A database with the drawn town in it, some of its names hostile to machines of other countries."""
    engine = engine_for(database)
    with engine.begin() as connection:
        town = Town(connection, drawn_town(connection))
        names = {"S1": "İstanbul ıssız", "S2": "Straße 1,5", "S3": "محطة", "S4": "İ", "S5": "zebra"}
        for stop_id, name in names.items():
            town.stop(stop_id, name=name)
        town.hailed("P1", 100.0, 2000.0)
        town.station("S3", "S6")
        make_load(connection, town.drawn.city_id, town.drawn.network_id, "P1", 1, 0.7)
        given_up = {"city_id": town.drawn.city_id, "kind": "stop", "old_id": "S9", "new_id": "S1", "since": LAST_SEEN}
        insert(connection, "id_alias", given_up, {})
        settle(town, "booked_service", **VAN)
        settle(town, "agency", agency_id="A1", name="Kooperative Łódź")
        settle(town, "agency_route", agency_id="A1", route_id="R1")
        for language in ("sw", "am", "ar"):
            settle(town, "name_translation", language=language, name="zebra", translation="ወደብ")
        town.city(country="KE", holidays="as_sunday")
    engine.dispose()
    return database


def test_every_file_has_the_same_bytes_everywhere(drawn: str) -> None:
    here = written(drawn, {"LC_ALL": "C.utf8", "TZ": "UTC"})
    assert here.keys() == FILES.keys()
    assert {place: written(drawn, environ) for place, environ in ELSEWHERE.items()} == dict.fromkeys(ELSEWHERE, here)
    with open_connection(drawn) as connection, connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(f'ALTER DATABASE "{make_url(drawn).database}" SET {setting}')
    assert written(drawn, {}) == here
