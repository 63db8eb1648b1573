"""Rows as text: RFC 4180 but for the line ends, which are LF."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUOTE = '"'
_QUOTED = re.compile('[",\r\n]')


def csv_cell(value: str) -> str:
    """One value, quoted where it must be; a lone carriage return too, as not every writer does."""
    return f'"{value.replace(_QUOTE, _QUOTE * 2)}"' if _QUOTED.search(value) else value


def csv_line(cells: Sequence[str]) -> bytes:
    """One row; of a single empty value too it can be seen that it is there."""
    return f"{','.join(map(csv_cell, cells)) or _QUOTE * 2}\n".encode()
