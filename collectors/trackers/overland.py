"""Overland (iOS, Android): batches of GeoJSON points.

Units, from its README: ``timestamp`` ISO 8601 with an offset like ``-0700``, ``speed`` m/s, ``horizontal_accuracy`` and
``altitude`` m, ``battery_level`` 0–1; -1 stands for unknown. Rows that are no points (visits, trips) are none of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from collectors.trackers.points import Batch, Gathered, not_readable, number, when_ms


def read_overland(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one batch. Raises ``Problem`` ``message_unreadable``."""
    try:
        features = json.loads(data)["locations"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise not_readable("a batch of Overland") from error
    found = Gathered(received_s)
    battery = None
    for feature in features if isinstance(features, list) else ():
        place = _point(feature)
        if place is None:
            continue
        said = feature.get("properties")
        said = said if isinstance(said, Mapping) else {}
        found.add(
            when_ms(said.get("timestamp")), place[0], place[1],
            accuracy_m=number(said.get("horizontal_accuracy")),
            speed_mps=number(said.get("speed")),
            ele_m=number(said.get("altitude")),
        )
        device = str(said.get("device_id") or device)
        level = number(said.get("battery_level"))
        battery = level if level is not None and 0 <= level <= 1 else battery
    return Batch(device, found.points, battery=battery, problem=found.problem())


def _point(feature: Any) -> tuple[Any, Any] | None:
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    if not isinstance(geometry, Mapping) or geometry.get("type") != "Point":
        return None
    at = geometry.get("coordinates")
    return (at[0], at[1]) if isinstance(at, list) and len(at) >= 2 else (None, None)
