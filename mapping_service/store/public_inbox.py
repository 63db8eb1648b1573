"""What the public sees of a city's inbox: how much came and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mapping_service.store.engine import row


@dataclass(frozen=True)
class InboxCounts:
    """What a city was sent, in files, and what became of it."""

    received: int
    unread: int
    accepted: int
    quarantined: int
    duplicate: int


def get_inbox_counts(connection: Connection, slug: str) -> InboxCounts:
    """Count what a city was sent."""
    found = row(connection, "published.get_inbox_counts", {"slug": slug})
    return InboxCounts(**found._mapping) if found else InboxCounts(0, 0, 0, 0, 0)
