"""Group commit: messages that come at the same time are stored in one transaction, each answered once it is on disk.

Whoever comes first commits for all who wait; while it does, the next group gathers. Nobody waits for a timer, and a
commit costs a group as much as it costs one. The key of each message is checked by the statement that stores it, so
that a revoked key holds no longer from that moment on.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mapping_service.errors import Unavailable
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import Kept, RawMessage, keep_messages

log = logging.getLogger(__name__)

MOST_MESSAGES = 500
MOST_BYTES = 8_000_000
"""What one transaction takes at most: more would keep the first of it waiting."""

LONGEST_WAIT_S = 30.0


class _Waiting:
    """A message, and how the thread that brought it hears of it: its turn to commit, or the answer."""

    def __init__(self, message: RawMessage) -> None:
        self.message = message
        self.done = False
        self.kept: Kept | None = None
        self.failure: Exception | None = None
        self.called = threading.Lock()
        self.called.acquire()


class Committer:
    """Stores messages of several threads together."""

    def __init__(self, store: Callable[[Sequence[RawMessage]], list[Kept | None]]) -> None:
        self._store = store
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._busy = False

    def put(self, message: RawMessage) -> Kept | None:
        """Store a message; ``None`` where its key is unknown or revoked. When this returns, it is on disk.

        Raises ``Unavailable`` ``database_unavailable`` where the database is away: then nothing was stored.
        """
        mine = _Waiting(message)
        with self._lock:
            self._waiting.append(mine)
            leads, self._busy = not self._busy, True
        if not leads and not mine.called.acquire(timeout=LONGEST_WAIT_S):
            if self._withdrawn(mine):
                raise _unavailable()
            mine.called.acquire()  # it is being committed, or was called on just now
        if not mine.done:
            self._lead()
        if mine.failure is not None:
            raise mine.failure
        return mine.kept

    def _lead(self) -> None:
        """Commit what waits, and call on the first of those who came meanwhile to do the same."""
        with self._lock:
            group = self._take()
        try:
            self._commit(group)
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting[0].called.release()
                else:
                    self._busy = False
            for one in group:
                one.called.release()

    def _withdrawn(self, mine: _Waiting) -> bool:
        """Take a message back that nobody has begun to commit; return whether it was one."""
        with self._lock:
            if mine not in self._waiting or not mine.called.locked():
                return False
            self._waiting.remove(mine)
            return True

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        size = 0
        while self._waiting and len(taken) < MOST_MESSAGES and size < MOST_BYTES:
            taken.append(self._waiting.popleft())
            size += len(taken[-1].message.data)
        return taken

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            for one, kept in zip(group, self._store([one.message for one in group]), strict=True):
                one.kept = kept
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.error("The database is out of reach: %s", getattr(error, "orig", error))
            for one in group:
                one.failure = _unavailable()
        except Exception as error:
            if len(group) > 1:  # one of them is bad: it fails alone
                for one in group:
                    self._commit([one])
            else:
                group[0].failure = error
        finally:
            for one in group:
                one.done = True


def _unavailable() -> Unavailable:
    return Unavailable(
        "database_unavailable",
        "The database cannot be reached just now; nothing was accepted. Try again in a minute.",
    )


@cache
def _committer(engine: Engine) -> Committer:
    def store(messages: Sequence[RawMessage]) -> list[Kept | None]:
        with engine.begin() as connection:
            return keep_messages(connection, messages)

    return Committer(store)


def put(url: str, message: RawMessage) -> Kept | None:
    """Store a message in the database at ``url`` as ``Committer.put`` does, together with those of other threads."""
    return _committer(engine_for(url)).put(message)


def key_digest(token: str) -> bytes:
    """Return what is kept of a key."""
    return hashlib.sha256(token.encode()).digest()
