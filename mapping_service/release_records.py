"""Records of releases as versions. ``None`` is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mapping_service.feed_records import Agency, BookedService


@dataclass(frozen=True)
class Check:
    """What one validator, in one ``version``, said of one file of a release as it stood on ``day``.

    ``failure`` says why it gave no report, which counts as an error. ``notices`` hold ``code``, ``severity``
    (``ERROR``, ``WARNING``, ``INFO``), ``total`` and a few ``samples`` of each kind of finding, errors first; an error
    in a row of an imported feed also ``blamed``, as ``mapping_service.blame`` has it.
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
    """A pattern of one release: its line (lon, lat), length, stops in order, headways by band, and what it shows."""

    pattern_id: str
    route_id: str
    line: tuple[tuple[float, float], ...]
    length_m: float
    stop_ids: tuple[str, ...]
    headways_s: Mapping[tuple[int, int], float]
    headsign: str | None = None


@dataclass(frozen=True)
class RouteState:
    """A route of one release.

    ``fare`` is the usual one, ``stages`` the steps (from metres, amount) where it grows, ``rush`` what a ride costs
    more in the rush hours. ``agency_id`` is the brand that runs it, where a person said so.
    """

    route_id: str
    short_name: str | None
    long_name: str | None
    fare: float | None
    currency: str | None
    stages: tuple[tuple[float, float], ...] = ()
    rush: float | None = None
    agency_id: str | None = None


@dataclass(frozen=True)
class StopState:
    """A stop of one release."""

    stop_id: str
    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True)
class NetworkState:
    """What of a release riders would notice, each by its id.

    ``holidays`` is ``as_usual``, or the country (ISO 3166-1) on whose public holidays vehicles run as on Sundays;
    ``None`` where a release does not say, being older than that question. ``followers`` are the routes that hold the
    rides of those given up, by the ids of these.
    """

    routes: Mapping[str, RouteState]
    patterns: Mapping[str, PatternState]
    stops: Mapping[str, StopState]
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    booked: Mapping[str, BookedService] = field(default_factory=dict)
    holidays: str | None = None
    followers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One thing that was ``added``, ``removed`` or ``changed``.

    ``element`` is ``route``, ``line``, ``stop``, ``stops`` (those of a route), ``headway``, ``fare``, ``surcharge`` (of
    the rush hours), ``headsign``, ``brand`` (who runs a route), ``agency``, ``booked`` (a service on call) or
    ``holidays``; ``route_id`` is ``None`` for what is of no route. ``details`` hold what it was and is: ``before`` and
    ``after``, counts, or under ``stated`` the same for each thing that is said of it; of a route that is gone, as which
    other one its rides go on (``follower``, ``follower_name``).
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

    ``totals`` give for each kind of thing, routes, km, stops, headways and so on, how many there were and are, and how
    many were added, removed and changed.
    """

    before: int | None
    after: int
    totals: Mapping[str, Mapping[str, float]]
    changes: Sequence[Change]
