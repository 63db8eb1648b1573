"""People who send, known by pseudonyms: their keys, and what they agreed to."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.errors import Forbidden, NotFound, Unauthorised
from mapping_service.records import Sender
from mapping_service.store.engine import row, rows, run

COLLECTOR = "collector"
MANAGER = "manager"
# A key in the alphabet of base64url: 24 random bytes.
_KEY_BYTES = 24
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def add_key(connection: Connection, city_id: int, pseudonym: str, *, role: str = COLLECTOR, label: str = "") -> str:
    """Make a key for a contributor of a city and return it; it is shown this once and kept only as its hash.

    ``label`` says which phone it is for; a person may have several.
    """
    contributor_id = get_or_add_contributor(connection, city_id, pseudonym)
    key = secrets.token_urlsafe(_KEY_BYTES)
    values = {"city_id": city_id, "contributor_id": contributor_id, "token_sha256": key_hash(key)}
    run(connection, "people.insert_key", {**values, "role": role, "label": label})
    return key


def sender(connection: Connection, key: str) -> Sender:
    """Return who a key belongs to.

    Raises ``Unauthorised`` ``token_malformed`` where it cannot be a key, ``Forbidden`` ``token_unknown`` where nobody
    has it or it was revoked.
    """
    if not _KEY.fullmatch(key):
        raise Unauthorised("token_malformed", "This is not a key. Copy the whole address that your manager gave you.")
    found = row(connection, "city.get_token", {"token_sha256": key_hash(key)})
    if found is None:
        raise Forbidden("token_unknown", "This key is not known here, or was revoked. Ask your manager for a new one.")
    return Sender(**found._mapping)


def revoke_key(connection: Connection, city_id: int, token_id: int) -> None:
    """Let a key hold no longer, from now on. Raises ``NotFound`` ``key_unknown``."""
    if not run(connection, "people.revoke_key", {"city_id": city_id, "token_id": token_id}):
        raise NotFound("key_unknown", f"There is no key {token_id} that holds in this city.", key=token_id)


def key_hash(key: str) -> bytes:
    """Return the only form in which a key is kept."""
    return hashlib.sha256(key.encode()).digest()


def record_consent(
    connection: Connection,
    city_id: int,
    contributor_id: int,
    *,
    given: bool,
    text_version: str,
    language: str,
    via: str,
) -> None:
    """Write down what a person agreed to or refused, by which text in which language, and where they were asked."""
    values = {"city_id": city_id, "contributor_id": contributor_id, "given": given, "text_version": text_version}
    run(connection, "people.insert_consent", {**values, "language": language, "via": via})


def has_consent(connection: Connection, contributor_id: int) -> bool | None:
    """Return what a person said last, ``None`` where they were never asked."""
    found = row(connection, "people.get_consent", {"contributor_id": contributor_id})
    return None if found is None else bool(found.given)


def contributor_id_of(connection: Connection, city_id: int, pseudonym: str) -> int:
    """Return the id of a pseudonym. Raises ``NotFound`` ``contributor_unknown``."""
    found = row(connection, "people.get_contributor", {"city_id": city_id, "pseudonym": pseudonym})
    if found is None:
        raise NotFound("contributor_unknown", f"Nobody sends to this city as “{pseudonym}”.", contributor=pseudonym)
    return int(found.contributor_id)


def get_or_add_contributor(connection: Connection, city_id: int, pseudonym: str) -> int:
    """Return the id of a pseudonym, which is made where it is new."""
    found = row(connection, "city.get_or_insert_contributor", {"city_id": city_id, "pseudonym": pseudonym})
    assert found is not None
    return int(found.contributor_id)


def list_keys(connection: Connection, city_id: int) -> list[dict[str, Any]]:
    """Return the keys of a city, the newest first: whose, for which phone, and whether each still holds."""
    return [dict(one._mapping) for one in rows(connection, "people.list_keys", {"city_id": city_id})]


def consents(connection: Connection, contributor_id: int) -> list[dict[str, Any]]:
    """Return all that a person said when asked, in order."""
    return [dict(one._mapping) for one in rows(connection, "people.list_consents", {"contributor_id": contributor_id})]


def own_documents(connection: Connection, contributor_id: int) -> list[Row[Any]]:
    """Return what a person sent, one row per name, with what became of it; without the bytes."""
    return rows(connection, "people.list_own", {"contributor_id": contributor_id})


def own_attachments(connection: Connection, contributor_id: int) -> list[Row[Any]]:
    """Return the files of the forms that a person filled in; without the bytes."""
    return rows(connection, "people.list_own_attachments", {"contributor_id": contributor_id})


def inbox_bytes(connection: Connection, inbox_id: int) -> bytes:
    """Return the bytes of one inbox row."""
    found = row(connection, "people.get_bytes", {"inbox_id": inbox_id})
    assert found is not None
    return bytes(found.bytes)


def own_messages(connection: Connection, contributor_id: int, at_once: int) -> Iterator[Row[Any]]:
    """Yield the messages of a person in order; so many at a time are held in memory."""
    after = 0
    values = {"contributor_id": contributor_id, "most": at_once}
    while found := rows(connection, "people.list_own_messages", {**values, "after": after}):
        yield from found
        after = found[-1].message_id


def own_reports(connection: Connection, contributor_id: int) -> list[dict[str, Any]]:
    """Return what was read of a person's reports."""
    found = rows(connection, "people.list_own_reports", {"contributor_id": contributor_id})
    return [dict(one._mapping) for one in found]


def own_counts(connection: Connection, contributor_id: int) -> dict[str, int]:
    """Return how many documents of a person stand in each state, and how many ``messages`` they sent."""
    values = {"contributor_id": contributor_id}
    counts = {one.status: int(one.submissions) for one in rows(connection, "people.count_own", values)}
    found = row(connection, "people.count_messages", values)
    assert found is not None
    return {**counts, "messages": int(found.messages)}
