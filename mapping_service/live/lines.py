"""The published lines in one plane, to be looked up by place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from mapping_service.geo import M_PER_DEG
from mapping_service.records import Floats


@dataclass(frozen=True)
class Line:
    """One published shape: its vertices in metres of the plane, and how far along the line each lies."""

    line_id: str
    xy: Floats
    along_m: Floats
    geometry: shapely.LineString

    @property
    def length_m(self) -> float:
        """The length of the line."""
        return float(self.along_m[-1])

    def at(self, dist_m: float) -> tuple[float, float]:
        """Return the place so far along the line, in the plane."""
        x, y = (float(np.interp(dist_m, self.along_m, self.xy[:, axis])) for axis in (0, 1))
        return x, y

    def bearing_deg(self, dist_m: float) -> float:
        """Return where the line leads to there, clockwise from north, 0 up to 360."""
        at = int(np.clip(np.searchsorted(self.along_m, dist_m, side="right"), 1, len(self.xy) - 1))
        east, north = self.xy[at] - self.xy[at - 1]
        return float(np.degrees(np.arctan2(east, north))) % 360 % 360


class Lines:
    """All lines of a feed. The plane is the one that is right at their middle: good for a few hundred kilometres."""

    def __init__(self, shapes: Mapping[str, Sequence[tuple[float, float]]]) -> None:
        """Lay out shapes, (lon, lat) by id; those of fewer than two places are left out."""
        places = [place for shape in shapes.values() for place in shape]
        self._middle: Floats = np.mean(places, axis=0) if places else np.zeros(2)
        self._scale: Floats = M_PER_DEG * np.array([math.cos(math.radians(self._middle[1])), 1.0])
        made = (self._line(line_id, shape) for line_id, shape in sorted(shapes.items()))
        self.lines = [line for line in made if line is not None]
        self._tree = shapely.STRtree([line.geometry for line in self.lines])

    def plane(self, lonlat: Floats) -> Floats:
        """Return places (N, 2) in degrees as metres of the plane."""
        placed: Floats = (lonlat - self._middle) * self._scale
        return placed

    def lonlat(self, xy: tuple[float, float]) -> tuple[float, float]:
        """Return a place of the plane in degrees."""
        lon, lat = np.array(xy) / self._scale + self._middle
        return float(lon), float(lat)

    def near(self, xy: Floats, within_m: float) -> list[Line]:
        """Return the lines within so many metres of a place of the plane."""
        found = self._tree.query(shapely.Point(xy), predicate="dwithin", distance=within_m)
        return [self.lines[at] for at in sorted(found)]

    def _line(self, line_id: str, shape: Sequence[tuple[float, float]]) -> Line | None:
        xy = self.plane(np.asarray(shape, dtype=np.float64).reshape(-1, 2))
        steps = np.hypot(*np.diff(xy, axis=0).T) if len(xy) else np.zeros(0)
        keep = np.concatenate([[True], steps > 0]) if len(xy) else np.zeros(0, dtype=bool)
        xy = xy[keep]
        if len(xy) < 2:
            return None
        along_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        return Line(line_id, xy, along_m, shapely.LineString(xy))
