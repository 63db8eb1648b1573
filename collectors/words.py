"""The words that collectors use in their notes: one list per language, to which a city adds its own.

A list lives in ``words/<language>.json``. Its keys are the fields of ``Words``; ``currencies`` maps an ISO 4217 code to
``words`` (what people write for it), ``step`` (the amount that fares are multiples of) and ``largest`` (above every
fare of one ride). Step and largest decide only whether a number *without* a unit can be a fare, and what is too large
to be believed with one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapping_service.errors import Problem

WORDS_FOLDER = Path(__file__).parent / "words"

SLIP_LETTERS = 5
"""Words of at least this many letters are also known with one letter wrong, missing or too many."""

_ROLES = ("departure", "arrival", "stop", "terminal", "preposition", "nameless", "cancel", "minute", "hour", "ordinal",
          "range", "boilerplate")
_LEVELS = ("empty", "half", "full", "crowded")
_PIECES = re.compile(r"\d+|[^\W\d_]+|[$₵₦₱₹৳]")


@dataclass(frozen=True)
class Currency:
    """How a fare is written: words for the currency, the step of fares and their largest value, in its units."""

    words: frozenset[str]
    step: float | None = None
    largest: float | None = None


@dataclass(frozen=True)
class Words:
    """Phrases by role, each normalised as ``normalised`` does; ``occupancy`` maps a phrase to its level."""

    departure: frozenset[str]
    arrival: frozenset[str]
    stop: frozenset[str]
    terminal: frozenset[str]
    preposition: frozenset[str]
    nameless: frozenset[str]
    cancel: frozenset[str]
    minute: frozenset[str]
    hour: frozenset[str]
    ordinal: frozenset[str]
    range: frozenset[str]
    boilerplate: frozenset[str]
    occupancy: Mapping[str, str]
    currencies: Mapping[str, Currency]

    def currency(self, code: str) -> Currency:
        """What is known of a currency; one that the language does not list is known by its code alone."""
        return self.currencies.get(code.upper()) or Currency(frozenset({normalised(code)}))


def normalised(text: str) -> str:
    """Lower case without accents, pieces (words, numbers, currency signs) parted by one space."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_PIECES.findall(bare))


def load_words(language: str, extra: Mapping[str, Any] | None = None) -> Words:
    """The words of a language (``fr`` or ``fr-CI``), with a city's own in the same shape added.

    Raises ``Problem``: ``language_unknown``, ``words_malformed``.
    """
    path = WORDS_FOLDER / f"{language.lower().split('-')[0].split('_')[0]}.json"
    if path not in WORDS_FOLDER.glob("*.json"):
        known = ", ".join(sorted(found.stem for found in WORDS_FOLDER.glob("*.json")))
        raise Problem("language_unknown", f"There is no word list for the language {language!r}. "
                      f"Choose one of: {known}.", language=language)
    tables = [json.loads(path.read_text(encoding="utf-8")), dict(extra or {})]
    _check(tables[1])
    return Words(
        **{role: _phrases(word for table in tables for word in table.get(role, ())) for role in _ROLES},
        occupancy={normalised(word): level for table in tables for level, words in table.get("occupancy", {}).items()
                   for word in words},
        currencies=_currencies([table.get("currencies", {}) for table in tables]))


def _check(extra: Mapping[str, Any]) -> None:
    known = {*_ROLES, "occupancy", "currencies"}
    levels, currencies = extra.get("occupancy", {}), extra.get("currencies", {})
    wrong = [key for key in extra if key not in known or (key in _ROLES and not _is_list(extra[key]))]
    if not (isinstance(levels, Mapping) and all(level in _LEVELS and _is_list(levels[level]) for level in levels)):
        wrong.append("occupancy")
    if not (isinstance(currencies, Mapping) and all(map(_is_currency, currencies.values()))):
        wrong.append("currencies")
    if wrong:
        raise Problem("words_malformed", f"The city's word list is not understood at: {', '.join(map(str, wrong))}. "
                      "Give lists of words under the keys that words/<language>.json has.", keys=wrong)


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(word, str) and normalised(word) for word in value)


def _is_currency(entry: object) -> bool:
    return isinstance(entry, Mapping) and _is_list(entry.get("words", [])) and all(
        isinstance(entry.get(key, 1), (int, float)) and entry.get(key, 1) > 0 for key in ("step", "largest"))


def _phrases(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normalised(word) for word in words)


def _currencies(tables: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, Currency]:
    merged: dict[str, Currency] = {}
    for table in tables:
        for code, entry in table.items():
            known = merged.get(code, Currency(frozenset({normalised(code)})))
            merged[code] = Currency(known.words | _phrases(entry.get("words", ())), entry.get("step", known.step),
                                    entry.get("largest", known.largest))
    return merged


def is_word(text: str, words: Iterable[str], *, slip_letters: int = SLIP_LETTERS) -> bool:
    """Whether a normalised text is one of the words, one slip of the finger forgiven in the longer ones.

    The first letter must be right: people miss letters inside a word, and short names differ by their first.
    """
    return text in words or any(
        len(word) >= slip_letters and word[0] == text[:1] and abs(len(word) - len(text)) <= 1 and _one_slip(text, word)
        for word in words)


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter changed, missing or too many, or two neighbours swapped, makes a into b."""
    start = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:] or swapped
