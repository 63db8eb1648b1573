"""CSV tables as strangers send them: encoding and delimiter found out, every row with its line in the file."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from collectors.limits import MAX_CELL_CHARS, MAX_ROWS
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
    """Column names as typed, the rows that have as many cells, and a notice with ``line`` for each that has not."""

    columns: Sequence[str]
    rows: Sequence[Row]
    notices: Sequence[Notice]


def read_table(data: bytes) -> Table:
    """Read a CSV. Notices: ``conflict_marker``, ``wrong_column_count``, ``unreadable_row``, each with ``line``.

    Raises ``Problem``: ``file_empty``, ``not_a_table``, ``too_many_rows``.
    """
    text = decoded(data)
    if not text.strip():
        raise Problem("file_empty", "The table is empty. Send one with a header line and a row for each entry.")
    if "\0" in text:
        raise Problem("not_a_table", "The file is not a text table. Save it as CSV (UTF-8) and send that.")
    columns: list[str] = []
    rows: list[Row] = []
    notices: list[Notice] = []
    for line, cells in _lines(text, notices):
        if cells[0].startswith(CONFLICT_MARKERS):
            notices.append(Notice("conflict_marker", {"line": line}))
        elif not columns:
            columns = [cell.strip() for cell in cells]
        elif len(rows) >= MAX_ROWS:
            raise TooLarge("too_many_rows", f"The table has more than {MAX_ROWS:,} rows. Send it in parts.")
        elif len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns):]):
            details = {"line": line, "columns": len(columns), "cells": len(cells)}
            notices.append(Notice("wrong_column_count", details))
        else:
            rows.append(Row(line, dict(zip(columns, cells))))
    return Table(columns, rows, notices)


def decoded(data: bytes) -> str:
    """Text from UTF-8 or UTF-16 with or without its mark, else Latin-1, in which every byte means something."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(text: str, notices: list[Notice]) -> Iterable[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it begins on."""
    csv.field_size_limit(MAX_CELL_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            notices.append(Notice("unreadable_row", {"line": line}))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith(CONFLICT_MARKERS))
    header = next(lines, "")
    return max(DELIMITERS, key=header.count)


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
