"""The records that pass from one step to the next: plain, frozen, free of any database.

Coordinates are (lon, lat) in EPSG:4326 and degrees; times are epoch seconds in UTC. A value that nobody stated is
``None`` (one value) or NaN (in an array); it is never replaced by a default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapping_service.load_records import Load

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Notice:
    """Something a person should know about a file or an element: a stable code and the values its sentence needs."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fixes:
    """The ordered positions of one trace, one array per property, all of the same length.

    ``t_s`` is NaN where the recorder gave no time; ``ele_m``, ``accuracy_m`` and ``speed_mps`` are NaN where it gave
    none. ``segment_starts`` holds the index of the first fix of each recorded segment, beginning with 0.
    """

    t_s: Floats
    lon: Floats
    lat: Floats
    ele_m: Floats
    accuracy_m: Floats
    speed_mps: Floats
    segment_starts: Ints

    def __len__(self) -> int:
        return len(self.t_s)


@dataclass(frozen=True)
class Waypoint:
    """A mark that a collector made while riding: a button press or a typed note, as the file holds it."""

    lon: float
    lat: float
    t_s: float | None
    text: str


@dataclass(frozen=True)
class Report:
    """What a waypoint says, in our words.

    ``kind`` is one of ``stop``, ``occupancy``, ``fare``, ``wait``, ``departure``, ``arrival``, ``cancel``, ``other``,
    ``unread``, ``boarding``, ``count``, ``visit``, ``correction``. ``name`` is a place name as typed; ``amount`` a
    fare in the city's currency; ``wait_s`` the time a vehicle waits at its terminal; ``occupancy`` one of ``empty``,
    ``half``, ``full``, ``crowded``. ``cancelled`` is true for a press that the collector took back. ``waypoint`` is the
    position of its mark in the file. ``subject`` is the public id of what it is about, where that is known; ``details``
    what has no field of its own (who boarded and alighted, what was counted, how a visited place is), plain values.
    """

    kind: str
    lon: float
    lat: float
    t_s: float | None
    text: str
    waypoint: int
    name: str | None = None
    amount: float | None = None
    wait_s: int | None = None
    occupancy: str | None = None
    cancelled: bool = False
    subject: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a reader made of one file: fixes, marks, and notices about what was lost or odd."""

    fixes: Fixes
    waypoints: Sequence[Waypoint]
    notices: Sequence[Notice]
    creator: str | None = None


@dataclass(frozen=True)
class Claim:
    """What somebody says about a ride (file name, hints table): used for names, never for grouping."""

    line: str | None = None
    direction: str | None = None
    label: str | None = None
    peak: bool | None = None
    contributor: str | None = None


@dataclass(frozen=True)
class ServicePointDraft:
    """One row of a service-point table: what it is, its name, where, and every other column as it came."""

    kind: str
    name: str
    lon: float
    lat: float
    source_id: str | None
    properties: Mapping[str, Any]
    row: int


@dataclass(frozen=True)
class Sender:
    """Who sends, as their key says; ``role`` is ``collector`` or ``manager``, ``language`` that of the city."""

    city_id: int
    slug: str
    language: str
    contributor_id: int
    token_id: int
    role: str
    pseudonym: str


@dataclass(frozen=True)
class Document:
    """One submission as its reader gets it: ``kind`` is ``file``, ``instance``, ``record`` or ``trail``.

    ``files`` are the attachments of an instance by name; ``received_s`` is when its bytes came.
    """

    kind: str
    name: str
    data: bytes
    received_s: float
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """All that one document says, whoever wrote it: the one record of every client.

    ``answers`` are those to a form's questions by their path. ``consented`` is ``None`` where nobody was asked; where
    it is false the trace is left out, and the rest stays.
    """

    fixes: Fixes | None = None
    reports: Sequence[Report] = ()
    claim: Claim | None = None
    service_points: Sequence[ServicePointDraft] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    consented: bool | None = None
    notices: Sequence[Notice] = ()
    creator: str | None = None


@dataclass(frozen=True)
class Ride:
    """A cleaned run with all that was said on it, as inference reads it. ``xy`` and ``dwell_xy`` are metres.

    ``match`` is where it went on the streets, ``None`` where that is unknown. ``weight`` is that of its vote, below 1
    where doubts remain; ``reliability`` that of its person's word by domain (trace, stop, fare, wait), else 1.
    """

    run_id: int
    submission_id: int
    t_s: Floats
    xy: Floats
    dwell_start_s: Floats
    dwell_end_s: Floats
    dwell_xy: Floats
    person: str | None
    claim: Claim
    reports: tuple[Report, ...]
    match: Match | None = None
    weight: float = 1.0
    reliability: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What an element rests on. ``people`` is ``None`` where nobody was named; times are epoch seconds."""

    runs: int
    people: int | None
    first_seen_s: float
    last_seen_s: float


@dataclass(frozen=True)
class StopDraft:
    """A place where vehicles of one or several patterns stop. ``name`` is ``None`` where nobody said one."""

    stop_id: str
    name: str | None
    name_votes: Mapping[str, int]
    lon: float
    lat: float
    method: str
    evidence: Evidence
    confidence: float
    station_id: str | None = None


@dataclass(frozen=True)
class StationDraft:
    """Stops that belong together: the two kerbs of one place, or the stands of a terminal. Its place is amid them."""

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
    """A place on a pattern that may be a stop: for people who know it to judge."""

    dist_m: float
    lon: float
    lat: float
    runs: int
    runs_past: int
    probability: float


@dataclass(frozen=True)
class PatternStop:
    """A stop as one pattern serves it: ``runs`` of the ``runs_past`` that came by stopped or reported here."""

    stop_id: str
    dist_m: float
    runs: int
    runs_past: int
    confidence: float


@dataclass(frozen=True)
class RunningTime:
    """Seconds from the stop before to ``stop_sequence`` (1 is the second stop) in a band of the local day.

    ``standing_s`` of them at that stop; one ride in ten takes less than ``low_s``, one more than ``high_s``. Where no
    ``runs`` timed this section in this band, ``method`` names the estimate (``fuse/times.py``).
    """

    stop_sequence: int
    band_start_s: int
    band_end_s: int
    seconds: float
    standing_s: float
    low_s: float
    high_s: float
    runs: int
    people: int | None
    method: str


@dataclass(frozen=True)
class Headway:
    """Seconds between vehicles in a band of the local day; ``method`` says whether observed or estimated, and how.

    ``low_s`` and ``high_s`` hold it in four cases of five; ``observations`` by ``people`` are those that ``method``
    names. ``cv`` is the standard deviation of gaps over their mean (0 to the minute, 1 by chance), where known.
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
class Fare:
    """The fare of a whole ride, the range reported, and what the rush hours cost more, where reports show it."""

    amount: float
    low: float
    high: float
    observations: int
    people: int | None
    first_seen_s: float
    last_seen_s: float
    rush_surcharge: float | None = None


@dataclass(frozen=True)
class StageFare:
    """The fare of a ride of ``from_m`` metres or more, up to the next step; four times in five it is low to high."""

    from_m: float
    amount: float
    low: float
    high: float
    observations: int
    people: int | None


@dataclass(frozen=True)
class PatternRun:
    """One run behind a pattern: ``role`` is full, partial or alternative."""

    run_id: int
    role: str
    share_of_run: float


@dataclass(frozen=True)
class PatternDraft:
    """One way of one route in one direction. ``lon_lat`` is its (n, 2) shape; ``stops`` stand in order.

    ``signs`` are the numbers from which its confidence comes (``mapping_service.fuse.signs``);
    ``reason`` is why it is kept beside the main way of its direction (``.variants``), ``None`` for that way itself.
    """

    pattern_id: str
    direction_id: int
    headsign: str | None
    lon_lat: Floats
    length_m: float
    spread_m: float | None
    evidence: Evidence
    day_types: tuple[str, ...]
    confidence: float
    stops: tuple[PatternStop, ...]
    running_times: tuple[RunningTime, ...]
    headways: tuple[Headway, ...]
    runs: tuple[PatternRun, ...]
    signs: Mapping[str, float] = field(default_factory=dict)
    hail_stretches: tuple[HailStretch, ...] = ()
    stop_candidates: tuple[StopCandidate, ...] = ()
    reason: Notice | None = None
    loads: tuple[Load, ...] = ()


@dataclass(frozen=True)
class RouteDraft:
    """A route with its patterns. ``name_votes`` counts what the claims said, ``short_name`` is their winner."""

    route_id: str
    short_name: str | None
    long_name: str | None
    name_votes: Mapping[str, int]
    evidence: Evidence
    confidence: float
    fare: Fare | None
    stage_fares: tuple[StageFare, ...]
    patterns: tuple[PatternDraft, ...]


@dataclass(frozen=True)
class NetworkDraft:
    """A whole candidate network: routes, the stops that they share, and the stations to which stops belong."""

    routes: tuple[RouteDraft, ...]
    stops: tuple[StopDraft, ...]
    stations: tuple[StationDraft, ...] = ()


@dataclass(frozen=True)
class City:
    """A tenant of the service. ``srid`` is ``None`` until its first ride has come in."""

    city_id: int
    slug: str
    name: str
    timezone: str
    currency: str
    language: str
    synthetic: bool
    srid: int | None
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """Where a run went on the streets: its stretches in order of riding.

    ``edge`` is the directed edge of each stretch, -1 where it left the mapped streets; ``from_m`` and ``to_m`` are
    where on that edge it begins and ends (off the streets 0 and its length). ``off_road`` holds the lines as ridden of
    the stretches with -1, in order; each begins and ends where its neighbours do. ``confidence`` is 0–1.
    """

    edge: Ints
    from_m: Floats
    to_m: Floats
    off_road: tuple[Floats, ...]
    confidence: float
