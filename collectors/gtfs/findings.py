"""What is broken in a feed: references to nothing, doubled keys, times that run backwards. Told, never refused.

Each finding is a notice with how often it was seen (``times``) and the first example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from zoneinfo import available_timezones

from collectors.gtfs.read import SourceFeed
from collectors.gtfs.values import day, number, seconds
from mapping_service.records import Notice

Record = Mapping[str, str]

REFERENCES: Sequence[tuple[str, str, tuple[tuple[str, str], ...]]] = (
    ("routes.txt", "agency_id", (("agency.txt", "agency_id"),)),
    ("trips.txt", "route_id", (("routes.txt", "route_id"),)),
    ("trips.txt", "service_id", (("calendar.txt", "service_id"), ("calendar_dates.txt", "service_id"))),
    ("trips.txt", "shape_id", (("shapes.txt", "shape_id"),)),
    ("stop_times.txt", "trip_id", (("trips.txt", "trip_id"),)),
    ("stop_times.txt", "stop_id", (("stops.txt", "stop_id"),)),
    ("stops.txt", "parent_station", (("stops.txt", "stop_id"),)),
    ("frequencies.txt", "trip_id", (("trips.txt", "trip_id"),)),
    ("fare_attributes.txt", "agency_id", (("agency.txt", "agency_id"),)),
    ("fare_rules.txt", "fare_id", (("fare_attributes.txt", "fare_id"),)),
    ("fare_rules.txt", "route_id", (("routes.txt", "route_id"),)),
    ("transfers.txt", "from_stop_id", (("stops.txt", "stop_id"),)),
    ("transfers.txt", "to_stop_id", (("stops.txt", "stop_id"),)),
)
"""Which column names what: file, column, and the columns one of which must hold its value."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "agency.txt": ("agency_id",),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id",),
    "trips.txt": ("trip_id",),
    "stop_times.txt": ("trip_id", "stop_sequence"),
    "calendar.txt": ("service_id",),
    "shapes.txt": ("shape_id", "shape_pt_sequence"),
    "frequencies.txt": ("trip_id", "start_time"),
    "fare_attributes.txt": ("fare_id",),
}


def findings(feed: SourceFeed) -> list[Notice]:
    """Return all that is broken, file by file."""
    names = {name for name, _, _ in REFERENCES} | set(KEYS) | {"calendar_dates.txt"}
    records = {name: feed.records(name) for name in sorted(names)}
    return [
        *_references(records), *_doubled(records), *_places(records["stops.txt"]), *_times(records),
        *_days(records), *_bands(records["frequencies.txt"]), *_zones(records), *_broken_ids(records),
    ]


def _references(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    for name, column, targets in REFERENCES:
        known = {one.get(key, "") for target, key in targets for one in records.get(target, ())}
        broken = [value for one in records[name] if (value := one.get(column, "")) and value not in known]
        if broken:
            yield _found("broken_reference", name, len(broken), broken[0], column=column)


def _doubled(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    for name, columns in KEYS.items():
        seen: set[tuple[str, ...]] = set()
        doubled = []
        for one in records[name]:
            key = tuple(one.get(column, "") for column in columns)
            doubled += [key] if key in seen else []
            seen.add(key)
        if doubled:
            yield _found("doubled_key", name, len(doubled), "/".join(doubled[0]))


def _places(stops: Sequence[Record]) -> Iterator[Notice]:
    lost = [one.get("stop_id", "") for one in stops if place_of(one) is None]
    if lost:
        yield _found("no_position", "stops.txt", len(lost), lost[0])


def place_of(stop: Record) -> tuple[float, float] | None:
    """Return where a stop is, as (lon, lat); ``None`` where that is not said, impossible, or Null Island."""
    lon, lat = number(stop.get("stop_lon")), number(stop.get("stop_lat"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0.0, 0.0):
        return None
    return lon, lat


def _times(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    calls: dict[str, list[Record]] = {}
    for one in records["stop_times.txt"]:
        calls.setdefault(one.get("trip_id", ""), []).append(one)
    unread, backwards, alone = [], [], []
    for trip_id, called in calls.items():
        said = [text for one in called for text in (one.get("arrival_time"), one.get("departure_time")) if text]
        unread += [f"{trip_id} {text}" for text in said if seconds(text) is None]
        alone += [trip_id] if len(called) < 2 else []
        clock = [at for one in in_order(called) for at in _clock(one)]
        backwards += [trip_id] if any(later < sooner for sooner, later in pairwise(clock)) else []
    for code, found in (("unread_time", unread), ("times_backwards", backwards), ("trip_with_one_stop", alone)):
        if found:
            yield _found(code, "stop_times.txt", len(found), found[0])
    silent = [one.get("trip_id", "") for one in records["trips.txt"] if one.get("trip_id", "") not in calls]
    if silent:
        yield _found("trip_without_stops", "trips.txt", len(silent), silent[0])


def _days(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    for name, columns in (("calendar.txt", ("start_date", "end_date")), ("calendar_dates.txt", ("date",))):
        said = [(one, one.get(column, "")) for one in records[name] for column in columns]
        if unread := [f"{one.get('service_id', '')} {text}" for one, text in said if day(text) is None]:
            yield _found("unread_date", name, len(unread), unread[0])
    spans = [(one, day(one.get("start_date")), day(one.get("end_date"))) for one in records["calendar.txt"]]
    if over := [one.get("service_id", "") for one, first, last in spans if first and last and last < first]:
        yield _found("ends_before_it_starts", "calendar.txt", len(over), over[0])


def _bands(frequencies: Sequence[Record]) -> Iterator[Notice]:
    spans = [(one, seconds(one.get("start_time")), seconds(one.get("end_time"))) for one in frequencies]
    found = {
        "unread_time": [one for one, first, last in spans if first is None or last is None],
        "ends_before_it_starts": [
            one for one, first, last in spans if first is not None and last is not None and last <= first
        ],
        "bad_headway": [one for one in frequencies if not number(one.get("headway_secs")) > 0],
    }
    for code, bad in found.items():
        if bad:
            yield _found(code, "frequencies.txt", len(bad), bad[0].get("trip_id", ""))


def _zones(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    known = available_timezones()
    for name, column in (("agency.txt", "agency_timezone"), ("stops.txt", "stop_timezone")):
        if unknown := [zone for one in records[name] if (zone := one.get(column)) and zone not in known]:
            yield _found("unknown_timezone", name, len(unknown), unknown[0], column=column)


def _broken_ids(records: Mapping[str, Sequence[Record]]) -> Iterator[Notice]:
    """Where an id runs over two lines validators hold back the whole feed that carries it on."""
    for name, columns in KEYS.items():
        if broken := [one[columns[0]] for one in records[name] if len(one.get(columns[0], "").splitlines()) > 1]:
            yield _found("line_break_in_id", name, len(broken), " ".join(broken[0].split()), column=columns[0])


def in_order(calls: Sequence[Record]) -> list[Record]:
    """Return the calls of a trip by their sequence; what has no number stands last."""
    return sorted(calls, key=lambda one: number(one.get("stop_sequence"), float("inf")))


def _clock(call: Record) -> list[int]:
    said = (seconds(call.get("arrival_time")), seconds(call.get("departure_time")))
    return [at for at in said if at is not None]


def _found(code: str, name: str, times: int, example: str, **details: str) -> Notice:
    return Notice(code, {"file": name, **details, "times": times, "example": example})
