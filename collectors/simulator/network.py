"""The network that rides are simulated on: routes and their patterns, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyproj

from mapping_service.records import Floats, Notice

STEP_M = 5.0  # spacing of the resampled way: a vehicle's length, fine enough for braking and corners


@dataclass(frozen=True)
class Agency:
    """An operator or brand."""

    agency_id: str
    name: str
    timezone: str


@dataclass(frozen=True)
class Stop:
    """A place where the vehicle may halt; EPSG:4326."""

    stop_id: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Route:
    """A line as riders know it. ``fare`` is in the network's currency; ``None`` where the feed states none."""

    route_id: str
    agency_id: str
    short_name: str
    long_name: str
    route_type: int
    fare: float | None = None

    @property
    def line(self) -> str:
        """What a collector would call it."""
        return self.short_name or self.long_name or self.route_id


@dataclass(frozen=True, eq=False)
class Pattern:
    """One way that vehicles of a route take.

    ``key`` is the shape_id, or a digest of the stop sequence where the feed has no shape. ``way`` is A or B: the
    direction as collectors name it. ``lonlat`` (n, 2) is EPSG:4326; ``stops_along_m`` says where along it each of
    ``stop_ids`` lies, never decreasing.
    """

    key: str
    route_id: str
    direction_id: int | None
    way: str
    headsign: str
    lonlat: Floats
    stop_ids: tuple[str, ...]
    stops_along_m: Floats
    headway_s: int | None = None

    @property
    def name(self) -> str:
        """Unique within a network."""
        return f"{self.route_id}\x1f{'' if self.direction_id is None else self.direction_id}\x1f{self.key}"


@dataclass(frozen=True, eq=False)
class Street:
    """One street for the map: ``kind`` is main, arterial, oneway or side; ``lonlat`` (n, 2) is EPSG:4326."""

    name: str
    kind: str
    lonlat: Floats


@dataclass(frozen=True, eq=False)
class GtfsNetwork:
    """What the simulator needs of a feed. ``streets`` is empty for a feed that was read: GTFS has none."""

    name: str
    currency: str | None
    agencies: Mapping[str, Agency]
    stops: Mapping[str, Stop]
    routes: Mapping[str, Route]
    patterns: tuple[Pattern, ...]
    streets: tuple[Street, ...] = ()
    notices: tuple[Notice, ...] = ()

    def timezone(self, route_id: str) -> str:
        """The time zone of a route's agency; where the feed does not link them, of its first agency; else UTC."""
        agency = self.agencies.get(self.routes[route_id].agency_id) or next(iter(self.agencies.values()), None)
        return agency.timezone if agency and agency.timezone else "UTC"


class Plane:
    """Metres around a centre: azimuthal equidistant on WGS 84, true to 0.1 % within 300 km of the centre."""

    def __init__(self, lon: float, lat: float) -> None:
        crs = pyproj.CRS.from_dict({"proj": "aeqd", "lon_0": lon, "lat_0": lat, "datum": "WGS84", "units": "m"})
        self._transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    @classmethod
    def around(cls, lonlat: Floats) -> Plane:
        """The plane at the median of points (n, 2), which one misplaced point cannot move far."""
        lon, lat = np.median(lonlat, axis=0)
        return cls(float(lon), float(lat))

    def to_m(self, lonlat: Floats) -> Floats:
        """(n, 2) degrees to (n, 2) metres."""
        return np.column_stack(self._transformer.transform(lonlat[:, 0], lonlat[:, 1]))

    def to_lonlat(self, xy: Floats) -> Floats:
        """(n, 2) metres to (n, 2) degrees."""
        return np.column_stack(self._transformer.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))


def along_m(xy: Floats) -> Floats:
    """The distance of each vertex of a line (n, 2; metres) from its start."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


def point_at(xy: Floats, at_m: Floats) -> Floats:
    """The points (k, 2) of a line (n, 2; metres) at the distances ``at_m`` (k) from its start."""
    s = along_m(xy)
    return np.column_stack([np.interp(at_m, s, xy[:, 0]), np.interp(at_m, s, xy[:, 1])])


def resampled(xy: Floats, step_m: float = STEP_M) -> Floats:
    """The line (n, 2; metres) with vertices about every ``step_m`` metres."""
    length_m = along_m(xy)[-1]
    return point_at(xy, np.linspace(0.0, length_m, max(2, round(length_m / step_m) + 1)))


def stops_in_order_m(xy: Floats, stops_xy: Floats) -> Floats:
    """Where along a line (n, 2; metres) the stops (k, 2) lie, so that the order holds: loops and way and back included.

    The positions that make the sum of squared distances least among all that never decrease (dynamic programming).
    """
    line = resampled(xy)
    best = np.zeros(len(line))
    chosen = []
    for stop in stops_xy:
        reached = np.minimum.accumulate(best)
        chosen.append(np.maximum.accumulate(np.where(best == reached, np.arange(len(line)), 0)))
        best = reached + np.sum((line - stop) ** 2, axis=1)
    index = int(np.argmin(best))
    order = []
    for previous in reversed(chosen):
        order.append(index)
        index = int(previous[index])
    return along_m(line)[order[::-1]]
