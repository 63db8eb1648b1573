"""Traccar Client, both generations.

The older one sends one request for each point by query or form (traccar's OsmAndProtocolDecoder): ``timestamp`` in
seconds, milliseconds or ISO 8601, speed in **knots**, accuracy and altitude in m, ``batt`` %, ``hdop`` true. The newer
one posts JSON: ISO 8601, speed in **m/s** with -1 for unknown, battery level 0–1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from collectors.gpx import METRES_PER_HDOP
from collectors.trackers.points import (
    ESTIMATED,
    MOCKED,
    Batch,
    Gathered,
    fields_of,
    first,
    not_readable,
    number,
    scaled,
    when_ms,
)

MPS_PER_KNOT = 1852 / 3600
TIME_NAMES = ("timestamp",)


def read_traccar(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one request of either generation. Raises ``Problem`` ``message_unreadable``."""
    if data.lstrip()[:1] == b"{":
        return _newer(data, device, received_s)
    return _older(fields_of(query, data), device, received_s)


def _older(sent: Mapping[str, str], device: str, received_s: float) -> Batch:
    stated = first(sent, TIME_NAMES)
    lat, _, lon = sent.get("location", "").partition(",")
    found = Gathered(received_s)
    measured_m = number(sent.get("accuracy"))
    found.add(
        when_ms(stated) if stated is not None else received_s * 1000,
        sent.get("lon", lon),
        sent.get("lat", lat),
        accuracy_m=measured_m or scaled(number(sent.get("hdop")), METRES_PER_HDOP),
        speed_mps=scaled(number(sent.get("speed")), MPS_PER_KNOT),
        ele_m=number(sent.get("altitude")),
        flags=(MOCKED if sent.get("mock", "").lower() == "true" else 0) | (0 if measured_m else ESTIMATED),
    )
    battery = number(sent.get("batt"))
    return Batch(
        first(sent, ("id", "deviceid")) or device, found.points,
        battery=None if battery is None or not 0 <= battery <= 100 else battery / 100, problem=found.problem(),
    )


def _newer(data: bytes, device: str, received_s: float) -> Batch:
    try:
        sent = json.loads(data)
        location = sent["location"]
        coords: Mapping[str, Any] = location["coords"]
        battery: Mapping[str, Any] = location.get("battery") or {}
        level = number(battery.get("level"))
        named = str(sent.get("device_id") or device)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_readable("a message of Traccar Client") from error
    found = Gathered(received_s)
    stated = location.get("timestamp")
    found.add(
        when_ms(stated) if stated is not None else received_s * 1000,
        _member(coords, "longitude"),
        _member(coords, "latitude"),
        accuracy_m=number(_member(coords, "accuracy")),
        speed_mps=number(_member(coords, "speed")),
        ele_m=number(_member(coords, "altitude")),
        flags=MOCKED if location.get("mock") is True else 0,
    )
    return Batch(
        named, found.points, battery=level if level is not None and 0 <= level <= 1 else None, problem=found.problem()
    )


def _member(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, Mapping) else None
