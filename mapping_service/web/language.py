"""The words of the pages in five languages, and numbers, dates and money as each writes them.

Catalogs are flat: ``locales/{language}.json``, the same keys and ``{placeholders}`` in each. A key that counts has a
form for each plural category that its language uses (``runs.one``, ``runs.other``; Unicode CLDR). What only some people
see has a book of its own, ``locales/{book}/{language}.json``, which may speak more languages.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from babel.units import format_unit
from flask import Flask, Response, g, request

from mapping_service.records import Notice
from mapping_service.store.published import Fare

LANGUAGES = ("en", "fr", "es", "pt", "sw")
FALLBACK = "en"
PAGES = "pages"
COOKIE = "lang"
COOKIE_AGE_S = 365 * 86400
# Confidence in words: at least so much is …
CONFIDENCE_WORDS = ((0.8, "high"), (0.5, "fair"), (0.0, "low"))
_LOCALES = Path(__file__).parent / "locales"


@cache
def catalog(language: str, book: str = PAGES) -> Mapping[str, str]:
    """Return the words of one language of a book by key."""
    found = json.loads((_folder(book) / f"{language}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@cache
def languages_of(book: str) -> tuple[str, ...]:
    """Return the languages in which a book is written; those of the pages in the order in which they are offered."""
    return LANGUAGES if book == PAGES else tuple(sorted(path.stem for path in _folder(book).glob("*.json")))


def _folder(book: str) -> Path:
    return _LOCALES if book == PAGES else _LOCALES / book


def choose(*wanted: str | None, book: str = PAGES) -> str:
    """Return the language of a page: the first that is wanted and that the book is written in.

    Each may be any BCP 47 tag or ``None``: as asked for, as kept, as the browser accepts, as the city speaks.
    """
    for tag in wanted:
        if tag and (primary := tag.replace("_", "-").split("-")[0].lower()) in languages_of(book):
            return primary
    return FALLBACK


def in_language(tag: str | None, book: str = PAGES) -> Words:
    """Return a book in a city's or a person's language, in English where it is not written in that."""
    return Words(choose(tag, book=book), book)


@dataclass(frozen=True)
class Words:
    """One language: call it with a key for its words; its methods write values. ``None`` is written as unknown."""

    language: str
    book: str = PAGES

    def __call__(self, key: str, **values: Any) -> str:
        return catalog(self.language, self.book)[key].format(**values)

    @property
    def direction(self) -> str:
        """Which way the language is written: ``ltr`` or ``rtl``."""
        return str(Locale.parse(self.language).text_direction)

    def count(self, key: str, number: int) -> str:
        """Write ``number`` of something, in the plural form that the language wants for it."""
        words = catalog(self.language, self.book)
        form = f"{key}.{Locale.parse(self.language).plural_form(number)}"
        return words[form if form in words else f"{key}.other"].format(n=self.number(number))

    def number(self, value: float) -> str:
        """Write a number, thousands grouped."""
        return format_decimal(value, locale=self.language)

    def percent(self, share: float) -> str:
        """Write a share of 0 to 1 in whole percent: as all or as nothing only where it is."""
        whole = round(share, 2) if share in (0, 1) else min(max(round(share, 2), 0.01), 0.99)
        return format_percent(whole, locale=self.language)

    def km(self, length_m: float | None) -> str:
        """Write a length in kilometres: one decimal below 100 km."""
        if length_m is None:
            return self("unknown")
        km = length_m / 1000
        return self("unit.km", n=format_decimal(km, format="#,##0.0" if km < 100 else "#,##0", locale=self.language))

    def bytes(self, size: int) -> str:
        """Write the size of a file."""
        for unit, bytes_of in (("megabyte", 1e6), ("kilobyte", 1e3)):
            if size >= bytes_of:
                return format_unit(size / bytes_of, unit, "short", format="#,##0.0", locale=self.language)
        return format_unit(size, "byte", "long", locale=self.language)

    def metres(self, length_m: float | None) -> str:
        """Write a length in whole metres."""
        return self("unknown") if length_m is None else self("unit.m", n=self.number(round(length_m)))

    def distance(self, length_m: float) -> str:
        """Write a length in whole metres, from a kilometre on in kilometres with no more decimals than it has."""
        return self.metres(length_m) if length_m < 1000 else self("unit.km", n=self.number(length_m / 1000))

    def minutes(self, seconds: float | None) -> str:
        """Write a time in minutes, never as 0: what is shorter is less than one."""
        if seconds is None:
            return self("unknown")
        return self("unit.min", n=self.number(round(seconds / 60))) if seconds >= 30 else self("unit.under_min")

    def clock(self, seconds: int) -> str:
        """Write seconds after local midnight as hours and minutes."""
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"

    def ago(self, seconds: float) -> str:
        """Write how long ago something was; what is just now was a second ago."""
        return format_timedelta(-max(1, round(seconds)), threshold=1.5, add_direction=True, locale=self.language)

    def lasting(self, seconds: float) -> str:
        """Write how long something takes, in its largest unit."""
        return format_timedelta(round(seconds), threshold=1.5, locale=self.language)

    def date(self, day: datetime.date) -> str:
        """Write a day."""
        return format_date(day, "medium", locale=self.language)

    def country(self, code: str) -> str:
        """Return the name of a country (ISO 3166-1 alpha-2), its code where the language has none for it."""
        return str(Locale.parse(self.language).territories.get(code, code))

    def money(self, amount: float, currency: str) -> str:
        """Write an amount, without decimals where it has none."""
        pattern = Locale.parse(self.language).currency_formats["standard"].pattern
        if amount % 1 == 0:
            pattern = pattern.replace(".00", "")
        if get_currency_symbol(currency, self.language)[-1].isalpha():  # CLDR's alphaNextToNumber: KSh 50, not KSh50
            pattern = pattern.replace("¤#", "¤\u00a0#")
        return format_currency(amount, currency, format=pattern, locale=self.language, currency_digits=False)

    def fare(self, fare: Fare | None) -> str:
        """Write the usual fare."""
        return self("unknown") if fare is None else self.money(fare.amount, fare.currency)

    def people(self, people: int | None) -> str:
        """Write how many people stand behind something."""
        return self("people.not_stated") if people is None else self.count("people", people)

    def confidence(self, confidence: float) -> str:
        """Write how sure we are, in words."""
        return self(f"confidence.{next(word for least, word in CONFIDENCE_WORDS if confidence >= least)}")

    def because(self, remarks: Iterable[Notice]) -> str:
        """Write remarks about a candidate or a pattern (``mapping_service.review``), one after the other."""
        return "; ".join(self._remark(one) for one in remarks)

    def variant(self, reason: Mapping[str, Any]) -> str:
        """Write why a pattern is kept beside the main one of its direction (``mapping_service.fuse.variants``)."""
        parts = [self("variant.share", share=self.percent(reason["share"]))]
        for one in reason["differences"]:
            at, rejoins = (one.get(key) or self.km(one.get(f"{key}_m")) for key in ("at", "rejoins"))
            parts.append(self(f"variant.{one['code'].removeprefix('variant_')}", at=at, rejoins=rejoins))
        parts.append(self("variant.rides", n=self.number(reason["runs"]), of=self.number(reason["of"])))
        return ", ".join(parts)

    def _remark(self, one: Notice) -> str:
        if one.code.startswith("variant_"):
            return self.variant(one.details)
        write: dict[str, Callable[[Any], str]] = {
            "n": self.number, "share": self.percent, "m": self.metres, "source": str, "date": self.date,
            "routes": ", ".join,
        }
        return self(f"why.{one.code}", **{name: write[name](value) for name, value in one.details.items()})

    def under(self, prefix: str) -> dict[str, str]:
        """All words whose key begins with ``prefix``: for the scripts of a page."""
        found = catalog(self.language, self.book).items()
        return {key.removeprefix(prefix): text for key, text in found if key.startswith(prefix)}


def words(city_language: str | None = None, book: str = PAGES) -> Words:
    """Return a book in the language of this request, settled when first asked for."""
    held: dict[str, Words] = g.setdefault("words", {})
    if book not in held:
        languages = languages_of(book)
        accepted = request.accept_languages.best_match([*languages, *(f"{one}-{one.upper()}" for one in languages)])
        wanted = request.args.get("lang"), request.cookies.get(COOKIE), accepted, city_language
        held[book] = Words(choose(*wanted, book=book), book)
    return held[book]


def install(app: Flask) -> None:
    """Give every template ``t``, and every page its ``Content-Language``."""
    app.context_processor(lambda: {"t": words(), "languages": LANGUAGES, "name_of": own_name})
    app.after_request(_mark)


@cache
def own_name(language: str) -> str:
    """Return what a language calls itself."""
    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


def _mark(response: Response) -> Response:
    if response.mimetype != "text/html" or "words" not in g:
        return response
    language = next(iter(g.words.values())).language  # of the book that the page asked for first
    response.headers["Content-Language"] = language
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") == language:
        response.set_cookie(COOKIE, language, max_age=COOKIE_AGE_S, samesite="Lax", httponly=True)
    return response
