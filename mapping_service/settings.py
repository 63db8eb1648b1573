"""The settings of a city's feed, checked before they are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import holidays
from babel import Locale
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from sqlalchemy import Connection

from collectors.limits import MAX_ADDRESS_CHARS
from mapping_service.errors import Problem
from mapping_service.feed_records import FeedSettings
from mapping_service.records import City
from mapping_service.store import settings as store
from mapping_service.typed import typed_name

_EMAIL = re.compile(r"[\w.%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
_SPDX_ID = re.compile(r"[A-Za-z0-9.+-]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Codes that Unicode adds to those of ISO 3166.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "XK", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


def change_settings(connection: Connection, city: City, changes: Mapping[str, str]) -> FeedSettings:
    """Change some settings of a city's feed, by their field names, and return all of them.

    An empty value takes a setting back. Raises ``Problem`` with a code for each thing that cannot be, and changes
    nothing then.
    """
    checked: dict[str, Any] = {
        name: (_CHECKS[name](value.strip()) or None) if value.strip() else None for name, value in changes.items()
    }
    wanted = replace(store.get_settings(connection, city.city_id), **checked)
    if wanted.holidays == "as_sunday" and wanted.country not in holidays.list_supported_countries():
        raise Problem(
            "holidays_unknown",
            f"The public holidays of {wanted.country or 'no country'} are not known here. Set --country to a country "
            "whose holidays are, or leave --holidays as_usual.",
            country=wanted.country,
        )
    store.put_settings(connection, city.city_id, asdict(wanted))
    return wanted


def email(written: str) -> str:
    """Check an e-mail address. Raises ``Problem`` ``bad_email``."""
    if not _EMAIL.fullmatch(written) or len(written) > MAX_ADDRESS_CHARS:
        raise Problem("bad_email", f"“{written[:MAX_ADDRESS_CHARS]}” is no e-mail address.", email=written)
    return written


def web_address(written: str) -> str:
    """Check a web address. Raises ``Problem`` ``bad_address``."""
    if not _ADDRESS.fullmatch(written) or len(written) > MAX_ADDRESS_CHARS:
        sentence = (f"“{written[:MAX_ADDRESS_CHARS]}” is no web address. It begins with https:// or http://, and has "
                    f"{MAX_ADDRESS_CHARS} characters at most.")
        raise Problem("bad_address", sentence, url=written[:MAX_ADDRESS_CHARS])
    return written


def _licence(written: str) -> str:
    try:
        if not _SPDX_ID.fullmatch(written):
            raise InvalidLicenseExpression(written)
        return str(canonicalize_license_expression(written))
    except InvalidLicenseExpression as error:
        raise Problem(
            "bad_licence", f"“{written}” is no SPDX licence id. Use one such as CC-BY-4.0, ODbL-1.0 or CC0-1.0.",
            licence=written,
        ) from error


def _country(written: str) -> str:
    code = written.upper()
    if not _COUNTRY.fullmatch(code) or code in _NO_COUNTRY or code not in Locale("en").territories:
        sentence = f"“{written}” is no country. Use an ISO 3166 code such as CI or KE."
        raise Problem("bad_country", sentence, country=written)
    return code


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "publisher_name": typed_name,
    "contact_email": email,
    "contact_url": web_address,
    "licence": _licence,
    "country": _country,
    # The command line offers no other values.
    "surveyed_once": str,
    "holidays": str,
}
