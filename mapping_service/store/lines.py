"""Lines as the database keeps them: arrays to well-known binary and back, without going through text."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from geoalchemy2 import WKBElement

from mapping_service.records import Floats

_LITTLE_ENDIAN = 1
_LINESTRING, _LINESTRINGS = 2, 5
_SRID_FLAG, _Z_FLAG, _M_FLAG = 0x20000000, 0x80000000, 0x40000000
_HEAD_BYTES = 9
_ISO_DIMENSIONS = {0: 2, 1: 3, 2: 3, 3: 4}


def line_element(columns: Floats, *, z: bool = False, m: bool = False) -> WKBElement:
    """Return a line in EPSG:4326 from an (n, 2 + z + m) array of lon, lat, elevation and measure, in that order."""
    kind = _LINESTRING | _SRID_FLAG | (_Z_FLAG if z else 0) | (_M_FLAG if m else 0)
    head = struct.pack("<BIII", _LITTLE_ENDIAN, kind, 4326, len(columns))
    return WKBElement(head + np.ascontiguousarray(columns, dtype="<f8").tobytes(), srid=4326, extended=True)


def lines_element(lines: Sequence[Floats]) -> WKBElement:
    """Return several lines in EPSG:4326 as one geometry, each an (n, 2) array of lon, lat with n ≥ 2."""
    head = struct.pack("<BIII", _LITTLE_ENDIAN, _LINESTRINGS | _SRID_FLAG, 4326, len(lines))
    parts = (
        struct.pack("<BII", _LITTLE_ENDIAN, _LINESTRING, len(line)) + np.ascontiguousarray(line, dtype="<f8").tobytes()
        for line in lines
    )
    return WKBElement(head + b"".join(parts), srid=4326, extended=True)


def point_element(lon: float, lat: float) -> WKBElement:
    """Return a point in EPSG:4326."""
    return WKBElement(struct.pack("<BIIdd", _LITTLE_ENDIAN, 1 | _SRID_FLAG, 4326, lon, lat), srid=4326, extended=True)


def line_columns(wkb: bytes | memoryview) -> Floats:
    """Return the coordinates of a line from little-endian ISO WKB (``ST_AsBinary(geom, 'NDR')``), one row a point."""
    return _line_at(bytes(wkb), 0)


def lines_columns(wkb: bytes | memoryview) -> list[Floats]:
    """Return the coordinates of several lines from little-endian ISO WKB, as ``line_columns`` does of one."""
    data = bytes(wkb)
    order, kind, parts = struct.unpack_from("<BII", data)
    if order != _LITTLE_ENDIAN or kind % 1000 != _LINESTRINGS:
        raise ValueError(f"no little-endian lines: {data[:9]!r}")
    lines: list[Floats] = []
    at = _HEAD_BYTES
    for _ in range(parts):
        lines.append(_line_at(data, at))
        at += _HEAD_BYTES + lines[-1].nbytes
    return lines


def _line_at(data: bytes, at: int) -> Floats:
    order, kind, points = struct.unpack_from("<BII", data, at)
    if order != _LITTLE_ENDIAN or kind % 1000 != _LINESTRING:
        raise ValueError(f"not a little-endian line: {data[at:at + _HEAD_BYTES]!r}")
    width = _ISO_DIMENSIONS[kind // 1000]
    return np.frombuffer(data, dtype="<f8", offset=at + _HEAD_BYTES, count=points * width).reshape(points, width)
