"""The ids that a feed uses, and other ones for those that a city uses already for something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from collectors.gtfs.read import SourceFeed, SourceTable
from mapping_service.gtfs_ids import ID_COLUMNS, TRANSLATED
from mapping_service.records import Notice


def ids_of(feed: SourceFeed) -> dict[str, set[str]]:
    """Return all ids that a feed uses, by kind."""
    found: dict[str, set[str]] = {}
    for table in feed.tables.values():
        for index, kind in _id_columns(table):
            found.setdefault(kind, set()).update(row[index] for row in table.rows if len(row) > index and row[index])
    return found


def with_free_ids(feed: SourceFeed, taken: Mapping[str, Collection[str]], ending: str) -> SourceFeed:
    """Return the feed with ``-ending`` after each id that is ``taken``, or provisional (``~``), wherever it stands.

    A notice ``ids_changed`` says of which kind, how many, and the first.
    """
    new: dict[str, dict[str, str]] = {}
    notices = list(feed.notices)
    for kind, held in sorted(ids_of(feed).items()):
        used = set(taken.get(kind, ()))
        clash = sorted(one for one in held if one in used or one.startswith("~"))
        new[kind] = {old: _free(old.lstrip("~"), ending, used | held) for old in clash}
        if clash:
            example = f"{clash[0]} → {new[kind][clash[0]]}"
            notices.append(Notice("ids_changed", {"kind": kind, "times": len(clash), "example": example}))
    tables = {name: _changed(table, new) for name, table in feed.tables.items()} if any(new.values()) else feed.tables
    return replace(feed, tables=tables, notices=notices)


def _free(old: str, ending: str, used: Collection[str]) -> str:
    made = f"{old}-{ending}"
    while made in used:
        made = f"{made}-{ending}"
    return made


def _id_columns(table: SourceTable) -> list[tuple[int, str]]:
    names = [column.strip() for column in table.columns]
    return [(index, ID_COLUMNS[name]) for index, name in enumerate(names) if name in ID_COLUMNS]


def _changed(table: SourceTable, new: Mapping[str, Mapping[str, str]]) -> SourceTable:
    columns = [(index, new[kind]) for index, kind in _id_columns(table) if new.get(kind)]
    names = [column.strip() for column in table.columns]
    translated = table.name == "translations.txt" and {"table_name", "record_id"} <= set(names)
    if not columns and not translated:
        return table
    rows = [_row(row, columns) for row in table.rows]
    if translated:
        rows = [_translation(row, names.index("table_name"), names.index("record_id"), new) for row in rows]
    return replace(table, rows=rows)


def _row(row: Sequence[str], columns: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[str, ...]:
    cells = list(row)
    for index, new in columns:
        if index < len(cells):
            cells[index] = new.get(cells[index], cells[index])
    return tuple(cells)


def _translation(row: Sequence[str], of: int, at: int, new: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    if max(of, at) >= len(row):
        return tuple(row)
    return _row(row, [(at, new.get(TRANSLATED.get(row[of], ""), {}))])
