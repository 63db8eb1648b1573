"""Which trip of the published feed a vehicle makes that was seen on its shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gtfs_export.stated import Stated, Trip
from mapping_service.live.lines import Lines
from mapping_service.live.passages import Passage
from mapping_service.live_records import Vehicle

# A vehicle is of the band it left in; before the first band and after the last it is of the nearest for so long.
_BEYOND_BAND_S = 3600
_MINUTE_S = 60


@dataclass(frozen=True)
class Started:
    """A trip as one vehicle makes it: its day of service and when it left, in seconds after that day's midnight."""

    trip: Trip
    day: date
    start_s: int


def trip_of(passage: Passage, stated: Stated, timezone: str) -> Started | None:
    """Return the trip of a passage; ``None`` where nothing runs there then.

    When a vehicle left its terminal nobody saw: it is told from how far along its line it is and how fast it went, to
    the minute, so that it says nothing of when a rider got on.
    """
    left_s = passage.t_s - passage.dist_m / passage.speed_mps
    left_s -= left_s % _MINUTE_S
    zone = ZoneInfo(timezone)
    today = datetime.fromtimestamp(passage.t_s, zone).date()
    found = []
    for day in (today, today - timedelta(days=1)):
        start_s = round(left_s - _midnight_s(day, zone))
        for trip in stated.trips.get(passage.line.line_id, ()):
            beyond_s = max(trip.start_s - start_s, start_s - trip.end_s + 1, 0)
            service = stated.services.get(trip.service_id)
            if start_s >= 0 and beyond_s <= _BEYOND_BAND_S and service is not None and service.runs_on(day):
                found.append((beyond_s, (today - day).days, trip.trip_id, Started(trip, day, start_s)))
    return min(found, key=lambda one: one[:3])[3] if found else None


def vehicle_of(passage: Passage, started: Started, lines: Lines, vehicle_id: str) -> Vehicle:
    """Return a passage as the public sees it, under a name."""
    lon, lat = lines.lonlat(passage.line.at(passage.dist_m))
    return Vehicle(
        vehicle_id, started.trip.trip_id, started.trip.route_id, started.trip.direction_id, started.day,
        started.start_s, lon, lat, passage.line.bearing_deg(passage.dist_m), datetime.fromtimestamp(passage.t_s, UTC),
    )


def _midnight_s(day: date, zone: ZoneInfo) -> float:
    """Noon less twelve hours: what the clock times of GTFS count from, also where clocks are put forward that day."""
    return datetime.combine(day, time(12), zone).timestamp() - 12 * 3600
