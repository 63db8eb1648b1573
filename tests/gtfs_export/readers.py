"""Small helpers to change a drawn network, as records and in the database, and to read its feed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from zipfile import ZipFile

from sqlalchemy import Connection

from gtfs_export import PublishedNetwork, Publisher, export_gtfs
from gtfs_export.records import Headway, Pattern, Route, RunningTime, Stop
from mapping_service.records import Notice
from mapping_service.store.engine import table
from tests.factories import (
    DrawnTown,
    Place,
    make_hail_stretch,
    make_headway,
    make_running_time,
    make_station,
    point,
)

PUBLISHER = Publisher("Open Town", "https://example.org/")

Rows = list[dict[str, str]]
T = TypeVar("T", Stop, Route, Pattern)


@dataclass(frozen=True)
class Town:
    """The drawn town in the database: what a test changes of it, and its feed."""

    connection: Connection
    drawn: DrawnTown

    def change(self, name: str, values: dict[str, Any], **where: Any) -> None:
        """Change the rows of a table of the release, all or those that are ``where``."""
        target = table(self.connection, name)
        chosen = [target.c.network_id == self.drawn.network_id, *(target.c[key] == one for key, one in where.items())]
        self.connection.execute(target.update().where(*chosen).values(**values))

    def add(self, name: str, values: dict[str, Any]) -> None:
        """Add a row to a table of the release."""
        key = {"network_id": self.drawn.network_id, "city_id": self.drawn.city_id}
        self.connection.execute(table(self.connection, name).insert(), {**key, **values})

    def forget(self, name: str, **where: Any) -> None:
        """Delete rows of a table of the release."""
        target = table(self.connection, name)
        chosen = [target.c.network_id == self.drawn.network_id, *(target.c[key] == one for key, one in where.items())]
        self.connection.execute(target.delete().where(*chosen))

    def city(self, **values: Any) -> None:
        """Change the city."""
        target = table(self.connection, "city")
        self.connection.execute(target.update().where(target.c.city_id == self.drawn.city_id).values(**values))

    def stop(self, stop_id: str, **values: Any) -> None:
        """Change one stop."""
        self.change("stop", values, stop_id=stop_id)

    def route(self, route_id: str, **values: Any) -> None:
        """Change one route."""
        self.change("route", values, route_id=route_id)

    def pattern(self, pattern_id: str, **values: Any) -> None:
        """Change one pattern."""
        self.change("pattern", values, pattern_id=pattern_id)

    def choose(self, kind: str, element_id: str, field: str, name: str) -> None:
        """Say that a person chose a name."""
        chosen = {"kind": kind, "element_id": element_id, "field": field, "name": name, "actor": "tester"}
        self.add("chosen_name", chosen)

    def headways(self, pattern_id: str, *bands: tuple[float, tuple[int, int], str]) -> None:
        """Give a pattern these headways (seconds, band, method) for those it has."""
        self.forget("headway", pattern_id=pattern_id)
        for headway_s, band_s, method in bands:
            make_headway(*self._key, pattern_id, headway_s, band_s, method=method)

    def running_times(self, pattern_id: str, seconds: float, band_s: tuple[int, int], **values: Any) -> None:
        """Time every section of a pattern of five stops in one band only."""
        self.forget("running_time", pattern_id=pattern_id)
        for sequence in range(1, 5):
            make_running_time(*self._key, pattern_id, sequence, seconds, band_s, **values)

    def hailed(self, pattern_id: str, from_m: float, to_m: float) -> None:
        """Let riders hail the vehicles of a pattern on a stretch."""
        make_hail_stretch(*self._key, pattern_id, from_m, to_m)

    def virtual(self, stop_id: str, pattern_id: str, dist_m: float, place: Place) -> None:
        """Put a virtual stop on the way of a pattern."""
        one = {"stop_id": stop_id, "pattern_id": pattern_id, "dist_m": dist_m, "geom": point(place), "heading_deg": 0.0}
        self.add("virtual_stop", one)

    def streets(self, stop_id: str, name: str, method: str = "crossing") -> None:
        """Say at which streets a stop lies."""
        self.add("stop_street", {"stop_id": stop_id, "name": name, "method": method})

    def station(self, *stop_ids: str, **values: Any) -> None:
        """Make a station of some stops."""
        make_station(*self._key, "H1", stop_ids, **values)

    def zipped(self, variant: str = "frequencies") -> bytes:
        """The bytes of the feed."""
        out = io.BytesIO()
        export_gtfs(self.connection, self.drawn.slug, None, out, PUBLISHER, variant)
        return out.getvalue()

    def notices(self) -> list[Notice]:
        """What the export finds odd."""
        return export_gtfs(self.connection, self.drawn.slug, None, io.BytesIO(), PUBLISHER)

    def feed(self, variant: str = "frequencies") -> dict[str, Rows]:
        """The rows of every file of the feed."""
        archive = ZipFile(io.BytesIO(self.zipped(variant)))
        return {name: read_rows(archive.read(name)) for name in archive.namelist()}

    @property
    def _key(self) -> tuple[Connection, int, int]:
        return self.connection, self.drawn.city_id, self.drawn.network_id


def read_rows(content: bytes) -> Rows:
    """The rows of a CSV file by column."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def column(rows: Rows, name: str) -> list[str]:
    """All values of one column, in row order."""
    return [row[name] for row in rows]


def with_stop(network: PublishedNetwork, stop_id: str, **over: Any) -> PublishedNetwork:
    """The network with one stop changed."""
    return replace(network, stops=_changed(network.stops, lambda s: s.stop_id == stop_id, over))


BRANCH = {
    "share": 0.9, "runs": 2, "of": 5, "differences": [{"code": "variant_branch", "at": "Mill", "at_m": 1200.0}],
}
"""Why a pattern that turns off at Mill is kept."""


def with_route(network: PublishedNetwork, route_id: str, **over: Any) -> PublishedNetwork:
    """The network with one route changed."""
    return replace(network, routes=_changed(network.routes, lambda r: r.route_id == route_id, over))


def with_pattern(network: PublishedNetwork, pattern_id: str, **over: Any) -> PublishedNetwork:
    """The network with one pattern changed."""
    return replace(network, patterns=_changed(network.patterns, lambda p: p.pattern_id == pattern_id, over))


def headway(headway_s: float, band_start_s: int = 21600, band_end_s: int = 32400, method: str = "observed") -> Headway:
    """A headway in the morning, observed four times."""
    return Headway(band_start_s, band_end_s, headway_s, headway_s * 0.8, headway_s * 1.2, 4, 2, 0.6, method)


def running_time(band_start_s: int, band_end_s: int, seconds: float, standing_s: float = 0.0) -> RunningTime:
    """A running time that one ride was timed on."""
    return RunningTime(
        band_start_s, band_end_s, seconds, standing_s, seconds * 0.8, seconds * 1.2, 1, 1, "band"
    )


def _changed(
    elements: tuple[T, ...], chosen: Callable[[T], bool], over: dict[str, Any]
) -> tuple[T, ...]:
    return tuple(replace(element, **over) if chosen(element) else element for element in elements)
