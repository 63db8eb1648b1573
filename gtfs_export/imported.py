"""The evidence for what a release carries on of feeds that others made: nobody has ridden it, they say so.

A row for each cell as it is published: ``imported``, or ``derived`` for the id of an agency that the feed left empty.
Where rides have improved a route or a stop, what we know better has evidence of its own; what the feed still says in
place of ours (``overruled``) has it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gtfs_export.carried import Carried

# For each file the element as evidence names it, and the columns of its id. Of other files the line is the id.
ELEMENTS: Mapping[str, tuple[str, Sequence[str]]] = {
    "agency.txt": ("agency", ("agency_id",)),
    "areas.txt": ("area", ("area_id",)),
    "attributions.txt": ("attribution", ("attribution_id",)),
    "calendar.txt": ("service", ("service_id",)),
    "calendar_dates.txt": ("calendar_date", ("service_id", "date")),
    "fare_attributes.txt": ("fare", ("fare_id",)),
    "fare_rules.txt": ("fare_rule", ("fare_id", "route_id", "origin_id", "destination_id", "contains_id")),
    "frequencies.txt": ("frequency", ("trip_id", "start_time")),
    "routes.txt": ("route", ("route_id",)),
    "stop_times.txt": ("stop_time", ("trip_id", "stop_sequence")),
    "stops.txt": ("stop", ("stop_id",)),
    "transfers.txt": ("transfer", ("from_stop_id", "to_stop_id")),
    "trips.txt": ("trip", ("trip_id",)),
}
# The files in which one row may be theirs and ours at once.
SHARED = ("agency", "stops", "routes")
_FEED_INFO, _SHAPES = "feed_info.txt", "shapes.txt"  # the first is ours; of shapes each is known as a whole

Place = tuple[str, str, str]
"""Element, id and field."""


def imported(carried: Carried, ours: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[tuple[Place, str, str]]:
    """Yield where the evidence of each carried value stands, the value, and how it was come by.

    ``ours`` are our own rows of the files in which one row may be theirs and ours, each with its header.
    """
    for name in carried.tables():
        if name == _SHAPES:
            yield from ((place, value, "imported") for place, value in _shapes(carried))
        elif name != _FEED_INFO:
            yield from _table(carried, name, [*ours.get(name, ())] if name.removesuffix(".txt") in SHARED else [])


def overruled(carried: Carried, ours: Mapping[str, Iterable[Sequence[str]]]) -> Iterator[Place]:
    """Yield the values of ours that stand back for those of a feed."""
    for name in (name for name in sorted(ours) if carried.has(name)):
        rows = [*ours[name]]
        known = _known(name, rows)
        for place, *_ in _table(carried, name, rows):
            if place in known:
                yield place


def _table(carried: Carried, name: str, ours: Sequence[Sequence[str]]) -> Iterator[tuple[Place, str, str]]:
    """Yield what of the published rows that a feed has is not as we have it."""
    known = _known(name, ours)
    published, theirs = carried.merged(name, iter(ours)), carried.unfilled().merged(name, ())
    header, own_header = next(published, []), next(theirs, [])
    # Rows of ours that no feed has come last.
    for line, (cells, own) in enumerate(zip(published, theirs), start=1):
        values = dict(zip((column.strip() for column in header), cells))
        for column, told in zip((column.strip() for column in own_header), own):
            place = _place(name, values, column, line)
            if values[column] and known.get(place) != values[column]:
                yield place, values[column], "imported" if told else "derived"


def _known(name: str, ours: Sequence[Sequence[str]]) -> dict[Place, str]:
    header, rows = (ours[0], ours[1:]) if ours else ((), ())
    found: dict[Place, str] = {}
    for line, cells in enumerate(rows):
        values = dict(zip(header, cells))
        found |= {_place(name, values, column, line): value for column, value in values.items() if value}
    return found


def _place(name: str, values: Mapping[str, str], column: str, line: int) -> Place:
    element, keys = ELEMENTS.get(name, (name.removesuffix(".txt"), ()))
    return element, "/".join(values.get(key, "") for key in keys).rstrip("/") if keys else str(line), column


def _shapes(carried: Carried) -> Iterator[tuple[Place, str]]:
    rows = carried.merged(_SHAPES, ())
    header = [column.strip() for column in next(rows, [])]
    last = None
    for cells in rows if "shape_id" in header else ():
        shape_id = cells[header.index("shape_id")]
        if shape_id != last:
            yield ("shape", shape_id, "shape_id"), shape_id
        last = shape_id
