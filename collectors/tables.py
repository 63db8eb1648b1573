"""CSV tables as strangers send them: encoding and delimiter found out, every row with its line in the file."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from collectors.limits import MAX_CELL_CHARS, MAX_NOTICES, MAX_ROWS
from collectors.storable import storable_text
from mapping_service.errors import Problem, TooLarge
from mapping_service.records import Notice

DELIMITERS = ",;\t|"
"""What may part the cells; the one that the header line holds most of does."""

CONFLICT_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
"""How the lines begin that a version-control merge leaves behind."""


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it begins, counted from 1, and its cells by column name as typed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """Column names as typed, and the rows that have as many cells."""

    columns: Sequence[str]
    rows: Sequence[Row]


@dataclass
class RowNotices:
    """The notices about a file's rows: the first ``MAX_NOTICES`` are kept, the others counted.

    ``place`` is what the number of a row is called in their details.
    """

    place: str
    kept: list[Notice] = field(default_factory=list)
    more: int = 0

    def add(self, code: str, row: int, **details: Any) -> None:
        """Say something of a row."""
        if len(self.kept) < MAX_NOTICES:
            self.kept.append(Notice(code, {self.place: row, **details}))
        else:
            self.more += 1

    def in_order(self) -> list[Notice]:
        """The notices in order of row, and ``more_notices`` with the ``count`` of those that were not kept."""
        rest = [Notice("more_notices", {"count": self.more})] if self.more else []
        return [*sorted(self.kept, key=lambda notice: int(notice.details[self.place])), *rest]


def read_table(data: bytes, notices: RowNotices) -> Table:
    """Read a CSV. Notices are added: ``conflict_marker``, ``wrong_column_count``, ``unreadable_row``.

    Raises ``Problem``: ``file_empty``, ``not_a_table``, ``too_many_rows``.
    """
    text = decoded(data)
    if not text.strip():
        raise Problem("file_empty", "The table is empty. Send one with a header line and a row for each entry.")
    columns: list[str] = []
    rows: list[Row] = []
    for line, cells in _lines(text, notices):
        if cells[0].startswith(CONFLICT_MARKERS):
            notices.add("conflict_marker", line)
        elif not columns:
            columns = [cell.strip() for cell in cells]
        elif len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns):]):
            notices.add("wrong_column_count", line, columns=len(columns), cells=len(cells))
        else:
            rows.append(Row(line, dict(zip(columns, cells))))
    return Table(columns, rows)


def decoded(data: bytes) -> str:
    """Text from UTF-8 or UTF-16 with or without its mark, else Latin-1, in which every byte means something."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(text: str, notices: RowNotices) -> Iterable[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it begins on. Every such row counts, also one that is no use."""
    csv.field_size_limit(MAX_CELL_CHARS)
    header = _header(text)
    if "\0" in header:
        raise Problem("not_a_table", "The file is not a text table. Save it as CSV (UTF-8) and send that.")
    reader = csv.reader(io.StringIO(storable_text(text), newline=""), delimiter=max(DELIMITERS, key=header.count))
    count = -1  # the header is no row
    while True:
        if count > MAX_ROWS:
            raise TooLarge("too_many_rows", f"The table has more than {MAX_ROWS:,} rows. Send it in parts.")
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            notices.add("unreadable_row", line)
            count += 1
            continue
        if any(cell.strip() for cell in cells):
            count += 1
            yield line, cells


def _header(text: str) -> str:
    lines = (line for line in io.StringIO(text, newline="") if line.strip("\0 \t\r\n"))
    return next((line for line in lines if not line.startswith(CONFLICT_MARKERS)), "")


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """A column name to compare by: lower case, no accents, one ``_`` for anything that is no letter or digit."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return "_".join(bare.split())


def find_column(columns: Iterable[str], synonyms: Sequence[str]) -> str | None:
    """The column, as typed, that is named by the earliest of the synonyms."""
    by_key = {column_key(column): column for column in reversed(list(columns))}
    return next((by_key[synonym] for synonym in synonyms if synonym in by_key), None)
