"""Messages of trackers and of the collector page: raw as they came, and what reading found in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.parameters import Parameters
from mapping_service.store.engine import row, rows, run


@dataclass(frozen=True)
class RawMessage:
    """One request as it came. ``token_sha256`` is the digest of its key; ``name`` the client's own, of page chunks.

    ``moment`` stands for its time where the message itself states none; else it is empty.
    """

    token_sha256: bytes
    kind: str
    device: str
    query: str
    data: bytes
    name: str | None = None
    moment: str = ""

    def digest(self) -> bytes:
        """The SHA-256 over all that makes it the message that it is."""
        head = "\0".join((self.kind, self.device, self.query, self.name or "", self.moment, ""))
        return hashlib.sha256(head.encode() + self.data).digest()


@dataclass(frozen=True)
class Kept:
    """The answer to a message: whose it is; ``state`` is ``new``, ``again``, or ``conflict`` with its name's first."""

    slug: str
    language: str
    contributor_id: int
    state: str


@dataclass(frozen=True)
class Found:
    """What reading found in one message; ``None`` where it did not."""

    message_id: int
    stream_id: int | None = None
    points: int = 0
    first_s: float | None = None
    last_s: float | None = None
    accuracy_m: float | None = None
    battery: float | None = None
    problem_code: str | None = None
    problem: Mapping[str, Any] = field(default_factory=dict)


def keep_messages(connection: Connection, messages: Sequence[RawMessage]) -> list[Kept | None]:
    """Store messages, each once; ``None`` for one whose key is unknown or revoked."""
    digests = [message.digest() for message in messages]
    values = {
        "tokens": [message.token_sha256 for message in messages],
        "kinds": [message.kind for message in messages],
        "devices": [message.device for message in messages],
        "queries": [message.query for message in messages],
        "names": [message.name for message in messages],
        "digests": digests,
        "bodies": [message.data for message in messages],
    }
    kept: list[Kept | None] = [None] * len(messages)
    for one in rows(connection, "messages.insert_messages", values):
        at = one.position - 1
        state = "new" if one.is_new else _state(connection, one.contributor_id, messages[at].name, digests[at])
        kept[at] = Kept(one.slug, one.language, one.contributor_id, state)
    return kept


def _state(connection: Connection, contributor_id: int, name: str | None, digest: bytes) -> str:
    if name is None:
        return "again"
    first = row(connection, "messages.get_named", {"contributor_id": contributor_id, "name": name})
    return "again" if first is not None and bytes(first.sha256) == digest else "conflict"


def keep_file(connection: Connection, city_id: int, contributor_id: int, message: RawMessage) -> bool:
    """Store a message that was brought as a file, whatever its key; return whether it is new."""
    values = {
        "city_id": city_id, "contributor_id": contributor_id, "kind": message.kind, "device": message.device,
        "query": message.query, "sha256": message.digest(), "bytes": message.data,
    }
    return row(connection, "messages.insert_message", values) is not None


def take_unread(connection: Connection, city_id: int, most: int) -> list[Row[Any]]:
    """Return messages that nobody has read, the oldest first, and hold them; those that others hold are left out."""
    return rows(connection, "messages.list_unread", {"city_id": city_id, "most": most})


def has_unread(connection: Connection, city_id: int) -> bool:
    """True where messages of a city are still to be read."""
    return row(connection, "messages.has_unread", {"city_id": city_id}) is not None


def save_found(connection: Connection, found: Sequence[Found]) -> None:
    """Store what reading found in some messages."""
    values = {
        "message_ids": [one.message_id for one in found],
        "stream_ids": [one.stream_id for one in found],
        "points": [one.points for one in found],
        "first_s": [one.first_s for one in found],
        "last_s": [one.last_s for one in found],
        "accuracies_m": [one.accuracy_m for one in found],
        "batteries": [one.battery for one in found],
        "codes": [one.problem_code for one in found],
        "problems": [json.dumps(dict(one.problem)) for one in found],
    }
    run(connection, "messages.mark_read", values)


def read_again(connection: Connection, city_id: int, message_id: int) -> bool:
    """Let a message be read once more; return whether the city has it."""
    return run(connection, "messages.mark_unread", {"city_id": city_id, "message_id": message_id}) > 0


def stream_of(connection: Connection, city_id: int, contributor_id: int, kind: str, device: str) -> int:
    """Return the stream of a recorder, whose name is kept as a hash only; a ride of the page keeps its uuid."""
    shown = device if kind == "page" else hashlib.sha256(f"{city_id}:{device}".encode()).hexdigest()[:16]
    values = {"city_id": city_id, "contributor_id": contributor_id, "kind": kind, "device": shown}
    found = row(connection, "messages.get_or_insert_stream", values)
    assert found is not None
    return int(found.stream_id)


def mark_changed(connection: Connection, stream_id: int, first_s: float, last_s: float) -> None:
    """Say that fixes between two times came to a stream."""
    run(connection, "messages.mark_changed", {"stream_id": stream_id, "first_s": first_s, "last_s": last_s})


def due(connection: Connection, city_id: int, p: Parameters, now_s: float, *, wait: bool) -> list[int]:
    """Return the streams to put together; with ``wait`` only those that do not seem to go on at ``now_s``."""
    values = {
        "city_id": city_id, "all": not wait, "rested_s": now_s - p.stream_quiet_s, "before_s": now_s - p.stream_gap_s,
        "longest_s": p.stream_longest_s,
    }
    return [found.stream_id for found in rows(connection, "messages.list_due", values)]


def take_changed(connection: Connection, stream_id: int) -> Row[Any] | None:
    """Return a stream to which something came, and hold it; ``None`` where another process has it or did it."""
    return row(connection, "messages.get_changed", {"stream_id": stream_id})


def mark_assembled(connection: Connection, stream_id: int) -> None:
    """Say that all that came to a stream is in its trails."""
    run(connection, "messages.mark_assembled", {"stream_id": stream_id})


def mark_finished(connection: Connection, city_id: int, contributor_id: int, kind: str, device: str) -> None:
    """Say that nothing more is to come of a ride of the page."""
    stream_id = stream_of(connection, city_id, contributor_id, kind, device)
    run(connection, "messages.mark_finished", {"stream_id": stream_id})


def chunks_of(connection: Connection, contributor_id: int, ride: str) -> set[int]:
    """Return the numbers of the chunks that came of a ride of the page."""
    found = rows(connection, "messages.list_names", {"contributor_id": contributor_id, "ride": ride})
    return {int(one.name.rpartition("/")[2]) for one in found}


def is_finished(connection: Connection, contributor_id: int, ride: str) -> bool:
    """True where the page said that all chunks of a ride have come."""
    found = row(connection, "messages.get_finished", {"contributor_id": contributor_id, "ride": ride})
    return found is not None and bool(found.finished)


def spans(connection: Connection, stream_id: int, from_s: float, to_s: float) -> list[Row[Any]]:
    """Return from when to when the messages of a stream tell that touch a stretch of time."""
    return rows(connection, "messages.list_spans", {"stream_id": stream_id, "from_s": from_s, "to_s": to_s})


def wide(connection: Connection, stream_id: int, from_s: float, to_s: float, longer_s: float) -> list[Row[Any]]:
    """Return the messages of a stream that touch a stretch of time and tell of more than ``longer_s`` seconds."""
    values = {"stream_id": stream_id, "from_s": from_s, "to_s": to_s, "longer_s": longer_s}
    return rows(connection, "messages.list_wide", values)


def of_stream(connection: Connection, stream_id: int, from_s: float, to_s: float) -> list[Row[Any]]:
    """Return the messages of a stream that touch a stretch of time."""
    return rows(connection, "messages.list_of_stream", {"stream_id": stream_id, "from_s": from_s, "to_s": to_s})


def trails(connection: Connection, stream_id: int, from_s: float, to_s: float) -> list[Row[Any]]:
    """Return the trails of a stream that begin in a stretch of time."""
    return rows(connection, "messages.list_trails", {"stream_id": stream_id, "from_s": from_s, "to_s": to_s})


def forget_trail(connection: Connection, stream_id: int, first_s: float) -> None:
    """Forget which document held a ride of a stream."""
    run(connection, "messages.delete_trail", {"stream_id": stream_id, "first_s": first_s})


def save_trail(connection: Connection, stream: Row[Any], submission_id: int, first_s: float, last_s: float) -> None:
    """Say which document holds a ride of a stream."""
    values = {"stream_id": stream.stream_id, "city_id": stream.city_id, "submission_id": submission_id}
    run(connection, "messages.insert_trail", {**values, "first_s": first_s, "last_s": last_s})


def latest(connection: Connection, token_id: int, most: int = 20) -> list[Row[Any]]:
    """Return the newest messages of a key, raw, the newest first, read or not."""
    return rows(connection, "messages.list_latest", {"token_id": token_id, "most": most})


def problems(connection: Connection, city_id: int, most: int = 200) -> list[Row[Any]]:
    """Return the newest messages of a city that could not be used, wholly or in part."""
    return rows(connection, "messages.list_problems", {"city_id": city_id, "most": most})
