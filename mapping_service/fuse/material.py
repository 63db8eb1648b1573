"""All rides of a city with what is derived from each alone, computed once and read by every step of fusing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mapping_service.fuse.calls import Call, calls
from mapping_service.fuse.clock import Band, band
from mapping_service.fuse.progress import Track, track_of
from mapping_service.fuse.rates import Wait
from mapping_service.fuse.shape import without_standing
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.geo import resample
from mapping_service.group.group import Grouping
from mapping_service.match.index import StreetIndex, index_streets
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ride
from mapping_service.street_records import Streets


@dataclass(frozen=True)
class CityFrame:
    """What of a city inference needs: its projected CRS, its time zone, and its streets where they are known."""

    srid: int
    timezone: ZoneInfo
    streets: Streets | None = None


@dataclass(frozen=True)
class Material:
    """The rides and their grouping; ``lines``, ``paths``, ``tracks``, ``calls``, ``bands``, ``waits`` run along them.

    ``lines`` are the positions in metres with each halt reduced to a point, ``paths`` the same at equal steps,
    ``tracks`` these with their times. ``index`` is that of the city's streets, where it has any.
    """

    rides: Sequence[Ride]
    grouping: Grouping
    city: CityFrame
    p: Parameters
    lines: Sequence[Floats]
    paths: Sequence[Floats]
    tracks: Sequence[Track]
    calls: Sequence[Sequence[Call]]
    bands: Sequence[Band]
    waits: Sequence[Sequence[Wait]]
    surroundings: Surroundings
    index: StreetIndex | None

    def waits_of(self, rides: Sequence[int]) -> list[Wait]:
        """Return all waits reported on some rides."""
        return [wait for i in rides for wait in self.waits[i]]


def prepare(rides: Sequence[Ride], grouping: Grouping, city: CityFrame, p: Parameters) -> Material:
    """Derive from each ride what the later steps need."""
    lines = [without_standing(r.t_s, r.xy, r.dwell_start_s, r.dwell_end_s) for r in rides]
    bands = [band(float(r.t_s[0]), city.timezone) for r in rides]
    tracks = [track_of(r, p) for r in rides]
    told = [calls(r, city.srid, p) for r in rides]
    return Material(
        rides=rides,
        grouping=grouping,
        city=city,
        p=p,
        lines=lines,
        paths=[resample(line, p.shape_step_m) for line in lines],
        tracks=tracks,
        calls=told,
        bands=bands,
        waits=[_waits(r, b) for r, b in zip(rides, bands, strict=True)],
        surroundings=Surroundings(tracks, told, city.streets, p),
        index=index_streets(city.streets) if city.streets else None,
    )


def _waits(ride: Ride, its_band: Band) -> list[Wait]:
    told = {r.wait_s for r in ride.reports if r.kind == "wait" and r.wait_s and not r.cancelled}
    weight = ride.weight * ride.reliability.get("wait", 1.0)
    return [Wait(float(seconds), its_band, ride.person, weight) for seconds in sorted(told)]
