"""Trips and clock times: one trip for each pattern and headway band, timed at every stop.

Nobody runs by a timetable here. A trip starts with its band, its times between stops are the usual ones of that band,
and ``frequencies.txt`` repeats it without promising minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gtfs_export.records import Headway, Pattern, PatternStop, PublishedNetwork, RunningTime
from mapping_service.errors import Conflict

# Consumers round headways to whole minutes in ways of their own, so the feed does it first: half a minute goes up.
HEADWAY_STEP_S = 60
DAY_TYPES = ("weekday", "saturday", "sunday")


@dataclass(frozen=True)
class Trip:
    """A pattern in one headway band on its days of service."""

    trip_id: str
    service_id: str
    pattern: Pattern
    headway: Headway


@dataclass(frozen=True)
class StopClock:
    """When a trip reaches and leaves a stop, in seconds after midnight, and how that is known.

    ``method`` is ``band_start`` at the first stop, then ``band`` (measured in the trip's own band), ``wider_band``
    (measured over a wider part of the day) or the estimate of the running time; ``runs`` and ``people`` measured it.
    """

    stop: PatternStop
    time_s: int
    departs_s: int
    method: str
    runs: int
    people: int | None


def boardable(network: PublishedNetwork) -> PublishedNetwork:
    """The part of a network that a trip planner can use: patterns with a headway and two stops, and what they touch.

    The rest stays in the layers. Raises ``Conflict`` where nothing is left.
    """
    patterns = tuple(pattern for pattern in network.patterns if pattern.headways and len(pattern.stops) > 1)
    if not patterns:
        raise Conflict(
            "nothing_to_publish",
            f"Release {network.release_number} of {network.city_slug} has no pattern with a headway and two stops. "
            "Accept some routes and release again.",
            city=network.city_slug, release=network.release_number,
        )
    route_ids = {pattern.route_id for pattern in patterns}
    stop_ids = {stop.stop_id for pattern in patterns for stop in pattern.stops}
    stops = tuple(stop for stop in network.stops if stop.stop_id in stop_ids)
    station_ids = {stop.station_id for stop in stops}
    return replace(
        network,
        patterns=patterns,
        routes=tuple(route for route in network.routes if route.route_id in route_ids),
        stops=stops,
        stations=tuple(station for station in network.stations if station.station_id in station_ids),
    )


def trips_of(network: PublishedNetwork) -> tuple[Trip, ...]:
    """Every trip of a network, by pattern and band."""
    return tuple(
        Trip(f"{pattern.pattern_id}-{service_id(pattern)}-{_hhmm(headway.band_start_s)}", service_id(pattern), pattern,
             headway)
        for pattern in network.patterns
        for headway in pattern.headways
    )


def service_id(pattern: Pattern) -> str:
    """The pattern's days of service as an id: ``weekday``, ``weekday-saturday`` and so on."""
    return "-".join(day_type for day_type in DAY_TYPES if day_type in pattern.day_types)


def published_headway_s(headway: Headway) -> int:
    """The headway as published: whole minutes, at least one, and no longer than its band.

    A headway beyond the band means one departure in it, which is what the band's own length says.
    """
    rounded_s = math.floor(headway.headway_s / HEADWAY_STEP_S + 0.5) * HEADWAY_STEP_S
    return min(max(rounded_s, HEADWAY_STEP_S), headway.band_end_s - headway.band_start_s)


def stop_clocks(trip: Trip) -> tuple[StopClock, ...]:
    """Time a trip at each of its stops, to whole seconds, each later than the one before is left.

    Raises ``Conflict`` where a stop after the first has no running time for the trip's band.
    """
    first, *others = trip.pattern.stops
    times = [_running_time(trip, stop) for stop in others]
    # It leaves the first one when it starts.
    times[0] = replace(times[0], seconds=times[0].seconds - times[0].standing_s, standing_s=0.0)
    elapsed_s = [float(trip.headway.band_start_s)]
    for time in times:
        elapsed_s.append(elapsed_s[-1] + time.seconds)
    clock_s = increasing([round(value) for value in elapsed_s], 1)
    leaves_s = [
        min(arrives_s + round(time.standing_s), next_s - 1)
        for arrives_s, next_s, time in zip(clock_s, clock_s[1:], times, strict=False)
    ] + clock_s[-1:]
    return (
        StopClock(first, int(clock_s[0]), int(leaves_s[0]), "band_start", 0, None),
        *(
            StopClock(stop, int(time_s), int(leave_s), _method(trip, time), time.runs, time.people)
            for stop, time, time_s, leave_s in zip(others, times, clock_s[1:], leaves_s[1:], strict=True)
        ),
    )


def increasing(values: Sequence[float], step: float) -> list[float]:
    """Raise values where needed so that each is at least ``step`` above the one before."""
    raised: list[float] = []
    for value in values:
        raised.append(max(value, raised[-1] + step) if raised else value)
    return raised


def clock(time_s: int) -> str:
    """``HH:MM:SS`` of seconds after midnight; hours run on past 24."""
    return f"{time_s // 3600:02d}:{time_s // 60 % 60:02d}:{time_s % 60:02d}"


def _hhmm(time_s: int) -> str:
    return f"{time_s // 3600:02d}{time_s // 60 % 60:02d}"


def _running_time(trip: Trip, stop: PatternStop) -> RunningTime:
    start_s, end_s = trip.headway.band_start_s, trip.headway.band_end_s
    covering = [t for t in stop.running_times if t.band_start_s <= start_s and end_s <= t.band_end_s]
    if not covering:
        raise Conflict(
            "running_time_missing",
            f"Pattern {trip.pattern.pattern_id} has no running time to its stop {stop.stop_sequence} at "
            f"{clock(start_s)}. Process the city again and make a new release.",
            pattern=trip.pattern.pattern_id, stop_sequence=stop.stop_sequence, band_start_s=start_s,
        )
    return min(covering, key=lambda t: (t.band_end_s - t.band_start_s, t.band_start_s))


def _method(trip: Trip, time: RunningTime) -> str:
    if time.runs == 0:
        return time.method
    own = (time.band_start_s, time.band_end_s) == (trip.headway.band_start_s, trip.headway.band_end_s)
    return "band" if own else "wider_band"
