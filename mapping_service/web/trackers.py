"""The addresses of trackers: what comes is stored as it is, answered as each app expects, and read by the worker.

Whatever a key brings is kept and answered with success, readable or not: an app that hears of a failure sends the same
again, and its queue stands still behind it.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from collectors.storable import storable_text
from collectors.trackers import is_untimed
from mapping_service import together
from mapping_service.errors import Problem, TooLarge
from mapping_service.jobs import waker
from mapping_service.store.messages import Kept, RawMessage
from mapping_service.store.people import key_hash
from mapping_service.web.keys import sender_of

blueprint = Blueprint("trackers", __name__)

MOST_MESSAGE_BYTES = 5_000_000
"""Largest message, unpacked: an Overland batch of 1,000 points is 400 kB."""

WAKE_EVERY_S = 30.0
"""The worker reads what trackers send this often: sooner, there would be little in it."""


@blueprint.route("/ingest/<token>/osmand", methods=["GET", "POST"])
def take_osmand(token: str) -> Response:
    """Take one position of OsmAnd."""
    _take(token, "osmand")
    return Response("OK", mimetype="text/plain")


@blueprint.route("/ingest/<token>/gpslogger", methods=["GET", "POST", "PUT"])
def take_gpslogger(token: str) -> Response:
    """Take one position of GPSLogger."""
    _take(token, "gpslogger")
    return Response("OK", mimetype="text/plain")


@blueprint.route("/ingest/<token>/traccar", methods=["GET", "POST"])
def take_traccar(token: str) -> Response:
    """Take one position of a Traccar Client of either generation."""
    _take(token, "traccar")
    return Response(b"", mimetype="text/plain")


@blueprint.post("/ingest/<token>/owntracks")
def take_owntracks(token: str) -> Response:
    """Take one message of OwnTracks; the list of answers is empty. A body of no bytes is no message."""
    _take(token, "owntracks")
    return Response("[]", mimetype="application/json")


@blueprint.post("/ingest/<token>/overland")
def take_overland(token: str) -> Response:
    """Take one batch of Overland, which forgets it only on exactly this answer."""
    _take(token, "overland")
    return Response('{"result":"ok"}', mimetype="application/json")


def _take(token: str, kind: str) -> None:
    data = _received(MOST_MESSAGE_BYTES)
    try:
        data = _unpacked(data, MOST_MESSAGE_BYTES)
    except BadGzip:
        pass  # kept as it came, for a person to see: the app would send the same again
    query = storable_text(request.query_string.decode("utf-8", "replace"))
    if not data and not query:
        sender_of(token)  # nothing to keep; whether the key holds is asked all the same
        return
    moment = datetime.now(UTC).isoformat() if is_untimed(kind, query, data) else ""
    keep(token, RawMessage(key_hash(token), kind, _device(), query, data, moment=moment))


def keep(token: str, message: RawMessage) -> Kept:
    """Store a message and tell the worker. Raises ``Unauthorised`` or ``Forbidden`` as ``sender_of``."""
    url = current_app.config["DATABASE_URL"]
    while (kept := together.put(url, message)) is None:
        sender_of(token)  # raises what is wrong with the key, unless it was made just now
    waker(url).wake(kept.slug, WAKE_EVERY_S)
    return kept


class BadGzip(Problem):
    """A body that says that it is gzipped and is not, or not to its end."""


def body(most: int) -> bytes:
    """Return the request's body, unpacked if it is gzipped. Raises ``TooLarge`` ``message_too_large``, ``BadGzip``."""
    return _unpacked(_received(most), most)


def _received(most: int) -> bytes:
    request.max_content_length = most
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise _too_large(most) from error


def _unpacked(data: bytes, most: int) -> bytes:
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(data, most)
    except zlib.error as error:
        raise BadGzip("bad_gzip", "The body says that it is gzipped, but cannot be unpacked. Send it again.") from error
    if unpacker.unconsumed_tail:
        raise _too_large(most)
    if not unpacker.eof:
        raise BadGzip("bad_gzip", "The gzipped body ends too early. Send it again.")
    return plain


def _too_large(most: int) -> TooLarge:
    return TooLarge("message_too_large", f"A message may hold {most // 1_000_000} MB. Send fewer points at once.")


def _device() -> str:
    """What the request's headers call the recorder (OwnTracks: user and device)."""
    user = request.authorization.username if request.authorization and request.authorization.type == "basic" else None
    named = [request.headers.get("X-Limit-U") or user, request.headers.get("X-Limit-D")]
    return storable_text("/".join(name for name in named if name))[:200]
