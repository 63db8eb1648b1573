"""The pages that people read. Each works without scripts; the map is an addition."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for

from mapping_service.review.why import why
from mapping_service.store import published
from mapping_service.store.agencies import agency_of
from mapping_service.store.public_inbox import get_inbox_counts
from mapping_service.store.published import BBox, City, Pattern, PatternStop, RouteSummary, Snapshot, Stop
from mapping_service.store.streets import get_version
from mapping_service.web import palette, timeline
from mapping_service.web.alerts import BOOK, told
from mapping_service.web.database import config, connection
from mapping_service.web.language import Words, words
from mapping_service.web.tiles import MAX_ZOOM
from mapping_service.web.timetable import summary

blueprint = Blueprint("pages", __name__)


def is_imported(thing: RouteSummary | Pattern | Stop) -> bool:
    """True for what stands as a feed that somebody else made has it: no ride has shown it yet."""
    return thing.source is not None and not thing.runs


# Globals, not a context: macros of imported templates need them too.
blueprint.record(lambda state: state.app.jinja_env.globals.update(
    colour_index=palette.colour_index, timeline=timeline, why=why, is_imported=is_imported
))


@blueprint.get("/health")
def health() -> Response:
    """Say ok, but only when the database answers."""
    published.list_cities(connection())
    return jsonify(status="ok")


@blueprint.get("/")
def index() -> str:
    """All cities and the size of what each has published."""
    cities = [(city, published.newest(connection(), city)) for city in published.list_cities(connection())]
    return render_template("index.html", cities=cities)


@blueprint.get("/<city>")
def city(city: str) -> str:
    """The public map of a city, or what to do before its first release."""
    place = published.get_city(connection(), city)
    t = words(place.language)
    found = published.newest(connection(), place)
    if found is None:
        inbox = get_inbox_counts(connection(), city)
        return render_template("unreleased.html", city=place, inbox=inbox)
    routes = published.list_routes(connection(), found.network_id)
    kinds = Counter(one.kind for one in published.list_service_points(connection(), found.network_id))
    data = _map_data(t, found, routes, found.release.bbox)
    return render_template(
        "city.html", city=place, release=found.release, routes=routes, kinds=kinds.most_common(), map_data=data,
        feed_url=config().base_url + url_for("downloads.current_file", city=city, name="gtfs.zip"),
        **_alerts(place),
    )


@blueprint.get("/<city>/routes/<path:route_id>")
def route(city: str, route_id: str) -> str:
    """A route: its line, stops, times, headways, fare and all the evidence for them."""
    found = published.get_newest(connection(), city)
    t = words(found.city.language)
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    steps = published.list_stage_fares(connection(), found.network_id, route_id)
    data = _map_data(t, found, [route], route.bbox) | {"only": route_id, "stops": _stop_features(patterns)}
    return render_template(
        "route.html", city=found.city, release=found.release, route=route, patterns=patterns, stage_fares=steps,
        map_data=data, summary=summary(patterns), agency=agency_of(connection(), found.network_id, route_id),
        **_alerts(found.city, [("route", route_id), *(("stop", one) for one in _stop_ids(patterns))]),
    )


@blueprint.get("/<city>/stops/<path:stop_id>")
def stop(city: str, stop_id: str) -> str:
    """A stop: the routes that serve it and the evidence for it."""
    found = published.get_newest(connection(), city)
    t = words(found.city.language)
    stop = published.get_stop(connection(), found.network_id, stop_id)
    routes = [r for r in published.list_routes(connection(), found.network_id) if r.route_id in stop.route_ids]
    data = _map_data(t, found, routes, (stop.lon, stop.lat, stop.lon, stop.lat)) | {"stops": [_stop_feature(stop)]}
    return render_template(
        "stop.html", city=found.city, release=found.release, stop=stop, routes=routes, map_data=data,
        **_alerts(found.city, [("stop", stop_id), *(("route", one) for one in stop.route_ids)]),
    )


def _alerts(city: City, about: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    """What is told riders right now of some routes and stops, or of anything, and the words for it."""
    a = words(city.language, BOOK)
    return {"a": a, "alerts": told(city.slug, city.timezone, a, about)}


def _map_data(t: Words, found: Snapshot, routes: list[RouteSummary], bbox: BBox | None) -> dict[str, Any]:
    """What the map's script needs to know: addresses, the routes' colours and words, and its own strings."""
    return {
        "tiles": _tiles_path(found.city, found.release.number),
        "streets": _streets_path(found.city),
        "max_zoom": MAX_ZOOM,
        "bbox": bbox,
        "palette": palette.COLOURS,
        "routes": {one.route_id: _route_data(t, found.city, one) for one in routes},
        "route_path": f"/{found.city.slug}/routes/",
        "stop_path": f"/{found.city.slug}/stops/",
        "text": t.under("map."),
    }


def _route_data(t: Words, city: City, route: RouteSummary) -> dict[str, Any]:
    support = t.count("runs", route.runs) if route.runs > 1 else t("map.single")
    evidence = f"{support} · {t('confidence.of', word=t.confidence(route.confidence))}"
    if not route.runs and route.source_date:
        evidence = t("imported.from", source=route.source, date=t.date(route.source_date))
    return {
        "short_name": route.short_name,
        "long_name": route.long_name or t("route.unnamed"),
        "bbox": route.bbox,
        "evidence": evidence,
        "colour": palette.colour_index(route.route_id),
    }


def _stop_ids(patterns: list[Pattern]) -> set[str]:
    return {stop.stop_id for pattern in patterns for stop in pattern.stops}


def _stop_features(patterns: list[Pattern]) -> list[dict[str, Any]]:
    by_id = {stop.stop_id: stop for pattern in patterns for stop in pattern.stops}
    return [_stop_feature(stop) for stop in by_id.values()]


def _stop_feature(stop: PatternStop | Stop) -> dict[str, Any]:
    name = {"name": stop.name} if stop.name else {}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [stop.lon, stop.lat]},
        "properties": {"stop_id": stop.stop_id, "runs": stop.runs, **name},
    }


def _tiles_path(city: City, number: int) -> str:
    return f"/{city.slug}/tiles/{number}/{{z}}/{{x}}/{{y}}.mvt"


def _streets_path(city: City) -> str | None:
    version = get_version(connection(), city.slug)
    return None if version is None else f"/{city.slug}/streets/{version}/{{z}}/{{x}}/{{y}}.mvt"
