"""What a person may see, take along and erase: their own, with their key, and nothing else."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, send_file

from mapping_service.errors import Problem
from mapping_service.jobs import waker
from mapping_service.people import erase, my_data
from mapping_service.store import people
from mapping_service.store.engine import engine_for
from mapping_service.web.keys import bearer

blueprint = Blueprint("me", __name__)
# An archive that is larger waits on disk, not in memory, until it is sent.
_IN_MEMORY_BYTES = 4_000_000
_LONGEST_WORD = 40


@blueprint.get("/api/v1/me")
def me() -> Response:
    """Who the key belongs to, what they agreed to last, and how much they sent."""
    sender = bearer()
    with engine_for(current_app.config["DATABASE_URL"]).connect() as connection:
        said = people.consents(connection, sender.contributor_id)
        counts = people.own_counts(connection, sender.contributor_id)
    answer = {"city": sender.slug, "pseudonym": sender.pseudonym, "role": sender.role, "sent": counts}
    return _private(jsonify({**answer, "consent": said[-1] if said else None}))


@blueprint.post("/api/v1/me/consent")
def consent() -> tuple[Response, int]:
    """Write down an answer to the consent text: ``{"given": true, "text_version": "2", "language": "fr"}``."""
    sender = bearer()
    said = _consent(request.get_json(silent=True))
    with engine_for(current_app.config["DATABASE_URL"]).begin() as connection:
        people.record_consent(
            connection, sender.city_id, sender.contributor_id, via="page", **said
        )
    return _private(jsonify(given=said["given"])), 201


def _consent(said: Any) -> dict[str, Any]:
    found = {name: said.get(name) for name in ("given", "text_version", "language")} if isinstance(said, dict) else {}
    words = (found.get("text_version"), found.get("language"))
    if not isinstance(found.get("given"), bool) or not all(
        isinstance(one, str) and 0 < len(one) <= _LONGEST_WORD and "\0" not in one for one in words
    ):
        raise Problem("bad_consent", "Send JSON with “given” (true or false), “text_version” and “language”.")
    return found


@blueprint.get("/api/v1/me/data")
def export() -> Response:
    """Everything that this person sent, as a zip (``mapping_service.people.my_data``)."""
    sender = bearer()
    archive = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # closed with the answer
    my_data(engine_for(current_app.config["DATABASE_URL"]), sender.contributor_id, archive)
    archive.seek(0)
    name = f"{sender.slug}-my-data.zip"
    return _private(send_file(archive, "application/zip", as_attachment=True, download_name=name))


@blueprint.delete("/api/v1/me/data")
def forget() -> Response:
    """Erase everything that this person sent; their keys hold no longer, this one included."""
    sender = bearer()
    url = current_app.config["DATABASE_URL"]
    report = erase(engine_for(url), sender.city_id, sender.contributor_id)
    waker(url).wake(sender.slug)
    return _private(jsonify(vars(report)))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Commonway"] = "1"  # by this the collector's page knows it from a network's login page
    return response
