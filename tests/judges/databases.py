"""Importers of other authors that read a whole feed into a database, with foreign keys and types of their own.

Each returns what its database then holds, as text, so that one can see whether a value came through.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from sqlalchemy import make_url

from mapping_service.postgres import open_connection
from tests.judges.planners import HERE, ROOT, why_no_node

Tables = dict[str, list[dict[str, str | None]]]
NATIVE = ROOT / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"


def why_no_via_postgres() -> str | None:
    """Why gtfs-via-postgres cannot be asked here, ``None`` where it can."""
    return why_no_node("gtfs-via-postgres") or (None if shutil.which("psql") else "gtfs-via-postgres needs psql")


def why_no_node_gtfs() -> str | None:
    """Why node-gtfs cannot be asked here, ``None`` where it can."""
    return why_no_node("gtfs") or (None if NATIVE.exists() else "node-gtfs needs better-sqlite3 built (script/test)")


def via_postgres(feed: Path, url: str) -> Tables:
    """Read a feed into an empty PostGIS database with gtfs-via-postgres, foreign keys on; the tables it checks.

    Files that it does not know (fares, attributions) are left out by it. Raises ``AssertionError`` with its words.
    """
    with TemporaryDirectory() as folder:
        with ZipFile(feed) as archive:
            archive.extractall(folder)
        files = sorted(str(path) for path in Path(folder).glob("*.txt"))
        wanted = ["--require-dependencies", "--silent", "--ignore-unsupported", "--stops-without-level-id"]
        sql = _run([str(ROOT / "node_modules" / ".bin" / "gtfs-to-sql"), *wanted, "--", *files])
    # A lone semicolon after the rows of a COPY makes psql 15.20 take what follows for more rows, up to the next end.
    sql = re.sub(r"^\\\.\s*\n;$", r"\\.\n", sql, flags=re.MULTILINE)
    place = make_url(url)
    assert place.database
    settings = {"PGHOST": place.host or str(place.query["host"]), "PGPORT": str(place.port or place.query["port"]),
                "PGUSER": place.username or "", "PGPASSWORD": place.password or "", "PGDATABASE": place.database}
    _run(["psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"], sql, {k: v for k, v in settings.items() if v})
    with open_connection(url) as connection, connection.cursor() as cursor:
        found: Tables = {}
        for table, columns in _CHECKED.items():
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (table,))
            if cursor.fetchone() == (True,):
                cursor.execute(f"SELECT {', '.join(f'{column}::text' for column in columns)} FROM {table}")
                found[f"{table}.txt"] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return found


_CHECKED = {
    "agency": ("agency_id", "agency_name"),
    "stops": ("stop_id", "stop_name", "parent_station"),
    "routes": ("route_id", "route_short_name", "route_long_name", "agency_id"),
    "trips": ("trip_id", "trip_headsign", "route_id", "service_id", "shape_id"),
    "stop_times": ("trip_id", "stop_id"),
    "frequencies": ("trip_id", "headway_secs"),
    "transfers": ("from_stop_id", "to_stop_id", "min_transfer_time"),
    "translations": ("table_name", "field_name", "language", "translation"),
}


def node_gtfs(feed: Path) -> Tables:
    """Read a feed into SQLite with node-gtfs; every table and value that it keeps. Raises ``AssertionError``."""
    with TemporaryDirectory() as folder:
        out = Path(folder, "feed.sqlite")
        _run(["node", str(HERE / "node_gtfs.mjs"), str(feed), str(out)])
        with closing(sqlite3.connect(out)) as connection:
            connection.row_factory = sqlite3.Row
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                f"{name}.txt": [
                    {key: None if row[key] is None else str(row[key]) for key in row.keys()}
                    for row in connection.execute(f'SELECT * FROM "{name}"')
                ]
                for name in names
            }


def _run(words: list[str], given: str | None = None, environ: dict[str, str] | None = None) -> str:
    surroundings = {**os.environ, **(environ or {})}
    ran = subprocess.run(words, input=given, capture_output=True, text=True, cwd=ROOT, env=surroundings)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout
