"""Two importers read our feed into databases with types and foreign keys, and every value comes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

from tests.conftest import _new_database
from tests.judges.conftest import PLANNED, Feeds
from tests.judges.databases import node_gtfs, via_postgres, why_no_node_gtfs, why_no_via_postgres
from tests.judges.timetable import read_tables

Row = Mapping[str, str | None]


def held(rows: Iterable[Row], columns: Iterable[str]) -> Counter[tuple[str, ...]]:
    """How often each row occurs; nothing and the empty text are the same."""
    return Counter(tuple(row.get(column) or "" for column in columns) for row in rows)


@pytest.mark.skipif(why_no_via_postgres() is not None, reason=str(why_no_via_postgres()))
@pytest.mark.parametrize("name", PLANNED)
def test_postgres_takes_the_feed_with_foreign_keys_on(server: str, sample: Feeds, name: str) -> None:
    published = read_tables(sample[name])
    with _new_database(server) as url:
        kept = via_postgres(sample[name], url)
    assert {"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"} <= set(kept)
    for file, rows in kept.items():
        if file in published:
            columns = rows[0].keys()
            assert held(rows, columns) == held(published[file], columns), file


@pytest.mark.skipif(why_no_node_gtfs() is not None, reason=str(why_no_node_gtfs()))
@pytest.mark.parametrize("name", PLANNED)
def test_sqlite_keeps_every_row_and_text(sample: Feeds, name: str) -> None:
    published = read_tables(sample[name])
    kept = node_gtfs(sample[name])
    for file, rows in published.items():
        columns = [one for one in rows[0] if one.endswith(("_id", "_name", "_desc", "headsign", "_url", "_time"))]
        assert held(kept[file], columns) == held(rows, columns), file
