"""What a person settles about a city, checked: its clock, its money, its language, its words, its feed's publisher."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency
from sqlalchemy import Engine

from collectors.words import load_words
from gtfs_export import Publisher
from mapping_service.config import Config
from mapping_service.errors import Problem
from mapping_service.forms import publish_builtin
from mapping_service.records import City
from mapping_service.store import published
from mapping_service.store.cities import add_city
from mapping_service.typed import typed_name

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# First parts of our own addresses: a city of that name could not be reached.
_TAKEN = frozenset({"api", "ingest", "static", "setup", "v1", "health", "favicon", "formList", "submission"})


def new_city(
    engine: Engine,
    slug: str,
    name: str,
    timezone: str,
    currency: str,
    language: str,
    words: Path | None = None,
    *,
    synthetic: bool = False,
) -> City:
    """Create a city with our own forms.

    Raises ``Problem`` with a code for each thing that cannot be, ``Conflict`` ``city_exists``.
    """
    _check(slug, timezone, currency, language)
    extra = _read_words(words) if words else {}
    load_words(language, extra)
    made = City(0, slug, typed_name(name) or slug, timezone, currency, language, synthetic, None, extra)
    with engine.begin() as connection:
        city = add_city(connection, made)
    publish_builtin(engine, city)
    return city


def _check(slug: str, timezone: str, currency: str, language: str) -> None:
    if slug in _TAKEN:
        raise Problem("bad_slug", f"“{slug}” is an address of Commonway itself. Choose another slug.", slug=slug)
    if not _SLUG.fullmatch(slug):
        sentence = f"“{slug}” cannot be a city's slug. Use small letters, digits and hyphens."
        raise Problem("bad_slug", sentence, slug=slug)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Problem(
            "bad_timezone", f"“{timezone}” is no time zone. Use an IANA name such as Africa/Abidjan.", timezone=timezone
        ) from error
    if not is_currency(currency):
        sentence = f"“{currency}” is no currency. Use an ISO 4217 code such as XOF."
        raise Problem("bad_currency", sentence, currency=currency)
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        sentence = f"“{language}” is no language. Use a code such as fr."
        raise Problem("bad_language", sentence, language=language) from error


def _read_words(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise Problem("bad_words", f"{path} is not JSON in UTF-8. See collectors/words for the shape.") from error
    if not isinstance(found, dict):
        raise Problem("bad_words", f"{path} must hold one JSON object. See collectors/words for the shape.")
    return found


def publisher(config: Config, city: City | published.City) -> Publisher:
    """Return who publishes a city's feed, as its files name it."""
    return Publisher(name=f"Commonway {city.name}", url=f"{config.base_url}/{city.slug}")
