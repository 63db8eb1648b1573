"""Files over HTTP: stored first, then answered, then read by the worker."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from collectors.archives import iter_bytes
from collectors.limits import MAX_FILE_BYTES
from mapping_service.errors import NotFound, Problem, TooLarge
from mapping_service.jobs import waker
from mapping_service.reasons import to_sender
from mapping_service.receive import Batch
from mapping_service.records import Sender
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.intake import own_submission
from mapping_service.store.networks import network_id
from mapping_service.web.keys import sender_of
from mapping_service.web.limits import large_body

blueprint = Blueprint("ingest", __name__)


@blueprint.post("/ingest/<token>/gpx")
def post_gpx(token: str) -> tuple[Response, int]:
    """Take one or more GPX files (multipart ``file`` parts, or the raw body), plain, gzipped or zipped.

    Answers 202 once every byte is on disk. Sending the same bytes again changes nothing and says so.
    """
    sender = sender_of(token)
    with large_body():
        received, refused = _keep_all(sender)
    if refused and not received:
        raise refused[0]
    waker(current_app.config["DATABASE_URL"]).wake(sender.slug)
    answer = {"city": sender.slug, "received": received, "refused": [one.as_dict()["error"] for one in refused]}
    return jsonify(answer), 202


def _keep_all(sender: Sender) -> tuple[list[dict[str, object]], list[Problem]]:
    """Store every file of the request; what is stored, and why the rest is not."""
    engine = engine_for(current_app.config["DATABASE_URL"])
    with engine.connect() as connection:
        city = get_city(connection, sender.slug)
    batch = Batch(engine, city, sender.contributor_id, sender.role)
    received: list[dict[str, object]] = []
    refused: list[Problem] = []
    for name, data in _sent():
        for source in iter_bytes(name, data):
            if source.data is None:
                assert source.problem is not None
                refused.append(source.problem)
                continue
            try:
                received.append({"file": source.name, **vars(batch.take(source.name, source.data))})
            except Problem as problem:
                refused.append(problem)
    return received, refused


@blueprint.get("/ingest/<token>/submissions/<int:submission_id>")
def get_submission(token: str, submission_id: int) -> Response:
    """Say what became of a file that this contributor sent: its status, the reason, the candidate route it belongs to.

    ``status`` is ``received`` until the worker has read it. ``role`` is ``full``, ``partial``, ``alternative`` (it may
    be any of several routes), ``new`` (nobody rode this way before) or null; ``provisional`` until the candidate
    network has been made with it.
    """
    sender = sender_of(token)
    with engine_for(current_app.config["DATABASE_URL"]).connect() as connection:
        candidate = network_id(connection, sender.city_id, "candidate")
        found = own_submission(connection, sender.city_id, sender.contributor_id, submission_id, candidate)
    if found is None:
        raise NotFound("submission_not_found", f"You have sent no file {submission_id} to {sender.slug}.")
    reason = to_sender(found.pop("reason_code"), found.pop("reason"), sender.language)
    return jsonify({**found, "city": sender.slug, "reason": reason})


def _sent() -> list[tuple[str, bytes]]:
    """Return the names and bytes of the request's files. Raises ``Problem`` ``no_file``, ``file_too_large``."""
    # Set before anything is read: it holds for bodies of unknown length as well.
    request.max_content_length = MAX_FILE_BYTES
    try:
        return _parts()
    except RequestEntityTooLarge as error:
        raise TooLarge(
            "file_too_large",
            f"The request is larger than {MAX_FILE_BYTES // 1_000_000} MB. Send the rides one by one.",
            limit_bytes=MAX_FILE_BYTES,
        ) from error


def _parts() -> list[tuple[str, bytes]]:
    if request.mimetype == "multipart/form-data":
        parts = [(part.filename or "ride.gpx", part.read()) for _, part in request.files.items(multi=True)]
    else:
        # Whatever type a client claims for the body: asking for it first keeps it from being parsed as a form.
        data = request.get_data(cache=False)
        name = hashlib.sha256(data).hexdigest()[:12] + (".csv" if request.mimetype == "text/csv" else ".gpx")
        parts = [(request.args.get("name") or name, data)] if data else []
    if not parts:
        raise Problem("no_file", "The request holds no file. Send the GPX as the body, or as a form part “file”.")
    return parts
