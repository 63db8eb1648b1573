"""When a feed says that its trips run: types of days, headways in bands, from calendars, frequencies and departures."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from statistics import median

from collectors.gtfs.read import SourceFeed
from collectors.gtfs.values import day, number, seconds
from mapping_service.fuse.clock import BAND_STARTS_S, BANDS, DAY_S, DAY_TYPES
from mapping_service.records import Headway

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
METHOD = "imported"

Record = Mapping[str, str]


def service_days(feed: SourceFeed) -> Mapping[str, tuple[str, ...]]:
    """Return the types of days of each service; a service of single dates has those of its dates."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in feed.records("calendar.txt"):
        active = {name for name in (*_WEEKDAYS, "saturday", "sunday") if one.get(name) == "1"}
        found[one.get("service_id", "")] |= {"weekday" if name in _WEEKDAYS else name for name in active}
    for one in feed.records("calendar_dates.txt"):
        on = day(one.get("date"))
        service_id = one.get("service_id", "")
        if on is not None and one.get("exception_type") == "1" and not found[service_id] & {"weekday"}:
            found[service_id].add({5: "saturday", 6: "sunday"}.get(on.weekday(), "weekday"))
    return {service_id: tuple(one for one in DAY_TYPES if one in days) for service_id, days in found.items()}


def dated(feed: SourceFeed, today: date) -> date:
    """Return the day from which a feed says to hold: of feed_info, else of its first calendar; else ``today``."""
    said = [day(one.get("feed_start_date")) for one in feed.records("feed_info.txt")]
    said = said if any(said) else [day(one.get("start_date")) for one in feed.records("calendar.txt")]
    said = said if any(said) else [day(one.get("date")) for one in feed.records("calendar_dates.txt")]
    return min((one for one in said if one is not None), default=today)


def midnight_s(on: date) -> float:
    """Return the epoch second with which a day begins in UTC."""
    return datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()


def headways_of(trips: Sequence[Record], departs_s: Sequence[int | None],
                frequencies: Mapping[str, Sequence[Record]]) -> tuple[Headway, ...]:
    """Return the headways of one pattern on its busiest service: as stated, or as departures show them.

    ``trips`` are those of the pattern, ``departs_s`` when each leaves its first stop.
    """
    by_service: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    leaves: dict[str, list[int]] = defaultdict(list)
    for trip, at_s in zip(trips, departs_s, strict=True):
        service_id = trip.get("service_id", "")
        stated = frequencies.get(trip.get("trip_id", ""), ())
        by_service[service_id] += [band for one in stated if (band := _stated(one)) is not None]
        if not stated and at_s is not None and at_s < DAY_S:
            leaves[service_id].append(at_s)
    vehicles = Counter({one: sum((end - start) / every for start, end, every in bands) + len(leaves[one])
                        for one, bands in by_service.items()})
    busiest = min(vehicles, key=lambda one: (-vehicles[one], one), default="")
    bands = by_service[busiest] or _departing(sorted(leaves[busiest]))
    first = {start: (start, end, every) for start, end, every in sorted(bands, reverse=True)}
    return tuple(Headway(start, end, every, every, every, 0, None, None, METHOD)
                 for start, end, every in sorted(first.values()))


def _stated(one: Record) -> tuple[int, int, float] | None:
    start, end, every = seconds(one.get("start_time")), seconds(one.get("end_time")), number(one.get("headway_secs"))
    if start is None or end is None or not start < end or not every > 0:
        return None
    return start, end, every


def _departing(leaves_s: Sequence[int]) -> list[tuple[int, int, float]]:
    """The usual gap between departures in each of our bands; one alone is the only one of its band."""
    by_band: dict[int, list[int]] = defaultdict(list)
    for at_s in leaves_s:
        by_band[bisect_right(BAND_STARTS_S, at_s) - 1].append(at_s)
    found = []
    for index, held in sorted(by_band.items()):
        start, end = BANDS[index]
        gaps = [later - sooner for sooner, later in zip(held, held[1:]) if later > sooner]
        found.append((start, end, float(median(gaps)) if gaps else float(end - start)))
    return found
