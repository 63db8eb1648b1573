"""What the route page draws, worked out from the records: stops with elapsed time, bar widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mapping_service.load_records import Load
from mapping_service.store.published import HailStretch, Headway, Pattern, PatternStop, StopCandidate

WHOLE_DAY_S = (0, 86400)
FULLEST = 1.3  # share of seats at the top of the chart of loads
# From which share of seats taken on a vehicle is called so; half way between what the words stand for.
_LEVELS = ((1.125, "crowded"), (0.75, "full"), (0.3, "half"), (0.0, "empty"))
IRREGULAR_CV = 0.8  # the spread of gaps over their mean; vehicles that come by chance have 1, by the clock 0


@dataclass(frozen=True)
class TimedStop:
    """A stop and the usual seconds since the first; ``None`` from the first section on whose time is unknown.

    ``hailed`` are the hail-and-ride stretches that begin, ``maybe`` the places that may be stops, before the next stop.
    """

    stop: PatternStop
    elapsed_s: float | None
    hailed: Sequence[HailStretch]
    maybe: Sequence[StopCandidate]


def timed_stops(pattern: Pattern) -> list[TimedStop]:
    """Sum the times from stop to stop, and put between the stops what lies there."""
    timed: list[TimedStop] = []
    elapsed_s: float | None = 0.0
    ends = [*(stop.dist_m for stop in pattern.stops[1:]), math.inf]
    for position, (stop, end_m) in enumerate(zip(pattern.stops, ends, strict=True)):
        if position:
            known = elapsed_s is not None and stop.from_previous_s is not None
            elapsed_s = elapsed_s + stop.from_previous_s if known else None  # type: ignore[operator]
        hailed = [one for one in pattern.hail_stretches if stop.dist_m <= one.from_m < end_m]
        maybe = [one for one in pattern.stop_candidates if stop.dist_m <= one.dist_m < end_m]
        timed.append(TimedStop(stop, elapsed_s, hailed, maybe))
    return timed


def longest_s(pattern: Pattern) -> float:
    """The right end of the time chart: the longest riding time, at least a second."""
    return max((one.seconds for one in pattern.ride_times), default=1.0)


def widest_s(pattern: Pattern) -> float:
    """The right end of the headway chart: the highest of the ranges, at least a second."""
    return max((one.high_s for one in pattern.headways), default=1.0)


def is_irregular(headway: Headway) -> bool:
    """True where vehicles leave when full, so that now and then a gap is several times the usual one."""
    return headway.cv is not None and headway.cv >= IRREGULAR_CV


@dataclass(frozen=True)
class Section:
    """How full vehicles are from a stop to the next: from where and how far in percent of the way, the usual share of
    seats and its range in percent of the chart's height."""

    start: float
    width: float
    height: float
    low: float
    high: float


@dataclass(frozen=True)
class Fullness:
    """The loads of one band: the chart, where vehicles are fullest, and what that is (a key under ``load.word``)."""

    band_start_s: int
    band_end_s: int
    sections: Sequence[Section]
    most: Load
    word: str


def fullness(pattern: Pattern) -> list[Fullness]:
    """Return what is known of how full a pattern's vehicles are: over the day, and by band."""
    bands: dict[tuple[int, int], list[Load]] = {}
    for load in pattern.loads:
        if load.seats is not None:
            bands.setdefault((load.band_start_s, load.band_end_s), []).append(load)
    ends_m = [*(stop.dist_m for stop in pattern.stops[1:]), pattern.length_m]
    found = []
    for band, loads in bands.items():
        most = max(loads, key=lambda one: one.seats or 0.0)
        word = next(word for least, word in _LEVELS if (most.seats or 0.0) >= least)
        sections = [_section(one, pattern, ends_m[one.stop_sequence]) for one in loads]
        found.append(Fullness(*band, sections, most, word))
    return found


def _section(load: Load, pattern: Pattern, end_m: float) -> Section:
    start, end = (100 * at_m / pattern.length_m for at_m in (pattern.stops[load.stop_sequence].dist_m, end_m))
    heights = (100 * min((share or 0.0) / FULLEST, 1.0) for share in (load.seats, load.seats_low, load.seats_high))
    return Section(start, end - start, *heights)


def moving(pattern: Pattern) -> dict[int, Load]:
    """Return who gets on and off over the day, by the position of the stop; only where somebody counted."""
    counted = (one for one in pattern.loads if one.counted_runs)
    return {one.stop_sequence: one for one in counted if (one.band_start_s, one.band_end_s) == WHOLE_DAY_S}
