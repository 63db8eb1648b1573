"""Timetables and maps to take along: pages, SVG and PDF of the newest release. Each answer has a strong ETag."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from flask import Blueprint, Response, current_app, render_template, request, url_for
from markupsafe import Markup

from mapping_service.drawing import city as whole
from mapping_service.drawing import corridor
from mapping_service.drawing.frame import Area, Frame, is_wide
from mapping_service.drawing.model import Drawing
from mapping_service.drawing.pdf import print_page
from mapping_service.drawing.svg import write_html, write_svg
from mapping_service.errors import NotFound
from mapping_service.records import Floats
from mapping_service.store import drawn, published, streets
from mapping_service.store.published import City, Pattern, RouteSummary, Snapshot
from mapping_service.web import palette, timetable
from mapping_service.web.alerts import BOOK, told
from mapping_service.web.database import config, connection
from mapping_service.web.kept import kept
from mapping_service.web.language import Words, words

SVG_TYPE = "image/svg+xml"
A4_MM = 297.0, 210.0
PICTURE_MM = 182.0  # on a timetable: as wide as its page allows
# What stands on the sheet of a timetable beside the tallest direction; heights of that direction's rows.
_SHEET_MM, _HEAD_ROWS_MM, _HOURS_MM, _CALL_MM, _NOTE_MM = 174.0, 39.0, 5.8, 6.2, 8.5
_LEAST_MM, _MOST_MM, _OWN_SHEET_MM = 48.0, 80.0, 180.0
PAGES_MM = {"page": (210.0, 105.0), "phone": (80.0, 110.0)}

blueprint = Blueprint("prints", __name__)
# A global, not a context: macros of imported templates need it too.
blueprint.record(lambda state: state.app.jinja_env.globals.update(timetable=timetable))


@blueprint.get("/<city>/routes/<path:route_id>/timetable")
def timetable_page(city: str, route_id: str) -> Response:
    """A route's timetable, to be read on a phone or printed on a sheet of A4."""
    return _send(_timetable(city, route_id, printed=False, missing=False), "text/html")


@blueprint.get("/<city>/routes/<path:route_id>/timetable.pdf")
def timetable_pdf(city: str, route_id: str) -> Response:
    """The same as PDF."""
    def page(missing: bool) -> str:
        return _timetable(city, route_id, printed=True, missing=missing)

    return _sheet_of(published.get_newest(connection(), city), page, f"{route_id}-timetable.pdf")


def _timetable(city: str, route_id: str, *, printed: bool, missing: bool) -> str:
    found = published.get_newest(connection(), city)
    words(found.city.language)
    a = words(found.city.language, BOOK)
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    made = timetable.directions(patterns)
    about = [("route", route_id), *(("stop", stop.stop_id) for one in patterns for stop in one.stops)]
    return render_template(
        "timetable.html", city=found.city, release=found.release, route=route, directions=made, printed=printed,
        missing=missing, summary=timetable.summary(patterns),
        estimated=any(row.estimated for one in made for row in one.hours),
        dashed=any(one.runs < 2 for one in patterns),
        stage_fares=published.list_stage_fares(connection(), found.network_id, route_id),
        address=config().base_url + url_for("pages.route", city=city, route_id=route_id),
        a=a, alerts=[] if printed else told(city, found.city.timezone, a, about),  # what is on paper does not end
        picture=Markup(write_html(_inset(found, route_id, _picture_mm(made)), words().language)) if printed else None,
    )


def _picture_mm(directions: Sequence[timetable.Direction]) -> tuple[float, float]:
    """The size of the printed map: what the directions leave of the sheet, or else large on a sheet of its own."""
    tallest = max(
        (_HOURS_MM * len(one.hours) + _CALL_MM * len(one.calls)
         + _NOTE_MM * (len(one.others) + len(one.pattern.hail_stretches)) for one in directions),
        default=0.0,
    )
    left = _SHEET_MM - _HEAD_ROWS_MM - tallest
    return PICTURE_MM, min(left, _MOST_MM) if left >= _LEAST_MM else _OWN_SHEET_MM


def _inset(found: Snapshot, route_id: str, size_mm: tuple[float, float]) -> Drawing:
    """The map that stands under a timetable, which tells what its head would."""
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    return _route_map(found, route, patterns, *size_mm, head=False)


@blueprint.get("/<city>/routes/<path:route_id>/map.svg")
def route_map_svg(city: str, route_id: str) -> Response:
    """A route on a map that any size suits; ``?for=page`` and ``?for=phone`` are to be read as large as they stand."""
    found = published.get_newest(connection(), city)
    within = PAGES_MM.get(request.args.get("for", ""))
    drawing = _inset(found, route_id, within) if within else _sheet(found, route_id, missing=False)
    return _send(write_svg(drawing, words(found.city.language).language), SVG_TYPE)


@blueprint.get("/<city>/routes/<path:route_id>/map.pdf")
def route_map_pdf(city: str, route_id: str) -> Response:
    """The same on a sheet of A4."""
    found = published.get_newest(connection(), city)
    return _sheet_of(found, lambda missing: _page_of(_sheet(found, route_id, missing=missing)), f"{route_id}-map.pdf")


@blueprint.get("/<city>/network.svg")
def network_svg(city: str) -> Response:
    """All routes of a city on one map."""
    found = published.get_newest(connection(), city)
    language = words(found.city.language).language

    def make() -> bytes:
        return write_svg(_network(found, missing=False), language).encode()

    return _send(kept(found, f"{language}-network.svg", make), SVG_TYPE)


@blueprint.get("/<city>/network.pdf")
def network_pdf(city: str) -> Response:
    """The same as PDF: a sheet of A3 to A1."""
    found = published.get_newest(connection(), city)
    return _sheet_of(found, lambda missing: _page_of(_network(found, missing=missing)), "network.pdf")


def _network(found: Snapshot, *, missing: bool) -> Drawing:
    t = words(found.city.language)
    routes = published.list_routes(connection(), found.network_id)
    ways = drawn.list_ways(connection(), found.network_id)
    lines = [
        whole.Line(
            one.short_name or "", one.long_name or t("route.unnamed"), _colour(one),
            [whole.Way(way.lon_lat, way.first, way.last) for way in ways if way.route_id == one.route_id],
            one.runs < 2,
        )
        for one in routes
    ]
    lines = [one for one in lines if one.ways]
    if not lines:
        raise NotFound("nothing_to_draw", "This release has no routes, so there is no map of them.")
    within = whole.area(lines, *whole.sheet_mm(lines))
    below = _streets(found.city, whole.frame(lines, within), within)
    captions = _captions(t, found, found.city.name, "", bool(below))
    notes = [
        t("print.network", routes=t.count("routes", len(lines))),
        t("print.outlined") if any(one.single for one in lines) else "",
        t("site.sample") if found.city.synthetic else "",
        t("timetable.no_font") if missing else "",
    ]
    return whole.draw(lines, below, replace(captions, lines=[" · ".join(note for note in notes if note)]))


def _sheet(found: Snapshot, route_id: str, *, missing: bool) -> Drawing:
    """A route on a sheet of A4, turned as the route lies."""
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    size = A4_MM if is_wide(np.concatenate([_lon_lat(one) for one in patterns])) else A4_MM[::-1]
    return _route_map(found, route, patterns, *size, missing=missing)


def _route_map(
    found: Snapshot, route: RouteSummary, patterns: Sequence[Pattern], width_mm: float, height_mm: float, *,
    head: bool = True, missing: bool = False,
) -> Drawing:
    t = words(found.city.language)
    ways = [corridor.Way(_lon_lat(one), one.runs < 2) for one in patterns]
    halts = _halts(patterns)
    within = corridor.area(width_mm, height_mm, corridor.HEAD_MM if head else 0.0)
    below = _streets(found.city, corridor.frame(ways, halts, within), within)
    stages = published.list_stage_fares(connection(), found.network_id, route.route_id)
    said = timetable.say_summary(t, timetable.summary(patterns), t.fare(route.fare) if route.fare else None, stages)
    captions = _captions(t, found, route.long_name or t("route.unnamed"), route.short_name or "", bool(below))
    notes = (
        (found.city.synthetic, t("site.sample")),
        (any(one.single for one in ways), t("print.dashed")),
    )
    below_title = [said, " · ".join(note for holds, note in notes if holds), t("timetable.no_font") if missing else ""]
    captions = replace(captions, lines=below_title)
    return corridor.draw(ways, halts, below, _colour(route), captions, width_mm, height_mm, head=head)


def _colour(route: RouteSummary) -> str:
    return palette.COLOURS[palette.colour_index(route.route_id)]


def _halts(patterns: Sequence[Pattern]) -> list[corridor.Halt]:
    return [
        corridor.Halt(
            stop.lon, stop.lat, stop.name, place in (0, len(one.stops) - 1), stop.runs / max(stop.runs_past, 1)
        )
        for one in patterns for place, stop in enumerate(one.stops)
    ]


def _lon_lat(pattern: Pattern) -> Floats:
    return np.array(pattern.geometry["coordinates"], dtype=np.float64)


def _streets(city: City, frame: Frame, within: Area) -> list[tuple[int, Floats]]:
    rank = corridor.least_street(frame.metres_per_mm)
    return streets.list_drawn(connection(), city.slug, frame.bbox(within), rank)


def _captions(t: Words, found: Snapshot, title: str, badge: str, with_streets: bool) -> corridor.Captions:
    credit = t("index.release", n=found.release.number, date=t.date(found.release.valid_from))
    credit = f"{found.city.name} · {credit}"
    if with_streets and not found.city.synthetic:
        credit = f"{t('map.streets')} · {credit}"
    return corridor.Captions(title, badge, [], t("print.north"), credit, t.distance)


def _sheet_of(found: Snapshot, page: Callable[[bool], str], name: str) -> Response:
    """Print a page of a release as PDF, unless it is kept."""
    language = words(found.city.language).language
    made = kept(found, f"{language}-{name}", lambda: print_page(page, _static))
    return _send(made, "application/pdf", re.sub(r"[^\w.-]+", "-", f"{found.city.slug}-{name}", flags=re.ASCII))


def _page_of(drawing: Drawing) -> str:
    """A page that is one drawing from edge to edge."""
    return render_template("drawing.html", drawing=drawing, picture=Markup(write_html(drawing, words().language)))


def _static(address: str) -> str:
    """The text of one of our own files."""
    folder = Path(str(current_app.static_folder)).resolve()
    path = (folder / address.removeprefix(f"{current_app.static_url_path}/")).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise ValueError(f"A printed page has no {address}.")
    return path.read_text("utf-8")


def _send(content: str | bytes, mimetype: str, name: str | None = None) -> Response:
    """Send something made for this release and language; the answer is 304 to whoever has it."""
    response = Response(content, mimetype=mimetype)
    if mimetype != "text/html":  # pages are marked with their language elsewhere
        response.headers["Content-Language"] = words().language
        response.vary.update(("Accept-Language", "Cookie"))
    if name is not None:
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response
