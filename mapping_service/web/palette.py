"""The colours of routes: twelve that carry white text (contrast 4.5 and more) and differ in lightness and hue.

Chosen after Okabe and Ito (2008) and darkened; the number or name beside a line says the same again, so that colour
is never the only sign. The style sheet has one class ``line-0`` … ``line-11`` for each.
"""

from __future__ import annotations

import re
from zlib import crc32

COLOURS = (
    "#0b5fa5", "#b5471b", "#0a7a62", "#9c2c6b", "#8a6100", "#5b3fa0",
    "#a3202e", "#0c7488", "#3f6b1f", "#34495e", "#b0308a", "#6b4226",
)
_NUMBERED = re.compile(r"\d{1,9}$")


def colour_index(route_id: str) -> int:
    """Return the place in ``COLOURS`` of a route: the same in every release, as its id is; neighbours differ."""
    number = _NUMBERED.search(route_id)
    return (int(number.group()) if number else crc32(route_id.encode())) % len(COLOURS)
