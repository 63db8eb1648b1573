"""What goes beside the feed: what every published value rests on, as CSV and as JSON, and tables of loads and old ids.

``element`` and ``id`` lead to the row of the feed, ``field`` to its column; ids of several columns are joined by a
slash. Everything is selected from the tables of ``prepared`` (``spatial_sql/feed``) and streamed in constant memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from gtfs_export.write import BUFFER_BYTES, VARIANTS
from spatial_sql.loader import feed_select, feed_statements

EVIDENCE_COLUMNS = (
    "element", "id", "field", "value", "method", "estimate", "observations", "people", "first_seen", "last_seen", "low",
    "high", "confidence",
)
# The tables beside the feed, each with the SELECT that fills it.
TABLES = {"loads.csv": "loads", "aliases.csv": "aliases"}

_COPY_CSV = "COPY ({}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"
_COPY_TABLE = "COPY ({}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')"
# JSON as it is: neither of these can stand in it, so nothing is ever quoted.
_COPY_JSON = "COPY ({}) TO STDOUT (FORMAT csv, DELIMITER '\x02', QUOTE '\x01', ENCODING 'UTF8')"


def write_evidence(connection: Connection, kind: str, out: Path | BinaryIO) -> None:
    """Write the evidence for the feed whose tables are prepared, as ``csv`` or ``json``: UTF-8, lines ended by LF.

    A row for each value that the feed states; ``estimate`` is true for what nobody said, measured, chose or declared.
    In JSON it is ``{"city", "release", "feed_version", "evidence": [row, …]}``, and what is unknown is left out.
    """
    for select in VARIANTS["frequencies"].values():
        connection.exec_driver_sql(f"CREATE TEMPORARY VIEW file_{select} AS\n{feed_select(select)}")
    forms = {name: form.text for name, form in feed_statements("evidence_row").items()}
    parts = [forms["csv"].replace("{part}", part.text.rstrip(";")) for part in feed_statements("evidence").values()]
    with _opened(out) as file:
        if kind == "csv":
            file.write(",".join(EVIDENCE_COLUMNS).encode() + b"\n")
            _copy(connection, [_COPY_CSV.format(rows) for rows in parts], _Rows(file, b"\n"))
        else:
            file.write(_json_head(connection))
            objects = [_COPY_JSON.format(forms["json"].replace("{rows}", rows)) for rows in parts]
            _copy(connection, objects, _Rows(file, b",\n"))
            file.write(b"]}\n")


def write_table(connection: Connection, name: str, out: Path | BinaryIO) -> None:
    """Write one of ``TABLES`` of the release whose tables are prepared, as CSV with a header."""
    with _opened(out) as file:
        _copy(connection, [_COPY_TABLE.format(feed_select(TABLES[name]))], _Rows(file, b"\n"))


def is_empty(connection: Connection, name: str) -> bool:
    """Return whether one of ``TABLES`` has no row in the release whose tables are prepared."""
    connection.exec_driver_sql(f"CREATE TEMPORARY VIEW beside_{TABLES[name]} AS\n{feed_select(TABLES[name])}")
    return connection.exec_driver_sql(f"TABLE beside_{TABLES[name]} LIMIT 1").first() is None


def _json_head(connection: Connection) -> bytes:
    about = connection.exec_driver_sql("TABLE feed_about").one()
    head = {"city": about.city_slug, "release": about.release_number, "feed_version": about.feed_version}
    return json.dumps(head, ensure_ascii=False).removesuffix("}").encode() + b', "evidence": [\n'


class _Rows:
    """Takes rows one by one, as the database hands them out, and passes them on many at a time."""

    def __init__(self, out: BinaryIO, joint: bytes) -> None:
        self._out = out
        self._joint = joint
        self._between = b""
        self._held = bytearray()

    def write(self, row: bytes) -> int:
        """Take a row with the end of its line, which the joint takes the place of if another follows."""
        self._held += self._between + row.removesuffix(b"\n")
        self._between = self._joint
        if len(self._held) >= BUFFER_BYTES:
            self._pass_on()
        return len(row)

    def end(self) -> None:
        """End the last line and pass on what is held."""
        self._held += b"\n" if self._between else b""
        self._pass_on()

    def _pass_on(self) -> None:
        self._out.write(bytes(self._held))
        self._held.clear()


def _copy(connection: Connection, statements: Sequence[str], rows: _Rows) -> None:
    cursor: Any = connection.connection.cursor()  # psycopg2's own: SQLAlchemy knows no COPY
    with closing(cursor):
        for statement in statements:
            cursor.copy_expert(statement, rows)
    rows.end()


@contextmanager
def _opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(out, Path):
        with out.open("wb") as file:
            yield file
    else:
        yield out
