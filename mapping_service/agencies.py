"""Who runs which route, and what names are in other languages, checked before it is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from babel import Locale, UnknownLocaleError
from sqlalchemy import Connection

from mapping_service.errors import Conflict, NotFound, Problem
from mapping_service.feed_records import Agency, FeedSettings, Translation
from mapping_service.records import City
from mapping_service.settings import email, web_address
from mapping_service.store import agencies as store
from mapping_service.store.networks import network_id
from mapping_service.store.settings import get_settings
from mapping_service.typed import one_line, typed_name

# Routes of which nobody has said who runs them are the informal operators' of the city.
NOBODY = "informal"
COLUMNS = ("name", "language", "translation")


@dataclass(frozen=True)
class TranslateReport:
    """What a table of translations held: those kept, those taken back, and names that the city does not show."""

    kept: int
    taken_back: int
    unknown: list[str]


def add_agency(
    connection: Connection, city: City, name: str, *, url: str | None = None, phone: str | None = None,
    mail: str | None = None, cash_only: bool | None = None,
) -> Agency:
    """Keep an agency under its name; what is not given of one that is known stays as it was.

    Raises ``Problem`` with a code for each thing that cannot be.
    """
    accepted = network_id(connection, city.city_id, "accepted")
    called = typed_name(name)
    if not called or called == NOBODY:
        raise Problem("bad_agency", f"“{name}” cannot be the name of an agency. Use the one that riders know.")
    known = store.get_agency(connection, accepted, called) or Agency("", called)
    settings = get_settings(connection, city.city_id)
    return store.put_agency(connection, city.city_id, accepted, Agency(
        known.agency_id, known.name,
        known.url if url is None else web_address(url),
        known.phone if phone is None else telephone(phone, settings),
        known.email if mail is None else email(mail),
        known.cash_only if cash_only is None else cash_only,
    ))


def assign(connection: Connection, city: City, named: str, route_ids: Sequence[str]) -> Agency | None:
    """Say which agency, by id or name, runs some accepted routes; ``informal`` takes that back.

    Raises ``NotFound`` ``agency_unknown`` and ``route_unknown``, and assigns nothing then.
    """
    accepted = network_id(connection, city.city_id, "accepted")
    agency = store.get_agency(connection, accepted, one_line(named))
    if agency is None and named != NOBODY:
        raise NotFound(
            "agency_unknown",
            f"{city.name} has no agency “{named}”. Add it: “commonway agency add NAME --city {city.slug}”.",
            agency=named,
        )
    unknown = sorted(set(route_ids) - store.known_routes(connection, accepted, route_ids))
    if unknown:
        raise NotFound(
            "route_unknown",
            f"{city.name} has no accepted route {', '.join(unknown)}. Accept it first, or check its id.",
            routes=unknown,
        )
    store.assign_routes(connection, city.city_id, accepted, agency.agency_id if agency else None, route_ids)
    return agency


def telephone(written: str, settings: FeedSettings) -> str:
    """Return a telephone number as dialled from abroad. Raises ``Problem`` ``bad_phone``."""
    try:
        number = phonenumbers.parse(written, settings.country)
    except phonenumbers.NumberParseException as error:
        raise _bad_phone(written, settings) from error
    if not phonenumbers.is_valid_number(number):
        raise _bad_phone(written, settings)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _bad_phone(written: str, settings: FeedSettings) -> Problem:
    place = f" of {settings.country}" if settings.country else ""
    return Problem(
        "bad_phone", f"“{written}” is no telephone number{place}. Write it as dialled from abroad, with + in front.",
        phone=written,
    )


def translate(connection: Connection, city: City, path: Path) -> TranslateReport:
    """Keep the translations of a CSV in UTF-8 with the columns name, language and translation.

    A name is translated wherever it stands. An empty translation takes one back. Raises ``Problem``
    ``bad_translations`` and ``name_too_long`` with the line, and keeps nothing then.
    """
    accepted = network_id(connection, city.city_id, "accepted")
    said = read_translations(path, city.language)
    store.put_translations(connection, city.city_id, accepted, said)
    shown = {one_line(name) for name in store.known_names(connection, accepted)}
    kept = [one for one in said if one.translation]
    return TranslateReport(
        len(kept), len(said) - len(kept), sorted({one.name for one in kept if one.name not in shown})
    )


def read_translations(path: Path, language: str) -> list[Translation]:
    """Read a table of translations of names that are in ``language``. Raises as ``translate`` does."""
    try:
        text = path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise Problem("bad_translations", f"{path} cannot be read as UTF-8 text.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            raise Problem("bad_translations", f"{path} has no column {missing[0]}. It needs {', '.join(COLUMNS)}.")
        said = [_translation(record, language, path, reader.line_num) for record in reader]
    except csv.Error as error:
        raise Problem("bad_translations", f"{path} is no CSV: {error}, line {reader.line_num}.") from error
    names: dict[tuple[str, str], Translation] = {}
    for one in said:
        if names.setdefault((one.language, one.name), one) != one:
            raise Conflict(
                "translated_twice", f"“{one.name}” has two translations into {one.language} in {path}. Keep one.",
                name=one.name, language=one.language,
            )
    return list(names.values())


def _translation(record: dict[str | None, str | None], language: str, path: Path, line: int) -> Translation:
    where = f"{path}, line {line}"
    name, into, translation = (typed_name(record[column] or "", f"{where}: ") for column in COLUMNS)
    if not name:
        raise Problem("bad_translations", f"{where}: there is no name.", line=line)
    try:
        tag = str(Locale.parse(into, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError) as error:
        sentence = f"{where}: “{into}” is no language. Use a code such as sw."
        raise Problem("bad_translations", sentence, line=line) from error
    if tag == language:
        raise Problem("bad_translations", f"{where}: {into} is the language of the city itself.", line=line)
    return Translation(name, tag, translation)
