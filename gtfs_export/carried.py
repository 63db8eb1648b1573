"""What is carried on of feeds that others made: their rows word for word, beside the rows of our own.

A row of an imported feed goes out as it came in, all columns with it, as long as what it speaks of is as that feed has
it. Once rides have shown a pattern its trips, times and shape are ours; what only they used goes too. A route or stop
that rides have improved is one row: ours in the columns that we know better, the feed's in all others. Only calendars
for which a person vouches are changed: they end later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row

from gtfs_export.departures import EXPANDS, Departures, departures_of
from gtfs_export.lone_agency import FILES, agencies_in, filled, id_to_fill, with_column
from mapping_service.gtfs_ids import ID_COLUMNS, TRANSLATED
from mapping_service.store.engine import rows, stream

# What rides know better than the feed, in the tables in which one row may be both theirs and ours. We publish, so the
# feed's own row is ours.
_KEYS: Mapping[str, str] = {"agency.txt": "agency_id", "stops.txt": "stop_id", "routes.txt": "route_id"}
_OURS: Mapping[str, Sequence[str]] = {
    "stops.txt": ("stop_name", "stop_lat", "stop_lon", "parent_station"),
    "routes.txt": ("route_short_name", "route_long_name", "route_desc"),
}
_AGENCY, _FEED_INFO, _FREQUENCIES = "agency.txt", "feed_info.txt", "frequencies.txt"
# Ids of our own that name nothing outside the feed: where a feed has the same, ours give way.
_YIELDING = ("service", "attribution")
# Tables whose rows are many, and never theirs and ours at once.
_LARGE = frozenset({"stop_times.txt", "shapes.txt", "trips.txt", "frequencies.txt"})

Cells = Sequence[str]


@dataclass(frozen=True)
class Source:
    """One feed: its tables' columns by file, the bytes of its other files, and which of its ids are gone, by kind.

    ``agency_id`` stands where it left that of its only agency empty, ``None`` where it may (``lone_agency``).
    """

    source_id: int
    until: date | None
    columns: Mapping[str, tuple[str, ...]]
    data: Mapping[str, bytes]
    gone: Mapping[str, frozenset[str]]
    agency_id: str | None = None


def carried_of(connection: Connection, network_id: int, *, expanded: bool = False) -> Carried:
    """Return what a network carries on of imported feeds; ``expanded`` writes each departure as a trip of its own."""
    found = rows(connection, "sources.list_carried", {"network_id": network_id})
    sources = [_with_agency(connection, _source(connection, network_id, one), one) for one in found]
    if not expanded:
        return Carried(connection, sources)
    departures = [departures_of(one.columns.get(_FREQUENCIES, ()), _cells(connection, one, _FREQUENCIES))
                  for one in sources]
    return Carried(connection, sources, departures)


def _with_agency(connection: Connection, source: Source, one: Row[Any]) -> Source:
    """The feed with an id for its lone agency, if it ever went out beside others."""
    if not one.was_beside:
        return source
    agency_id = id_to_fill(agencies_in(source.columns.get(_AGENCY, ()), _cells(connection, source, _AGENCY)),
                           source.source_id)
    return source if agency_id is None else replace(source, columns=with_column(source.columns), agency_id=agency_id)


def _source(connection: Connection, network_id: int, one: Row[Any]) -> Source:
    values = {"network_id": network_id, "source_id": one.source_id, "source_network": one.source_network}
    gone: dict[str, set[str]] = {}
    for lost in rows(connection, "sources.list_gone", values):
        gone.setdefault(lost.kind, set()).add(lost.id)
    files = rows(connection, "sources.list_files", {"source_id": one.source_id})
    columns = {held.name: tuple(held.columns) for held in files if held.columns is not None}
    data = {held.name: bytes(held.bytes) for held in files if held.bytes is not None}
    source = Source(one.source_id, one.still_true_until, columns, data, {})
    trips = _used(connection, source, "trips.txt", "trip", gone, ("shape", "service"))
    routes = _used(connection, source, "routes.txt", "route", gone, ("agency",))
    all_gone = {kind: frozenset(ids) for kind, ids in {**gone, **trips, **routes}.items()}
    fares = {"route": set(all_gone.get("route", ())) | set(all_gone.get("told_fare", ()))}
    priced = _used(connection, source, "fare_rules.txt", "route", fares, ("fare",))
    return Source(one.source_id, one.still_true_until, columns, data,
                  {**all_gone, **{kind: frozenset(ids) for kind, ids in priced.items()}})


def _used(connection: Connection, source: Source, name: str, by: str, gone: Mapping[str, set[str]],
          kinds: Sequence[str]) -> dict[str, set[str]]:
    """What only rows use that are gone, by kind: ``by`` is the kind of id by which the rows of the table go."""
    places = {kind: index for index, kind in id_places(source.columns.get(name, ()))}
    used: dict[str, set[str]] = {kind: set() for kind in kinds if kind in places}
    kept: dict[str, set[str]] = {kind: set() for kind in used}
    if not used:
        return {}
    for cells in _cells(connection, source, name):
        goes = any(_at(cells, places[kind]) in gone.get(kind, ()) for kind in {by, "route"} & places.keys())
        for kind in used:
            used[kind].add(_at(cells, places[kind]))
            if not goes:
                kept[kind].add(_at(cells, places[kind]))
    return {kind: used[kind] - kept[kind] - {""} for kind in used}


def _cells(connection: Connection, source: Source, name: str) -> Iterator[Cells]:
    for one in stream(connection, "sources.list_rows", {"source_id": source.source_id, "name": name}):
        yield one.cells


def id_places(columns: Cells) -> list[tuple[int, str]]:
    """Return where the ids of a table stand and of what kind they are."""
    names = [column.strip() for column in columns]
    return [(index, ID_COLUMNS[name]) for index, name in enumerate(names) if name in ID_COLUMNS]


def _at(cells: Cells, index: int) -> str:
    return cells[index] if index < len(cells) else ""


class Carried:
    """What one release carries on. Reads rows as they are asked for: however large a feed is, memory stays the same."""

    def __init__(self, connection: Connection | None, sources: Sequence[Source],
                 departures: Sequence[Departures] | None = None) -> None:
        self._connection = connection
        self._sources = sources
        self._departures = departures

    def __bool__(self) -> bool:
        return bool(self._sources)

    def unfilled(self) -> Carried:
        """The same with ids of lone agencies empty where the feeds left them so."""
        sources = [replace(source, agency_id=None) for source in self._sources]
        return Carried(self._connection, sources, self._departures)

    def has(self, name: str) -> bool:
        """Whether a feed has a table of this name."""
        return any(name in source.columns for source in self._sources)

    def tables(self) -> list[str]:
        """The names of all tables, in order."""
        left_out = {_FREQUENCIES} if self._departures is not None else set()
        return sorted({name for source in self._sources for name in source.columns} - left_out)

    def others(self) -> dict[str, bytes]:
        """The files that are no tables, by name; of two with one name the first."""
        return dict(sorted((name, data) for source in reversed(self._sources) for name, data in source.data.items()))

    def yielding(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        """Under what ids those of ours are published that a feed uses too: by the id that they have with us."""
        taken = self._foreign[kind] if self._sources else set()
        return {one: f"{one}-ridden" for one in ids if one in taken}

    def merged(self, name: str, ours: Iterable[Cells]) -> Iterator[list[str]]:
        """Yield a table with its header: the feeds' rows in their own order, then those of ours that are in none.

        ``ours`` begins with its header; it may be empty.
        """
        rest = iter(ours)
        own_header = list(next(rest, ()))
        first = next(rest, None)
        if first is None:
            own_header = []  # no row of ours needs a column
        own = (self._yielding(own_header, cells) for cells in chain([first] if first is not None else [], rest))
        header = self._header(name, own_header)
        yield list(header.values())
        to = [list(header).index(column) for column in own_header]
        mine = {} if name in _LARGE else {_key(name, own_header, cells): cells for cells in own}
        for number, source in enumerate(self._sources):
            for cells in self._written(number, name):
                theirs = _placed(cells, [list(header).index(c.strip()) for c in source.columns[name]], len(header))
                same = mine.pop(_key(name, list(header), theirs), None)
                if same is None and name == _FEED_INFO:
                    continue  # a feed has one publisher, and of what others say the first feed's word stands in its row
                yield theirs if same is None else _both(name, header, theirs, _placed(same, to, len(header)))
        for cells in (own if name in _LARGE else mine.values()):
            yield _placed(cells, to, len(header))

    def _header(self, name: str, ours: Cells) -> dict[str, str]:
        """All columns: as they are compared, and as they are written."""
        written: dict[str, str] = {}
        for column in (column for source in self._sources for column in source.columns.get(name, ())):
            written.setdefault(column.strip(), column)
        return {**written, **{column: column for column in ours if column not in written}}

    def _written(self, number: int, name: str) -> Iterator[Cells]:
        """The rows of one feed as they go out: in an expanded feed each departure is a trip of its own."""
        source = self._sources[number]
        kept = self._kept(source, name)
        if self._departures is None or name not in EXPANDS:
            return kept
        return EXPANDS[name](source.columns.get(name, ()), kept, self._departures[number])

    def _kept(self, source: Source, name: str) -> Iterator[Cells]:
        columns = [column.strip() for column in source.columns.get(name, ())]
        if not columns:
            return
        parent = columns.index("parent_station") if "parent_station" in columns else None
        places = [(index, kind) for index, kind in id_places(columns) if index != parent]
        places += [(index, "told_fare") for index, _ in places if name == "fare_rules.txt" and
                   columns[index] == "route_id"]
        assert self._connection is not None
        for cells in _cells(self._connection, source, name):
            if any(_at(cells, index) in source.gone.get(kind, ()) for index, kind in places):
                continue
            if name == "translations.txt" and _untold(columns, cells, source.gone):
                continue
            if parent is not None and _at(cells, parent) in source.gone.get("stop", ()):
                cells = [*cells[:parent], "", *cells[parent + 1:]]
            if source.agency_id is not None and name in FILES:
                cells = filled(columns, cells, source.agency_id)
            yield _rolled(columns, cells, source.until) if name == "calendar.txt" else cells

    def _yielding(self, header: Cells, cells: Cells) -> Cells:
        """A row of ours with other ids where a feed uses the same."""
        changed = list(cells)
        for index, kind in id_places(header):
            if kind in _YIELDING and changed[index] in self._foreign[kind]:
                changed[index] = f"{changed[index]}-ridden"
        return changed

    @cached_property
    def _foreign(self) -> Mapping[str, set[str]]:
        """The ids of those kinds that the feeds use."""
        found: dict[str, set[str]] = {kind: set() for kind in _YIELDING}
        for name in ("calendar.txt", "calendar_dates.txt", "attributions.txt"):
            for source in self._sources:
                places = [place for place in id_places(source.columns.get(name, ())) if place[1] in _YIELDING]
                assert self._connection is not None
                for cells in _cells(self._connection, source, name) if places else ():
                    for index, kind in places:
                        found[kind].add(_at(cells, index))
        return found


NOTHING = Carried(None, ())


def _key(name: str, columns: Cells, cells: Cells) -> Cells:
    """By what a row of a table is told from others: its id where one row may be theirs and ours, else all of it."""
    if name == _FEED_INFO:
        return ()
    column = _KEYS.get(name)
    if column in columns:
        return (_at(cells, columns.index(column)),)
    return tuple(cells)


def _placed(cells: Cells, to: Sequence[int], width: int) -> list[str]:
    """Cells in the columns of the whole table; what stands beyond a row's own header has no column."""
    placed = [""] * width
    for index, cell in zip(to, cells):
        placed[index] = cell
    return placed


def _both(name: str, header: Mapping[str, str], theirs: Cells, ours: Cells) -> list[str]:
    """One row of what is theirs and ours: ours where we know better, else theirs, else ours."""
    better = tuple(header) if name == _FEED_INFO else _OURS.get(name, ())
    return [mine or their if column in better else their or mine
            for column, their, mine in zip(header, theirs, ours, strict=True)]


def _untold(columns: Cells, cells: Cells, gone: Mapping[str, frozenset[str]]) -> bool:
    """Whether a translation is of something that is gone."""
    values = dict(zip(columns, cells))
    kind = TRANSLATED.get(values.get("table_name", ""), "")
    return values.get("record_id", "") in gone.get(kind, ())


def _rolled(columns: Cells, cells: Cells, until: date | None) -> Cells:
    """A calendar that ends when a person says that the feed still holds."""
    if until is None or "end_date" not in columns:
        return cells
    index = columns.index("end_date")
    day = f"{until:%Y%m%d}"
    return [*cells[:index], day, *cells[index + 1:]] if _at(cells, index) < day else cells
