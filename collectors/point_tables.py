"""Recordings that are tables: CSV with a row for each position, GeoJSON with a point for each or a line with times.

GPSLogger, OpenTracks and many web tools write them. A table of places (clinics, stops) may have times as well, but then
it names what it lists; a recording names nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from collectors.gpx import METRES_PER_HDOP
from collectors.limits import MAX_ROWS
from collectors.service_points import KINDS, LATS, LONS, NAMES
from collectors.tables import RowNotices, column_key, decoded, find_column, read_table
from collectors.trackers.points import ESTIMATED, Gathered, Point, note, number, scaled, when_ms
from collectors.trackers.trail import Trail, fixes_of
from mapping_service.errors import TooLarge
from mapping_service.records import Notice, Reading, Waypoint

_TIMES = ("time", "timestamp", "datetime", "date_time", "utc", "utc_time", "gps_time", "time_utc", "timestamp_ms", "t")
_ACCURACIES = ("accuracy", "acc", "accuracy_m", "horizontal_accuracy", "hacc")
_SPEEDS = ("speed", "spd", "speed_mps", "speed_m_s")
_HEIGHTS = ("elevation", "altitude", "ele", "alt")
_NOTES = ("annotation", "desc", "note", "comment")
_LINE_TIMES = ("coordTimes", "times", "timestamps")


def read_point_table(data: bytes) -> Reading | None:
    """Read a recording; ``None`` for a table that is none.

    Speeds are in m/s, heights and accuracies in m. Positions stand in order of time, equal ones once. Notices:
    ``bad_positions``, ``null_island``, ``bad_times`` (count; these are dropped), ``accuracy_estimated`` (count).

    Raises ``Problem`` as ``tables.read_table``.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    rows = _features(data) if start in (b"{", b"[") else _table(data)
    return None if rows is None else _reading(rows)


Row = Mapping[str, Any]


def _table(data: bytes) -> Sequence[Row] | None:
    table = read_table(data, RowNotices("row"))
    lat, lon, time = (find_column(table.columns, names) for names in (LATS, LONS, _TIMES))
    if lat is None or lon is None or time is None or _names_something(table.columns):
        return None
    keys = {column: column_key(column) for column in table.columns}
    return [
        {**{keys[column]: cell for column, cell in row.cells.items()},
         "lat": row.cells[lat], "lon": row.cells[lon], "time": row.cells[time]}
        for row in table.rows
    ]


def _names_something(columns: Sequence[str]) -> bool:
    return find_column(columns, NAMES) is not None or find_column(columns, KINDS) is not None


def _features(data: bytes) -> Sequence[Row] | None:
    try:
        sent = json.loads(decoded(data))
    except (ValueError, RecursionError):
        return None
    features = sent.get("features", [sent]) if isinstance(sent, dict) else None
    if not isinstance(features, list):
        return None
    if len(features) > MAX_ROWS:
        raise TooLarge("too_many_rows", f"The file has more than {MAX_ROWS:,} features. Send it in parts.")
    found = [list(_rows_of(feature)) for feature in features if isinstance(feature, dict) and feature.get("geometry")]
    return [row for rows in found for row in rows] if found and all(found) else None


def _rows_of(feature: Any) -> Iterator[Row]:
    geometry, said = (feature.get(key) if isinstance(feature, dict) else None for key in ("geometry", "properties"))
    if not isinstance(geometry, dict) or not isinstance(said, dict):
        return
    at, kind = geometry.get("coordinates"), geometry.get("type")
    if kind == "Point" and find_column(said, _TIMES) and not _names_something(list(said)):
        yield from _row(at, said[str(find_column(said, _TIMES))], {column_key(key): said[key] for key in said})
    elif kind in ("LineString", "MultiLineString") and isinstance(at, list):
        lines, times = ([at], [_line_times(said)]) if kind == "LineString" else (at, _line_times(said) or [])
        for line, moments in zip(lines, times):
            if isinstance(line, list) and isinstance(moments, list):
                for place, moment in zip(line, moments):
                    yield from _row(place, moment, {})


def _line_times(said: Row) -> Any:
    inner = said.get("coordinateProperties")
    of = inner if isinstance(inner, dict) else said
    return next((of[key] for key in _LINE_TIMES if isinstance(of.get(key), list)), None)


def _row(at: Any, time: Any, said: Row) -> Iterator[Row]:
    if isinstance(at, list) and len(at) >= 2:
        yield {"ele": at[2] if len(at) > 2 else None, **said, "lon": at[0], "lat": at[1], "time": time}


def _reading(rows: Sequence[Row]) -> Reading:
    found = Gathered(inf)
    marks: list[Waypoint] = []
    for row in rows:
        measured_m = number(_first(row, _ACCURACIES))
        point = found.add(
            when_ms(row["time"]), row["lon"], row["lat"],
            accuracy_m=measured_m or scaled(number(row.get("hdop")), METRES_PER_HDOP),
            speed_mps=number(_first(row, _SPEEDS)),
            ele_m=number(_first(row, _HEIGHTS)),
            flags=0 if measured_m else ESTIMATED,
        )
        marks += note(point, _first(row, _NOTES))
    points = sorted(dict.fromkeys(found.points), key=_moment)
    estimated = sum(bool(point.flags & ESTIMATED) for point in points)
    counts = {**found.dropped, **({"accuracy_estimated": estimated} if estimated else {})}
    notices = [Notice(code, {"count": count}) for code, count in counts.items()]
    return Reading(fixes_of(Trail("table", "", points)), marks, notices)


def _moment(point: Point) -> int:
    return point.t_ms


def _first(row: Row, names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)
