"""What goes beside the feed: what every published value rests on, as CSV and as JSON, and tables of loads and old ids.

``element`` and ``id`` lead to the row of the feed, ``field`` to its column; ids of several columns are joined by a
slash. Everything is selected from the tables of ``prepared`` (``spatial_sql/feed``) and streamed in constant memory.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row

from gtfs_export.carried import carried_of
from gtfs_export.csv_text import csv_line
from gtfs_export.imported import SHARED, Place, imported, overruled
from gtfs_export.stop_time_evidence import stop_time_rows
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
        connection.exec_driver_sql(f"CREATE VIEW file_{select} AS\n{feed_select(select)}")
    about = connection.exec_driver_sql("TABLE feed_about").one()
    forms = feed_statements("evidence_row")
    carried = carried_of(connection, about.network_id)
    services = (one.service_id for one in connection.exec_driver_sql("TABLE feed_service"))
    connection.execute(forms["service"], {"services": json.dumps(carried.yielding("service", services))})
    ours = {f"{name}.txt": _own(connection, name) for name in SHARED} if carried else {}
    places = [dict(zip(("element", "id", "field"), place)) for place in overruled(carried, ours)]
    connection.execute(forms["overruled"], {"overruled": json.dumps(places)})
    as_row = forms["csv"].text
    parts = [as_row.replace("{part}", part.text.rstrip(";")) for part in feed_statements("evidence").values()]
    told = (_told(*one) for one in imported(carried, ours))
    with _opened(out) as file:
        if kind == "csv":
            file.write(",".join(EVIDENCE_COLUMNS).encode() + b"\n")
            statements, lines = [_COPY_CSV.format(rows) for rows in parts], map(_csv_line, told)
            more = chain(stop_time_rows(connection, "csv"), lines)
            _copy(connection, statements, _Rows(file, b"\n"), more)
        else:
            file.write(_json_head(about))
            objects = [_COPY_JSON.format(forms["json"].text.replace("{rows}", rows)) for rows in parts]
            more = chain(stop_time_rows(connection, "json"), map(_json_line, told))
            _copy(connection, objects, _Rows(file, b",\n"), more)
            file.write(b"]}\n")


def _own(connection: Connection, name: str) -> list[list[str]]:
    """Return a file of ours with its header."""
    out = io.BytesIO()
    _copy(connection, [_COPY_TABLE.format(feed_select(name))], _Rows(out, b"\n"))
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))


def _told(place: Place, value: str, method: str) -> dict[str, Any]:
    told = dict(zip(("element", "id", "field", "value", "method"), (*place, value, method)))
    return {**told, "observations": 0} if method == "imported" else told


def _csv_line(told: Mapping[str, Any]) -> bytes:
    return csv_line([str({**told, "estimate": "true"}.get(column, "")) for column in EVIDENCE_COLUMNS])


def _json_line(told: Mapping[str, Any]) -> bytes:
    return json.dumps({**told, "estimate": True}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write_table(connection: Connection, name: str, out: Path | BinaryIO) -> None:
    """Write one of ``TABLES`` of the release whose tables are prepared, as CSV with a header."""
    with _opened(out) as file:
        _copy(connection, [_COPY_TABLE.format(feed_select(TABLES[name]))], _Rows(file, b"\n"))


def is_empty(connection: Connection, name: str) -> bool:
    """Return whether one of ``TABLES`` has no row in the release whose tables are prepared."""
    connection.exec_driver_sql(f"CREATE VIEW beside_{TABLES[name]} AS\n{feed_select(TABLES[name])}")
    return connection.exec_driver_sql(f"TABLE beside_{TABLES[name]} LIMIT 1").first() is None


def _json_head(about: Row[Any]) -> bytes:
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


def _copy(connection: Connection, statements: Sequence[str], rows: _Rows, more: Iterable[bytes] = ()) -> None:
    cursor: Any = connection.connection.cursor()  # psycopg2's own: SQLAlchemy knows no COPY
    with closing(cursor):
        for statement in statements:
            cursor.copy_expert(statement, rows)
    for row in more:
        rows.write(row)
    rows.end()


@contextmanager
def _opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(out, Path):
        with out.open("wb") as file:
            yield file
    else:
        yield out
