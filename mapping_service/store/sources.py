"""Feeds that others made: kept word for word, with the networks read from them and what people decide about them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from collectors.gtfs.read import SourceFeed, SourceTable
from mapping_service.records import Floats
from mapping_service.review.lines import Called, Lines
from mapping_service.review.ways import in_metres
from mapping_service.store.engine import copy, row, rows, run
from mapping_service.store.lines import line_columns
from spatial_sql.loader import query

# A number that nobody will reach by giving out one after the other: ids beyond it need not be passed over.
_BEYOND = 1_000_000_000


@dataclass(frozen=True)
class Imported:
    """What the feeds of a city say and nobody has rejected: way and route of each pattern, names of routes, stops."""

    pattern_line: Mapping[str, Floats]
    pattern_route: Mapping[str, str]
    called: Mapping[str, Called]
    stops: Sequence[Row[Any]]

    def lines(self, srid: int) -> Lines:
        """Return the routes as lines in metres."""
        return Lines(in_metres(self.pattern_line, srid), self.pattern_route, self.called)


class Sought(NamedTuple):
    """A row of a file of a feed that is sought by what it holds in some columns, in the first of them something."""

    file: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Holder:
    """A feed that has a row: its number, its name, and its routes that nobody has rejected."""

    source_id: int
    name: str
    routes: Sequence[str]


NOTHING = Imported({}, {}, {}, ())


def load_imported(connection: Connection, city_id: int) -> Imported:
    """Return what the feeds of a city say, as identity needs it."""
    found = Imported({}, {}, {}, ())
    stops: list[Row[Any]] = []
    for source in rows(connection, "sources.list_networks", {"city_id": city_id}):
        wanted = {"network_id": source.network_id, "route_ids": source.route_ids}
        said = _said(connection, wanted, _brands(connection, source.source_id))
        found = Imported({**found.pattern_line, **said.pattern_line}, {**found.pattern_route, **said.pattern_route},
                         {**found.called, **said.called}, ())
        stops += rows(connection, "sources.list_stop_places", wanted)
    return replace(found, stops=stops)


def load_drawn(connection: Connection, city_id: int, srid: int, pattern_ids: Collection[str]) -> Lines:
    """Return some patterns as the feeds of a city have them, rejected or not."""
    drawn = Lines({}, {}, {})
    for source in rows(connection, "sources.list_networks", {"city_id": city_id}):
        wanted = {"network_id": source.network_id, "route_ids": None}
        found = _said(connection, wanted, _brands(connection, source.source_id)).lines(srid)
        drawn = Lines(
            {**drawn.ways, **{key: way for key, way in found.ways.items() if key in pattern_ids}},
            {**drawn.routes, **found.routes}, {**drawn.called, **found.called},
        )
    return drawn


def load_lines(
    connection: Connection, network_id: int, srid: int, *, route_ids: Sequence[str] | None = None,
    brands: Mapping[str, frozenset[str]] | None = None,
) -> Lines:
    """Return routes of a network, all of them where none is named; ``brands`` are who runs them, where known."""
    return _said(connection, {"network_id": network_id, "route_ids": route_ids}, brands or {}).lines(srid)


def _said(connection: Connection, wanted: Mapping[str, Any], brands: Mapping[str, frozenset[str]]) -> Imported:
    found = rows(connection, "sources.list_lines", wanted)
    return Imported(
        {one.pattern_id: line_columns(one.line) for one in found},
        {one.pattern_id: one.route_id for one in found},
        {one.route_id: Called(one.short_name, one.long_name, one.name_votes, brands.get(one.route_id, frozenset()))
         for one in found},
        (),
    )


def _brands(connection: Connection, source_id: int) -> dict[str, frozenset[str]]:
    """Return who runs the routes of a feed, where it says so."""
    found = rows(connection, "sources.list_brands", {"source_id": source_id})
    return {one.route_id: frozenset((one.name,)) for one in found}


def get_same(connection: Connection, city_id: int, sha256: bytes) -> Row[Any] | None:
    """Return the source with the same bytes, if the city has it already."""
    return row(connection, "sources.get_same", {"city_id": city_id, "sha256": sha256})


def load_feed(connection: Connection, source_id: int) -> SourceFeed:
    """Return a feed as it was kept: for reading its ids; a large one is a lot of memory."""
    held = rows(connection, "sources.list_files", {"source_id": source_id})
    tables = {}
    for one in held:
        found = rows(connection, "sources.list_rows", {"source_id": source_id, "name": one.name})
        data = None if one.bytes is None else bytes(one.bytes)
        tables[one.name] = SourceTable(one.name, tuple(one.columns or ()), [tuple(r.cells) for r in found], data)
    return SourceFeed("", b"", tables, [])


def find_holders(connection: Connection, city_id: int, sought: Sequence[Sought]) -> dict[Sought, Holder]:
    """Return, for each of some rows that any of a city's feeds has, the first of these feeds."""
    asked = [{"number": number, **one._asdict()} for number, one in enumerate(sought)]
    found = rows(connection, "sources.find_holders", {"city_id": city_id, "sought": json.dumps(asked)}) if asked else ()
    return {sought[one.number]: Holder(one.source_id, one.name, one.routes) for one in found}


def taken_ids(connection: Connection, city_id: int) -> dict[str, set[str]]:
    """Return the ids of a city by kind: ``route``, ``pattern``, ``stop``."""
    found: dict[str, set[str]] = {"route": set(), "pattern": set(), "stop": set()}
    for one in rows(connection, "sources.list_taken_ids", {"city_id": city_id}):
        found[one.kind].add(one.id)
    return found


def minted(connection: Connection, city_id: int) -> dict[str, int]:
    """Return the last number given out of each kind."""
    return {one.kind: one.last for one in rows(connection, "sources.list_minted", {"city_id": city_id})}


def pass_over(connection: Connection, city_id: int, kind: str, prefix: str, ids: Iterable[str]) -> None:
    """Let the numbers that some ids look like never be given out."""
    numbers = [int(found[1]) for one in ids if (found := re.fullmatch(rf"{prefix}(\d{{1,9}})", one))]
    last = max((one for one in numbers if one < _BEYOND), default=0)
    if last:
        run(connection, "sources.skip_minted", {"city_id": city_id, "kind": kind, "last": last})


def add_source(
    connection: Connection, city_id: int, feed: SourceFeed, *, name: str, dated: date, licence: str | None, actor: str
) -> tuple[int, int]:
    """Keep a feed word for word; return its number and that of its network, which is still empty."""
    made = row(connection, "sources.insert_network", {"city_id": city_id})
    assert made is not None
    values = {
        "city_id": city_id, "network_id": made.network_id, "name": name, "dated": dated, "licence": licence,
        "file_name": feed.file_name, "sha256": feed.sha256, "imported_by": actor,
    }
    source = row(connection, "sources.insert_source", values)
    assert source is not None
    for table in feed.tables.values():
        columns = None if table.data is not None else list(table.columns)
        held = {"source_id": source.source_id, "name": table.name, "city_id": city_id}
        run(connection, "sources.insert_file", {**held, "columns": columns, "bytes": table.data})
        copy(connection, query("sources.insert_rows"), _row_lines(source.source_id, city_id, table))
    return source.source_id, made.network_id


def save_trips(connection: Connection, city_id: int, source_id: int, trip_pattern: Mapping[str, str]) -> None:
    """Keep which pattern each trip of a feed is."""
    lines = (_csv((source_id, trip_id, city_id, pattern)) for trip_id, pattern in trip_pattern.items())
    copy(connection, query("sources.insert_trips"), lines)


def _row_lines(source_id: int, city_id: int, table: SourceTable) -> Iterator[str]:
    for line, cells in enumerate(table.rows, start=1):
        yield _csv((source_id, table.name, line, city_id, _array(cells)))


def _array(cells: Sequence[str]) -> str:
    """An array of texts as PostgreSQL writes it: backslashes doubled, so that no line of it ends a COPY."""
    return "{" + ",".join('"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"' for cell in cells) + "}"


def _csv(values: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(values)
    return out.getvalue()


def list_sources(connection: Connection, city_id: int) -> list[dict[str, Any]]:
    """Return the feeds of a city and what has become of each."""
    return [dict(one._mapping) for one in rows(connection, "sources.list_sources", {"city_id": city_id})]


def reject(connection: Connection, source_id: int, route_ids: Sequence[str] | None, actor: str) -> list[str]:
    """Reject routes of a feed, all where ``route_ids`` is ``None``; return those that were not rejected before."""
    values = {"source_id": source_id, "route_ids": None if route_ids is None else list(route_ids), "actor": actor}
    return sorted(one.route_id for one in rows(connection, "sources.insert_rejections", values))


def drop_rejected(connection: Connection, network_id: int, source_id: int) -> None:
    """Take what was rejected out of a network, with the stops that nothing serves any more."""
    run(connection, "sources.delete_rejected", {"network_id": network_id, "source_id": source_id})
    run(connection, "networks.delete_unused_stops", {"network_id": network_id})
    run(connection, "networks.delete_unused_stations", {"network_id": network_id})


def vouch(connection: Connection, city_id: int, source_id: int, until: date, actor: str) -> None:
    """Write down that a person says a feed still holds, up to a day."""
    values = {"city_id": city_id, "source_id": source_id, "until": until, "actor": actor}
    run(connection, "sources.mark_vouched", values)
