"""Filled forms and their files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.store.engine import row, rows, run
from mapping_service.store.intake import delete_provisional_points, keep_bytes


def sent_before(connection: Connection, submission_id: int) -> Row[Any] | None:
    """Return what these very bytes became: ``status``, ``reason_code``, ``reason``; ``None`` if no form yet."""
    return row(connection, "instances.get_sent", {"submission_id": submission_id})


def find_instance(connection: Connection, city_id: int, form_id: str, instance_id: str) -> Row[Any] | None:
    """Return the ``submission_id`` and ``contributor_id`` of a filled form by its own id, or ``None``."""
    values = {"city_id": city_id, "form_id": form_id, "instance_id": instance_id}
    return row(connection, "instances.get_instance", values)


def add_instance(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Add a filled form; false where its id is taken, or where another edit of the same version came first."""
    return row(connection, "instances.insert_instance", values) is not None


def expect_files(
    connection: Connection, city_id: int, submission_id: int, names: Sequence[str], supersedes: int | None
) -> None:
    """Note which files a filled form names; those that the version before it holds are taken over."""
    values = {"submission_id": submission_id, "city_id": city_id, "names": list(names)}
    run(connection, "instances.expect_files", values)
    if supersedes is not None:
        run(connection, "instances.carry_files", {"submission_id": submission_id, "supersedes": supersedes})


def keep_files(
    connection: Connection, city_id: int, submission_id: int, files: Mapping[str, bytes], named: frozenset[str]
) -> int:
    """Keep files of a filled form; how many of them were not here yet, or were others."""
    # By their hashes: two processes that keep the same files take them in the same order and cannot block each other.
    ordered = sorted(files.items(), key=lambda item: hashlib.sha256(item[1]).digest())
    stored = {name: keep_bytes(connection, city_id, data) for name, data in ordered}
    sent = {"submission_id": submission_id, "city_id": city_id}
    values = ({**sent, "name": name, "inbox_id": stored[name], "named": name in named} for name in sorted(files))
    return sum(run(connection, "instances.upsert_file", one) for one in values)


def missing_files(connection: Connection, submission_id: int) -> tuple[str, ...]:
    """Return the names of files that a filled form names and that have not come."""
    return tuple(found.name for found in rows(connection, "instances.list_missing", {"submission_id": submission_id}))


def files_of(connection: Connection, submission_id: int) -> dict[str, bytes]:
    """Return the files of a filled form that it names, by name; what is none has none."""
    found = rows(connection, "instances.list_files", {"submission_id": submission_id})
    return {one.name: bytes(one.bytes) for one in found}


def keeps_unknown(connection: Connection, city_id: int) -> bool:
    """Whether a city keeps forms that it does not know, for its manager to look at."""
    found = row(connection, "instances.get_policy", {"city_id": city_id})
    assert found is not None
    return bool(found.keep_unknown)


def keep_unknown(connection: Connection, city_id: int, keep: bool) -> None:
    """Settle whether a city keeps forms that it does not know, or refuses them."""
    run(connection, "instances.set_policy", {"city_id": city_id, "keep_unknown": keep})


def save_answers(connection: Connection, submission_id: int, answers: Mapping[str, Any]) -> None:
    """Store what was answered in a filled form, in place of what was read from it before."""
    values = {"submission_id": submission_id, "answers": json.dumps(dict(answers), default=str)}
    run(connection, "instances.save_answers", values)


def mark_complete(connection: Connection, submission_id: int) -> None:
    """Say that the last of a filled form's files has come."""
    run(connection, "instances.mark_complete", {"submission_id": submission_id})


def mark_unread(connection: Connection, submission_id: int) -> None:
    """Have a filled form read, again where more of it came."""
    run(connection, "instances.mark_unread", {"submission_id": submission_id})


def mark_edited(connection: Connection, submission_id: int) -> None:
    """Let the version that this one edits say nothing any more, unless this one is kept aside."""
    edited = row(connection, "instances.mark_edited", {"submission_id": submission_id})
    if edited is not None:
        delete_provisional_points(connection, edited.submission_id)
