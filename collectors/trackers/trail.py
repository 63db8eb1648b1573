"""A trail: one ride put together from what a recorder sent, as a document of its own.

Canonical JSON, so that the same points give the same bytes whatever messages brought them, in whatever order and how
often. One line for each point, so that people can read it and tools compare it.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collectors.notes import names_something
from collectors.trackers.page import report_of
from collectors.trackers.points import ESTIMATED, MOCKED, Point, not_readable
from mapping_service.records import Claim, Fixes, Floats, Notice, Report, Waypoint

REPORT_PLACE_S = 60.0
"""A report without a place of its own was made where the ride was at its time, if that is known this closely."""


@dataclass(frozen=True)
class Trail:
    """One ride as it was recorded. ``recorder`` tells recorders of one kind apart, without naming them.

    ``points`` are in order of time; ``others`` counts positions that contradicted them at the same moment.
    """

    kind: str
    recorder: str
    points: Sequence[Point]
    marks: Sequence[Waypoint] = ()
    reports: Sequence[Mapping[str, Any]] = ()
    ride: Mapping[str, Any] | None = None
    consented: bool | None = None
    others: int = 0


def write_trail(trail: Trail) -> bytes:
    """Return a trail as its document."""
    head = {
        "v": 1, "kind": trail.kind, "recorder": trail.recorder, "others": trail.others, "consented": trail.consented,
        "ride": trail.ride, "reports": list(trail.reports),
        "marks": [[mark.lon, mark.lat, mark.t_s, mark.text] for mark in trail.marks],
    }
    points = ",\n".join(_json(list(point)) for point in trail.points)
    return f'{_json(head)[:-1]},"points":[\n{points}\n]}}\n'.encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read_trail(data: bytes) -> Trail:
    """Read what ``write_trail`` wrote. Raises ``Problem`` ``message_unreadable``."""
    try:
        said = json.loads(data)
        return Trail(
            kind=said["kind"],
            recorder=said["recorder"],
            points=[Point(*point) for point in said["points"]],
            marks=[Waypoint(*mark) for mark in said["marks"]],
            reports=said["reports"],
            ride=said["ride"],
            consented=said["consented"],
            others=said["others"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise not_readable("a trail") from error


def fixes_of(trail: Trail) -> Fixes:
    """The positions of a trail as columns; a change of the recorder's own segment begins a segment."""
    segment = np.array([point.segment for point in trail.points], dtype=np.int64)
    starts = np.flatnonzero(np.diff(segment, prepend=segment[:1] - 1)) if len(segment) else np.zeros(1, dtype=np.int64)
    return Fixes(
        t_s=np.array([point.t_ms for point in trail.points], dtype=np.float64) / 1000,
        lon=np.array([point.lon for point in trail.points], dtype=np.float64),
        lat=np.array([point.lat for point in trail.points], dtype=np.float64),
        ele_m=_column([point.ele_m for point in trail.points]),
        accuracy_m=_column([point.accuracy_m for point in trail.points]),
        speed_mps=_column([point.speed_mps for point in trail.points]),
        segment_starts=starts.astype(np.int64),
    )


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def reports_of(trail: Trail) -> tuple[list[Report], list[Notice]]:
    """The reports of the recorder itself, and a notice of those that state no place and were made off the ride."""
    times = [point.t_ms for point in trail.points]
    found = [report_of(said, _place_at(trail.points, times, said.get("t")), i) for i, said in enumerate(trail.reports)]
    lost = sum(report is None for report in found)
    return [report for report in found if report], [Notice("no_place", {"reports": lost})] if lost else []


def _place_at(points: Sequence[Point], times: Sequence[int], t_ms: Any) -> Point | None:
    if not points or not isinstance(t_ms, int | float):
        return None
    k = bisect_left(times, t_ms)
    nearest = min(points[max(k - 1, 0):k + 1], key=lambda point: abs(point.t_ms - t_ms))
    return nearest if abs(nearest.t_ms - t_ms) <= REPORT_PLACE_S * 1000 else None


def claim_of(trail: Trail) -> Claim | None:
    """What the rider said of the ride, where they said a line or a direction."""
    said = trail.ride or {}
    told = (str(said.get(key) or "").strip() for key in ("line", "direction"))
    line, direction = (one if one and names_something(one) else None for one in told)
    return Claim(line=line, direction=direction) if line or direction else None


def notices_of(trail: Trail) -> list[Notice]:
    """What a person should know of how the positions came about."""
    counts = {
        "other_positions": trail.others,
        "accuracy_estimated": sum(bool(point.flags & ESTIMATED) for point in trail.points),
        "mock_positions": sum(bool(point.flags & MOCKED) for point in trail.points),
    }
    return [Notice(code, {"count": count}) for code, count in counts.items() if count]
