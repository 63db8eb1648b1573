"""Builds forms: our own from Markdown, a city's from the XLSForm or the XForm that it brings.

pyxform (https://github.com/XLSForm/pyxform) turns XLSForms into XForms. It is imported where it is called: web
processes that only hand out forms do not carry it.

Our sources are XLSForms in English, one table a sheet. ``words.md`` says each of their texts in five more languages.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from collectors.forms.xform import Question, read_xform
from mapping_service.errors import Problem, TooLarge

HERE = Path(__file__).parent
OWN = ("ride", "stop", "frequency", "fare", "visit", "correction")
"""The ids of our own forms, in the order in which they are listed."""

LANGUAGES = {"en": "English (en)", "fr": "Français (fr)", "es": "Español (es)", "pt": "Português (pt)",
             "sw": "Kiswahili (sw)", "ar": "العربية (ar)"}
"""The languages of our own forms, as ODK names them to people."""

MAX_FORM_BYTES = 10_000_000
"""Largest file of a form, in bytes; the largest that we have seen are below 1 MB."""

_MAX_UNPACKED_BYTES = 100_000_000
_SPOKEN = ("label", "hint", "constraint_message")
_SHEETS = ("survey", "choices", "settings", "entities")
_XLSFORM_ENDINGS = (".xlsx", ".xls", ".md")


@dataclass(frozen=True)
class BuiltForm:
    """A form ready to be published: ``xml`` is what phones get, byte for byte; ``xlsx`` what people take away.

    ``source_name`` is the name of that file; both are ``None`` for a form that came as XML. ``warnings`` are
    pyxform's, for the person who made the form.
    """

    form_id: str
    version: str
    title: str
    xml: bytes
    questions: tuple[Question, ...]
    media: tuple[str, ...]
    xlsx: bytes | None = None
    source_name: str | None = None
    warnings: tuple[str, ...] = ()


@cache
def build_own(form_id: str, language: str) -> BuiltForm:
    """Build one of our own forms, opening in ``language`` where it speaks that, else in English.

    Raises ``ValueError`` where pyxform warns or a text lacks a translation: the source must be mended.
    """
    from pyxform.xls2json_backends import get_xlsform

    book = get_xlsform((HERE / f"{form_id}.md").read_text("utf-8"))
    sheets = {name: _said(name, getattr(book, name), language) for name in _SHEETS if getattr(book, name)}
    xml, warnings = _convert({**_definition(sheets), "fallback_form_name": "data"})
    if warnings:
        raise ValueError(f"{form_id}.md: {'; '.join(warnings)}")
    return _built(xml, _workbook(sheets), f"{form_id}.xlsx", ())


def build_upload(name: str, data: bytes) -> BuiltForm:
    """Build a form from a file: an XLSForm (.xlsx, .xls, or tables in .md), or an XForm, which is kept as it is.

    Raises ``Problem``: ``form_invalid`` with what pyxform says, ``form_encrypted``, ``form_id_bad``, ``form_empty``,
    and ``TooLarge`` ``form_too_large``.
    """
    if len(data) > MAX_FORM_BYTES or _unpacked_bytes(data) > _MAX_UNPACKED_BYTES:
        raise TooLarge("form_too_large", f"A form may have {MAX_FORM_BYTES // 1_000_000} MB at most.")
    path = PurePosixPath(name.replace("\\", "/"))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _built(data, None, None, ())
    if path.suffix.lower() not in _XLSFORM_ENDINGS:
        raise Problem("form_invalid", f"“{path.name}” is neither an XLSForm (.xlsx, .xls, .md) nor an XForm (.xml).")
    xml, warnings = _convert(data, path.suffix.lower())
    if path.suffix.lower() == ".md":
        return _built(xml, _workbook(_sheets(data)), f"{path.stem}.xlsx", warnings)
    return _built(xml, data, path.name, warnings)


def _built(xml: bytes, xlsx: bytes | None, source_name: str | None, warnings: Sequence[str]) -> BuiltForm:
    form = read_xform(xml)
    return BuiltForm(form.form_id, form.version, form.title, xml, form.questions, form.media, xlsx, source_name,
                     tuple(warnings))


def _convert(source: bytes | dict[str, Any], ending: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The XForm of an XLSForm and what pyxform warns of. Raises ``Problem`` ``form_invalid``."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        made = convert(source, file_type=ending)
    except PyXFormError as error:
        said = " ".join(str(error).split())
        raise Problem("form_invalid", f"The form cannot be built: {said}", said=said) from error
    except Exception as error:  # whatever a damaged workbook makes its readers raise: none of it is ours to mend
        raise Problem("form_invalid", f"The form cannot be read ({type(error).__name__}). Save it again as .xlsx.",
                      said=str(error)) from error
    return made.xform.encode(), tuple(" ".join(one.split()) for one in made.warnings)


def _unpacked_bytes(data: bytes) -> int:
    """What a workbook unpacks to, as it says itself; 0 for what is no zip."""
    if not data.startswith(b"PK"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return sum(one.file_size for one in opened.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return 0


def _said(sheet: str, rows: Sequence[Mapping[str, str]], language: str) -> list[dict[str, str]]:
    """A sheet of our own with its texts in all languages, and the settings for a city of ``language``."""
    opening = language if language in LANGUAGES else "en"
    said = []
    for row in rows:
        made: dict[str, str] = {}
        for column, text in row.items():
            if column in _SPOKEN and sheet != "entities":
                made |= {f"{column}::{name}": _word(text, code) for code, name in LANGUAGES.items()}
            else:
                made[column] = _word(text, opening) if column == "form_title" else text
        if "form_id" in row:
            made["default_language"] = LANGUAGES[opening]
        said.append(made)
    return said


def _word(text: str, language: str) -> str:
    if language == "en":
        return text
    try:
        return _words()[text][language]
    except KeyError:
        raise ValueError(f"words.md does not say “{text}” in {language}") from None


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """Each English text with what it is in the other languages, from ``words.md``."""
    found: dict[str, dict[str, str]] = {}
    codes: list[str] = []
    for line in (HERE / "words.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        if not codes:
            codes = cells
            continue
        if len(cells) != len(codes) or not all(cells) or cells[0] in found:
            raise ValueError(f"words.md: each text once, in {len(codes)} languages: {line}")
        found[cells[0]] = dict(zip(codes[1:], cells[1:], strict=True))
    return found


def _definition(sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, Any]:
    """Sheets as pyxform takes them."""
    made: dict[str, Any] = {"sheet_names": list(sheets)}
    for name, rows in sheets.items():
        made[name] = rows
        made[f"{name}_header"] = [dict.fromkeys(_columns(rows))]
    return made


def _sheets(markdown: bytes) -> dict[str, list[dict[str, str]]]:
    from pyxform.xls2json_backends import get_xlsform

    book = get_xlsform(markdown, file_type=".md")
    return {name: [dict(row) for row in getattr(book, name)] for name in _SHEETS if getattr(book, name)}


def _columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _workbook(sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> bytes:
    """The sheets as a workbook that a spreadsheet opens and pyxform reads again."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = _columns(rows)
        for line in (columns, *([row.get(column, "") for column in columns] for row in rows)):
            sheet.append(line)
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
