"""What the public sees of a city: its releases and what is in them. Reads only.

Every record here may be published as it stands: it holds no database key, no contributor and no hour of any ride
(days are local days of the city). ``None`` is unknown. Lengths in metres, times in seconds, (lon, lat) in EPSG:4326.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.errors import Moved, NotFound
from mapping_service.load_records import Load
from mapping_service.store.engine import row, rows
from mapping_service.store.ids import follower

BBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class City:
    """A city; ``synthetic`` where the ride simulator made it up."""

    slug: str
    name: str
    timezone: str
    currency: str
    language: str
    synthetic: bool


@dataclass(frozen=True)
class Release:
    """A numbered snapshot that never changes, and its sizes. ``bbox`` is west, south, east, north.

    ``version`` is what its feed calls itself. ``valid_until`` is the last day of any of its services, ``None`` where it
    has none; ``published_at`` is ``None`` as long as it is withheld.
    """

    number: int
    version: str
    valid_from: date
    valid_until: date | None
    note: str | None
    fingerprint: str | None
    published_at: datetime | None
    routes: int
    patterns: int
    stops: int
    service_points: int
    runs: int
    length_m: float
    bbox: BBox | None


@dataclass(frozen=True)
class Snapshot:
    """A release together with the key under which its elements lie. Not for publication."""

    network_id: int
    city: City
    release: Release


@dataclass(frozen=True)
class Fare:
    """The usual fare of a whole ride, the range that was reported, and what it costs more in the rush hours."""

    amount: float
    low: float
    high: float
    currency: str
    observations: int
    people: int | None
    first_seen: date
    last_seen: date
    rush_surcharge: float | None


@dataclass(frozen=True)
class StageFare:
    """The fare of a ride of ``from_m`` metres or more, up to the next step; in four cases of five it is low to high."""

    from_m: float
    amount: float
    low: float
    high: float
    currency: str
    observations: int
    people: int | None


@dataclass(frozen=True)
class RouteSummary:
    """A route and the evidence for it. ``length_m`` is that of its longest pattern.

    ``source`` is the feed of ``source_date`` that it was imported from; with 0 runs it is still as that has it.
    """

    route_id: str
    short_name: str | None
    long_name: str | None
    runs: int
    people: int | None
    first_seen: date
    last_seen: date
    confidence: float
    directions: int
    length_m: float | None
    bbox: BBox | None
    fare: Fare | None
    source: str | None
    source_date: date | None


@dataclass(frozen=True)
class PatternStop:
    """A stop as one pattern serves it. ``from_previous_s`` is the usual time from the stop before, over the day;
    ``name`` that of its crossing where nobody named it."""

    stop_sequence: int
    stop_id: str
    name: str | None
    lon: float
    lat: float
    dist_m: float
    runs: int
    runs_past: int
    confidence: float
    from_previous_s: float | None


@dataclass(frozen=True)
class HailStretch:
    """From where to where along a pattern riders hail the vehicle, with the halts seen there and their runs."""

    from_m: float
    to_m: float
    halts: int
    runs: int


@dataclass(frozen=True)
class StopCandidate:
    """A place on a pattern at which ``runs`` of the ``runs_past`` that came by halted, and which may be a stop."""

    dist_m: float
    lon: float
    lat: float
    runs: int
    runs_past: int
    probability: float


@dataclass(frozen=True)
class RideTime:
    """End to end in one band of the local day (seconds after midnight; 0–86400 is the whole day).

    ``runs`` and ``people`` are those of the least measured section: 0 where a section is estimated.
    """

    band_start_s: int
    band_end_s: int
    seconds: float
    runs: int
    people: int | None


@dataclass(frozen=True)
class Headway:
    """The time between departures in one band; in four cases of five it is ``low_s``–``high_s``.

    ``cv`` is how irregular they come, the standard deviation over the mean; ``None`` is unknown.
    ``method`` is ``observed``, or ``imported`` from a feed, or an estimate: ``own_waits``, ``route_waits``,
    ``city_waits``, ``seen``.
    """

    band_start_s: int
    band_end_s: int
    headway_s: float
    low_s: float
    high_s: float
    observations: int
    people: int | None
    cv: float | None
    method: str


@dataclass(frozen=True)
class Pattern:
    """One way of riding a route: shape, stops, times, headways. ``spread_m`` is how far its runs lie from the shape.

    ``signs`` are what its confidence rests on; ``{}`` in releases made before there were any. ``reason_code`` and
    ``reason`` say why it is kept beside the main pattern of its direction (codes and keys: ``fuse/variants.py``).
    """

    pattern_id: str
    direction_id: int
    headsign: str | None
    length_m: float
    spread_m: float | None
    runs: int
    people: int | None
    first_seen: date
    last_seen: date
    day_types: Sequence[str]
    confidence: float
    signs: Mapping[str, float]
    reason_code: str | None
    reason: Mapping[str, Any]
    geometry: Mapping[str, Any]
    source: str | None
    source_date: date | None
    stops: Sequence[PatternStop]
    ride_times: Sequence[RideTime]
    headways: Sequence[Headway]
    hail_stretches: Sequence[HailStretch]
    stop_candidates: Sequence[StopCandidate]
    loads: Sequence[Load] = ()


@dataclass(frozen=True)
class Stop:
    """A stop and the routes that serve it; ``method`` is how it was found: reported, dwell, terminal, imported.

    ``name`` is what people call it, where nobody did the crossing of streets at which it lies.

    ``station_id`` is ``None`` for a stop that stands alone; ``station_stop_ids`` are the others of its station.
    """

    stop_id: str
    name: str | None
    lon: float
    lat: float
    method: str
    runs: int
    people: int | None
    first_seen: date
    last_seen: date
    confidence: float
    route_ids: Sequence[str]
    station_id: str | None
    station_name: str | None
    station_stop_ids: Sequence[str]
    source: str | None
    source_date: date | None


@dataclass(frozen=True)
class ServicePoint:
    """A clinic, a tap, an office."""

    service_point_id: str
    kind: str
    name: str
    lon: float
    lat: float


def list_cities(connection: Connection) -> list[City]:
    """All cities, by name."""
    return [City(**found._mapping) for found in rows(connection, "published.list_cities", {"slug": None})]


def get_city(connection: Connection, slug: str) -> City:
    """Return a city. Raises ``NotFound`` ``city_not_found``."""
    found = row(connection, "published.list_cities", {"slug": slug})
    if found is None:
        sentence = f"There is no city “{slug}” here; the front page lists those there are."
        raise NotFound("city_not_found", sentence, city=slug)
    return City(**found._mapping)


def newest(connection: Connection, city: City) -> Snapshot | None:
    """Return the newest published release of a city, or ``None`` before the first."""
    values = {"slug": city.slug, "number": None, "most": 1, "withheld": False}
    found = row(connection, "published.list_releases", values)
    return Snapshot(found.network_id, city, release_of(found)) if found else None


def get_newest(connection: Connection, slug: str) -> Snapshot:
    """Return the newest release of a city. Raises ``NotFound`` ``city_not_found``, ``city_unreleased``."""
    found = newest(connection, get_city(connection, slug))
    if found is None:
        raise NotFound("city_unreleased", f"“{slug}” has no release yet; its page says what to do next.", slug=slug)
    return found


def get_release(connection: Connection, slug: str, number: int) -> Snapshot:
    """Return one published release of a city. Raises ``NotFound`` ``city_not_found``, ``release_not_found``."""
    city = get_city(connection, slug)
    found = row(connection, "published.list_releases", {"slug": slug, "number": number, "most": 1, "withheld": False})
    if found is None:
        raise _no_release(slug, number)
    return Snapshot(found.network_id, city, release_of(found))


def get_tile(connection: Connection, slug: str, number: int, z: int, x: int, y: int) -> bytes:
    """Return a vector tile, empty where nothing lies in it. Raises ``NotFound`` ``release_not_found``."""
    network = row(connection, "published.get_network_id", {"slug": slug, "number": number})
    if network is None:
        raise _no_release(slug, number)
    found = row(connection, "published.get_tile", {"network_id": network.network_id, "z": z, "x": x, "y": y})
    return bytes(found.tile or b"") if found else b""


def list_routes(connection: Connection, network_id: int) -> list[RouteSummary]:
    """The routes of a release, numbers first and in their order."""
    found = rows(connection, "published.list_routes", {"network_id": network_id, "route_id": None})
    return [_route(one) for one in found]


def get_route(connection: Connection, network_id: int, route_id: str) -> RouteSummary:
    """Return one route of a release. Raises ``NotFound`` ``route_unknown``, ``Moved``."""
    found = row(connection, "published.list_routes", {"network_id": network_id, "route_id": route_id})
    if found is None:
        raise _not_there(connection, network_id, "route", route_id)
    return _route(found)


def list_patterns(connection: Connection, network_id: int, route_id: str) -> list[Pattern]:
    """The patterns of a route with all that is known of them, direction by direction."""
    key = {"network_id": network_id, "route_id": route_id}
    stops, times, headways, hailed, maybe, loads = (
        _by_pattern(rows(connection, f"published.{name}", key))
        for name in (
            "list_pattern_stops", "list_ride_times", "list_headways", "list_hail_stretches", "list_stop_candidates",
            "list_loads",
        )
    )
    return [
        Pattern(
            **one._mapping,
            stops=[PatternStop(**values) for values in stops[one.pattern_id]],
            ride_times=[RideTime(**values) for values in times[one.pattern_id]],
            headways=[Headway(**values) for values in headways[one.pattern_id]],
            hail_stretches=[HailStretch(**values) for values in hailed[one.pattern_id]],
            stop_candidates=[StopCandidate(**values) for values in maybe[one.pattern_id]],
            loads=[Load(**values) for values in loads[one.pattern_id]],
        )
        for one in rows(connection, "published.list_patterns", key)
    ]


def list_stage_fares(connection: Connection, network_id: int, route_id: str) -> list[StageFare]:
    """The steps of a fare that grows with the way; none where it is flat or unknown."""
    found = rows(connection, "published.list_stage_fares", {"network_id": network_id, "route_id": route_id})
    return [StageFare(**one._mapping) for one in found]


def list_stops(connection: Connection, network_id: int) -> list[Stop]:
    """The stops of a release."""
    found = rows(connection, "published.list_stops", {"network_id": network_id, "stop_id": None})
    return [Stop(**one._mapping) for one in found]


def get_stop(connection: Connection, network_id: int, stop_id: str) -> Stop:
    """Return one stop of a release. Raises ``NotFound`` ``stop_unknown``, ``Moved``."""
    found = row(connection, "published.list_stops", {"network_id": network_id, "stop_id": stop_id})
    if found is None:
        raise _not_there(connection, network_id, "stop", stop_id)
    return Stop(**found._mapping)


def list_service_points(connection: Connection, network_id: int) -> list[ServicePoint]:
    """The service points of a release."""
    found = rows(connection, "published.list_service_points", {"network_id": network_id})
    return [ServicePoint(**one._mapping) for one in found]


def _not_there(connection: Connection, network_id: int, kind: str, element_id: str) -> NotFound:
    if new := follower(connection, network_id, kind, element_id):
        return Moved(f"{kind}_moved", f"{element_id} was given up; {new} follows it.", old=element_id, new=new)
    sentence = f"The newest release has no {kind} “{element_id}”; an earlier one may have had it."
    return NotFound(f"{kind}_unknown", sentence, **{f"{kind}_id": element_id})


def _no_release(slug: str, number: int) -> NotFound:
    sentence = f"“{slug}” has no release {number}; /{slug}/releases/ lists those there are."
    return NotFound("release_not_found", sentence, city=slug, release=number)


def _bbox(found: Row[Any]) -> BBox | None:
    return None if found.west is None else (found.west, found.south, found.east, found.north)


def release_of(found: Row[Any]) -> Release:
    """Return the release that a row of ``published.list_releases`` tells of."""
    values = {field.name: found._mapping[field.name] for field in fields(Release) if field.name != "bbox"}
    return Release(**values, bbox=_bbox(found))


def _route(found: Row[Any]) -> RouteSummary:
    fare = None
    if found.amount is not None:
        fare = Fare(
            float(found.amount), float(found.low), float(found.high), found.currency, found.observations,
            found.fare_people, found.fare_first_seen, found.fare_last_seen,
            None if found.rush_surcharge is None else float(found.rush_surcharge),
        )
    names = (
        "route_id", "short_name", "long_name", "runs", "people", "first_seen", "last_seen", "confidence", "directions",
        "length_m", "source", "source_date",
    )
    return RouteSummary(**{name: found._mapping[name] for name in names}, bbox=_bbox(found), fare=fare)


def _by_pattern(found: Iterable[Row[Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        values = dict(one._mapping)
        groups[values.pop("pattern_id")].append(values)
    return groups
