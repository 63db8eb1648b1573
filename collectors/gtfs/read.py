"""A GTFS zip in; its tables word for word. What is no GTFS is refused with a sentence that says what to do.

A cell is text and stays so: ``007``, ``NA`` and ``26:50:00`` are not numbers, blanks or times here. Files and columns
that no specification knows are kept like the others; a file that is no table (locations.geojson, a licence) is kept as
its bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from collectors.archives import SourceFile, iter_files
from collectors.limits import MAX_CELL_CHARS, MAX_FILE_BYTES, MAX_INDEX_BYTES, MAX_VALUE_CHARS
from collectors.zip_index import stated_index
from mapping_service.errors import Problem, TooLarge
from mapping_service.records import Notice

REQUIRED = ("agency.txt", "routes.txt", "trips.txt", "stops.txt", "stop_times.txt")
"""Without these no trip can be planned. Calendars have two forms, so none of them is required alone."""

KNOWN = frozenset(f"{name}.txt" for name in (
    "agency areas attributions booking_rules calendar calendar_dates fare_attributes fare_leg_join_rules "
    "fare_leg_rules fare_media fare_products fare_rules fare_transfer_rules feed_info frequencies levels "
    "location_group_stops location_groups networks pathways rider_categories route_networks routes shapes "
    "stop_areas stop_times stops timeframes transfers translations trips"
).split())
"""The tables of the specification (google/transit, April 2026): these must be readable, others are kept as they are."""

_TELLING = frozenset({"routes.txt", "trips.txt", "stops.txt", "stop_times.txt"})
_MARK = "\ufeff"
_DAMAGE = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError)


@dataclass(frozen=True)
class SourceTable:
    """One file: its columns as they stand, and its rows with as many cells as each has. Or, of no table, its bytes."""

    name: str
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    data: bytes | None = None

    def records(self) -> Iterator[dict[str, str]]:
        """Each row by column, ready to be understood: blanks around names and values are cut, missing cells empty."""
        names = [column.strip() for column in self.columns]
        for row in self.rows:
            cells = [cell.strip() for cell in row]
            yield dict(zip(names, [*cells, *[""] * (len(names) - len(cells))]))


@dataclass(frozen=True)
class SourceFeed:
    """A whole feed. ``notices`` say what was odd, each with how often (``times``) and an example."""

    file_name: str
    sha256: bytes
    tables: Mapping[str, SourceTable]
    notices: Sequence[Notice]

    def records(self, name: str) -> list[dict[str, str]]:
        """The rows of a file by column; none where there is no such file."""
        return list(self.tables[name].records()) if name in self.tables else []


def is_feed(path: Path) -> bool:
    """Whether a path is a zip that holds what only a timetable holds."""
    if not path.is_file() or path.suffix.lower() != ".zip":
        return False
    try:
        with path.open("rb") as stream:
            if stated_index(stream)[1] > MAX_INDEX_BYTES:
                return False
            with zipfile.ZipFile(stream) as archive:
                return len({PurePosixPath(name).name for name in archive.namelist()} & _TELLING) > 1
    except _DAMAGE:
        return False


def read_feed(path: Path) -> SourceFeed:
    """Read a GTFS zip, or a folder with its files.

    Raises ``Problem``: what ``collectors.archives`` says of the zip and of its members, ``not_gtfs`` (a required file
    is missing or empty), ``feed_too_large``, ``wrong_encoding``, ``bad_table`` (a quote is not closed).
    """
    files = _at_the_root(list(iter_files(path)))
    tables: dict[str, SourceTable] = {}
    counts: dict[str, tuple[int, str]] = {}
    for name, source in files.items():
        if source.data is None:
            raise _unusable(name, source)
        tables[name] = _table(name, source.data, counts)
    lacking = [name for name in REQUIRED if name not in tables or not tables[name].rows]
    if lacking:
        raise Problem(
            "not_gtfs", f"{path.name} is no GTFS feed that can be used: {', '.join(lacking)} missing or without rows. "
            "Give the zip as the feed's publisher offers it, or add what is missing.", file=path.name, missing=lacking,
        )
    digest = hashlib.sha256(path.read_bytes() if path.is_file() else b"".join(f.data or b"" for f in files.values()))
    notices = [Notice(code, {"times": times, "example": example}) for code, (times, example) in sorted(counts.items())]
    return SourceFeed(path.name, digest.digest(), tables, notices)


def _unusable(name: str, source: SourceFile) -> Problem:
    """Why a file cannot be had; of one that is too large not the advice that suits rides, which come one by one."""
    assert source.problem is not None
    if source.problem.code != "file_too_large":
        return source.problem
    sentence = (f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB, as of a whole country. Cut the feed to the "
                "city and import that.")
    return TooLarge("feed_too_large", sentence, file=name)


def _at_the_root(found: Sequence[SourceFile]) -> dict[str, SourceFile]:
    """The files of a feed by name. All in one folder inside the zip, as people often pack them, they count as well."""
    parts = {tuple(PurePosixPath(source.name).parts): source for source in found}
    telling = [path for path in parts if path[-1] in _TELLING]
    root = min((path[:-1] for path in telling), key=lambda one: (len(one), one), default=())
    skipped = {path: len(root) if path[:len(root)] == root else min(1, len(path) - 1) for path in parts}
    return {"/".join(path[skipped[path]:]): source for path, source in sorted(parts.items())}


def _table(name: str, data: bytes, counts: dict[str, tuple[int, str]]) -> SourceTable:
    if name not in KNOWN:
        try:
            return _read_table(name, data, {}) if name.endswith(".txt") else SourceTable(name, data=data)
        except Problem:
            return SourceTable(name, data=data)
    return _read_table(name, data, counts)


def _read_table(name: str, data: bytes, counts: dict[str, tuple[int, str]]) -> SourceTable:
    text = _decoded(name, data)
    longest = MAX_CELL_CHARS if name == "areas.txt" else MAX_VALUE_CHARS
    csv.field_size_limit(longest)
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[str, ...]] = []
    columns: tuple[str, ...] = ()
    try:
        for cells in reader:
            if not columns:
                columns = tuple(cells)
            elif not cells:
                _count(counts, "empty_line", f"{name}:{reader.line_num}")
            else:
                if len(cells) != len(columns):
                    _count(counts, "wrong_column_count", f"{name}:{reader.line_num}")
                rows.append(tuple(cells))
    except csv.Error as error:
        raise Problem(
            "bad_table", f"{name} cannot be read at line {reader.line_num}: a cell is longer than {longest:,} "
            "characters, which no reader of feeds takes. Perhaps a quote is not closed there; mend it, import again.",
            file=name, line=reader.line_num,
        ) from error
    is_table = name in KNOWN or _is_table(columns)
    return SourceTable(name, columns, rows) if is_table else SourceTable(name, data=data)


def _is_table(columns: Sequence[str]) -> bool:
    """A text that is no table, such as a licence, has no columns of different names in its first line."""
    names = [column.strip() for column in columns]
    return bool(names) and len(set(names)) == len(names) and all(name and " " not in name for name in names)


def _decoded(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problem(
            "wrong_encoding", f"{name} is not UTF-8 at line {line}. Save the file as UTF-8 (in a text editor: “save "
            "with encoding”), pack the zip again and import that.", file=name, line=line,
        ) from error
    if "\0" in text:
        raise Problem(
            "bad_table", f"{name} holds zero bytes, which no text does. Save it as CSV in UTF-8 and import again.",
            file=name, line=text.count("\n", 0, text.index("\0")) + 1,
        )
    return text


def _count(counts: dict[str, tuple[int, str]], code: str, example: str) -> None:
    times, first = counts.get(code, (0, example))
    counts[code] = (times + 1, first)
