"""The collector page's own JSON: chunks of a ride while it is recorded, and single reports.

A chunk is ``{"v":1,"n":3,"fixes":[[t_ms,lon,lat,acc_m,speed_mps,ele_m,seg],…],"reports":[…],"ride":{…},
"consent":{…}}``;
a record ``{"v":1,"report":{…}}``. Units are those of the browser's Geolocation API: milliseconds, degrees, m, m/s; null
for unknown. A report has a client-made ``id``, which makes it one however often it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from collectors.limits import MAX_TEXT_CHARS
from collectors.notes import names_something
from collectors.storable import storable, storable_text
from collectors.trackers.points import Batch, Gathered, Point, not_readable, number, when_ms
from mapping_service.records import Report

KINDS = frozenset({"stop", "boarding", "occupancy", "fare", "wait", "departure", "arrival", "count", "visit",
                   "correction", "other"})
OCCUPANCIES = frozenset({"empty", "half", "full", "crowded"})
LONGEST_WAIT_S = 86400
LARGEST_AMOUNT = 1e9


def read_chunk(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one chunk; ``device`` is the ride's uuid. Raises ``Problem`` ``message_unreadable``."""
    sent = _object(data, "a chunk of the collector page")
    found = Gathered(received_s)
    for fix in _list(sent.get("fixes")):
        values = [*fix[:7], *[None] * (7 - len(fix))] if isinstance(fix, list) else [None] * 7
        t_ms, lon, lat, accuracy_m, speed_mps, ele_m, segment = values
        found.add(
            when_ms(t_ms), lon, lat, accuracy_m=number(accuracy_m), speed_mps=number(speed_mps), ele_m=number(ele_m),
            segment=segment if isinstance(segment, int) and 0 <= segment < 2**31 else 0,
        )
    reports = [storable(one) for one in _list(sent.get("reports")) if isinstance(one, dict) and one.get("id")]
    ride, consent = sent.get("ride"), sent.get("consent")
    return Batch(
        device, found.points, reports=reports, ride=storable(ride) if isinstance(ride, dict) else None,
        consented=bool(consent.get("given", True)) if isinstance(consent, dict) else None, problem=found.problem(),
    )


def read_record(data: bytes) -> Mapping[str, Any]:
    """Return the report of a record. Raises ``Problem`` ``message_unreadable``."""
    report = _object(data, "a record of the collector page").get("report")
    if not isinstance(report, dict):
        raise not_readable("a record of the collector page")
    found = storable(report)
    assert isinstance(found, dict)
    return found


def _object(data: bytes, what: str) -> Mapping[str, Any]:
    try:
        sent = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise not_readable(what) from error
    if not isinstance(sent, dict):
        raise not_readable(what)
    return sent


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def report_of(said: Mapping[str, Any], place: Point | None, waypoint: int) -> Report | None:
    """Return what was said as a report; ``None`` without a place of its own or, failing that, ``place``."""
    lon, lat = number(said.get("lon")), number(said.get("lat"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        if place is None:
            return None
        lon, lat = place.lon, place.lat
    t_ms = when_ms(said.get("t"))
    name = _text(said.get("name"))
    amount, wait_s, details = number(said.get("amount")), number(said.get("wait_s")), said.get("details")
    return Report(
        kind=said["kind"] if said.get("kind") in KINDS else "other",
        lon=lon,
        lat=lat,
        t_s=None if t_ms is None else t_ms / 1000,
        text=_text(said.get("text")) or name or "",
        waypoint=waypoint,
        name=name if name and names_something(name) else None,
        amount=amount if amount is not None and 0 <= amount <= LARGEST_AMOUNT else None,
        wait_s=round(wait_s) if wait_s is not None and 0 <= wait_s <= LONGEST_WAIT_S else None,
        occupancy=said["occupancy"] if said.get("occupancy") in OCCUPANCIES else None,
        cancelled=said.get("cancelled") is True,
        subject=_text(said.get("subject")),
        details=details if isinstance(details, dict) else {},
    )


def _text(value: Any) -> str | None:
    return storable_text(str(value)).strip()[:MAX_TEXT_CHARS] or None if isinstance(value, str | int | float) else None
