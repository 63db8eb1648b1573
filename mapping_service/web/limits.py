"""How much one process holds in memory at once, and how long it waits, whatever comes in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, request

# A body that needs no turn: most traces and all single points are smaller.
SMALL_BYTES = 1_000_000
# So many larger ones are read at a time; the others wait in their sockets.
_LARGE = threading.BoundedSemaphore(4)
# A phone that lost its network amid a body sends no more and closes nothing: its thread is free again after this.
PATIENCE_S = 15.0


def install(app: Flask) -> None:
    """Wait for the next bytes of each request's body for a while only."""
    app.before_request(lambda: wait_for_bytes(PATIENCE_S))
    app.after_request(_take_time)


def wait_for_bytes(at_most_s: float | None) -> None:
    """Let reading from this request's connection fail after a silence; ``None``: never."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(at_most_s)


def _take_time(response: Response) -> Response:
    """Let a slow reader have a long answer in its own time."""
    wait_for_bytes(None)
    return response


@contextmanager
def large_body() -> Iterator[None]:
    """Hold a turn while a large body, or one of unknown length, is read and stored."""
    if request.content_length is not None and request.content_length <= SMALL_BYTES:
        yield
        return
    with _LARGE:
        yield
