"""The local day: bands of hours and types of days, from epoch seconds and a time zone. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

# Seconds after local midnight; city traffic changes its pace at about these hours (research on bus running times).
BAND_STARTS_S = tuple(h * 3600 for h in (0, 5, 7, 9, 12, 15, 18, 21))
DAY_S = 86400
WHOLE_DAY = (0, DAY_S)

Band = tuple[int, int]
BANDS: tuple[Band, ...] = tuple(zip(BAND_STARTS_S, (*BAND_STARTS_S[1:], DAY_S), strict=True))


def local(t_s: float, timezone: ZoneInfo) -> datetime:
    """Return the local date and time of an epoch second."""
    return datetime.fromtimestamp(t_s, timezone)


def band(t_s: float, timezone: ZoneInfo) -> Band:
    """Return the start and end, in seconds after local midnight, of the band that holds a moment."""
    at = local(t_s, timezone)
    return BANDS[bisect_right(BAND_STARTS_S, at.hour * 3600 + at.minute * 60 + at.second) - 1]


def bands_between(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return all bands from the first to the last of some, which are the hours in which a service was seen."""
    return BANDS[BANDS.index(min(bands)):BANDS.index(max(bands)) + 1] if bands else ()


def day_type(t_s: float, timezone: ZoneInfo) -> str:
    """Return ``weekday``, ``saturday`` or ``sunday``."""
    return {5: "saturday", 6: "sunday"}.get(local(t_s, timezone).weekday(), "weekday")


DAY_TYPES = ("weekday", "saturday", "sunday")
