"""Tables and layers of service points (clinics, water points, offices), whatever their columns are called."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape

from collectors.limits import MAX_ROWS, MAX_TYPED_NAME_CHARS
from collectors.storable import storable, storable_text
from collectors.tables import RowNotices, decoded, find_column, read_table
from mapping_service.errors import Problem, TooLarge
from mapping_service.records import Notice, ServicePointDraft

NULL_ISLAND_DEG = 0.01
"""|lat| + |lon| below this, in degrees, is an empty position, not a place."""

NAMES = ("name", "nombre", "facility_name", "establecimiento", "nom", "nome", "jina", "title", "label")
KINDS = ("amenity", "healthcare", "facility_type", "tipo", "service_type", "kind", "category", "categoria", "type")
LATS = ("lat", "latitude", "latitud", "y", "lat_dd", "gps_lat")
LONS = ("lon", "lng", "long", "longitude", "longitud", "x", "long_dd", "gps_lon")
_POINTS = ("geom", "geometry", "the_geom", "wkt", "point", "location", "coordinates", "gps")
_IDS = ("id", "source_id", "osm_id", "facility_id", "uuid", "fid", "objectid")
_OSM_TYPE = "osm_type"
_WKT_POINT = re.compile(r"\s*(?:SRID=4326;)?\s*POINT\s*Z?\s*\(\s*(\S+)\s+(\S+?)(?:\s+\S+)?\s*\)\s*", re.IGNORECASE)
MAX_DIGITS = 300
"""Integers of more digits, which no float can hold, are read as infinite."""

_BAD_SHAPE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
              shapely.errors.ShapelyError)

Position = tuple[float, float]


@dataclass(frozen=True)
class ServicePointReading:
    """The points that could be read, and a notice with ``row`` for each row about which something must be said."""

    points: list[ServicePointDraft]
    problems: list[Notice]


@dataclass(frozen=True)
class _Entry:
    """One row or feature: its number in the file, its properties, its (lon, lat) or why it has none."""

    row: int
    properties: Mapping[str, Any]
    position: Position | None
    source_id: str | None
    is_from_shape: bool = False


def read_service_points(data: bytes, name: str) -> ServicePointReading:
    """Read a CSV or a GeoJSON of service points; ``name`` is the file's, for messages.

    ``row`` is the line of a CSV, from 1 with the header, or the number of a GeoJSON feature, from 1. Rows that are
    left out: ``row_without_position``, ``position_out_of_range``, ``repeated_source_id`` (the first counts),
    ``conflict_marker``, ``wrong_column_count``, ``unreadable_row``. Rows that are kept: ``row_without_name`` (name is
    empty), ``point_from_shape`` (a point inside a line or polygon). A kind that is not stated is empty.
    Of many such notices the first are kept and ``more_notices`` holds the ``count`` of the others.

    A combined position column holds WKT ``POINT (lon lat)``, or "lat, lon" as people and ODK write it.

    Raises ``Problem``: ``file_empty``, ``not_a_table``, ``not_geojson``, ``no_position_columns``, ``too_many_rows``.
    """
    text_start = data[:4].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    problems = RowNotices("row")
    entries = _features(data, name) if text_start in (b"{", b"[") else _table_entries(data, name, problems)
    points: list[ServicePointDraft] = []
    seen: set[str] = set()
    for entry in entries:
        point = _draft(entry, seen, problems)
        if point is not None:
            points.append(point)
    return ServicePointReading(points, problems.in_order())


def _table_entries(data: bytes, name: str, problems: RowNotices) -> Iterator[_Entry]:
    table = read_table(data, problems)
    lat, lon, both = (find_column(table.columns, names) for names in (LATS, LONS, _POINTS))
    if (lat is None or lon is None) and both is None:
        raise Problem("no_position_columns", f"{name} has no columns for the position. Name them lat and lon.",
                      columns=list(table.columns))
    for row in table.rows:
        if lat is not None and lon is not None:
            position = _pair(row.cells[lon], row.cells[lat])
            used = [lat, lon]
        else:
            position, used = _combined(row.cells[str(both)]), [str(both)]
        yield _Entry(row.line, _without(row.cells, used), position, None)


def _without(properties: Mapping[str, Any], names: Sequence[str | None]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in names}


def _pair(lon: str, lat: str) -> Position | None:
    try:
        return float(lon.replace(",", ".")), float(lat.replace(",", "."))
    except ValueError:
        return None


def _combined(text: str) -> Position | None:
    wkt = _WKT_POINT.fullmatch(text)
    if wkt:
        return _pair(wkt[1], wkt[2])
    parts = re.split(r"[,;\s]+", text.strip(" ()[]"))
    return _pair(parts[1], parts[0]) if len(parts) >= 2 else None


def _features(data: bytes, name: str) -> Iterator[_Entry]:
    try:
        document = json.loads(storable_text(decoded(data)), parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise Problem("not_geojson", f"{name} begins like GeoJSON but is no complete JSON. Export it again.") from error
    features = document.get("features", [document]) if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) and f.get("type") == "Feature" for f in features):
        raise Problem("not_geojson", f"{name} is JSON, but no GeoJSON FeatureCollection. Export the layer as GeoJSON.")
    if len(features) > MAX_ROWS:
        raise TooLarge("too_many_rows", f"{name} has more than {MAX_ROWS:,} features. Send it in parts.")
    for row, feature in enumerate(features, start=1):
        properties = storable(feature.get("properties"))
        position, is_from_shape = _of_geometry(feature.get("geometry"))
        feature_id = storable(feature.get("id"))
        yield _Entry(row, properties if isinstance(properties, dict) else {}, position,
                     None if feature_id is None else str(feature_id), is_from_shape)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _of_geometry(geometry: Any) -> tuple[Position | None, bool]:
    """A point's (lon, lat), or a point that is sure to lie on a line or inside a polygon, and whether it is such."""
    try:
        if geometry["type"] == "Point":
            lon, lat = geometry["coordinates"][:2]
            return (float(lon), float(lat)), False
        inside = shape(geometry).representative_point()
        return (inside.x, inside.y), True
    except _BAD_SHAPE:
        return None, False


def _draft(entry: _Entry, seen: set[str], problems: RowNotices) -> ServicePointDraft | None:
    code = _position_fault(entry.position)
    columns = {what: find_column(entry.properties, names)
               for what, names in (("name", NAMES), ("id", _IDS))}
    source_id = _source_id(entry, columns["id"])
    if code is None and source_id in seen:
        code = "repeated_source_id"
    if code is not None or entry.position is None:
        problems.add(code or "row_without_position", entry.row)
        return None
    if source_id is not None:
        seen.add(source_id)
    kind_column, kind = _kind(entry.properties)
    name = _text(entry.properties, columns["name"])
    if len(name) > MAX_TYPED_NAME_CHARS:  # a story, which stays among its properties
        name, columns["name"] = "", None
    notes = (("row_without_name", not name), ("point_from_shape", entry.is_from_shape))
    for note in (note for note, applies in notes if applies):
        problems.add(note, entry.row)
    rest = _without(entry.properties, [columns["name"], columns["id"], kind_column])
    return ServicePointDraft(kind, name, *entry.position, source_id, rest, entry.row)


def _position_fault(position: Position | None) -> str | None:
    if position is None or not all(math.isfinite(value) for value in position):
        return "row_without_position"
    lon, lat = position
    if abs(lon) > 180 or abs(lat) > 90:
        return "position_out_of_range"
    return "row_without_position" if abs(lon) + abs(lat) < NULL_ISLAND_DEG else None


def _text(properties: Mapping[str, Any], column: str | None) -> str:
    value = properties.get(column) if column is not None else None
    return "" if value is None else str(value).strip()


def _kind(properties: Mapping[str, Any]) -> tuple[str | None, str]:
    """The first kind column that is filled in, and what it says."""
    for synonym in KINDS:
        column = find_column(properties, [synonym])
        text = _text(properties, column)
        if text:
            return column, text
    return None, ""


def _source_id(entry: _Entry, column: str | None) -> str | None:
    """The source's own id, with its kind before it for OpenStreetMap, whose ids are unique per kind only."""
    text = _text(entry.properties, column) or entry.source_id or ""
    text = re.sub(r"(?<=\d)\.0$", "", text)
    osm_type = _text(entry.properties, find_column(entry.properties, [_OSM_TYPE]))
    return (f"{osm_type}/{text}" if osm_type and column is not None and column.lower() == "osm_id" else text) or None
