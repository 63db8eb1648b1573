"""Why a submission was set aside, in words: one sentence for each reason code, filled from the stored values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_BOOK = Path(__file__).parent / "web" / "locales" / "reasons"


@cache
def _book(language: str) -> Mapping[str, str]:
    """Return the sentences by code in a language (any BCP 47 tag), in English where they are not written in it."""
    path = _BOOK / f"{language.replace('_', '-').partition('-')[0].lower()}.json"
    found = json.loads((path if path.exists() else _BOOK / "en.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


SENTENCES = {code: words for code, words in _book("en").items() if "." not in code}


def sentence(code: str | None, reason: Mapping[str, Any], language: str = "en") -> str:
    """Return the sentence of a reason; empty for none. Reading errors carry their own, English, as ``message``."""
    if code is None:
        return ""
    if "message" in reason:
        return str(reason["message"])
    return _book(language)[code].format_map(reason)


def to_sender(code: str | None, reason: Mapping[str, Any], language: str = "en") -> str:
    """Return the sentence for who sent it: the other file that it speaks of may be somebody else's, and has no name."""
    return sentence(code, {**reason, "of": _book(language)["other.file"]}, language)


def of_message(code: str, problem: Mapping[str, Any], language: str = "en") -> str:
    """Return why a message of a tracker could not be used, or not wholly."""
    book = _book(language)
    if f"message.{code}" not in book:
        return sentence(code, problem, language)
    what = ", ".join(book[f"dropped.{kind}"].format(n=n) for kind, n in problem.items() if f"dropped.{kind}" in book)
    return book[f"message.{code}"].format(what=what)


def remark(code: str, details: Mapping[str, Any]) -> str:
    """Return a notice in words: its row or line first, then what it says with its values."""
    values = dict(details)
    where = [f"{key} {values.pop(key)}" for key in ("row", "line") if key in values]
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
    return ": ".join([*where, code.replace("_", " ")]) + (f" ({rest})" if rest else "")
