"""Timetables and maps to take along: pages, SVG and PDF of the newest release. Each answer has a strong ETag."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request, url_for

from mapping_service.drawing.pdf import print_page
from mapping_service.store import published
from mapping_service.web import timetable
from mapping_service.web.database import config, connection
from mapping_service.web.language import words

blueprint = Blueprint("prints", __name__)
# A global, not a context: macros of imported templates need it too.
blueprint.record(lambda state: state.app.jinja_env.globals.update(timetable=timetable))


@blueprint.get("/<city>/routes/<route_id>/timetable")
def timetable_page(city: str, route_id: str) -> Response:
    """A route's timetable, to be read on a phone or printed on a sheet of A4."""
    return _send(_timetable(city, route_id, printed=False, missing=False), "text/html")


@blueprint.get("/<city>/routes/<route_id>/timetable.pdf")
def timetable_pdf(city: str, route_id: str) -> Response:
    """The same as PDF."""
    made = print_page(lambda missing: _timetable(city, route_id, printed=True, missing=missing), _static)
    return _send(made, "application/pdf", f"{city}-{route_id}-timetable.pdf")


def _timetable(city: str, route_id: str, *, printed: bool, missing: bool) -> str:
    found = published.get_newest(connection(), city)
    words(found.city.language)
    route = published.get_route(connection(), found.network_id, route_id)
    patterns = published.list_patterns(connection(), found.network_id, route_id)
    made = timetable.directions(patterns)
    return render_template(
        "timetable.html", city=found.city, release=found.release, route=route, directions=made, printed=printed,
        missing=missing, summary=timetable.summary(patterns),
        estimated=any(row.estimated for one in made for row in one.hours),
        stage_fares=published.list_stage_fares(connection(), found.network_id, route_id),
        address=config().base_url + url_for("pages.route", city=city, route_id=route_id),
    )


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
    if name is not None:
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        response.headers["Content-Language"] = words().language
        response.vary.update(("Accept-Language", "Cookie"))
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response
