"""Small helpers to change a drawn network and to read what was built of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from gtfs_export import PublishedNetwork, Publisher, build_feed
from gtfs_export.records import Headway, Pattern, Route, RunningTime, Stop
from gtfs_export.spec import Table

PUBLISHER = Publisher("Open Town", "https://example.org/")

Rows = list[dict[str, str]]
T = TypeVar("T", Stop, Route, Pattern)


def rows(table: Table) -> Rows:
    """The table's rows by column."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def feed_rows(network: PublishedNetwork, file: str) -> Rows:
    """The rows of one file of the network's feed."""
    return rows(build_feed(network, PUBLISHER)[file])


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
