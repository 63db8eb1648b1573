"""Releases as versions: their files byte for byte, what validators said of them, and whether the public sees them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from mapping_service.parameters import Parameters
from mapping_service.release_records import Check
from mapping_service.store.engine import row, rows, run
from mapping_service.store.published import Release, release_of
from mapping_service.validity import Standing

# What is held of a file at a time.
PART_BYTES = 1 << 20


@dataclass(frozen=True)
class KeptFile:
    """A file in the archive: its digest in hexadecimal, its size, and in how many parts it lies there."""

    name: str
    sha256: str
    size_bytes: int
    parts: int


@dataclass(frozen=True)
class Version:
    """A release with all that is known of how it went out.

    ``published_by`` is ``None`` as long as it is withheld; ``publish_reason`` says why it was published in spite of
    errors, ``vouched`` why somebody said that all of it still holds. ``ends_first`` is the first day after which one of
    its patterns holds no longer. ``credit`` must be shown wherever its shapes are.
    """

    network_id: int
    release: Release
    ends_first: date | None
    published_by: str | None
    publish_reason: str | None
    vouched: str | None
    credit: str | None
    files: Mapping[str, KeptFile]
    checks: Sequence[Check]


def list_versions(
    connection: Connection, slug: str, *, number: int | None = None, most: int | None = None, withheld: bool = False
) -> list[Version]:
    """Return the releases of a city, or the one of that number, newest first; with the withheld ones if wanted."""
    values = {"slug": slug, "number": number, "most": most, "withheld": withheld}
    found = rows(connection, "published.list_releases", values)
    return [
        Version(
            one.network_id, release_of(one), one.ends_first, one.published_by, one.publish_reason, one.vouched,
            one.credit,
            list_files(connection, one.network_id), list_checks(connection, one.network_id),
        )
        for one in found
    ]


def ending(found: Sequence[Version], day: date) -> date | None:
    """Return the day on which a part of the newest of some releases ends, if that is soon or has passed."""
    if not found or found[0].ends_first is None:
        return None
    soon = day + timedelta(days=int(Parameters().few_days_left))
    return found[0].ends_first if found[0].ends_first < soon else None


def standings(connection: Connection, network_id: int) -> list[Standing]:
    """Return the patterns of a network as validity is judged by them, in the order of their ids."""
    values = {"network_id": network_id}
    ends = {one.pattern_id: one.day for one in rows(connection, "releases.list_carried_ends", values)}
    return [
        Standing(**one._mapping, runs_until=ends.get(one.pattern_id))
        for one in rows(connection, "releases.list_patterns", values)
    ]


def set_validity(connection: Connection, network_id: int, last_days: Mapping[str, date]) -> None:
    """Say until when the patterns of a release hold."""
    values = {"network_id": network_id, "pattern_ids": list(last_days), "days": list(last_days.values())}
    run(connection, "releases.set_validity", values)


def forget_files(connection: Connection, network_id: int) -> None:
    """Forget the files and the checks of a release; those of a published one stay."""
    run(connection, "releases.delete_files", {"network_id": network_id})


def keep_holidays(connection: Connection, network_id: int) -> None:
    """Let a release say whose public holidays are as Sundays in its feed, as the city has it now."""
    run(connection, "releases.keep_holidays", {"network_id": network_id})


def keep_file(connection: Connection, network_id: int, name: str, path: Path) -> None:
    """Put a file of a release into the archive. One that lies there already stays: it never changes."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        key = {"network_id": network_id, "name": name}
        if not run(connection, "releases.insert_file", {**key, "sha256": digest, "size_bytes": path.stat().st_size}):
            return
        stream.seek(0)
        part = 0
        while some := stream.read(PART_BYTES):
            run(connection, "releases.insert_part", {**key, "part": part, "bytes": some})
            part += 1


def list_files(connection: Connection, network_id: int) -> dict[str, KeptFile]:
    """Return what the archive holds of a release, by name."""
    found = rows(connection, "releases.list_files", {"network_id": network_id})
    return {one.name: KeptFile(**one._mapping) for one in found}


def read_file(connection: Connection, network_id: int, kept: KeptFile, out: BinaryIO) -> None:
    """Write the bytes of a file of the archive, a part at a time."""
    for part in range(kept.parts):
        found = row(connection, "releases.get_part", {"network_id": network_id, "name": kept.name, "part": part})
        assert found is not None
        out.write(bytes(found.bytes))


def read_json(connection: Connection, network_id: int, kept: KeptFile | None) -> Any:
    """Return what a JSON file of the archive holds, ``None`` where there is no such file."""
    if kept is None:
        return None
    out = BytesIO()
    read_file(connection, network_id, kept, out)
    return json.loads(out.getvalue())


def save_check(connection: Connection, network_id: int, check: Check) -> None:
    """Keep what a validator said."""
    values: dict[str, Any] = {**vars(check), "notices": json.dumps(list(check.notices))}
    run(connection, "releases.insert_check", {"network_id": network_id, **values})


def list_checks(connection: Connection, network_id: int) -> Sequence[Check]:
    """Return what validators said of the files of a release."""
    return [Check(**one._mapping) for one in rows(connection, "releases.list_checks", {"network_id": network_id})]


def mark_published(connection: Connection, network_id: int, by: str, reason: str | None) -> bool:
    """Let the public see a release from now on; false where it did already."""
    return bool(run(connection, "releases.mark_published", {"network_id": network_id, "by": by, "reason": reason}))
