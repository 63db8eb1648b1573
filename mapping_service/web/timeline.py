"""What the route page draws, worked out from the records: stops with elapsed time, bar widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mapping_service.store.published import HailStretch, Headway, Pattern, PatternStop, StopCandidate

WHOLE_DAY_S = (0, 86400)
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
