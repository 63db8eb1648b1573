"""Values of GTFS cells: numbers, times that run past midnight, dates; ``None`` or NaN where a cell says none."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isfinite, nan

_TIME = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)")


def number(text: str | None, missing: float = nan) -> float:
    """Return a finite number, or ``missing``."""
    try:
        value = float(text or "nan")
    except ValueError:
        return missing
    return value if isfinite(value) else missing


def seconds(text: str | None) -> int | None:
    """Return the seconds after midnight of ``H:MM:SS`` or ``HH:MM:SS``; hours run past 24."""
    found = _TIME.fullmatch(text or "")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None


def day(text: str | None) -> date | None:
    """Return the date of ``YYYYMMDD``."""
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()
    except ValueError:
        return None
