"""How much one process holds in memory at once, whatever comes in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

# A body that needs no turn: most traces and all single points are smaller.
SMALL_BYTES = 1_000_000
# So many larger ones are read at a time; the others wait in their sockets.
_LARGE = threading.BoundedSemaphore(4)


@contextmanager
def large_body() -> Iterator[None]:
    """Hold a turn while a large body, or one of unknown length, is read and stored."""
    if request.content_length is not None and request.content_length <= SMALL_BYTES:
        yield
        return
    with _LARGE:
        yield
