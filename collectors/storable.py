"""What a stranger's file says, cut down to what PostgreSQL can hold, so that one odd value never costs a whole file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_NESTING = 50
"""Deepest list or object in a property that is kept; survey tools nest two or three."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable_text(text: str) -> str:
    """The text without NUL and without halves of surrogate pairs, neither of which UTF-8 in a database can hold."""
    return _UNSTORABLE.sub("", text)


def storable(value: Any, *, deepest: int = MAX_NESTING) -> Any:
    """A value of JSON with storable texts and keys; a number that is not finite, or what nests too deep, is ``None``.

    Of keys that become the same the last one counts.
    """
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, (list, Mapping)):
        return value
    if deepest <= 0:
        return None
    if isinstance(value, list):
        return [storable(item, deepest=deepest - 1) for item in value]
    return {storable_text(key): storable(item, deepest=deepest - 1) for key, item in value.items()}
