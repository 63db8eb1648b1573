"""From places on earth to millimetres on a sheet, and the bar that tells its scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mapping_service.geo import to_lon_lat, to_metres, utm_srid
from mapping_service.records import Floats


@dataclass(frozen=True)
class Area:
    """A rectangle of a sheet, in millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height


@dataclass(frozen=True)
class Frame:
    """A map's scale, and which place (metres in ``srid``) lies in the middle of its area."""

    srid: int
    easting_m: float
    northing_m: float
    metres_per_mm: float
    area: Area

    def mm(self, lon_lat: Floats) -> Floats:
        """Return where places of an (n, 2) array of (lon, lat) lie on the sheet."""
        metres = to_metres(lon_lat[:, 0], lon_lat[:, 1], self.srid) - (self.easting_m, self.northing_m)
        middle = self.area.left + self.area.width / 2, self.area.top + self.area.height / 2
        return np.asarray(middle + metres * (1.0, -1.0) / self.metres_per_mm)

    def bbox(self, area: Area) -> tuple[float, float, float, float]:
        """Return west, south, east and north of what a part of the sheet shows, in degrees."""
        corners = np.array([(x, y) for x in (area.left, area.right) for y in (area.top, area.bottom)])
        middle = self.area.left + self.area.width / 2, self.area.top + self.area.height / 2
        corners = (corners - middle) * (1.0, -1.0) * self.metres_per_mm + (self.easting_m, self.northing_m)
        lon_lat = to_lon_lat(corners, self.srid)
        west, south = lon_lat.min(axis=0).tolist()
        east, north = lon_lat.max(axis=0).tolist()
        return west, south, east, north


def fit(lon_lat: Floats, area: Area, least_metres_per_mm: float) -> Frame:
    """Return the frame that shows all places of an (n, 2) array as large as they fit, but no larger than asked."""
    srid = utm_srid(*(float(one) for one in lon_lat.mean(axis=0)))
    metres = to_metres(lon_lat[:, 0], lon_lat[:, 1], srid)
    low, high = metres.min(axis=0), metres.max(axis=0)
    needed = float(max((high - low) / (area.width, area.height)))
    easting_m, northing_m = ((low + high) / 2).tolist()
    return Frame(srid, easting_m, northing_m, max(needed, least_metres_per_mm), area)


def is_wide(lon_lat: Floats) -> bool:
    """True where places lie farther apart from west to east than from south to north."""
    lon, lat = lon_lat.max(axis=0) - lon_lat.min(axis=0)
    return bool(lon * math.cos(math.radians(float(lon_lat[:, 1].mean()))) > lat)


def bar_m(metres_per_mm: float, most_mm: float) -> float:
    """Return the length of a scale bar of at most ``most_mm``: 1, 2 or 5 with noughts, in metres."""
    most_m = metres_per_mm * most_mm
    power = 10.0 ** math.floor(math.log10(most_m))
    # A half for where the logarithm of 99.999… is rounded to that of a hundred.
    return next(step * power for step in (5.0, 2.0, 1.0, 0.5) if step * power <= most_m)
