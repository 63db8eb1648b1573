"""Does a feed go out as it came in? Imported, accepted, released and exported; beside it gtfs-kit, reading and writing.

    python -m tests.benchmarks.round_trip [DATA]

Compared as text, table by table: rows by their key, values by their column. Each difference stands in the table with
how often it occurs, the first example, and its reason. ``DATA`` holds freetown, accra and esteli (default
``../shared/data``); the small hostile feed of the tests is always there.
"""

from __future__ import annotations

import csv
import io
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import gtfs_kit
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from collectors.gtfs.findings import KEYS
from mapping_service.postgres import ensure_cluster
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import _new_database, throwaway_config
from tests.sources.feeds import HOSTILE, pack
from tests.sources.test_round_trip import through

HEAD = ("feed", "tool", "s", "file", "difference", "times", "example (before → after)", "why")
CITIES = ("freetown", "accra", "esteli")
WHY = {
    ("Commonway", "feed_info.txt"): "the city publishes the feed now: its name, language, dates and version",
    ("Commonway", "attributions.txt"): "names the publisher and the feed from which the city began",
    ("Commonway", "translations.txt"): "the city's name in its own sentences, in five languages",
}
KIT_WHY = {
    "file lost": "gtfs-kit knows 14 tables",
    "row lost": "its key is read as a number",
    "row added": "the same, written as a number",
    "value changed": "read as number or as missing, written as such",
}
Table = tuple[list[str], list[list[str]]]
Difference = tuple[str, str, int, str]


def main(data: Path) -> None:
    rows: list[Sequence[object]] = []
    with TemporaryDirectory() as folder, throwaway_config() as config:
        server = ensure_cluster(config, durable=False)
        feeds = {city: data / city / "gtfs.zip" for city in CITIES if (data / city / "gtfs.zip").exists()}
        feeds["hostile"] = pack(Path(folder) / "hostile.zip", HOSTILE)
        for name, path in feeds.items():
            before = _tables(path.read_bytes())
            size = f"{len(before)} files, {sum(len(table[1]) for table in before.values()):,} rows"
            for tool, after, took_s in (("Commonway", *_commonway(server, path)), ("gtfs-kit", *_kit(path, folder))):
                found = [_row(name, tool, one) for one in _differences(before, after)]
                rows += [(f"{name} ({size})", tool, round(took_s, 1), "", "differences", len(found), "", ""), *found]
    write_table("round-trip", "A feed in and out again: what is not the same", HEAD, rows)


def _row(name: str, tool: str, one: Difference) -> Sequence[object]:
    file, what, times, example = one
    why = WHY.get((tool, file), "") if tool == "Commonway" else KIT_WHY.get(what, "")
    return name, tool, "", file, what, times, example.replace("|", "\\|").replace("\n", "⏎"), why


def _commonway(server: str, path: Path) -> tuple[Mapping[str, Table], float]:
    started = time.perf_counter()
    with _new_database(server) as url:
        upgrade(url)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            out = through(connection, path)
        engine.dispose()
    return _tables(out), time.perf_counter() - started


def _kit(path: Path, folder: str) -> tuple[Mapping[str, Table], float]:
    started = time.perf_counter()
    out = Path(folder) / f"kit-{path.parent.name}.zip"
    gtfs_kit.read_feed(path, dist_units="m").to_file(out)
    return _tables(out.read_bytes()), time.perf_counter() - started


def _tables(data: bytes) -> dict[str, Table]:
    """Every file of a zip as columns and rows; what is no table as one cell."""
    found: dict[str, Table] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            try:
                rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            except UnicodeDecodeError:
                rows = []
            found[name] = (rows[0], rows[1:]) if rows and name.endswith(".txt") else (["bytes"], [[repr(content)]])
    return found


def _differences(before: Mapping[str, Table], after: Mapping[str, Table]) -> Iterator[Difference]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield name, "file lost", 1, ""
        elif name not in before:
            yield name, "file added", 1, ", ".join(cell for cell in (after[name][1] or [[]])[0] if cell)
        else:
            yield from _of_table(name, before[name], after[name])


def _of_table(name: str, before: Table, after: Table) -> Iterator[Difference]:
    for what, one, other in (("column lost", before, after), ("column added", after, before)):
        if columns := [column for column in one[0] if column not in other[0]]:
            yield name, what, len(columns), columns[0]
    olds, news = _by_key(name, before), _by_key(name, after)
    for what, keys in (("row lost", olds.keys() - news.keys()), ("row added", news.keys() - olds.keys())):
        if keys:
            yield name, what, len(keys), "/".join(min(keys))
    changed = [(column, old, new) for key in sorted(olds.keys() & news.keys())
               for column in olds[key].keys() & news[key].keys()
               if (old := olds[key][column]) != (new := news[key][column])]
    if changed:
        column, old, new = min(changed)
        yield name, "value changed", len(changed), f"{column}: “{old}” → “{new}”"


def _by_key(name: str, table: Table) -> dict[tuple[str, ...], dict[str, str]]:
    columns, rows = table
    key = [column for column in KEYS.get(name, ()) if column in columns] or ([] if len(rows) == 1 else columns)
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for cells in rows:
        one = dict(zip(columns, cells))
        found[tuple(one.get(column, "") for column in key)] = one
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data"))
