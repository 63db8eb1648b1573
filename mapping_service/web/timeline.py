"""What the route page draws, worked out from the records: stops with elapsed time, bar widths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapping_service.store.published import Pattern, PatternStop

WHOLE_DAY_S = (0, 86400)


@dataclass(frozen=True)
class TimedStop:
    """A stop and the usual seconds since the first; ``None`` from the first section on whose time is unknown."""

    stop: PatternStop
    elapsed_s: float | None


def timed_stops(stops: Sequence[PatternStop]) -> list[TimedStop]:
    """Sum the times from stop to stop."""
    timed: list[TimedStop] = []
    elapsed_s: float | None = 0.0
    for position, stop in enumerate(stops):
        if position:
            known = elapsed_s is not None and stop.from_previous_s is not None
            elapsed_s = elapsed_s + stop.from_previous_s if known else None  # type: ignore[operator]
        timed.append(TimedStop(stop, elapsed_s))
    return timed


def longest_s(pattern: Pattern) -> float:
    """The right end of the time chart: the longest riding time, at least a second."""
    return max((one.seconds for one in pattern.ride_times), default=1.0)


def widest_s(pattern: Pattern) -> float:
    """The right end of the headway chart: the highest of the ranges, at least a second."""
    return max((one.high_s for one in pattern.headways), default=1.0)
