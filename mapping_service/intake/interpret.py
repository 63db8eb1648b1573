"""What one document says and whether it can be used. Pure: bytes in, record out; nothing is thrown away.

Each kind of document has its reader, which makes the one record ``Told`` of it; the verdict is passed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from collectors.forms.tell import tell
from collectors.gpx import read_gpx
from collectors.notes import read_notes
from collectors.openrosa.instance import read_instance
from collectors.point_tables import read_point_table
from collectors.service_points import read_service_points
from collectors.trackers.page import read_record, report_of
from collectors.trackers.trail import claim_of, fixes_of, notices_of, read_trail, reports_of
from collectors.words import load_words
from mapping_service.errors import Problem
from mapping_service.parameters import Parameters
from mapping_service.records import City, Document, Fixes, Notice, Told

_TABLES = (".csv", ".tsv", ".txt", ".geojson", ".json")


@dataclass(frozen=True)
class Verdict:
    """The state of a submission and, unless it is accepted, the reason: a code and the values of its sentence."""

    status: str
    reason_code: str | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Interpretation(Told):
    """All that a document says and whether it can be used; ``fixes`` is ``None`` where no line of positions is."""

    verdict: Verdict


def interpret(
    document: Document, city: City, p: Parameters, *, now_s: float, released: bool, refused: bool = False
) -> Interpretation:
    """Read a document of any kind.

    ``released`` means that a person has looked at it: then only what cannot be read at all is quarantined. A file or
    a trail is nothing without a usable trace; anything else is used for whatever it says, without a trace that cannot
    be used. A trace whose rider did not agree is left out: they said so in the document, or (``refused``) when they
    were asked last, and the document does not say otherwise.
    """
    try:
        told = _READERS[document.kind](document, city)
    except Problem as problem:
        return Interpretation(verdict=_quarantined(problem.code, message=problem.sentence, **problem.details))
    if refused and told.consented is None:
        told = replace(told, consented=False)
    told, doubt = _with_usable_trace(document.kind, told, partial(_doubt, now_s=now_s, p=p, released=released))
    verdict = doubt or (Verdict("accepted") if _says_anything(told) else _quarantined("says_nothing"))
    # A line needs two points; the bytes of a lone one stay in the inbox.
    fixes = told.fixes if told.fixes is not None and len(told.fixes) > 1 else None
    return Interpretation(**{**vars(told), "fixes": fixes}, verdict=verdict)


def _with_usable_trace(
    kind: str, told: Told, doubt_of: Callable[[Fixes], Verdict | None]
) -> tuple[Told, Verdict | None]:
    """Return what counts of a document and why it cannot be used, ``None`` where it can."""
    if told.consented is False:
        return (_without_trace(told, Notice("no_consent")) if told.fixes is not None else told), None
    if told.fixes is None:
        return told, _no_trace(kind, told)
    doubt = doubt_of(told.fixes)
    if doubt is None or kind in _TRACES:
        return told, doubt
    return _without_trace(told, Notice(str(doubt.reason_code), doubt.reason)), None


def _no_trace(kind: str, told: Told) -> Verdict | None:
    if kind == "trail":
        return _quarantined("no_positions", fixes=0)
    return None if kind != "file" or told.service_points else _quarantined("no_service_points", rows=len(told.notices))


def _without_trace(told: Told, why: Notice) -> Told:
    return replace(told, fixes=None, notices=[*told.notices, why])


def _says_anything(told: Told) -> bool:
    return bool(told.fixes or told.reports or told.service_points or told.answers or told.claim)


def _quarantined(code: str, **reason: Any) -> Verdict:
    return Verdict("quarantined", code, json.loads(json.dumps(reason, default=str)))


def _file(document: Document, city: City) -> Told:
    reading = read_point_table(document.data) if _is_table(document) else read_gpx(document.data)
    if reading is None:
        return _service_points(document)
    reports = read_notes(reading.waypoints, load_words(city.language, city.words), currency=city.currency)
    return Told(fixes=reading.fixes, reports=reports, notices=reading.notices, creator=reading.creator)


def _is_table(document: Document) -> bool:
    """JSON is known by how it begins, whatever a client calls it; CSV, which begins with anything, by its name."""
    opened = document.data.lstrip(b"\xef\xbb\xbf \t\r\n")
    named = PurePosixPath(document.name).suffix.lower() in _TABLES
    return opened.startswith((b"{", b"[")) or named and not opened.startswith(b"<")


def _service_points(document: Document) -> Told:
    reading = read_service_points(document.data, document.name)
    return Told(service_points=reading.points, notices=reading.problems)


def _instance(document: Document, city: City) -> Told:
    return tell(read_instance(document.data), document.files, city)


def _trail(document: Document, city: City) -> Told:
    trail = read_trail(document.data)
    notes = read_notes(trail.marks, load_words(city.language, city.words), currency=city.currency)
    reports, lost = reports_of(trail)
    return Told(
        fixes=fixes_of(trail), reports=[*notes, *reports], claim=claim_of(trail), consented=trail.consented,
        notices=[*notices_of(trail), *lost], creator=trail.kind,
    )


def _record(document: Document, city: City) -> Told:
    said = read_record(document.data)
    report = report_of(said, None, 0)
    notices = [Notice("no_place", {"reports": 1})] if report is None else []
    return Told(reports=[report] if report else [], answers=said, notices=notices, creator="page")


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


_READERS: Mapping[str, Callable[[Document, City], Told]] = {
    "file": _file, "instance": _instance, "trail": _trail, "record": _record,
}
# Documents that are nothing without a trace.
_TRACES = ("file", "trail")
