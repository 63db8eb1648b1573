"""Services that come when they are called: read from GeoJSON, checked, kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Polygon, shape
from shapely.geometry.polygon import orient
from sqlalchemy import Connection

from mapping_service.agencies import telephone
from mapping_service.errors import NotFound, Problem
from mapping_service.feed_records import BookedService, FeedSettings
from mapping_service.records import City
from mapping_service.settings import web_address
from mapping_service.store import agencies
from mapping_service.store import booked as store
from mapping_service.store.networks import network_id
from mapping_service.store.settings import get_settings
from mapping_service.typed import one_line, typed_name

DAY_TYPES = ("weekday", "saturday", "sunday")
MOST_HOURS, DAY_MIN, MOST_DAYS = 48, 1440, 60
# Six decimals of a degree are 0.1 m.
DEGREES = 1e-6
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


def add_booked(connection: Connection, city: City, path: Path) -> list[BookedService]:
    """Keep every booked service of a GeoJSON file; one of a known name takes its place and keeps its id.

    Raises as ``read_booked`` does, and ``NotFound`` ``agency_unknown``; nothing is kept then.
    """
    accepted = network_id(connection, city.city_id, "accepted")
    services = read_booked(path, get_settings(connection, city.city_id))
    kept = []
    for one in services:
        agency = agencies.get_agency(connection, accepted, one.agency) if one.agency else None
        if one.agency and agency is None:
            raise NotFound(
                "agency_unknown",
                f"{city.name} has no agency “{one.agency}”. Add it: “commonway agency add NAME --city {city.slug}”.",
                agency=one.agency,
            )
        known = store.get_service(connection, accepted, one.name) or ""
        settled = replace(one, booked_id=known, agency=agency.agency_id if agency else None)
        kept.append(store.put_service(connection, city.city_id, accepted, settled))
    return kept


def remove_booked(connection: Connection, city: City, named: str) -> str:
    """Take a booked service back, by its id or name; return its id. Raises ``NotFound`` ``booked_unknown``."""
    accepted = network_id(connection, city.city_id, "accepted")
    found = store.get_service(connection, accepted, named)
    if found is None:
        raise NotFound(
            "booked_unknown",
            f"{city.name} has no booked service “{named}”. See “commonway booked list --city {city.slug}”.",
            named=named,
        )
    store.delete_service(connection, accepted, found)
    return found


def read_booked(path: Path, settings: FeedSettings) -> list[BookedService]:
    """Read booked services from a GeoJSON file (RFC 7946): one polygon each, with these properties.

    ``name``, ``phone``; ``days``: some of weekday, saturday, sunday; ``from`` and ``to`` as HH:MM, past 24 after
    midnight; ``notice_min``, minutes ahead, or ``notice_days`` with ``book_until`` (HH:MM); ``agency`` and ``url``
    where there are any. Raises ``Problem`` ``bad_booked``, which names the feature, and those of names, numbers and
    addresses.
    """
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise Problem("bad_booked", f"{path} is not JSON in UTF-8.") from error
    features = found.get("features", [found]) if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise Problem("bad_booked", f"{path} is no GeoJSON with features.")
    services = [_service(number, one, settings) for number, one in enumerate(features, start=1)]
    names = [one.name for one in services]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Problem("bad_booked", f"Two services of {path} are called “{twice[0]}”. Give each a name of its own.")
    return services


class _Feature:
    """The properties of one feature; what is wrong is told with its number."""

    def __init__(self, number: int, properties: Mapping[str, Any]) -> None:
        self._number = number
        self._properties = properties

    def bad(self, sentence: str) -> Problem:
        """The problem of this feature."""
        return Problem("bad_booked", f"Feature {self._number}: {sentence}", feature=self._number)

    def text(self, key: str) -> str:
        """What stands under a key, on one line; empty where nothing does."""
        value = self._properties.get(key)
        return one_line(str(value)) if isinstance(value, str | int) else ""

    def needed(self, key: str) -> str:
        """The same of what must be there."""
        if not (value := self.text(key)):
            raise self.bad(f"the property {key} is missing.")
        return value

    def name(self) -> str:
        """What the service is called."""
        if not (name := typed_name(self.needed("name"), f"Feature {self._number}: ")):
            raise self.bad("nothing of its name can be seen.")
        return name

    def clock_s(self, key: str, most_h: int) -> int:
        """An hour and minute as seconds after midnight."""
        written = self.needed(key)
        match = _CLOCK.fullmatch(written)
        if match is None or (seconds := int(match[1]) * 3600 + int(match[2]) * 60) > most_h * 3600:
            raise self.bad(f"{key} “{written}” is no time of the form HH:MM up to {most_h}:00.")
        return seconds

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number between two others."""
        written = self.needed(key)
        if not (written.isascii() and written.isdigit() and least <= int(written) <= most):
            raise self.bad(f"{key} “{written}” is no whole number from {least} to {most}.")
        return int(written)

    def day_types(self) -> tuple[str, ...]:
        """Days of service, a list or words."""
        value = self._properties.get("days")
        days = value if isinstance(value, list) else re.split(r"[\s,;-]+", self.needed("days"))
        if not days or not all(day in DAY_TYPES for day in days):
            raise self.bad(f"days “{value}” are not some of {', '.join(DAY_TYPES)}.")
        return tuple(day for day in DAY_TYPES if day in days)


def _service(number: int, feature: Any, settings: FeedSettings) -> BookedService:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise Problem("bad_booked", f"Feature {number} has no properties.", feature=number)
    told = _Feature(number, properties)
    start_s, end_s = told.clock_s("from", MOST_HOURS), told.clock_s("to", MOST_HOURS)
    if start_s >= end_s:
        raise told.bad("“to” is not after “from”. Write times after midnight past 24, such as 25:30.")
    notice_min = notice_days = book_until_s = None
    if told.text("notice_days"):
        notice_days = told.whole("notice_days", 1, MOST_DAYS)
        book_until_s = min(told.clock_s("book_until", 24), 86399)
    else:
        notice_min = told.whole("notice_min", 0, DAY_MIN - 1)
    return BookedService(
        "", told.name(), told.text("agency") or None, _area(told, feature.get("geometry")),
        telephone(told.needed("phone"), settings), web_address(told.text("url")) if told.text("url") else None,
        told.day_types(), start_s, end_s, notice_min, notice_days, book_until_s,
    )


def _area(told: _Feature, geometry: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    try:
        drawn = shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.GEOSException) as error:
        raise told.bad("its geometry cannot be read.") from error
    parts = list(getattr(drawn, "geoms", [drawn]))
    if len(parts) != 1 or not isinstance(parts[0], Polygon) or parts[0].is_empty:
        raise told.bad("its geometry must be one polygon. Make a service of each of several.")
    polygon = orient(shapely.force_2d(shapely.set_precision(parts[0], DEGREES, mode="pointwise")))
    west, south, east, north = polygon.bounds
    if not (polygon.is_valid and polygon.area > 0 and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise told.bad("its polygon crosses itself, is empty, or lies outside of longitude and latitude.")
    rings = (polygon.exterior, *polygon.interiors)
    return tuple(tuple((float(lon), float(lat)) for lon, lat in ring.coords) for ring in rings)
