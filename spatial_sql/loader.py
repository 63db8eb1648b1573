"""Named SQL from the files of this folder. Nothing here opens a connection.

A query file holds statements, each under ``-- name: file.verb_noun`` and a sentence that says what it gives:

    -- name: list_runs
    -- The runs of a city, in the order of their submissions. Params: city_id.
    SELECT …

``query("runs.list_runs")`` returns it as a SQLAlchemy text with ``:bound`` parameters. The files of a feed have a
folder of their own: ``prepare.sql``, ``stop_names.sql``, ``naming.sql`` and ``checks.sql`` hold statements like these,
every other file there the one SELECT of a GTFS file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

HERE = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(file: str) -> dict[str, str]:
    """All statements of ``queries/{file}.sql`` by name. Raises ``ValueError`` on one without a sentence."""
    return _statements(HERE / "queries" / f"{file}.sql")


def _statements(path: Path) -> dict[str, str]:
    parts = _NAME.split(path.read_text("utf-8"))
    found = dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
    for name, sql in found.items():
        if not sql.startswith("-- "):
            raise ValueError(f"{path.stem}.{name}: say in a comment what it gives")
    return found


@cache
def query(name: str) -> TextClause:
    """Return the statement ``file.name``. Raises ``KeyError`` where there is none."""
    file, statement = name.split(".")
    return text(queries(file)[statement])


@cache
def feed_statements(file: str) -> dict[str, TextClause]:
    """Return the statements of ``feed/{file}.sql`` by name, in their order. Raises as ``queries``."""
    return {name: text(sql) for name, sql in _statements(HERE / "feed" / f"{file}.sql").items()}


@cache
def feed_select(name: str) -> str:
    """Return the SELECT that makes a file of the feed: its columns and rows as they are published."""
    return (HERE / "feed" / f"{name}.sql").read_text("utf-8")


def migration_sql(name: str) -> str:
    """Return the SQL of one migration step, percent signs safe for the driver."""
    return (HERE / "migrations" / "sql" / f"{name}.sql").read_text("utf-8").replace("%", "%%")


def function_files() -> list[Path]:
    """The function files in the order in which they are applied."""
    return sorted((HERE / "functions").glob("*.sql"))
