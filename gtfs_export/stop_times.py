"""When trips reach and leave their stops: a row of ``spatial_sql/feed/stop_times.sql`` in, lines of stop_times.txt out.

Nobody said when a trip starts: the feed needs an hour, so it takes its window's, and a trip leaves its first stop then.
Each section takes what it was seen to take in the narrowest part of the day around the trip's own in which it is timed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text

from gtfs_export.csv_text import csv_cell
from mapping_service.errors import Conflict
from mapping_service.records import Notice
from spatial_sql.loader import feed_select

COLUMNS = (
    "trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "pickup_type", "drop_off_type",
    "continuous_pickup", "continuous_drop_off", "shape_dist_traveled", "timepoint",
)
# Faster than validators believe of a bus (MobilityData gtfs-validator, fast_travel_between_consecutive_stops).
TOO_FAST_KMH = 150
# A pattern's row is some tens of kilobytes: few enough for the memory, many enough for one request.
PATTERNS_AT_ONCE = 50
# No band ends later, so that one number stands for its start and its end.
_BAND = 1 << 20

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Untimed(ValueError):
    """A trip and the section for which none of its bands has a time."""


class Trip(NamedTuple):
    """A trip in its part of the day, which begins when its window does and is repeated every ``headway_s``."""

    trip_id: str
    band_start_s: int
    band_end_s: int
    start_s: int
    departures: int
    headway_s: int


@dataclass(frozen=True)
class Way:
    """The stops of a pattern after its first, one entry each.

    ``section`` leads there, to a virtual stop a ``share`` of it. ``stands`` where a vehicle first stands at the stop
    before, which the section's time includes.
    """

    section: Ints
    share: Floats
    stands: Bools


@dataclass(frozen=True)
class RunningTimes:
    """How long a pattern's sections take in each band, ``standing_s`` of it at the stop before; one entry each."""

    section: Ints
    band_start_s: Ints
    band_end_s: Ints
    seconds: Floats
    standing_s: Floats


@dataclass(frozen=True)
class Times:
    """One row for each trip: whole seconds after midnight at each stop.

    ``entry`` is the running time that leads to each stop after the first, ``own`` whether it is of the trip's own band.
    """

    arrival_s: Ints
    departure_s: Ints
    entry: Ints
    own: Bools


@dataclass(frozen=True)
class TimedPattern:
    """A pattern with its trips and their times; ``tails`` end the lines of its stops, from their ids on."""

    pattern_no: int
    pattern_id: str
    stop_ids: Sequence[str]
    dists_m: Sequence[float]
    tails: Sequence[str]
    trips: Sequence[Trip]
    times: Times


def timed_patterns(connection: Connection) -> Iterator[TimedPattern]:
    """Yield the patterns with trips of the feed whose tables are prepared, in the order of their numbers.

    Raises ``Conflict`` ``running_time_missing`` where a trip has no time for a section.
    """
    some = {"yield_per": PATTERNS_AT_ONCE}
    found = connection.execute(text(feed_select("stop_times")), execution_options=some)
    for rows in _ahead(found.partitions(PATTERNS_AT_ONCE)):
        yield from (_timed_pattern(row) for row in rows if row.trip_ids is not None)


def lines(pattern: TimedPattern, *, expanded: bool = False) -> Iterator[str]:
    """Yield the lines of a pattern in the order of its trips, those of a trip at once.

    ``expanded`` writes every departure as a trip of its own, those of a trip in the order of their ids.
    """
    times, written = pattern.times, _CLOCK.__getitem__
    for trip, arrival_s, departure_s in zip(pattern.trips, times.arrival_s, times.departure_s, strict=True):
        for trip_id, later_s in _departures(trip) if expanded else [(trip.trip_id, 0)]:
            cell = csv_cell(trip_id)
            arrivals = map(written, (arrival_s + later_s).tolist())
            departures = map(written, (departure_s + later_s).tolist())
            yield "".join([
                f"{cell},{arrives},{leaves}{tail}"
                for arrives, leaves, tail in zip(arrivals, departures, pattern.tails)
            ])


def too_fast(pattern: TimedPattern) -> list[Notice]:
    """Return between which stops a vehicle would be faster than validators believe."""
    fastest_s = (pattern.times.arrival_s[:, 1:] - pattern.times.departure_s[:, :-1]).min(axis=0)
    speeds_kmh = np.diff(pattern.dists_m) / fastest_s * 3.6
    return [
        Notice("too_fast", {
            "pattern_id": pattern.pattern_id, "from_stop_id": pattern.stop_ids[place],
            "to_stop_id": pattern.stop_ids[place + 1], "speed_kmh": round(float(speeds_kmh[place])),
        })
        for place in np.flatnonzero(speeds_kmh > TOO_FAST_KMH).tolist()
    ]


def timed(trips: Sequence[Trip], way: Way, running: RunningTimes) -> Times:
    """Return when trips reach and leave each stop, each later than the one before is left.

    Raises ``Untimed`` where a section is timed in no band around a trip's.
    """
    entry, own = _entries(trips, way, running)
    standing_s = np.where(way.stands, running.standing_s[entry], 0.0)
    moving_s = (running.seconds - running.standing_s)[entry] * way.share
    steps_s = np.maximum(standing_s + moving_s, 1.0)
    starts_s = np.array([[trip.start_s] for trip in trips], float)
    # One after the other: summed up in another order a trip may end in another second.
    reached_s = np.add.accumulate(np.hstack([starts_s, steps_s]), axis=1)
    arrival_s = np.floor(reached_s + 0.5)
    departure_s = arrival_s.copy()
    departure_s[:, :-1] = np.minimum(arrival_s[:, :-1] + np.floor(standing_s + 0.5), arrival_s[:, 1:] - 1)
    return Times(arrival_s.astype(np.int64), departure_s.astype(np.int64), entry, own)


def _entries(trips: Sequence[Trip], way: Way, running: RunningTimes) -> tuple[Ints, Bools]:
    """Where the running time of each trip's steps stands, and whether it is of the trip's own band."""
    coded, band_of = np.unique(running.band_start_s * _BAND + running.band_end_s, return_inverse=True)
    starts_s, ends_s = np.divmod(coded, _BAND)
    places = np.full((len(coded), int(max(running.section.max(initial=0), way.section.max())) + 1), -1)
    places[band_of, running.section] = np.arange(len(running.section))
    narrowest = np.lexsort((starts_s, ends_s - starts_s))
    starts_s, ends_s, places = starts_s[narrowest], ends_s[narrowest], places[narrowest][:, way.section]
    first_s = np.array([[trip.band_start_s] for trip in trips])
    last_s = np.array([[trip.band_end_s] for trip in trips])
    around = (starts_s <= first_s) & (last_s <= ends_s)
    known = around[:, :, None] & (places >= 0)
    for trip, step in np.argwhere(~known.any(axis=1)).tolist():
        raise Untimed(trips[trip], int(way.section[step]))
    band = np.argmax(known, axis=1)
    own = (starts_s[band] == first_s) & (ends_s[band] == last_s)
    return places[band, np.arange(len(way.section))], own


class _Clock(dict[int, str]):
    """Times as they were written before: the same few thousand come often."""

    def __missing__(self, seconds: int) -> str:
        written = self[seconds] = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return written


_CLOCK = _Clock()


def clock(seconds: int) -> str:
    """Write seconds after midnight as GTFS does: 26:50:00 for 96600."""
    return _CLOCK[seconds]


def _ahead(parts: Iterator[Sequence[Row[Any]]]) -> Iterator[Sequence[Row[Any]]]:
    """Yield each part while the next one is fetched: the database works on it while this one is written."""
    with ThreadPoolExecutor(1) as fetcher:
        coming = fetcher.submit(next, parts, ())
        while part := coming.result():
            coming = fetcher.submit(next, parts, ())
            yield part


def _timed_pattern(row: Row[Any]) -> TimedPattern:
    trips = [
        Trip(*one) for one in zip(
            row.trip_ids, row.band_starts_s, row.band_ends_s, row.starts_s, row.departures, row.headways_s, strict=True
        )
    ]
    way = Way(np.array(row.sections[1:]), np.array(row.shares[1:]), np.array(row.stands[1:]))
    running = RunningTimes(
        _ints(row.running_sections), _ints(row.running_starts_s), _ints(row.running_ends_s), _floats(row.running_s),
        _floats(row.standing_s),
    )
    tails = [f",{csv_cell(stop_id)},{tail}\n" for stop_id, tail in zip(row.stop_ids, row.tails, strict=True)]
    try:
        times = timed(trips, way, running)
    except Untimed as missing:
        trip, section = missing.args
        raise Conflict(
            "running_time_missing",
            f"Pattern {row.pattern_id} has no running time to its stop {section} at {clock(trip.band_start_s)}. "
            "Process the city again and make a new release.",
            pattern=row.pattern_id, stop_sequence=section, band_start_s=trip.band_start_s,
        ) from missing
    return TimedPattern(row.pattern_no, row.pattern_id, row.stop_ids, row.dists_m, tails, trips, times)


def _departures(trip: Trip) -> Iterator[tuple[str, int]]:
    """The id of each departure and how much later than the first it is."""
    for number in sorted(range(1, trip.departures + 1), key=str):
        yield f"{trip.trip_id}-{number}", (number - 1) * trip.headway_s


def _ints(data: memoryview | None) -> Ints:
    return np.frombuffer(data or b"", ">i4").astype(np.int64)


def _floats(data: memoryview | None) -> Floats:
    return np.frombuffer(data or b"", ">f4").astype(np.float64)
