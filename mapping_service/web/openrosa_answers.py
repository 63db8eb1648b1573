"""What a collector reads after sending a form: Collect shows our sentence as it is, in the city's language."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import g

from collectors.limits import MAX_FILE_BYTES
from mapping_service.errors import Problem
from mapping_service.instances import Accepted
from mapping_service.records import City
from mapping_service.web.language import catalog, in_language

BOOK = "answers"

log = logging.getLogger(__name__)


def thanks(city: City, accepted: Accepted, xml: bytes, files: Mapping[str, bytes]) -> str:
    """Say that a form is saved: what is in it, which files are still to come, or why it waits for the manager."""
    words = in_language(city.language, BOOK)
    if accepted.reason_code is not None:
        return words("aside", reason=words(f"aside.{accepted.reason_code}"))
    said = words("saved")
    return f"{said} {words.count('missing', len(accepted.missing))}" if accepted.missing else said


def refusal(problem: Problem) -> str:
    """Say why something was not taken, in the language of the key's city; in English where there is no key or word."""
    words = in_language(g.get("answers_language"), BOOK)
    key = f"refused.{problem.code}"
    known = key in catalog(words.language, BOOK)
    return words(key, mb=MAX_FILE_BYTES // 1_000_000) if known else problem.sentence
