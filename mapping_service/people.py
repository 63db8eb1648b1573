"""What belongs to a person who sent: all of it in one archive, or none of it any longer."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, Engine

from mapping_service.reasons import to_sender
from mapping_service.store import live, people
from mapping_service.store.cities import lock_city
from mapping_service.store.engine import row, run

_MESSAGES_AT_ONCE = 500


@dataclass(frozen=True)
class EraseReport:
    """What was erased of a person: documents, tracker messages, and how many keys hold no longer.

    ``kept`` counts documents that stay because somebody else sent the same bytes.
    """

    documents: int
    kept: int
    messages: int
    keys: int


def my_data(engine: Engine, contributor_id: int, out: IO[bytes]) -> None:
    """Write all that a person sent, and what became of it, as a zip.

    ``raw/`` holds every document as it came, ``raw/files/`` the files of filled forms, ``messages.ndjson`` what
    trackers and pages sent, ``reports.json`` what was read of reports, ``what-became.json`` the state of each document
    with its reason, ``consent.json`` and ``live-consent.json`` what the person agreed to.
    """
    with engine.connect() as connection, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        documents = people.own_documents(connection, contributor_id)
        for one in documents:
            name = f"raw/{one.inbox_id}-{PurePosixPath(one.file_name).name}"
            if name not in archive.NameToInfo:  # the same bytes under two names with the same ending
                archive.writestr(name, people.inbox_bytes(connection, one.inbox_id))
        for part in people.own_attachments(connection, contributor_id):
            name = f"raw/files/{part.submission_id}-{PurePosixPath(part.name).name}"
            archive.writestr(name, people.inbox_bytes(connection, part.inbox_id))
        with archive.open("messages.ndjson", "w") as lines:
            for message in people.own_messages(connection, contributor_id, _MESSAGES_AT_ONCE):
                lines.write(_line({**message._mapping, **_readable(bytes(message.bytes))}))
        archive.writestr("reports.json", _text(people.own_reports(connection, contributor_id)))
        archive.writestr("what-became.json", _text(map(_outcome, documents)))
        archive.writestr("consent.json", _text(people.consents(connection, contributor_id)))
        archive.writestr("live-consent.json", _text(live.consents(connection, contributor_id)))


def _readable(data: bytes) -> dict[str, str | None]:
    try:
        return {"bytes": None, "text": data.decode()}
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(data).decode(), "text": None}


def _outcome(one: Any) -> dict[str, Any]:
    reason = to_sender(one.reason_code, one.reason)
    return {"file": one.file_name, "sha256": one.sha256, "received_at": one.received_at, "kind": one.kind,
            "status": one.status, "reason": reason, "notices": one.notices}


def _text(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False, default=str, indent=1)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode() + b"\n"


def erase(engine: Engine, city_id: int, contributor_id: int) -> EraseReport:
    """Delete all that a person sent and all that was read of it; their keys hold no longer.

    Documents that somebody else sent too stay theirs; a submission that repeated an erased one counts by itself from
    now on. Accepted and released routes stay: they name nobody. The person's row stays under another name, for the
    keys that hold no longer. Doing it twice changes nothing.
    """
    mine = {"contributor_id": contributor_id}
    with engine.begin() as connection:  # first of all and at once: nothing more comes in
        keys = run(connection, "people.revoke_all", mine)
    with engine.begin() as connection:
        lock_city(connection, city_id)
        row(connection, "people.hold_contributor", mine)
        messages = _erase_messages(connection, mine)
        documents, kept = _erase_documents(connection, city_id, mine)
        run(connection, "people.delete_consents", mine)
        run(connection, "live.delete_consents", mine)
        run(connection, "live.delete_rides", mine)
        run(connection, "people.delete_reliability", {**mine, "city_id": city_id})
        run(connection, "people.mark_erased", mine)
    return EraseReport(documents, kept, messages, keys)


def _erase_messages(connection: Connection, mine: dict[str, int]) -> int:
    messages = run(connection, "people.delete_messages", mine)
    run(connection, "people.delete_streams", mine)
    return messages


def _erase_documents(connection: Connection, city_id: int, mine: dict[str, int]) -> tuple[int, int]:
    """Delete what a person alone sent; return how many documents that were, and how many others sent too."""
    documents = [one.inbox_id for one in people.own_documents(connection, mine["contributor_id"])]
    for name in ("delete_claims", "forget_claimed"):
        run(connection, f"people.{name}", {**mine, "city_id": city_id})
    run(connection, "people.delete_arrivals", mine)
    run(connection, "people.hand_over", mine)
    for name in ("reopen_duplicates", "delete_candidate_points"):
        run(connection, f"people.{name}", {"submission_ids": documents})
    deleted = run(connection, "people.delete_submissions", {"submission_ids": documents})
    run(connection, "people.delete_bytes", {"city_id": city_id})
    return deleted, len(set(documents)) - deleted
