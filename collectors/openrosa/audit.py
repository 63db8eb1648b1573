"""Reads ``audit.csv``, what ODK Collect notes of the filling itself: events with their times and a place.

It is no track. Each place is the most accurate fix of the last seconds at the moment of an event: places repeat, and
none come while one question stays open (docs.getodk.org/form-audit-log, getodk/collect AuditEventLogger). So it is
evidence of where somebody was, never a line of fixes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.limits import MAX_CELL_CHARS, MAX_ROWS
from collectors.openrosa.values import Place, geopoint, number
from collectors.storable import storable_text
from collectors.tables import decoded
from mapping_service.records import Notice


@dataclass(frozen=True)
class AuditEvent:
    """One event: what happened at which question, from when to when (epoch seconds of the phone's clock), and where."""

    event: str
    node: str
    start_s: float | None
    end_s: float | None
    place: Place | None
    user: str | None


def read_audit(data: bytes) -> tuple[Sequence[AuditEvent], Sequence[Notice]]:
    """Read the events in the order of the file, columns by their header, ragged rows as far as they go.

    Notices: ``audit_rows_unread`` (count), and ``audit_locations_off`` where the phone gave none by its settings.
    """
    csv.field_size_limit(MAX_CELL_CHARS)
    rows = csv.reader(io.StringIO(storable_text(decoded(data)), newline=""))
    columns: list[str] = []
    events: list[AuditEvent] = []
    unread = 0
    while len(events) < MAX_ROWS:
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error:
            unread += 1
            continue
        if not columns:
            columns = [cell.strip().lower() for cell in cells]
        elif any(cell.strip() for cell in cells):
            events.append(_event(dict(zip(columns, (cell.strip() for cell in cells), strict=False))))
    return events, _notices(events, unread)


def _event(row: Mapping[str, str]) -> AuditEvent:
    parts = [row.get(name) or "0" for name in ("latitude", "longitude")]
    place = geopoint(" ".join([*parts, "0", row.get("accuracy") or "0"]))
    start_s, end_s = (_seconds(row.get(name, "")) for name in ("start", "end"))
    return AuditEvent(row.get("event", ""), row.get("node", ""), start_s, end_s, place, row.get("user") or None)


def _seconds(text: str) -> float | None:
    milliseconds = number(text)
    return None if milliseconds is None else milliseconds / 1000


def _notices(events: Sequence[AuditEvent], unread: int) -> list[Notice]:
    notices = [Notice("audit_rows_unread", {"count": unread})] if unread else []
    if any("location" in event.event and ("not granted" in event.event or "disabled" in event.event)
           for event in events):
        notices.append(Notice("audit_locations_off"))
    return notices
