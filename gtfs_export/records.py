"""A release as its publisher sees it: plain, frozen, complete.

Coordinates are (lon, lat) in EPSG:4326; ``_m`` is metres, ``_s`` seconds (bands: after local midnight); dates are local
to the city. ``None`` means that nobody stated the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

# Six decimals of a degree are 0.1 m: finer than any phone.
DEGREE_DECIMALS = 6


@dataclass(frozen=True)
class Evidence:
    """What an element rests on. ``people`` is ``None`` where nobody was named; ``confidence`` is 0 to 1."""

    runs: int
    people: int | None
    first_seen: date
    last_seen: date
    confidence: float


@dataclass(frozen=True)
class Fare:
    """The usual fare of a whole ride and the range that was observed, in units of ``currency`` (ISO 4217).

    ``rush_surcharge`` is what a ride costs more in the rush hours, ``None`` where reports do not show that it does.
    """

    amount: Decimal
    low: Decimal
    high: Decimal
    currency: str
    observations: int
    people: int | None
    first_seen: date
    last_seen: date
    rush_surcharge: Decimal | None


@dataclass(frozen=True)
class StageFare:
    """The fare of a ride of ``from_m`` metres or more, up to the next step; in four cases of five it is low to high."""

    from_m: float
    amount: Decimal
    low: Decimal
    high: Decimal
    currency: str
    observations: int
    people: int | None


@dataclass(frozen=True)
class Route:
    """A route; ``name_votes`` counts who said which name. ``stage_fares`` is empty where the fare is flat."""

    route_id: str
    short_name: str | None
    long_name: str | None
    name_votes: Mapping[str, int]
    fare: Fare | None
    stage_fares: tuple[StageFare, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Stop:
    """A stop; ``method`` says how its place is known: ``reported``, ``dwell`` or ``terminal``. ``station_id`` is
    ``None`` for a stop that stands alone. Where nobody named it, it may be called after streets, and
    ``street_method`` says how it lies at them: ``crossing``, ``nearest_crossing``, ``street``."""

    stop_id: str
    name: str | None
    name_votes: Mapping[str, int]
    lon: float
    lat: float
    method: str
    evidence: Evidence
    station_id: str | None = None
    street_name: str | None = None
    street_method: str | None = None


@dataclass(frozen=True)
class Station:
    """Stops that belong together, and the place amid them."""

    station_id: str
    name: str | None
    lon: float
    lat: float


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
class RunningTime:
    """Seconds from the stop before within a band of the day, of which ``standing_s`` at that stop.

    One ride in ten is under ``low_s``, one over ``high_s``; ``None`` where it was never worked out. ``method`` is
    ``band`` where ``runs`` were timed here in this band, else an estimate: ``other_bands``, ``pace``, ``city_pace``,
    ``assumed``.
    """

    band_start_s: int
    band_end_s: int
    seconds: float
    standing_s: float
    low_s: float | None
    high_s: float | None
    runs: int
    people: int | None
    method: str


@dataclass(frozen=True)
class PatternStop:
    """A stop as a pattern serves it. ``dist_m`` runs along the shape; the first stop has no running times."""

    stop_sequence: int
    stop_id: str
    dist_m: float
    running_times: tuple[RunningTime, ...]


@dataclass(frozen=True)
class Headway:
    """The usual time between departures in [band_start_s, band_end_s); in four cases of five it is low to high.

    ``cv`` is how irregular they come: the standard deviation over the mean; ``None`` is unknown. ``method`` is
    ``observed``, or one of the estimates ``own_waits``, ``route_waits``, ``city_waits`` and ``seen``.
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
    """One shape and stop order of a route. ``day_types`` are those of weekday, saturday, sunday it was ridden on.

    ``reason_code`` and ``reason`` say why it is kept beside the main pattern of its direction; ``None`` for that one.
    """

    pattern_id: str
    route_id: str
    direction_id: int
    headsign: str | None
    shape: tuple[tuple[float, float], ...]
    length_m: float
    spread_m: float | None
    day_types: tuple[str, ...]
    stops: tuple[PatternStop, ...]
    headways: tuple[Headway, ...]
    evidence: Evidence
    hail_stretches: tuple[HailStretch, ...] = ()
    stop_candidates: tuple[StopCandidate, ...] = ()
    reason_code: str | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ServicePoint:
    """A clinic, a water point, an office."""

    service_point_id: str
    kind: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class PublishedNetwork:
    """One release of one city; every sequence is in the order of its ids.

    ``street_credit`` must be shown wherever its shapes are: they may lie on streets that others mapped.
    """

    city_slug: str
    city_name: str
    timezone: str
    language: str
    synthetic: bool
    release_number: int
    valid_from: date
    routes: tuple[Route, ...]
    patterns: tuple[Pattern, ...]
    stops: tuple[Stop, ...]
    stations: tuple[Station, ...]
    service_points: tuple[ServicePoint, ...]
    street_credit: str | None = None


@dataclass(frozen=True)
class Publisher:
    """Who answers for the feed where the city does not say. Its page also stands in for the agency, which has none."""

    name: str
    url: str
