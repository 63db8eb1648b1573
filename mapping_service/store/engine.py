"""Connections: one engine per database address and process, sessions in UTC."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from geoalchemy2 import Geometry  # noqa: F401  registers the geometry type for reflection
from sqlalchemy import Connection, Engine, MetaData, Row, Table, TextClause, create_engine

from spatial_sql.loader import query

_ROWS_AT_ONCE = 1000
_SESSION = {
    "options": "-c timezone=UTC -c extra_float_digits=1 -c jit=off", "connect_timeout": 5, "client_encoding": "utf8",
}
# Of each process: two web processes, a worker and its queue stay well under the 60 that our own cluster takes. A
# request that waits this long for a connection is told to come again.
_POOL = {"pool_size": 8, "max_overflow": 4, "pool_timeout": 10}


@cache
def engine_for(url: str) -> Engine:
    """Return the process's engine for ``url`` (SQLAlchemy form). Errors show no values.

    Sessions keep UTC, UTF-8 and every digit of a number, whatever is set for the database or around the process.
    """
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_SESSION, **_POOL)


@cache
def _tables(engine: Engine) -> MetaData:
    metadata = MetaData()
    metadata.reflect(engine)
    return metadata


def table(connection: Connection, name: str) -> Table:
    """Return the table ``name`` as the database itself describes it: SQL owns the schema, this only mirrors it."""
    return _tables(connection.engine).tables[name]


def rows(connection: Connection, name: str, parameters: Mapping[str, Any] | None = None) -> list[Row[Any]]:
    """Run the named query and return its rows."""
    return list(connection.execute(query(name), dict(parameters or {})))


def stream(connection: Connection, name: str, parameters: Mapping[str, Any]) -> Iterator[Row[Any]]:
    """Run the named query and yield its rows as they come, some at a time: for what may be larger than memory."""
    found = connection.execute(query(name), dict(parameters), execution_options={"yield_per": _ROWS_AT_ONCE})
    try:
        yield from found
    finally:
        found.close()


def row(connection: Connection, name: str, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
    """Run the named query and return its first row, or ``None``."""
    return connection.execute(query(name), dict(parameters or {})).first()


def run(connection: Connection, name: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Run the named statement and return how many rows it touched."""
    return connection.execute(query(name), dict(parameters or {})).rowcount


def copy(connection: Connection, statement: TextClause, lines: Iterable[str]) -> None:
    """Take in rows of text by a COPY statement, some at a time: all of a large city would fill the memory."""
    cursor: Any = connection.connection.cursor()  # psycopg2's own: SQLAlchemy knows no COPY
    left = iter(lines)
    while some := "".join(islice(left, _ROWS_AT_ONCE)):
        cursor.copy_expert(statement.text, io.StringIO(some))
    cursor.close()
