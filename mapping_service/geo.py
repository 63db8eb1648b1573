"""Metres: every city is measured in its own UTM zone, never in degrees. The only importer of pyproj in the service."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyproj

from mapping_service.records import Floats

M_PER_DEG = 111_320.0
"""Metres in a degree of longitude at the equator of WGS 84, where a plane of degrees is near enough."""


def utm_srid(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone (WGS 84) at a place; Norway's and Svalbard's odd zones are ignored."""
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


@cache
def _transformers(srid: int) -> tuple[pyproj.Transformer, pyproj.Transformer]:
    there = pyproj.Transformer.from_crs(4326, srid, always_xy=True)
    return there, pyproj.Transformer.from_crs(srid, 4326, always_xy=True)


def to_metres(lon: Floats, lat: Floats, srid: int) -> Floats:
    """Return an (n, 2) array of easting and northing in metres."""
    return np.column_stack(_transformers(srid)[0].transform(lon, lat))


def to_lon_lat(xy: Floats, srid: int) -> Floats:
    """Return an (n, 2) array of (lon, lat) in degrees from metres in ``srid``."""
    return np.column_stack(_transformers(srid)[1].transform(xy[:, 0], xy[:, 1]))


def along_m(xy: Floats) -> Floats:
    """Return the distance from the first vertex along a line of metres, one value per vertex."""
    steps = np.hypot(np.diff(xy[:, 0]), np.diff(xy[:, 1]))
    return np.concatenate(([0.0], np.cumsum(steps)))


def resample(xy: Floats, step_m: float) -> Floats:
    """Return points every ``step_m`` along a line, its two ends included."""
    s = along_m(xy)
    if s[-1] <= 0:
        return xy[:1]
    at = np.linspace(0.0, s[-1], max(2, int(np.ceil(s[-1] / step_m)) + 1))
    return points_at(xy, s, at)


def points_at(xy: Floats, s: Floats, at: Floats) -> Floats:
    """Return the points at distances ``at`` along a line whose vertices lie at distances ``s``."""
    return np.column_stack((np.interp(at, s, xy[:, 0]), np.interp(at, s, xy[:, 1])))
