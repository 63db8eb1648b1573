"""Alerts: what people who see to a city tell its riders, checked before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from sqlalchemy import Connection

from collectors.limits import MAX_ADDRESS_CHARS
from collectors.storable import storable_text
from mapping_service.errors import NotFound, Problem
from mapping_service.live_records import Alert
from mapping_service.records import City
from mapping_service.store import alerts

# What stands in the feed for each of ours: those of GTFS-Realtime under their own names, and what it has no name for.
CAUSES = {
    "unknown": "UNKNOWN_CAUSE", "road_closed": "OTHER_CAUSE", "construction": "CONSTRUCTION", "strike": "STRIKE",
    "demonstration": "DEMONSTRATION", "accident": "ACCIDENT", "weather": "WEATHER", "holiday": "HOLIDAY",
    "fuel_shortage": "OTHER_CAUSE", "police": "POLICE_ACTIVITY", "medical": "MEDICAL_EMERGENCY",
    "technical": "TECHNICAL_PROBLEM", "another": "OTHER_CAUSE",
}
EFFECTS = {
    "detour": "DETOUR", "no_service": "NO_SERVICE", "reduced_service": "REDUCED_SERVICE",
    "delays": "SIGNIFICANT_DELAYS", "stop_moved": "STOP_MOVED", "fare_change": "OTHER_EFFECT",
    "additional_service": "ADDITIONAL_SERVICE", "modified_service": "MODIFIED_SERVICE", "another": "OTHER_EFFECT",
    "unknown": "UNKNOWN_EFFECT",
}
LONGEST_HEADER = 120
LONGEST_DESCRIPTION = 2000
# What lasts longer is no alert but the service itself.
FARTHEST = timedelta(days=366)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def add_alert(
    connection: Connection,
    city: City,
    *,
    header: str,
    effect: str,
    actor: str,
    now: datetime,
    cause: str = "unknown",
    description: str = "",
    url: str = "",
    language: str = "",
    starts: str = "",
    ends: str = "",
    route_ids: Sequence[str] = (),
    stop_ids: Sequence[str] = (),
) -> Alert:
    """Keep an alert and return it under its number.

    ``starts`` and ``ends`` are local days or moments of the city in ISO 8601, empty for now and for an open end; a day
    as the end counts to its midnight. An empty ``language`` is the city's. Raises ``Problem`` with a code for each
    thing that cannot be, ``NotFound`` ``alert_about_unknown`` for a route or stop that the newest release has not.
    """
    starts_at = _moment(city, starts, now) or now.replace(microsecond=0)
    ends_at = _moment(city, ends, now, end=True)
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise Problem("alert_over", "The alert would be over before it begins, or is over already. Give a later end.")
    made = Alert(
        number=0,
        cause=_one_of(CAUSES, cause, "cause"),
        effect=_one_of(EFFECTS, effect, "effect"),
        header=_text(header, LONGEST_HEADER) or _missing(),
        description=_text(description, LONGEST_DESCRIPTION, lines=True) or None,
        url=_url(url),
        language=_language(language or city.language),
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=actor,
        route_ids=_ids(route_ids),
        stop_ids=_ids(stop_ids),
    )
    _check_about(connection, city, made.route_ids, made.stop_ids)
    return alerts.add(connection, city.city_id, made)


def end_alert(connection: Connection, city: City, number: int, *, actor: str, now: datetime) -> None:
    """End an alert now. Raises ``NotFound`` ``alert_unknown`` where there is none, or where it has ended."""
    if not alerts.end(connection, city.city_id, number, actor, now):
        raise NotFound("alert_unknown", f"There is no alert {number} in this city that has not ended.", alert=number)


def _moment(city: City, said: str, now: datetime, *, end: bool = False) -> datetime | None:
    said = said.strip()
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
        if end and _DAY.fullmatch(said):
            found += timedelta(days=1)
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(city.timezone))
        if abs(found - now) > FARTHEST:
            raise ValueError("more than a year away")
    except (ValueError, OverflowError) as error:
        sentence = f"“{said}” is no time within a year. Write 2026-11-30, or 2026-11-30T06:00, in the city's own time."
        raise Problem("alert_time", sentence, said=said) from error
    return found


def _one_of(known: dict[str, str], said: str, what: str) -> str:
    if said not in known:
        raise Problem("alert_kind", f"“{said}” is no {what} of an alert. Choose of: {', '.join(known)}.", said=said)
    return said


def _text(said: str, longest: int, *, lines: bool = False) -> str:
    """Return what was written without what no feed may hold; in one line unless it may have several."""
    kept = storable_text(said)
    text = "\n".join(" ".join(line.split()) for line in kept.splitlines()).strip() if lines else " ".join(kept.split())
    if len(text) > longest:
        sentence = f"This has {len(text)} characters; riders read {longest} at most. Say it shorter."
        raise Problem("alert_long", sentence, longest=longest)
    return text


def _missing() -> str:
    raise Problem("alert_empty", "An alert needs a sentence that riders read. Write what is different.")


def _url(said: str) -> str | None:
    said = said.strip()
    if not said:
        return None
    try:
        parts = urlsplit(said)
        usable = parts.scheme in ("http", "https") and parts.hostname and said.isascii() and said.isprintable()
    except ValueError:
        usable = None
    if not usable or " " in said or len(said) > MAX_ADDRESS_CHARS:
        raise Problem("alert_url", f"“{said[:MAX_ADDRESS_CHARS]}” is no address of a page. It begins with https://.")
    return said


def _language(said: str) -> str:
    try:
        Locale.parse(said, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise Problem("bad_language", f"“{said}” is no language. Use a code such as fr.", language=said) from error
    return said


def _check_about(connection: Connection, city: City, route_ids: Sequence[str], stop_ids: Sequence[str]) -> None:
    known = alerts.known(connection, city.slug, route_ids, stop_ids)
    asked = [("route", one) for one in route_ids] + [("stop", one) for one in stop_ids]
    if unknown := [one for one in asked if one not in known]:
        kind, missing = unknown[0]
        sentence = f"The newest release has no {kind} “{missing}”. Its page lists them."
        raise NotFound("alert_about_unknown", sentence, kind=kind, id=missing)


def _ids(ids: Sequence[str]) -> Sequence[str]:
    return sorted({one.strip() for one in ids if one.strip()})
