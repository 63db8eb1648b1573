"""Records of releases as versions. ``None`` is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Check:
    """What one validator, in one ``version``, said of one file of a release as it stood on ``day``.

    ``failure`` says why it gave no report, which counts as an error. ``notices`` hold ``code``, ``severity``
    (``ERROR``, ``WARNING``, ``INFO``), ``total`` and a few ``samples`` of each kind of finding, errors first.
    """

    name: str
    validator: str
    version: str
    day: date
    took_s: float
    errors: int
    warnings: int
    infos: int
    failure: str | None
    notices: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PatternState:
    """A pattern of one release: its line (lon, lat), its length, its stops in order, its headways by band."""

    pattern_id: str
    route_id: str
    line: tuple[tuple[float, float], ...]
    length_m: float
    stop_ids: tuple[str, ...]
    headways_s: Mapping[tuple[int, int], float]


@dataclass(frozen=True)
class RouteState:
    """A route of one release. ``fare`` is the usual one, ``stages`` the steps (from metres, amount) where it grows."""

    route_id: str
    short_name: str | None
    long_name: str | None
    fare: float | None
    currency: str | None
    stages: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class StopState:
    """A stop of one release."""

    stop_id: str
    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True)
class NetworkState:
    """What of a release riders would notice, each by its id."""

    routes: Mapping[str, RouteState]
    patterns: Mapping[str, PatternState]
    stops: Mapping[str, StopState]


@dataclass(frozen=True)
class Change:
    """One thing that was ``added``, ``removed`` or ``changed``.

    ``element`` is ``route``, ``line``, ``stop``, ``stops`` (those of a route), ``headway`` or ``fare``; ``route_id`` is
    ``None`` for a stop. ``details`` hold what it was and is: ``before`` and ``after``, or counts.
    """

    what: str
    element: str
    element_id: str
    route_id: str | None
    name: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """How a release differs from the one before, which is ``None`` for the first.

    ``totals`` give routes, km, stops, headways and fares: how many there were and are, and how many were added,
    removed and changed.
    """

    before: int | None
    after: int
    totals: Mapping[str, Mapping[str, float]]
    changes: Sequence[Change]
