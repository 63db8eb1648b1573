"""The inbox and what its bytes turned out to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from mapping_service.intake.interpret import Interpretation, Verdict
from mapping_service.records import Claim, Fixes, Report, ServicePointDraft
from mapping_service.store.engine import row, rows, run, table
from mapping_service.store.lines import line_element, point_element


@dataclass(frozen=True)
class Receipt:
    """The answer to a file: ``kept`` is ``new``, ``same_bytes`` (under another name) or ``again`` (the same name)."""

    submission_id: int
    kept: str
    sha256: str


def keep(
    connection: Connection,
    city_id: int,
    name: str,
    key: str,
    data: bytes,
    contributor_id: int | None = None,
    *,
    kind: str = "file",
) -> Receipt:
    """Store bytes under a name, once, as a submission to be read. When the transaction is committed they are safe."""
    inbox_id = keep_bytes(connection, city_id, data)
    sent = {"city_id": city_id, "contributor_id": contributor_id}
    new = row(connection, "intake.insert_submission", {**sent, "submission_id": inbox_id, "kind": kind})
    named = {**sent, "inbox_id": inbox_id, "file_name": name, "file_key": key}
    arrived = row(connection, "intake.insert_arrival", named)
    kept = "new" if new is not None else "same_bytes" if arrived is not None else "again"
    return Receipt(inbox_id, kept, hashlib.sha256(data).hexdigest())


def keep_bytes(connection: Connection, city_id: int, data: bytes) -> int:
    """Store bytes in a city's inbox, once, and nothing else about them; the id of their row."""
    values = {"city_id": city_id, "sha256": hashlib.sha256(data).digest()}
    found = row(connection, "intake.insert_inbox", {**values, "bytes": data}) or row(
        connection, "intake.get_inbox", values
    )
    assert found is not None
    return int(found.inbox_id)


def save_claims(connection: Connection, city_id: int, claims: Mapping[str, Claim]) -> None:
    """Store what hints say of files, by file key; newer hints replace older ones."""
    for key, claim in sorted(claims.items()):
        run(connection, "intake.upsert_claim", {"city_id": city_id, "file_key": key, **vars(claim)})


def unread(connection: Connection, city_id: int) -> list[int]:
    """Return the submissions waiting to be read, oldest first."""
    return [found.submission_id for found in rows(connection, "intake.list_unread", {"city_id": city_id})]


def take_unread(connection: Connection, submission_id: int) -> Row[Any] | None:
    """Return a waiting submission with its bytes and hold it; ``None`` where another process has it or did it."""
    return row(connection, "intake.get_unread", {"submission_id": submission_id})


def save_interpretation(connection: Connection, city_id: int, submission_id: int, read: Interpretation) -> None:
    """Store what a submission turned out to be, in place of what was read from it before."""
    run(connection, "intake.delete_trace", {"submission_id": submission_id})
    _mark(connection, submission_id, read.verdict, read.creator, [vars(notice) for notice in read.notices])
    if read.fixes is not None:
        _insert(connection, "trace", [_trace_row(city_id, submission_id, read.fixes)])
    _insert(connection, "report", [_report_row(city_id, submission_id, report) for report in read.reports])


def _mark(
    connection: Connection, submission_id: int, verdict: Verdict, creator: str | None, notices: Sequence[Any]
) -> None:
    values = {
        "submission_id": submission_id,
        "status": verdict.status,
        "reason_code": verdict.reason_code,
        "reason": json.dumps(dict(verdict.reason), default=str),
        "creator": creator,
        "notices": json.dumps(notices, default=str),
    }
    run(connection, "intake.mark_read", values)


def _insert(connection: Connection, name: str, values: Sequence[Mapping[str, Any]]) -> None:
    if values:
        connection.execute(table(connection, name).insert(), list(values))


def _trace_row(city_id: int, submission_id: int, fixes: Fixes) -> dict[str, Any]:
    columns = np.column_stack((fixes.lon, fixes.lat, fixes.ele_m, fixes.t_s))
    timed = fixes.t_s[np.isfinite(fixes.t_s)]
    return {
        "submission_id": submission_id,
        "city_id": city_id,
        "geom": line_element(columns, z=True, m=True),
        "accuracy_m": _array(fixes.accuracy_m),
        "speed_mps": _array(fixes.speed_mps),
        "segment_starts": fixes.segment_starts.tolist(),
        "started_at": moment(timed.min()) if len(timed) else None,
        "ended_at": moment(timed.max()) if len(timed) else None,
    }


def _array(values: Any) -> list[float] | None:
    return values.tolist() if np.isfinite(values).any() else None


def moment(t_s: float) -> datetime:
    """Return an epoch second as a time with zone."""
    return datetime.fromtimestamp(float(t_s), UTC)


def _report_row(city_id: int, submission_id: int, report: Report) -> dict[str, Any]:
    values = {k: v for k, v in vars(report).items() if k not in ("lon", "lat", "t_s")}
    values["details"] = dict(report.details)
    at = moment(report.t_s) if report.t_s is not None else None
    place = point_element(report.lon, report.lat)
    return {**values, "city_id": city_id, "submission_id": submission_id, "geom": place, "at": at}


def save_service_points(
    connection: Connection, network_id: int, city_id: int, submission_id: int, points: Sequence[ServicePointDraft]
) -> None:
    """Put the service points of a submission into a network under provisional ids; those with a public id stay."""
    delete_provisional_points(connection, submission_id)
    found = rows(connection, "intake.list_service_rows", {"submission_id": submission_id, "network_id": network_id})
    known = {one.source_row for one in found}
    values = [
        {
            "network_id": network_id,
            "service_point_id": f"~{submission_id}.{point.row}",
            "city_id": city_id,
            "submission_id": submission_id,
            "source_id": point.source_id,
            "source_row": point.row,
            "kind": point.kind,
            "name": point.name,
            "geom": point_element(point.lon, point.lat),
            "properties": dict(point.properties),
        }
        for point in points
        if point.row not in known
    ]
    _insert(connection, "service_point", values)


def delete_provisional_points(connection: Connection, submission_id: int) -> None:
    """Take out those service points of a submission that have no public id yet."""
    run(connection, "intake.delete_service_points", {"submission_id": submission_id})


def quarantine(connection: Connection, submission_id: int, code: str, **reason: Any) -> None:
    """Set an accepted submission aside, with a reason; a person can release it."""
    values = {"submission_id": submission_id, "reason_code": code, "reason": json.dumps(reason)}
    run(connection, "intake.mark_quarantined", values)


def set_aside(connection: Connection, submission_id: int, code: str, **reason: Any) -> None:
    """Quarantine a submission in whatever state it is, and do not try it again by itself."""
    _mark(connection, submission_id, Verdict("quarantined", code, reason), None, [])
    run(connection, "runs.mark_cleaned", {"submission_id": submission_id})


def mark_duplicate(connection: Connection, submission_id: int, of: int, code: str) -> None:
    """Say that an accepted submission repeats another one; the reason names the other's file."""
    values = {"submission_id": submission_id, "duplicate_of": of, "reason_code": code}
    run(connection, "intake.mark_duplicate", values)


def mark_continued(connection: Connection, submission_id: int, by: int) -> None:
    """Say that a submission is the beginning of another one, which counts in its place."""
    run(connection, "intake.mark_continued", {"submission_id": submission_id, "continued_by": by})


def reopen_continued(connection: Connection, submission_id: int) -> None:
    """Let a submission count again that another one had continued, where it was so."""
    run(connection, "intake.reopen_continued", {"submission_id": submission_id})


def own_submission(
    connection: Connection, city_id: int, contributor_id: int, submission_id: int, network_id: int
) -> dict[str, Any] | None:
    """Return what became of a contributor's submission, with the route of a network that it belongs to."""
    values = {"city_id": city_id, "contributor_id": contributor_id, "submission_id": submission_id}
    found = row(connection, "intake.get_own_submission", {**values, "network_id": network_id})
    return None if found is None else dict(found._mapping)
