"""The few sentences of a feed that no rider wrote, in the city's language (``texts.json``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

FALLBACK_LANGUAGE = "en"


class Texts:
    """The sentences of one language, by key."""

    def __init__(self, language: str, sentences: dict[str, Any]) -> None:
        self.language = language
        self._sentences = sentences

    def say(self, key: str, **values: object) -> str:
        """Fill in the sentence ``key``. Raises ``KeyError`` on an unknown key or a missing value."""
        sentence: str = self._sentences[key]
        return sentence.format(**values)

    def number(self, key: str, count: int) -> str:
        """Say how many of ``key`` there are, by the language's own plural rule (Unicode CLDR)."""
        forms: dict[str, str] = self._sentences[key]
        return forms.get(Locale(self.language).plural_form(count), forms["other"]).format(count=count)


@cache
def _known() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "texts.json").read_text("utf-8"))
    return found


def sentences() -> Iterator[dict[str, str]]:
    """Yield ``language``, ``key`` and ``text`` of every sentence that needs no counting, in all languages."""
    for language, known in _known().items():
        for key, sentence in known.items():
            if isinstance(sentence, str):
                yield {"language": language, "key": key, "text": sentence}


def other_languages(language: str) -> list[Texts]:
    """The texts of all languages but that of the city (BCP 47)."""
    return [Texts(other, known) for other, known in _known().items() if other != _primary(language)]


@cache
def texts_for(language: str) -> Texts:
    """The texts of a BCP 47 language, those of English where it has none yet."""
    known = _known()
    chosen = primary if (primary := _primary(language)) in known else FALLBACK_LANGUAGE
    return Texts(chosen, known[chosen])


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()
