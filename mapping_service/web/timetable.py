"""What a timetable says of a route that keeps none: how often, from when to when, how long, how much. Pure.

Rules: 1. How often is a range, rounded as people speak: whole minutes up to twenty, then fives, above an hour quarters.
2. Neighbouring hours that would read the same are one row. 3. A route as a whole comes as often as its vehicles on
average over the known hours: bands are joined by departures, not by gaps. 4. What is estimated stays marked so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from mapping_service.store.published import Headway, Pattern, RideTime, StageFare
from mapping_service.web.language import Words
from mapping_service.web.timeline import WHOLE_DAY_S, TimedStop, is_irregular, timed_stops

MOST_STOPS = 12  # of a direction: more do not fit beside each other on a sheet of A4
# Minutes up to the first number are told in steps of the second.
_STEPS_MIN = ((20.0, 1), (60.0, 5), (float("inf"), 15))


@dataclass(frozen=True)
class Every:
    """How often a vehicle comes, in whole minutes, from ``low_min`` to ``high_min``."""

    low_min: int
    high_min: int


@dataclass(frozen=True)
class Hours:
    """Hours of the local day (seconds after midnight) in which service is alike; ``ride_s`` is unknown as ``None``.

    ``imported`` is what a feed of others says and nobody has counted; it is no estimate of ours.
    """

    start_s: int
    end_s: int
    every: Every
    estimated: bool
    imported: bool
    irregular: bool
    ride_s: float | None


@dataclass(frozen=True)
class Direction:
    """One direction: its main way, when it runs, the stops to tell, how many more there are, and its other ways."""

    pattern: Pattern
    hours: Sequence[Hours]
    calls: Sequence[TimedStop]
    left_out: int
    others: Sequence[Pattern]


@dataclass(frozen=True)
class Summary:
    """A route in one line; ``estimated`` is the share of its known hours whose headway nobody observed."""

    every: Every | None
    spans: Sequence[tuple[int, int]]
    estimated: float


def every(low_s: float, high_s: float) -> Every:
    """Round a range of seconds to minutes that a person would say, at least one (rule 1)."""
    low_min, high_min = _spoken(low_s), _spoken(high_s)
    return Every(min(low_min, high_min), max(low_min, high_min))


def _spoken(seconds: float) -> int:
    minutes = seconds / 60
    step = next(step for up_to, step in _STEPS_MIN if minutes <= up_to)
    return max(1, step * int(minutes / step + 0.5))


def hours(pattern: Pattern) -> list[Hours]:
    """The hours of a pattern, neighbours that read the same joined (rule 2)."""
    rides = {(one.band_start_s, one.band_end_s): one.seconds for one in pattern.ride_times}
    found = [_hours(one, rides) for one in pattern.headways]
    joined: list[Hours] = []
    for one in found:
        if joined and joined[-1].end_s == one.start_s and _reads(joined[-1]) == _reads(one):
            joined[-1] = replace(joined[-1], end_s=one.end_s)
        else:
            joined.append(one)
    return joined


def _hours(one: Headway, rides: dict[tuple[int, int], float]) -> Hours:
    band = (one.band_start_s, one.band_end_s)
    ride_s = rides.get(band, rides.get(WHOLE_DAY_S))
    imported = one.method == "imported"
    estimated = one.method != "observed" and not imported
    return Hours(*band, every(one.low_s, one.high_s), estimated, imported, is_irregular(one), ride_s)


def _reads(one: Hours) -> tuple[Every, bool, bool, bool, int | None]:
    return one.every, one.estimated, one.imported, one.irregular, None if one.ride_s is None else round(one.ride_s / 60)


def directions(patterns: Sequence[Pattern], most: int = MOST_STOPS) -> list[Direction]:
    """The directions of a route; of each the best known pattern (they come in that order) and the others beside it."""
    made = []
    for _, ways in groupby(patterns, key=lambda one: one.direction_id):
        main, *others = ways
        calls = main_stops(timed_stops(main), most)
        made.append(Direction(main, hours(main), calls, len(main.stops) - len(calls), others))
    return made


def main_stops(stops: Sequence[TimedStop], most: int = MOST_STOPS) -> list[TimedStop]:
    """Choose at most ``most`` stops to tell: both ends, and between them named ones, spread over the way.

    In each equal part of the way it is the stop at which most of the passing runs stopped. A name is told once.
    """
    if len(stops) < 3:
        return list(stops)
    first, last = stops[0], stops[-1]
    told = {first.stop.name, last.stop.name, None}
    inner: list[TimedStop] = []
    for one in stops[1:-1]:
        if one.stop.name not in told:
            told.add(one.stop.name)
            inner.append(one)
    parts = most - 2
    if len(inner) > parts:
        length_m = last.stop.dist_m + 1.0
        by_part = groupby(inner, key=lambda one: int(parts * one.stop.dist_m / length_m))
        inner = [max(group, key=lambda one: one.stop.runs / max(one.stop.runs_past, 1)) for _, group in by_part]
    return [first, *inner, last]


def summary(patterns: Sequence[Pattern]) -> Summary:
    """How often and from when to when a route runs, over the main patterns of its directions (rule 3)."""
    found = [
        one for _, ways in groupby(patterns, key=lambda one: one.direction_id)
        for one in next((way.headways for way in ways if way.headways), [])
    ]
    if not found:
        return Summary(None, [], 0.0)
    known_s = float(sum(_length_s(one) for one in found))
    low_s, high_s = (
        known_s / sum(_length_s(one) / max(gap_s, 1.0) for one, gap_s in zip(found, gaps_s, strict=True))
        for gaps_s in ([one.low_s for one in found], [one.high_s for one in found])
    )
    guessed_s = sum(_length_s(one) for one in found if one.method != "observed")
    return Summary(every(low_s, high_s), _spans(found), guessed_s / known_s)


def _length_s(one: Headway) -> int:
    return one.band_end_s - one.band_start_s


def _spans(found: Sequence[Headway]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start_s, end_s in sorted((one.band_start_s, one.band_end_s) for one in found):
        if spans and start_s <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end_s, spans[-1][1])
        else:
            spans.append((start_s, end_s))
    return spans


def whole_ride(pattern: Pattern) -> RideTime | None:
    """The usual time from end to end over the whole day."""
    return next((one for one in pattern.ride_times if (one.band_start_s, one.band_end_s) == WHOLE_DAY_S), None)


def say_every(t: Words, one: Every) -> str:
    """Write how often: "every 8–12 min"."""
    if one.low_min == one.high_min:
        return t("timetable.every", n=t.number(one.low_min))
    return t("timetable.every_range", low=t.number(one.low_min), high=t.number(one.high_min))


def say_spans(t: Words, spans: Sequence[tuple[int, int]]) -> str:
    """Write from when to when: "05:30–21:00"."""
    return ", ".join(f"{t.clock(start_s)}–{t.clock(end_s)}" for start_s, end_s in spans)


def say_fare(t: Words, amount: str, stages: Sequence[StageFare]) -> str:
    """Write the usual fare, or from the lowest to the highest step where it grows with the way."""
    if not stages:
        return amount
    low, high = (t.money(edge(one.amount for one in stages), stages[0].currency) for edge in (min, max))
    return low if low == high else f"{low}–{high}"


def say_summary(t: Words, one: Summary, amount: str | None, stages: Sequence[StageFare]) -> str:
    """Write a route in one line: "every 8–12 min (partly an estimate) · 05:30–21:00 · 200 F"."""
    how_often = say_every(t, one.every) if one.every else t("timetable.headway_unknown")
    if one.estimated:
        how_often += f" ({t('headway.estimate') if one.estimated == 1 else t('timetable.partly')})"
    fare = say_fare(t, amount or "", stages) or t("timetable.fare_unknown")
    return " · ".join(part for part in (how_often, say_spans(t, one.spans), fare) if part)
