"""What the bytes of one file are and whether they can be used. Pure: bytes in, record out; nothing is thrown away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from collectors.gpx import read_gpx
from collectors.notes import read_notes
from collectors.service_points import read_service_points
from collectors.words import load_words
from mapping_service.errors import Problem
from mapping_service.parameters import Parameters
from mapping_service.records import City, Fixes, Notice, Report, ServicePointDraft

_TABLES = (".csv", ".tsv", ".txt", ".geojson", ".json")


@dataclass(frozen=True)
class Verdict:
    """The state of a submission and, unless it is accepted, the reason: a code and the values of its sentence."""

    status: str
    reason_code: str | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Interpretation:
    """All that was read from a file; ``fixes`` is ``None`` where it holds no line of positions."""

    verdict: Verdict
    fixes: Fixes | None = None
    reports: Sequence[Report] = ()
    service_points: Sequence[ServicePointDraft] = ()
    notices: Sequence[Notice] = ()
    creator: str | None = None


def interpret(data: bytes, name: str, city: City, p: Parameters, *, now_s: float, released: bool) -> Interpretation:
    """Read a file of any kind that Commonway takes, by its content and the ending of its name.

    ``released`` means that a person has looked at it: then only what cannot be read at all is quarantined.
    """
    try:
        if _is_table(data, name):
            return _service_points(data, name)
        return _ride(data, city, p, now_s, released)
    except Problem as problem:
        return Interpretation(_quarantined(problem.code, message=problem.sentence, **problem.details))


def _is_table(data: bytes, name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _TABLES and not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _quarantined(code: str, **reason: Any) -> Verdict:
    return Verdict("quarantined", code, json.loads(json.dumps(reason, default=str)))


def _service_points(data: bytes, name: str) -> Interpretation:
    reading = read_service_points(data, name)
    verdict = Verdict("accepted") if reading.points else _quarantined("no_service_points", rows=len(reading.problems))
    return Interpretation(verdict, service_points=reading.points, notices=reading.problems)


def _ride(data: bytes, city: City, p: Parameters, now_s: float, released: bool) -> Interpretation:
    reading = read_gpx(data)
    reports = read_notes(reading.waypoints, load_words(city.language, city.words), currency=city.currency)
    doubt = _doubt(reading.fixes, now_s, p, released)
    return Interpretation(
        verdict=doubt or Verdict("accepted"),
        # A line needs two points; the bytes of a lone one stay in the inbox.
        fixes=reading.fixes if len(reading.fixes) > 1 else None,
        reports=reports,
        notices=reading.notices,
        creator=reading.creator,
    )


def _doubt(fixes: Fixes, now_s: float, p: Parameters, released: bool) -> Verdict | None:
    """Return why a trace cannot be used as it is, ``None`` where it can."""
    timed = fixes.t_s[np.isfinite(fixes.t_s)]
    if len(fixes) < 2:
        return _quarantined("no_positions", fixes=len(fixes))
    if not len(timed):
        return _quarantined("no_times", fixes=len(fixes))
    if released:
        return None
    if len(timed) < p.min_fixes:
        return _quarantined("too_few_fixes", fixes=len(timed), needed=int(p.min_fixes))
    if timed.max() > now_s + p.future_tolerance_s:
        return _quarantined("in_the_future", days_ahead=round((float(timed.max()) - now_s) / 86400, 1))
    if timed.min() < now_s - p.oldest_s:
        return _quarantined("long_ago", years=round((now_s - float(timed.min())) / 31557600))
    return None
