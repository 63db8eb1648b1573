"""What the readers of trackers share: the one internal point, a batch of them, and what phones write for numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from collectors.gpx import MAX_ACCURACY_M, MAX_ELE_M, MAX_SPEED_MPS, NULL_ISLAND_DEG
from collectors.gpx_values import EARLIEST_S, LATEST_S, epoch_seconds
from collectors.limits import MAX_TEXT_CHARS
from collectors.storable import storable_text
from mapping_service.errors import Problem
from mapping_service.records import Notice, Waypoint

ESTIMATED = 1
"""Flag of a point whose accuracy was not measured but estimated from its HDOP."""

MOCKED = 2
"""Flag of a point of which the phone says that a program made it up."""

FUTURE_S = 86400.0
"""A point later than its receipt by more, in seconds, is no time of a ride: phones' clocks are a day off at most."""

_SMALLEST_MS = 1e11  # in seconds the year 5138, in milliseconds 1973: no time that we take can be read both ways
_LOST_PLUS = re.compile(r"(T.*\d) (\d\d:?\d\d)$", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


class Point(NamedTuple):
    """One position: fix time in epoch milliseconds UTC, degrees, metres, m/s; ``None`` where nobody stated it.

    ``segment`` counts the pauses before it that the recorder itself noted; ``flags`` adds ``ESTIMATED``, ``MOCKED``.
    """

    t_ms: int
    lon: float
    lat: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    ele_m: float | None = None
    segment: int = 0
    flags: int = 0


@dataclass(frozen=True)
class Batch:
    """All that one message says. ``device`` is what the recorder calls itself, empty where it does not.

    ``marks`` are notes as typed; ``reports`` and ``ride`` are those of the collector page, in its JSON. ``battery`` is
    0–1. ``problem`` is why nothing, or not everything, could be used: a code and the values of its sentence.
    """

    device: str
    points: Sequence[Point] = ()
    marks: Sequence[Waypoint] = ()
    reports: Sequence[Mapping[str, Any]] = ()
    ride: Mapping[str, Any] | None = None
    consented: bool | None = None
    battery: float | None = None
    problem: Notice | None = None


@dataclass
class Gathered:
    """The points of one message as they are read; what is no position is counted, not kept."""

    received_s: float
    points: list[Point] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)

    def add(
        self, t_ms: float | None, lon: Any, lat: Any, *, accuracy_m: float | None = None,
        speed_mps: float | None = None, ele_m: float | None = None, segment: int = 0, flags: int = 0,
    ) -> Point | None:
        """Add a position if it is one, and return it; ``t_ms`` of ``None`` is a time that cannot be read."""
        x, y = number(lon), number(lat)
        why = _refusal(t_ms, x, y, self.received_s)
        if why is not None:
            self.dropped[why] = self.dropped.get(why, 0) + 1
            return None
        assert t_ms is not None and x is not None and y is not None
        accuracy_m = within(accuracy_m, 1e-3, MAX_ACCURACY_M)
        point = Point(
            round(t_ms), round(x, 7), round(y, 7), accuracy_m, within(speed_mps, 0.0, MAX_SPEED_MPS),
            within(ele_m, -MAX_ELE_M, MAX_ELE_M), segment, flags if accuracy_m is not None else flags & ~ESTIMATED,
        )
        self.points.append(point)
        return point

    def problem(self) -> Notice | None:
        """What was dropped and how many of each; ``None`` where everything could be used."""
        return Notice("points_dropped", dict(sorted(self.dropped.items()))) if self.dropped else None


def _refusal(t_ms: float | None, lon: float | None, lat: float | None, received_s: float) -> str | None:
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return "bad_positions"
    if abs(lon) + abs(lat) < NULL_ISLAND_DEG:
        return "null_island"
    if t_ms is None:
        return "bad_times"
    return "in_the_future" if t_ms / 1000 > received_s + FUTURE_S else None


def number(value: Any) -> float | None:
    """A finite number from a number or a text, with a decimal comma as well; ``None`` for anything else."""
    if isinstance(value, str):
        written = value.strip().replace(",", ".")
        value = float(written) if _NUMBER.fullmatch(written) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def within(value: float | None, low: float, high: float) -> float | None:
    """The value to the millimetre, ``None`` where it lies outside: recorders write -1 and the like for unknown."""
    return None if value is None or not low <= value <= high else round(value, 3)


def scaled(value: float | None, factor: float) -> float | None:
    """The value in other units; a negative one, which means unknown, is ``None``."""
    return None if value is None or value < 0 else value * factor


def when_ms(value: Any) -> float | None:
    """Epoch milliseconds from epoch seconds, epoch milliseconds or ISO 8601; ``None`` where it is none of these.

    Seconds and milliseconds of all times from ``EARLIEST_S`` to ``LATEST_S`` lie apart, so that nothing is guessed.
    """
    found = number(value)
    if found is not None:
        t_ms = found if abs(found) >= _SMALLEST_MS else found * 1000
    elif isinstance(value, str):
        # The plus of an offset, where an app does not encode it, comes as a space.
        t_ms = float(epoch_seconds([_LOST_PLUS.sub(r"\1+\2", value)]).t_s[0]) * 1000
    else:
        return None
    return t_ms if EARLIEST_S * 1000 <= t_ms < LATEST_S * 1000 else None


def fields_of(query: str, data: bytes) -> dict[str, str]:
    """The named values of a query string, and of a form as the body; names in lower case, blank values left out.

    Of a name that comes twice the first counts.
    """
    body = data.decode("utf-8", "replace") if b"=" in data[:2000] else ""
    pairs = [*parse_qsl(query, errors="replace"), *parse_qsl(body, errors="replace")]
    found: dict[str, str] = {}
    for name, value in pairs:
        if value.strip():
            found.setdefault(name.strip().lower(), value.strip())
    return found


def first(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The value under the first of the names that is there; ``None`` without."""
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)


def note(point: Point | None, text: Any) -> list[Waypoint]:
    """A typed note at a point as a mark; none without either."""
    typed = storable_text(str(text or "")).strip()[:MAX_TEXT_CHARS]
    return [Waypoint(point.lon, point.lat, point.t_ms / 1000, typed)] if point is not None and typed else []


def not_readable(what: str) -> Problem:
    """The problem of a message that is not in its client's format at all."""
    sentence = f"It is not {what}. It is kept as it came; check the app's settings."
    return Problem("message_unreadable", sentence, what=what)
