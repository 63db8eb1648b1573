"""What a city's managers see of those who send: how their phones do, what could not be used, what was ridden."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.errors import NotFound
from mapping_service.parameters import Parameters
from mapping_service.store.engine import row, rows, run

MOST_RIDES = 500
MOST_PROBLEMS = 200


def activity(connection: Connection, city_id: int, since: datetime, p: Parameters) -> list[Row[Any]]:
    """Return one row for each key that holds, with what came by it since a moment."""
    values = {"city_id": city_id, "since": since, "gap_s": p.phone_gap_s, "pause_s": p.stream_gap_s}
    return rows(connection, "team.list_activity", values)


def rides(connection: Connection, city_id: int, since: datetime) -> list[dict[str, Any]]:
    """Return the newest traces since a moment; ``line`` is GeoJSON in (lon, lat)."""
    found = rows(connection, "team.list_rides", {"city_id": city_id, "since": since, "most": MOST_RIDES})
    return [{**one._mapping, "line": json.loads(one.line) if one.line else None} for one in found]


def set_aside(connection: Connection, city_id: int) -> list[Row[Any]]:
    """Return the newest documents that could not be used as they are."""
    return rows(connection, "team.list_set_aside", {"city_id": city_id, "most": MOST_PROBLEMS})


def document(connection: Connection, city_id: int, submission_id: int) -> tuple[str, bytes]:
    """Return the name and the bytes of a document. Raises ``NotFound`` ``submission_not_found``."""
    found = row(connection, "team.get_document", {"city_id": city_id, "submission_id": submission_id})
    if found is None:
        raise NotFound("submission_not_found", f"There is no document {submission_id} in this city.")
    return str(found.file_name), bytes(found.bytes)


def message(connection: Connection, city_id: int, message_id: int) -> tuple[str, bytes]:
    """Return a message as a name and bytes: its body, else its query. Raises ``NotFound`` ``message_not_found``."""
    found = row(connection, "team.get_message", {"city_id": city_id, "message_id": message_id})
    if found is None:
        raise NotFound("message_not_found", f"There is no message {message_id} in this city.")
    return f"{found.kind}-{message_id}.txt", bytes(found.bytes) or str(found.query).encode()


def use_anyway(connection: Connection, city_id: int, submission_id: int) -> None:
    """Have a document that was set aside read again and used. Raises ``NotFound`` ``nothing_to_release``."""
    if not run(connection, "intake.mark_released", {"city_id": city_id, "submission_id": submission_id}):
        raise NotFound("nothing_to_release", f"There is no document {submission_id} that could be used all the same.")
