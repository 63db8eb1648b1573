"""OwnTracks in HTTP mode: one JSON object for each message, several in a list when saved.

Units, from its booklet: ``tst`` epoch seconds of the fix, ``acc`` and ``alt`` m, ``vel`` **km/h**, ``batt`` %. Types
other than ``location`` hold no place of the rider. What is ``encrypted`` cannot be read without the phone's own secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from collectors.trackers.points import Batch, Gathered, not_readable, number, scaled, when_ms
from mapping_service.records import Notice

MPS_PER_KMH = 1 / 3.6


def read_owntracks(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one message, or a list of them. Raises ``Problem`` ``message_unreadable``."""
    try:
        sent = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise not_readable("a message of OwnTracks") from error
    messages = [one for one in (sent if isinstance(sent, list) else [sent]) if isinstance(one, Mapping)]
    if not any("_type" in one for one in messages):
        raise not_readable("a message of OwnTracks")
    found = Gathered(received_s)
    battery = None
    for one in messages:
        if one.get("_type") == "location":
            found.add(
                when_ms(one.get("tst")), one.get("lon"), one.get("lat"),
                accuracy_m=number(one.get("acc")),
                speed_mps=scaled(number(one.get("vel")), MPS_PER_KMH),
                ele_m=number(one.get("alt")),
            )
            level = number(one.get("batt"))
            battery = level / 100 if level is not None and 0 <= level <= 100 else battery
    encrypted = sum(one.get("_type") == "encrypted" for one in messages)
    problem = Notice("encrypted", {"messages": encrypted}) if encrypted else found.problem()
    return Batch(_device(query, messages[0]) or device, found.points, battery=battery, problem=problem)


def _device(query: str, message: Mapping[str, Any]) -> str:
    topic = message.get("topic")
    if isinstance(topic, str) and topic.count("/") >= 2:
        return "/".join(topic.split("/")[1:3])
    named = parse_qs(query)
    return "/".join(named[key][0] for key in ("u", "d") if key in named)
