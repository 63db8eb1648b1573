"""Our own JSON API: read-only, open to every site, described at ``/api/v1/openapi.json`` from these very views."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import wraps
from typing import Any, ParamSpec

from flask import Blueprint, Response, current_app, request

from mapping_service.store import published
from mapping_service.store.published import City, Pattern, Release, RouteSummary, ServicePoint, StageFare, Stop
from mapping_service.web import openapi
from mapping_service.web.database import config, connection

P = ParamSpec("P")
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@dataclass(frozen=True)
class CityWithRelease:
    """A city and its newest release, or ``null`` before the first."""

    city: City
    release: Release | None


@dataclass(frozen=True)
class CityList:
    """All cities."""

    cities: Sequence[CityWithRelease]


@dataclass(frozen=True)
class RouteList:
    """The routes of a city's newest release."""

    release: int
    routes: Sequence[RouteSummary]


@dataclass(frozen=True)
class RouteWithEvidence:
    """A route of a city's newest release with all that is known of each of its patterns."""

    release: int
    route: RouteSummary
    stage_fares: Sequence[StageFare]
    patterns: Sequence[Pattern]


@dataclass(frozen=True)
class StopList:
    """The stops of a city's newest release."""

    release: int
    stops: Sequence[Stop]


@dataclass(frozen=True)
class ServicePointList:
    """The service points of a city's newest release."""

    release: int
    service_points: Sequence[ServicePoint]


def dumps(value: object) -> str:
    """Write records as JSON: days and times in ISO 8601, names as they are written."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False)


def as_json(view: Callable[P, Any]) -> Callable[P, Response]:
    """Send the record that a view returns as JSON, with an ETag."""

    @wraps(view)
    def send(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = Response(dumps(asdict(view(*args, **kwargs))), mimetype="application/json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return send


@blueprint.get("/cities")
@as_json
def list_cities() -> CityList:
    """List all cities with their newest releases."""
    return CityList([_with_release(city) for city in published.list_cities(connection())])


@blueprint.get("/cities/<slug>")
@as_json
def get_city(slug: str) -> CityWithRelease:
    """Get one city with its newest release."""
    return _with_release(published.get_city(connection(), slug))


@blueprint.get("/cities/<slug>/routes")
@as_json
def list_routes(slug: str) -> RouteList:
    """List the routes of a city's newest release with their evidence."""
    found = published.get_newest(connection(), slug)
    return RouteList(found.release.number, published.list_routes(connection(), found.network_id))


@blueprint.get("/cities/<slug>/routes/<path:route_id>")
@as_json
def get_route(slug: str, route_id: str) -> RouteWithEvidence:
    """Get one route: shapes, stops, times, headways, fare and the evidence for each."""
    found = published.get_newest(connection(), slug)
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    steps = published.list_stage_fares(connection(), found.network_id, route_id)
    return RouteWithEvidence(found.release.number, route, steps, patterns)


@blueprint.get("/cities/<slug>/stops")
@as_json
def list_stops(slug: str) -> StopList:
    """List the stops of a city's newest release and the routes that serve each."""
    found = published.get_newest(connection(), slug)
    return StopList(found.release.number, published.list_stops(connection(), found.network_id))


@blueprint.get("/cities/<slug>/service-points")
@as_json
def list_service_points(slug: str) -> ServicePointList:
    """List the service points of a city's newest release."""
    found = published.get_newest(connection(), slug)
    return ServicePointList(found.release.number, published.list_service_points(connection(), found.network_id))


@blueprint.get("/openapi.json")
def describe() -> Response:
    """Describe this API (OpenAPI 3.1)."""
    document = openapi.document(current_app, blueprint.name, config().base_url)
    return Response(dumps(document), mimetype="application/json")


def _with_release(city: City) -> CityWithRelease:
    found = published.newest(connection(), city)
    return CityWithRelease(city, found.release if found else None)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")
