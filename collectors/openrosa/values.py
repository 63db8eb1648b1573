"""The values inside a filled form: places, lines, times and numbers, in the ways that the clients write them.

A point is ``lat lon alt acc`` parted by spaces, a line is points parted by ``;`` (xforms-spec, 30-bindings). JavaRosa
writes ``"; "`` and ``4.9E-4``, Web Forms ``";"``, others leave the altitude and the accuracy out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.gpx import MAX_ACCURACY_M, MAX_ELE_M, NULL_ISLAND_DEG
from collectors.gpx_values import EARLIEST_S, LATEST_S

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Place:
    """One position in EPSG:4326 degrees. ``accuracy_m`` is ``None`` where nothing was measured: tapped, or mocked."""

    lon: float
    lat: float
    ele_m: float | None = None
    accuracy_m: float | None = None


def number(text: str) -> float | None:
    """Read a decimal, also with an exponent or leading zeros; ``None`` where it is none or not finite."""
    text = text.strip()
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def geopoint(text: str) -> Place | None:
    """Read a point of two to four numbers; ``None`` where it is none, off the Earth, or a recorder's zero.

    Altitude 0 and accuracy 0 are what clients write where they know none: both become ``None``.
    """
    numbers = [number(part) for part in text.split()]
    if not 2 <= len(numbers) <= 4 or numbers[0] is None or numbers[1] is None:
        return None
    lat, lon = numbers[0], numbers[1]
    if abs(lat) > 90 or abs(lon) > 180 or abs(lat) + abs(lon) < NULL_ISLAND_DEG:
        return None
    ele_m, accuracy_m = ([*numbers[2:], None, None])[:2]
    if not ele_m or abs(ele_m) > MAX_ELE_M:
        ele_m = None
    if not accuracy_m or not 0 < accuracy_m <= MAX_ACCURACY_M:
        accuracy_m = None
    return Place(lon, lat, ele_m, accuracy_m)


def geotrace(text: str) -> tuple[list[Place], int]:
    """Read a line: its points in order, and how many were no places. A closed line is one like any other."""
    parts = [part for part in text.split(";") if part.strip()]
    places = [place for part in parts if (place := geopoint(part)) is not None]
    return places, len(parts) - len(places)


def moment(text: str, timezone: str) -> float | None:
    """Read a date with time into epoch seconds in UTC; one without a zone is local in ``timezone`` (IANA name).

    ``Z``, ``+00:00`` and Enketo's ``-00:00`` are the same. ``None`` where it is no time, or before GPS time began.
    """
    text = text.strip()
    if "T" not in text.upper():
        return None
    try:
        read = datetime.fromisoformat(text)
        seconds = (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone))).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if EARLIEST_S <= seconds < LATEST_S else None


def seconds_of_day(text: str) -> float | None:
    """Read the answer of a ``time`` question into seconds after local midnight, its zone set aside."""
    try:
        read = datetime.fromisoformat(f"2000-01-01T{text.strip()}")
    except ValueError:
        return None
    since = read.replace(tzinfo=None) - datetime(2000, 1, 1)
    return since / timedelta(seconds=1) if since < timedelta(days=1) else None
