"""calendar.txt: the days on which patterns were seen to run."""

from __future__ import annotations

from datetime import timedelta

from gtfs_export.records import Pattern, PublishedNetwork
from gtfs_export.spec import Table, make_table
from gtfs_export.timetable import service_id

# Half a year: past it a feed that nobody renewed should stop promising service.
VALID_DAYS = 180
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def build_calendar(network: PublishedNetwork) -> Table:
    """One service for each set of day types in use, from the release's first day on for ``VALID_DAYS``."""
    dates = {"start_date": f"{network.valid_from:%Y%m%d}", "end_date": end_date(network)}
    services = {service_id(pattern): _days(pattern) for pattern in network.patterns}
    return make_table("calendar.txt", ({"service_id": key, **days, **dates} for key, days in services.items()))


def end_date(network: PublishedNetwork) -> str:
    """The last day of service as GTFS writes it."""
    return f"{network.valid_from + timedelta(days=VALID_DAYS):%Y%m%d}"


def _days(pattern: Pattern) -> dict[str, str]:
    runs = {day: "weekday" in pattern.day_types for day in _WEEKDAYS}
    runs |= {day: day in pattern.day_types for day in ("saturday", "sunday")}
    return {day: str(int(active)) for day, active in runs.items()}
