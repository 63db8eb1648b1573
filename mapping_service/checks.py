"""The operator's checks: each looks at one thing, changes nothing, and says what to do where it is not well.

A check is a function from the settings to an ``Outcome``; the first line of its docstring is its title.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from mapping_service.cluster import OLDEST_POSTGRES
from mapping_service.config import Config
from mapping_service.drawing.pdf import require_pango
from mapping_service.errors import Problem, Unavailable
from mapping_service.parameters import Parameters
from mapping_service.postgres import OLDEST_POSTGIS, database_address, open_connection
from mapping_service.up import is_healthy, require_free_port
from spatial_sql.apply import is_current
from spatial_sql.loader import feed_statements

OLDEST_PYTHON = (3, 11)
# A city's first survey is some 100 MB of traces; below this a machine is days from standing still.
LITTLE_SPACE_BYTES = 2 * 1024**3
NO_SPACE_BYTES = 200 * 1024**2
# Procrastinate's workers beat every 10 s and count as dead after 30 s.
STALE_HEARTBEAT_S = 30
MOST_CLOCK_DIFFERENCE_S = 5.0
MAPLIBRE = Path(__file__).resolve().parents[1] / "node_modules" / "maplibre-gl" / "dist" / "maplibre-gl.css"


@dataclass(frozen=True)
class Outcome:
    """What a check found: ``state`` is ``ok``, ``warn`` or ``fail``; ``hint`` says what to do, empty with ``ok``."""

    state: str
    found: str
    hint: str = ""


@dataclass(frozen=True)
class CheckResult:
    """An outcome with the name and the title of its check."""

    name: str
    title: str
    state: str
    found: str
    hint: str


Check = Callable[[Config], Outcome]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register an operator check under the name of its function."""
    CHECKS[function.__name__] = function
    return function


def run_checks(config: Config) -> list[CheckResult]:
    """Run every check in the order of this file; one that raises a ``Problem`` has failed with that sentence."""
    results = []
    for name, function in CHECKS.items():
        try:
            outcome = function(config)
        except Problem as problem:
            outcome = Outcome("fail", problem.code, problem.sentence)
        title = (function.__doc__ or name).splitlines()[0]
        results.append(CheckResult(name, title, outcome.state, outcome.found, outcome.hint))
    return results


@check
def python_version(config: Config) -> Outcome:
    """Python is new enough"""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        return Outcome("ok", found)
    return Outcome("fail", found, "Install Python 3.11 or newer, remove .venv and run script/server again.")


@check
def data_folder(config: Config) -> Outcome:
    """The data folder can be written and has room"""
    if not config.data_dir.exists():
        return Outcome("warn", f"{config.data_dir} does not exist", "script/server makes it.")
    if not os.access(config.data_dir, os.W_OK | os.X_OK):
        return Outcome("fail", f"{config.data_dir} is read-only", "Give this account the folder or set COMMONWAY_DATA.")
    free = shutil.disk_usage(config.data_dir).free
    found = f"{free / 1024**3:.1f} GB free in {config.data_dir}"
    if free >= LITTLE_SPACE_BYTES:
        return Outcome("ok", found)
    state = "warn" if free >= NO_SPACE_BYTES else "fail"
    return Outcome(state, found, "Free some space, or move COMMONWAY_DATA to a larger disk.")


@check
def front_end(config: Config) -> Outcome:
    """The map library is installed"""
    if MAPLIBRE.exists():
        return Outcome("ok", str(MAPLIBRE.parent))
    return Outcome("fail", f"{MAPLIBRE} is missing", "Run script/server again, or npm ci.")


@check
def printing(config: Config) -> Outcome:
    """Timetables and maps can be written as PDF"""
    try:
        require_pango()
    except Unavailable as problem:
        return Outcome("warn", problem.code, problem.sentence)
    return Outcome("ok", "WeasyPrint with Pango")


@check
def postgres(config: Config) -> Outcome:
    """PostgreSQL answers and is new enough"""
    version = int(_ask(config, "SELECT current_setting('server_version_num')::int / 10000"))
    if version >= OLDEST_POSTGRES:
        return Outcome("ok", f"PostgreSQL {version}")
    return Outcome("fail", f"PostgreSQL {version}", f"Upgrade it to {OLDEST_POSTGRES} or newer.")


@check
def postgis(config: Config) -> Outcome:
    """PostGIS is there and new enough"""
    version = _ask(config, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    needed = ".".join(str(part) for part in OLDEST_POSTGIS)
    if version is None:
        return Outcome("fail", "not set up", f"Install PostGIS {needed} or newer and run script/server again.")
    if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_POSTGIS:
        return Outcome("ok", f"PostGIS {version}")
    return Outcome("fail", f"PostGIS {version}", f"Upgrade to {needed} or newer, then ALTER EXTENSION postgis UPDATE.")


@check
def database_rights(config: Config) -> Outcome:
    """The account of the database may do all that is needed"""
    wanted = _ask(config, feed_statements("checks")["missing_right"].text)
    if wanted is None:
        return Outcome("ok", "it may make the tables of a feed")
    return Outcome("fail", "it may not make the tables of a feed", f"Let a superuser of the database say: {wanted}.")


@check
def migrations(config: Config) -> Outcome:
    """The tables are those of this version"""
    url = database_address(config)
    with open_connection(url):
        pass
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if is_current(connection):
            return Outcome("ok", "current")
    return Outcome("fail", "older or newer than this version", "Run script/server, which brings them up to date.")


@check
def worker(config: Config) -> Outcome:
    """A worker is alive"""
    if _ask(config, "SELECT to_regclass('procrastinate_workers')") is None:
        return Outcome("fail", "the queue has no tables", "Run script/server, which makes them.")
    age_s = _ask(config, "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
    if age_s is None:
        return Outcome("warn", "none runs", "Run script/server, or commonway worker. What was sent waits until then.")
    if age_s > STALE_HEARTBEAT_S:
        return Outcome("warn", f"the last sign of life is {age_s:.0f} s old", "Restart script/server.")
    return Outcome("ok", f"last sign of life {age_s:.0f} s ago")


@check
def streets(config: Config) -> Outcome:
    """Cities that have rides have their streets, with names"""
    if _ask(config, "SELECT to_regclass('crossing')") is None:
        return Outcome("fail", "there is no table for them", "Run script/server, which makes it.")
    bare = _ask(config, """
        SELECT string_agg(slug, ', ' ORDER BY slug) FROM city
        WHERE srid IS NOT NULL AND NOT EXISTS (SELECT FROM street_network n WHERE n.city_id = city.city_id)
    """)
    if bare is not None:
        hint = "Load a map: commonway network load FILE --city SLUG. Until then rides are averaged as they were ridden."
        return Outcome("warn", f"{bare}: none loaded", hint)
    nameless = _ask(config, """
        SELECT string_agg(slug, ', ' ORDER BY slug) FROM city
        WHERE NOT synthetic AND EXISTS (SELECT FROM street s WHERE s.city_id = city.city_id)
          AND NOT EXISTS (SELECT FROM street s WHERE s.city_id = city.city_id AND s.name IS NOT NULL)
    """)
    if nameless is None:
        return Outcome("ok", "none is without")
    hint = ("Maps that an older version loaded have no names, so that no stop is called after its streets. Load them "
            "again: commonway network load FILE --city SLUG.")
    return Outcome("warn", f"{nameless}: no street has a name", hint)


@check
def feeds(config: Config) -> Outcome:
    """What is published holds for a month yet"""
    if _ask(config, "SELECT to_regclass('release_file')") is None:
        return Outcome("fail", "there is no table for them", "Run script/server, which makes it.")
    days = int(Parameters().few_days_left)
    ending = _ask(config, f"""
        SELECT string_agg(
          format('%s: %s of %s patterns, the first on %s', slug, ending, patterns, first), '; ' ORDER BY slug
        )
        FROM (
          SELECT DISTINCT ON (city_id) c.slug, n.network_id FROM network n JOIN city c USING (city_id)
          WHERE n.published_at IS NOT NULL ORDER BY city_id, n.release_number DESC
        ) newest
        CROSS JOIN LATERAL (
          SELECT count(*) AS patterns, count(*) FILTER (WHERE valid_until < current_date + {days}) AS ending,
                 min(valid_until) AS first
          FROM pattern p WHERE p.network_id = newest.network_id
        ) ends
        WHERE ending > 0
    """)
    if ending is None:
        return Outcome("ok", "nothing ends soon")
    hint = "Ride the routes again and release, or say why all still holds: commonway release --city SLUG --vouch TEXT."
    return Outcome("warn", ending, hint)


@check
def clock(config: Config) -> Outcome:
    """The clock is right"""
    if time.time() < Path(__file__).stat().st_mtime:
        return Outcome("fail", "it is earlier than the day of installation", "Set the clock; use NTP where you can.")
    difference_s = float(_ask(config, "SELECT extract(epoch FROM clock_timestamp())")) - time.time()
    if abs(difference_s) <= MOST_CLOCK_DIFFERENCE_S:
        return Outcome("ok", f"{abs(difference_s):.1f} s from the database's")
    return Outcome("warn", f"{difference_s:+.0f} s from the database's", "Set both clocks; use NTP where you can.")


@check
def port(config: Config) -> Outcome:
    """The web address answers or is free"""
    if is_healthy(config):
        return Outcome("ok", f"{config.base_url} answers")
    require_free_port(config)
    return Outcome("ok", f"port {config.port} is free; nothing is running")


def _ask(config: Config, sql: str) -> Any:
    with open_connection(database_address(config)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except psycopg2.Error as error:
            raise Problem("database_refused", f"The database refused: {str(error).strip()}") from error
        row = cursor.fetchone()
        return row[0] if row else None
