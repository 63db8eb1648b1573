"""From messages to trails: what recorders sent is read, and put together into rides, each a document of its own.

Both steps can be run again at any time. A trail whose points changed takes the place of the one before it; the same
points give the same bytes, and so nothing new.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from math import inf
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from collectors.trackers import read_message
from collectors.trackers.points import Batch, Point, when_ms
from collectors.trackers.trail import Trail, write_trail
from mapping_service.errors import Problem
from mapping_service.intake.trails import rides, united
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.store import intake, messages
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for

log = logging.getLogger(__name__)

_AT_ONCE = 500
# A message that tells of no more than this touches two local days at most, whatever the clocks are set to.
_WIDE_S = 72000.0


def read_messages(url: str, slug: str) -> int:
    """Read a city's new messages and note what they hold; return how many. A bad one is noted and stays as it is."""
    engine = engine_for(url)
    read = 0
    while True:
        with engine.begin() as connection:
            city_id = get_city(connection, slug).city_id
            waiting = messages.take_unread(connection, city_id, _AT_ONCE)
            if not waiting:
                return read
            _note(connection, city_id, waiting)
            read += len(waiting)


def _note(connection: Connection, city_id: int, waiting: Sequence[Row[Any]]) -> None:
    streams: dict[tuple[int, str, str], int] = {}
    spans: dict[int, list[float]] = {}
    found = []
    for message in waiting:
        if message.kind == "page" and not message.device:
            found.append(_keep_record(connection, city_id, message))
            continue
        batch, one = _found(message)
        times = _times(message.kind, batch, message.received_s)
        if times:
            key = (message.contributor_id, message.kind, batch.device)
            if key not in streams:
                streams[key] = messages.stream_of(connection, city_id, *key)
            spans.setdefault(streams[key], []).extend((min(times), max(times)))
            one = replace(one, stream_id=streams[key], first_s=min(times), last_s=max(times))
        found.append(one)
    messages.save_found(connection, found)
    for stream_id, times in sorted(spans.items()):
        messages.mark_changed(connection, stream_id, min(times), max(times))


def _keep_record(connection: Connection, city_id: int, message: Row[Any]) -> messages.Found:
    """Make a document of a single report, which is read like any other."""
    name, data = f"records/{message.name}.json", bytes(message.bytes)
    intake.keep(connection, city_id, name, message.name, data, message.contributor_id, kind="record")
    return messages.Found(message.message_id)


def _found(message: Row[Any]) -> tuple[Batch, messages.Found]:
    """Return what a message says, and what is noted of it."""
    try:
        batch = _read(message)
    except Problem as problem:
        said = {"message": problem.sentence, **problem.details}
        return Batch(""), messages.Found(message.message_id, problem_code=problem.code, problem=said)
    except Exception as failure:  # our own fault: it must not keep others waiting
        log.exception("Message %s cannot be read", message.message_id)
        said = {"failure": type(failure).__name__}
        return Batch(""), messages.Found(message.message_id, problem_code="unreadable", problem=said)
    accuracies = [point.accuracy_m for point in batch.points if point.accuracy_m is not None]
    return batch, messages.Found(
        message.message_id,
        points=len(batch.points),
        accuracy_m=median(accuracies) if accuracies else None,
        battery=batch.battery,
        problem_code=batch.problem.code if batch.problem else None,
        problem=batch.problem.details if batch.problem else {},
    )


def _read(message: Row[Any]) -> Batch:
    return read_message(message.kind, message.query, message.device, bytes(message.bytes), message.received_s)


def _times(kind: str, batch: Batch, received_s: float) -> list[float]:
    """Return the times at which a message tells something; a chunk of the page tells something in any case."""
    said = [when_ms(report.get("t")) for report in batch.reports]
    times = [point.t_ms / 1000 for point in batch.points] + [t_ms / 1000 for t_ms in said if t_ms is not None]
    return times or ([received_s] if kind == "page" and batch.device else [])


def is_waiting(connection: Connection, city_id: int, p: Parameters, now_s: float) -> bool:
    """True where messages of a city are still to be read, or rides to be put together."""
    return messages.has_unread(connection, city_id) or bool(messages.due(connection, city_id, p, now_s, wait=True))


def assemble(url: str, slug: str, p: Parameters, *, now_s: float, wait: bool) -> int:
    """Put the rides of a city together where something came; return of how many recorders.

    With ``wait`` those that seem to go on at ``now_s`` (epoch seconds) are left for later.
    """
    engine = engine_for(url)
    with engine.connect() as connection:
        city = get_city(connection, slug)
        due = messages.due(connection, city.city_id, p, now_s, wait=wait)
    for stream_id in due:
        try:
            with engine.begin() as connection:
                _assemble(connection, city, stream_id, p)
        except DBAPIError:
            raise
        except Exception:  # our own fault: it must not keep the others waiting; what comes next tries again
            log.exception("Stream %s cannot be put together", stream_id)
            with engine.begin() as connection:
                messages.mark_assembled(connection, stream_id)
    return len(due)


@dataclass(frozen=True)
class _Part:
    """One ride of a stream, and the document that holds it."""

    first_s: float
    last_s: float
    submission_id: int


def _assemble(connection: Connection, city: City, stream_id: int, p: Parameters) -> None:
    stream = messages.take_changed(connection, stream_id)
    if stream is None:
        return
    for from_s, to_s in _windows(connection, city, stream, p):
        batches = list(_batches(messages.of_stream(connection, stream_id, from_s, to_s)))
        made = [_keep(connection, city, stream, trail) for trail in _trails(city, stream, batches, from_s, to_s, p)]
        _replace(connection, stream, made, from_s, to_s)
    messages.mark_assembled(connection, stream_id)


def _windows(connection: Connection, city: City, stream: Row[Any], p: Parameters) -> list[tuple[float, float]]:
    """Return the stretches of time to put together anew: whole local days, or all that a ride of the page has."""
    if stream.kind == "page":
        return [(-inf, inf)]
    zone = ZoneInfo(city.timezone)
    changed = (stream.stream_id, stream.changed_from_s, stream.changed_to_s)
    spans = [(one.first_s, one.last_s) for one in messages.spans(connection, *changed)]
    times = {t_s for first_s, last_s in spans if last_s - first_s <= _WIDE_S for t_s in (first_s, last_s)}
    # A clock that was set back puts years between two positions of one message: only days that have any are looked at.
    for batch in _batches(messages.wide(connection, *changed, _WIDE_S)):
        times |= {point.t_ms / 1000 for point in batch.points}
    days = {_day(t_s, zone, p) for t_s in times}
    return [(_starts_s(day, zone, p), _starts_s(day + timedelta(days=1), zone, p)) for day in sorted(days)]


def _day(t_s: float, zone: ZoneInfo, p: Parameters) -> date:
    day = datetime.fromtimestamp(t_s, zone).date()
    return day if _starts_s(day, zone, p) <= t_s else day - timedelta(days=1)


def _starts_s(day: date, zone: ZoneInfo, p: Parameters) -> float:
    return datetime.combine(day, time(second=0), zone).replace(hour=int(p.stream_day_starts_s // 3600)).timestamp()


def _batches(found: Iterable[Row[Any]]) -> Iterator[Batch]:
    """Return what messages say; those of the page in the order in which it numbered them."""
    for message in sorted(found, key=lambda one: int((one.name or "/0").rpartition("/")[2])):
        try:
            yield _read(message)
        except Problem:
            continue  # noted when it was first read


def _trails(
    city: City, stream: Row[Any], batches: Sequence[Batch], from_s: float, to_s: float, p: Parameters
) -> Iterator[Trail]:
    """Return the rides of a stream between two times."""
    points, others = united(
        point for batch in batches for point in batch.points if from_s <= point.t_ms / 1000 < to_s
    )
    if stream.kind == "page":
        if points or any(batch.reports for batch in batches):
            yield _page_trail(stream, batches, points, others)
        return
    named = "\0".join((city.slug, stream.pseudonym, stream.kind, stream.device))
    recorder = hashlib.sha256(named.encode()).hexdigest()[:16]
    marks = sorted({mark for batch in batches for mark in batch.marks}, key=lambda mark: (mark.t_s or 0, mark.text))
    for part in rides(points, p):
        first_s, last_s = part[0].t_ms / 1000, part[-1].t_ms / 1000
        mine = [mark for mark in marks if mark.t_s is not None and first_s <= mark.t_s <= last_s]
        yield Trail(stream.kind, recorder, part, mine)


def _page_trail(stream: Row[Any], batches: Sequence[Batch], points: Sequence[Point], others: int) -> Trail:
    """Return the ride of a page: what later chunks say of the same thing counts."""
    reports = {str(report["id"]): report for batch in batches for report in batch.reports}
    ride: Mapping[str, Any] | None = None
    consented: bool | None = None
    for batch in batches:
        ride = batch.ride or ride
        consented = consented if batch.consented is None else batch.consented
    in_order = sorted(reports.values(), key=lambda said: (when_ms(said.get("t")) or inf, str(said["id"])))
    return Trail("page", stream.device, points, reports=in_order, ride=ride, consented=consented, others=others)


def _keep(connection: Connection, city: City, stream: Row[Any], trail: Trail) -> _Part:
    times = [point.t_ms / 1000 for point in trail.points] or [
        t_ms / 1000 for report in trail.reports if (t_ms := when_ms(report.get("t"))) is not None
    ] or [0.0]
    stem = f"{trail.recorder}-{datetime.fromtimestamp(times[0], UTC):%Y%m%dT%H%M%SZ}"
    name = f"trails/{trail.kind}/{stem}.json"
    data = write_trail(trail)
    receipt = intake.keep(connection, city.city_id, name, stem, data, stream.contributor_id, kind="trail")
    if receipt.kept != "new":
        intake.reopen_continued(connection, receipt.submission_id)
    return _Part(times[0], times[-1], receipt.submission_id)


def _shared_s(one: Row[Any], part: _Part) -> float:
    return min(part.last_s, float(one.last_s)) - max(part.first_s, float(one.first_s))


def _replace(connection: Connection, stream: Row[Any], made: Sequence[_Part], from_s: float, to_s: float) -> None:
    """Put new trails in the place of those that a stretch of time had before."""
    kept = {(part.first_s, part.submission_id) for part in made}
    old = messages.trails(connection, stream.stream_id, from_s, to_s)
    for one in old:
        if (one.first_s, one.submission_id) not in kept:
            messages.forget_trail(connection, stream.stream_id, one.first_s)
            heir = max(made, key=partial(_shared_s, one), default=None)
            if heir is not None and one.submission_id not in {part.submission_id for part in made}:
                intake.mark_continued(connection, one.submission_id, heir.submission_id)
    there = {(one.first_s, one.submission_id) for one in old}
    for part in made:
        if (part.first_s, part.submission_id) not in there:
            messages.save_trail(connection, stream, part.submission_id, part.first_s, part.last_s)
