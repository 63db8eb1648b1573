"""The table in which somebody says what each file is: line, direction, label. Hints for names, never for grouping."""

from __future__ import annotations

from pathlib import PurePosixPath

from collectors.tables import Row, RowNotices, column_key, find_column, read_table
from mapping_service.errors import Problem
from mapping_service.records import Claim, Notice

_KEYS = ("run", "file", "filename", "file_name", "name", "trace", "gpx")
_SYNONYMS = {
    "line": ("line", "route", "ref", "route_id", "route_short_name", "ligne", "linea", "linha"),
    "direction": ("direction", "direction_id", "dir", "sens", "sentido", "direccion", "direcao"),
    "label": ("label_as_typed", "label", "title", "description", "etiquette", "etiqueta"),
    "peak": ("peak", "is_peak", "rush_hour", "heure_de_pointe", "hora_punta"),
    "contributor": ("contributor", "surveyor", "collector", "enumerator", "observer"),
}
_YES = frozenset({"1", "true", "yes", "y", "t", "oui", "si", "sim", "ndiyo"})
_NO = frozenset({"0", "false", "no", "n", "f", "non", "nao", "hapana"})
_UNKNOWN = frozenset({"?", "-", "na", "n/a", "unknown"})


def read_hints(data: bytes) -> tuple[dict[str, Claim], list[Notice]]:
    """Claims by the exact stem of the file's name ("run-0001" for "survey/run-0001.gpx"), case kept.

    A column that is missing, an empty cell and a "?" are ``None``. Rows that say nothing useful are notices with
    ``line``: ``hint_without_file``, ``repeated_file`` (the first row counts), ``peak_not_understood`` (the rest of the
    row counts), and those of ``tables.read_table`` and ``tables.RowNotices``.

    Raises ``Problem``: ``no_file_column`` and those of ``tables.read_table``.
    """
    notices = RowNotices("line")
    table = read_table(data, notices)
    key = find_column(table.columns, _KEYS)
    if key is None:
        raise Problem("no_file_column", "The table does not say which file each row is about. "
                      f"Name one column {', '.join(_KEYS[:-1])} or {_KEYS[-1]}.", columns=list(table.columns))
    found = {field: find_column(table.columns, names) for field, names in _SYNONYMS.items()}
    claims: dict[str, Claim] = {}
    for row in table.rows:
        stem = file_stem(row.cells[key])
        if not stem or stem in claims:
            notices.add("repeated_file" if stem else "hint_without_file", row.line)
            continue
        claims[stem] = _claim(row, found, notices)
    return claims, notices.in_order()


def file_stem(name: str) -> str:
    """The key under which a file's claim stands: its name without folders and without .gz, .gpx and other endings."""
    last = PurePosixPath(name.strip().replace("\\", "/")).name
    if last.lower().endswith(".gz"):
        last = last[:-len(".gz")]
    return PurePosixPath(last).stem


def _claim(row: Row, found: dict[str, str | None], notices: RowNotices) -> Claim:
    texts = {field: _text(row, column) for field, column in found.items()}
    peak_text = texts.pop("peak")
    peak = None if peak_text is None else _truth(peak_text)
    if peak_text is not None and peak is None:
        notices.add("peak_not_understood", row.line, value=peak_text)
    return Claim(peak=peak, **texts)


def _text(row: Row, column: str | None) -> str | None:
    text = row.cells[column].strip() if column is not None else ""
    return None if not text or text.lower() in _UNKNOWN else text


def _truth(text: str) -> bool | None:
    key = column_key(text)
    return True if key in _YES else (False if key in _NO else None)
