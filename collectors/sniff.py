"""What a file is, by what stands in it: people save the same things under many names, or pass them on without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

MESSAGES = frozenset({"overland", "owntracks", "traccar"})
"""Kinds that are messages of a tracker; the others are documents."""

_HEAD_BYTES = 4096
# What JSON of these apps begins with stands in its first few keys; a long one is a table or a layer.
_MOST_JSON_BYTES = 20_000_000


def what_is(data: bytes) -> str:
    """Return ``instance``, ``record``, ``trail``, ``overland``, ``owntracks``, ``traccar``, or ``file`` for the rest.

    A filled form is XML whose first element says which form it is; the rest are the JSON of an app.
    """
    opened = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if opened.startswith(b"<"):
        return "instance" if _is_form(opened) else "file"
    if opened[:1] in (b"{", b"[") and len(data) <= _MOST_JSON_BYTES:
        return _what_json_is(data)
    return "file"


def _is_form(opened: bytes) -> bool:
    """Whether the first element is that of a filled form."""
    first: list[tuple[str, Mapping[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: first.append((name, attributes))
    try:
        parser.Parse(opened, False)
    except (expat.ExpatError, LookupError, ValueError):
        pass  # what stands before the fault counts
    return bool(first) and "id" in first[0][1] and first[0][0].rpartition(":")[2].lower() not in ("gpx", "kml", "html")


def _what_json_is(data: bytes) -> str:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return "file"
    if isinstance(said, list):
        return "owntracks" if said and all(isinstance(one, dict) and "_type" in one for one in said) else "file"
    return _what_object_is(said) if isinstance(said, dict) else "file"


def _what_object_is(said: Mapping[str, Any]) -> str:
    if "_type" in said:
        return "owntracks"
    if isinstance(said.get("locations"), list):
        return "overland"
    if isinstance(said.get("location"), dict) and "device_id" in said:
        return "traccar"
    if said.get("v") == 1 and isinstance(said.get("report"), dict):
        return "record"
    if said.get("v") == 1 and isinstance(said.get("points"), list) and "recorder" in said:
        return "trail"
    return "file"
