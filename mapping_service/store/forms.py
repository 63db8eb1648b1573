"""Forms of a city with every version that was ever published, as the database keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from collectors.forms.build import BuiltForm
from collectors.forms.xform import Question
from mapping_service.errors import Conflict, NotFound
from mapping_service.store.engine import row, rows, run


@dataclass(frozen=True)
class ListedForm:
    """A form as a phone's list shows it: its current version and the MD5 of that version's XML, in hex."""

    form_id: str
    title: str
    version: str
    md5: str
    has_media: bool


@dataclass(frozen=True)
class FormSummary:
    """A form as its managers see it. ``questions`` counts those of the current version that a person sees."""

    form_id: str
    title: str
    state: str
    builtin: bool
    version: str
    versions: int
    questions: int
    media: tuple[str, ...]
    source_name: str | None
    version_at: datetime


@dataclass(frozen=True)
class FormXml:
    """One version of a form. ``xml`` is served as it is for ever: phones compare its ``md5`` (hex)."""

    form_id: str
    version: str
    title: str
    xml: bytes
    md5: str
    questions: tuple[Question, ...]
    media: tuple[str, ...]
    xlsx: bytes | None
    source_name: str | None


def list_forms(connection: Connection, city_id: int) -> list[ListedForm]:
    """Return the open forms of a city, our own first."""
    return [ListedForm(**one._mapping) for one in rows(connection, "forms.list_forms", {"city_id": city_id})]


def list_all(connection: Connection, city_id: int) -> list[FormSummary]:
    """Return every form of a city, whatever its state."""
    return [
        FormSummary(one.form_id, one.title, one.state, one.builtin, one.version, one.versions, one.questions,
                    tuple(one.media), one.source_name, one.version_at)
        for one in rows(connection, "forms.list_all", {"city_id": city_id})
    ]


def form_xml(connection: Connection, city_id: int, form_id: str, version: str | None = None) -> FormXml | None:
    """Return one version of a form in any state, the current one where none is named; ``None`` if there is none."""
    values = {"city_id": city_id, "form_id": form_id, "version": version}
    found = row(connection, "forms.get_version", values)
    if found is None:
        return None
    questions = tuple(Question(**one) for one in found.questions)
    xlsx = None if found.xlsx is None else bytes(found.xlsx)
    return FormXml(found.form_id, found.version, found.title, bytes(found.xml), found.md5, questions,
                   tuple(found.media), xlsx, found.source_name)


def form_state(connection: Connection, city_id: int, form_id: str, version: str) -> str:
    """Return ``open``, ``closing`` (accepted, not listed), ``closed``, ``unknown_form`` or ``unknown_version``."""
    found = row(connection, "forms.get_state", {"city_id": city_id, "form_id": form_id, "version": version})
    if found is None:
        return "unknown_form"
    if found.state == "closed" or found.has_version:
        return str(found.state)
    return "unknown_version"


def set_state(connection: Connection, city_id: int, form_id: str, state: str) -> None:
    """Set a form ``open``, ``closing`` or ``closed``. Raises ``NotFound`` ``form_unknown``."""
    if not run(connection, "forms.set_state", {"city_id": city_id, "form_id": form_id, "state": state}):
        raise NotFound("form_unknown", f"There is no form “{form_id}” here. See “commonway form list”.", form=form_id)


def publish(
    connection: Connection, city_id: int, form: BuiltForm, media: Mapping[str, bytes], *, builtin: bool
) -> bool:
    """Keep a form's version with its files and say whether the version is new; its old versions stay.

    Raises ``Conflict``: ``form_id_taken`` where one of our own has this id, ``form_version_taken`` where this version
    is there with other bytes.
    """
    held = row(connection, "forms.get_or_insert_form",
               {"city_id": city_id, "form_id": form.form_id, "title": form.title, "builtin": builtin})
    assert held is not None
    if held.builtin != builtin:
        raise Conflict("form_id_taken", f"“{form.form_id}” is the id of another kind of form here. Choose another id.")
    md5 = hashlib.md5(form.xml, usedforsecurity=False).hexdigest()
    before = form_xml(connection, city_id, form.form_id, form.version)
    if before is not None and before.md5 != md5:
        raise Conflict("form_version_taken", f"Version “{form.version}” of “{form.form_id}” is published already with "
                       "other content. Give the form a new version in its settings.")
    if before is None:
        run(connection, "forms.insert_version", {
            "form_key": held.form_key, "version": form.version, "city_id": city_id, "xml": form.xml, "md5": md5,
            "xlsx": form.xlsx, "source_name": form.source_name, "media": list(form.media),
            "questions": json.dumps([asdict(one) for one in form.questions]),
        })
    _put_files(connection, city_id, held.form_key, form, media)
    return before is None


def _put_files(
    connection: Connection, city_id: int, form_key: int, form: BuiltForm, media: Mapping[str, bytes]
) -> None:
    for name in sorted(set(media) & set(form.media)):
        run(connection, "forms.put_file", {
            "form_key": form_key, "version": form.version, "name": name, "city_id": city_id, "bytes": media[name],
            "md5": hashlib.md5(media[name], usedforsecurity=False).hexdigest(),
        })


def list_files(connection: Connection, city_id: int, form_id: str) -> Mapping[str, str]:
    """Return the names of the files that came with a form's current version, each with its MD5 in hex."""
    found = rows(connection, "forms.list_files", {"city_id": city_id, "form_id": form_id})
    return {one.name: one.md5 for one in found}


def get_file(connection: Connection, city_id: int, form_id: str, name: str) -> tuple[str, bytes] | None:
    """Return the MD5 (hex) and the bytes of a file that came with a form's current version."""
    found = row(connection, "forms.get_file", {"city_id": city_id, "form_id": form_id, "name": name})
    return None if found is None else (found.md5, bytes(found.bytes))
