"""What the collector page sends: chunks of a ride while it is recorded, and single reports.

Everything has an id that the page made, so that sending again changes nothing: the first answer is 201, the same bytes
again 200, other bytes under the same id 409. Every answer bears ``X-Commonway``, by which the page tells it from the
login page of a hotel's network.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, request

from mapping_service.errors import Conflict, Problem
from mapping_service.jobs import waker
from mapping_service.store import messages
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import RawMessage
from mapping_service.store.people import key_hash
from mapping_service.web.keys import bearer, bearer_key
from mapping_service.web.trackers import body, keep

blueprint = Blueprint("records", __name__, url_prefix="/api/v1")

MOST_CHUNK_BYTES = 1_000_000
"""Largest chunk or record, unpacked: 500 positions are 40 kB."""

MOST_CHUNKS = 20_000
"""Most chunks of one ride: a day of one chunk every five seconds."""


@blueprint.after_request
def _mark(response: Response) -> Response:
    response.headers["X-Commonway"] = "1"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.put("/records/<uuid:record>")
def put_record(record: UUID) -> tuple[Response, int]:
    """Take one report that belongs to no ride."""
    return _put("", str(record))


@blueprint.put("/traces/<uuid:ride>/chunks/<int:number>")
def put_chunk(ride: UUID, number: int) -> tuple[Response, int]:
    """Take one chunk of a ride; chunks may come in any order and while the ride goes on."""
    if number >= MOST_CHUNKS:
        raise Problem("too_many_chunks", f"A ride may have {MOST_CHUNKS:,} chunks. Begin another one.")
    return _put(str(ride), f"{ride}/{number}")


def _put(ride: str, name: str) -> tuple[Response, int]:
    key = bearer_key()
    kept = keep(key, RawMessage(key_hash(key), "page", ride, "", body(MOST_CHUNK_BYTES), name))
    if kept.state == "conflict":
        raise Conflict("other_bytes", f"Under {name} other bytes came before. Give what is new an id of its own.")
    return jsonify(city=kept.slug, stored=kept.state), 201 if kept.state == "new" else 200


@blueprint.get("/traces/<uuid:ride>")
def get_trace(ride: UUID) -> Response:
    """Say which chunks of a ride have come, as ranges, and whether the page said that it is whole."""
    contributor_id = bearer().contributor_id
    with engine_for(current_app.config["DATABASE_URL"]).connect() as connection:
        have = messages.chunks_of(connection, contributor_id, str(ride))
        complete = messages.is_finished(connection, contributor_id, str(ride))
    return jsonify(have=_ranges(have), complete=complete)


def _ranges(numbers: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


@blueprint.post("/traces/<uuid:ride>/complete")
def complete_trace(ride: UUID) -> tuple[Response, int]:
    """Take the page's word that a ride has so many ``chunks``; 409 with those that are ``missing`` here."""
    sender = bearer()
    said = request.get_json(silent=True)
    chunks = said.get("chunks") if isinstance(said, dict) else None
    if isinstance(chunks, bool) or not isinstance(chunks, int) or not 0 <= chunks <= MOST_CHUNKS:
        raise Problem("no_chunks", "Say how many chunks the ride has: {\"chunks\": 21}.")
    url = current_app.config["DATABASE_URL"]
    with engine_for(url).begin() as connection:
        missing = sorted(set(range(chunks)) - messages.chunks_of(connection, sender.contributor_id, str(ride)))
        if missing:
            return jsonify(missing=missing), 409
        messages.mark_finished(connection, sender.city_id, sender.contributor_id, "page", str(ride))
    waker(url).wake(sender.slug)
    return jsonify(complete=True), 200
