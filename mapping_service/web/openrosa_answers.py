"""What a collector reads after sending a form: Collect shows our sentence as it is, in the city's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import reduce

import numpy as np
from flask import g

from collectors.forms.tell import tell
from collectors.limits import MAX_FILE_BYTES
from collectors.openrosa.instance import read_instance
from mapping_service.errors import Problem
from mapping_service.geo import along_m, to_metres, utm_srid
from mapping_service.instances import Accepted
from mapping_service.records import City, Fixes
from mapping_service.web.language import Words, catalog, in_language

BOOK = "answers"

log = logging.getLogger(__name__)


def thanks(city: City, accepted: Accepted, xml: bytes, files: Mapping[str, bytes]) -> str:
    """Say that a form is saved: what is in it, which files are still to come, or why it waits for the manager."""
    words = in_language(city.language, BOOK)
    if accepted.reason_code is not None:
        return words("aside", reason=words(f"aside.{accepted.reason_code}"))
    what = _ride(words, city, xml, files)
    said = words("saved.ride", what=what) if what else words("saved")
    return f"{said} {words.count('missing', len(accepted.missing))}" if accepted.missing else said


def _ride(words: Words, city: City, xml: bytes, files: Mapping[str, bytes]) -> str | None:
    """What was ridden, in words, as far as it came in this request; ``None`` where it is no ride."""
    try:
        told = tell(read_instance(xml), files, city)
    except Exception as failure:  # the form is stored; whoever sent it need not wait for what we make of it
        log.warning("What a form says cannot be told yet: %s", type(failure).__name__)
        return None
    stops = sum(report.kind == "stop" and not report.cancelled for report in told.reports)
    if told.fixes is None and stops < 2:
        return None
    parts = [words.count("stops", stops)] if stops else []
    if told.fixes is not None and len(told.fixes):
        parts.append(words.km(_length_m(told.fixes)))
    return reduce(lambda first, second: words("saved.and", first=first, second=second), parts) if parts else None


def _length_m(fixes: Fixes) -> float:
    """How long the recorded segments are, without the gaps between them."""
    xy = to_metres(fixes.lon, fixes.lat, utm_srid(float(fixes.lon[0]), float(fixes.lat[0])))
    return sum(float(along_m(part)[-1]) for part in np.split(xy, fixes.segment_starts[1:]) if len(part))


def refusal(problem: Problem) -> str:
    """Say why something was not taken, in the language of the key's city; in English where there is no key or word."""
    words = in_language(g.get("answers_language"), BOOK)
    key = f"refused.{problem.code}"
    known = key in catalog(words.language, BOOK)
    return words(key, mb=MAX_FILE_BYTES // 1_000_000) if known else problem.sentence
