"""Filled forms taken in: the XML and its files in one transaction, so that whatever dies half-way leaves nothing.

The same bytes again are one form, from however many threads; another form under the same id is kept aside and refused.
What OpenRosa clients make of each answer: docs.getodk.org/openrosa-form-submission.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from collectors.hints import file_stem
from collectors.openrosa.instance import Instance, read_instance
from mapping_service.errors import Conflict, NotFound, Problem
from mapping_service.intake.interpret import Verdict
from mapping_service.reasons import sentence
from mapping_service.records import Sender
from mapping_service.store.forms import form_state
from mapping_service.store.instances import (
    add_instance,
    expect_files,
    find_instance,
    keep_files,
    keeps_unknown,
    mark_complete,
    mark_edited,
    mark_unread,
    missing_files,
    sent_before,
)
from mapping_service.store.intake import delete_provisional_points, keep, set_aside
from mapping_service.store.people import MANAGER

_KEPT_ASIDE = frozenset({"form_unknown", "form_closed", "version_unknown", "original_unknown"})
_REFUSED = {"instance_conflict": Conflict, "edit_stale": Conflict, "deleted": Conflict, "encrypted": Problem}


@dataclass(frozen=True)
class Accepted:
    """What became of one request: ``state`` is ``new``, ``same`` or ``more_files``.

    ``reason_code`` says why it was kept aside, if so; ``missing`` names the files that are still to come.
    """

    submission_id: int
    state: str
    reason_code: str | None
    missing: tuple[str, ...]
    form_id: str


@dataclass(frozen=True)
class _Sent:
    """One request: who sent it, what it reads as, and its bytes."""

    sender: Sender
    read: Instance
    xml: bytes
    files: Mapping[str, bytes]
    incomplete: bool
    device_id: str | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.xml).hexdigest()

    @property
    def instance_id(self) -> str:
        return self.read.instance_id or f"sha256:{self.sha256}"


def accept_instance(
    engine: Engine,
    sender: Sender,
    xml: bytes,
    files: Mapping[str, bytes],
    *,
    incomplete: bool = False,
    device_id: str | None = None,
) -> Accepted:
    """Keep a filled form and those of its files that came with it; when this returns, they are on disk.

    What a manager has to look at is kept aside first, then answered: with ``reason_code``, or by raising ``Conflict``
    ``instance_conflict``, ``edit_stale``, ``deleted`` or ``Problem`` ``encrypted``. Raises also what ``read_instance``
    raises, and, where the city refuses what it does not know, ``NotFound`` ``form_unknown``, ``version_unknown``,
    ``original_unknown`` or ``Conflict`` ``form_closed``: then nothing is kept.
    """
    sent = _Sent(sender, read_instance(xml), xml, files, incomplete, device_id)
    with engine.begin() as connection:
        accepted, reason = _keep(connection, sent)
    if accepted.reason_code in _REFUSED:
        raise _REFUSED[accepted.reason_code](accepted.reason_code, sentence(accepted.reason_code, reason))
    return accepted


def delete_instance(engine: Engine, sender: Sender, form_id: str, instance_id: str) -> None:
    """Take a filled form out of all that is made of it; its bytes stay aside, so that it is not taken in again.

    Raises ``NotFound`` ``instance_unknown``, also where it is somebody else's and the sender no manager.
    """
    with engine.begin() as connection:
        found = _own(connection, sender, form_id, instance_id)
        if found is None:
            raise NotFound("instance_unknown", f"You have sent no form “{instance_id}” of this kind.")
        set_aside(connection, found, "deleted")
        delete_provisional_points(connection, found)


def _own(connection: Connection, sender: Sender, form_id: str, instance_id: str) -> int | None:
    """The submission of a filled form that this sender may change: one's own; anybody's for a manager."""
    found = find_instance(connection, sender.city_id, form_id, instance_id)
    if found is None or (found.contributor_id != sender.contributor_id and sender.role != MANAGER):
        return None
    return int(found.submission_id)


def _keep(connection: Connection, sent: _Sent) -> tuple[Accepted, Mapping[str, Any]]:
    city_id, contributor_id = sent.sender.city_id, sent.sender.contributor_id
    name = f"forms/{_as_part(sent.read.form_id)}/{_as_part(sent.instance_id)}.xml"
    receipt = keep(connection, city_id, name, file_stem(name), sent.xml, contributor_id, kind="instance")
    submission_id = receipt.submission_id
    before = sent_before(connection, submission_id)
    doubt = _add(connection, sent, submission_id) if before is None else _known(before)
    changed = keep_files(connection, city_id, submission_id, sent.files, sent.read.texts)
    if not sent.incomplete:
        mark_complete(connection, submission_id)
    if doubt is None and (before is None or changed):
        mark_unread(connection, submission_id)
    state = "new" if before is None else "more_files" if changed else "same"
    code, reason = (doubt.reason_code, doubt.reason) if doubt else (None, {})
    return Accepted(submission_id, state, code, missing_files(connection, submission_id), sent.read.form_id), reason


def _as_part(text: str) -> str:
    """A text as one part of a name."""
    return text.replace("/", "_")


def _known(before: Any) -> Verdict | None:
    """Why a form that came before is not read, where that was settled when it came."""
    settled = before.reason_code in _KEPT_ASIDE or before.reason_code in _REFUSED
    return Verdict(before.status, before.reason_code, before.reason) if settled else None


def _add(connection: Connection, sent: _Sent, submission_id: int) -> Verdict | None:
    """Add the form to those of the city and return why it is kept aside, ``None`` where it is to be read."""
    original, doubt = _original(connection, sent)
    doubt = _encryption(sent) or _form_doubt(connection, sent) or doubt
    if doubt and doubt.reason_code in _KEPT_ASIDE and not keeps_unknown(connection, sent.sender.city_id):
        assert doubt.reason_code is not None
        refusal = Conflict if doubt.reason_code == "form_closed" else NotFound
        raise refusal(doubt.reason_code, sentence(doubt.reason_code, doubt.reason))
    values = {
        "submission_id": submission_id, "city_id": sent.sender.city_id, "form_id": sent.read.form_id,
        "version": sent.read.version, "device_id": sent.device_id, "complete": not sent.incomplete,
    }
    if not add_instance(connection, {**values, "instance_id": sent.instance_id, "supersedes": original}):
        doubt, original = _clash(connection, sent), None
        other_id = f"{sent.instance_id}#{sent.sha256[:16]}"
        add_instance(connection, {**values, "instance_id": other_id, "supersedes": None})
    expect_files(connection, sent.sender.city_id, submission_id, sent.read.file_names, original)
    if doubt:
        assert doubt.reason_code is not None
        set_aside(connection, submission_id, doubt.reason_code, **doubt.reason)
    else:
        mark_edited(connection, submission_id)
    return doubt


def _original(connection: Connection, sent: _Sent) -> tuple[int | None, Verdict | None]:
    """The submission that this one edits."""
    deprecated = sent.read.deprecated_id
    if deprecated is None:
        return None, None
    found = _own(connection, sent.sender, sent.read.form_id, deprecated)
    return found, None if found is not None else _aside("original_unknown", original=deprecated)


def _encryption(sent: _Sent) -> Verdict | None:
    return _aside("encrypted", form=sent.read.form_id) if sent.read.encrypted else None


def _form_doubt(connection: Connection, sent: _Sent) -> Verdict | None:
    form, version = sent.read.form_id, sent.read.version
    state = form_state(connection, sent.sender.city_id, form, version)
    return {
        "unknown_form": _aside("form_unknown", form=form),
        "unknown_version": _aside("version_unknown", form=form, version=version),
        "closed": _aside("form_closed", form=form),
    }.get(state)


def _clash(connection: Connection, sent: _Sent) -> Verdict:
    """Why the form could not be added: its id is taken, or what it edits was edited already."""
    if find_instance(connection, sent.sender.city_id, sent.read.form_id, sent.instance_id) is not None:
        return _aside("instance_conflict", instance=sent.instance_id)
    return _aside("edit_stale", original=sent.read.deprecated_id)


def _aside(code: str, **reason: Any) -> Verdict:
    return Verdict("quarantined", code, reason)
