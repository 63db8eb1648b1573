"""Forms for people: a workbook to take away, a page to print, and for managers a list with a place to bring one."""

from __future__ import annotations

import mimetypes

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from collectors.forms.paper import paper_form
from mapping_service.errors import NotFound, Problem
from mapping_service.forms import publish_upload
from mapping_service.store import forms
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.web.database import connection
from mapping_service.web.keys import manager
from mapping_service.web.language import in_language, words
from mapping_service.web.limits import large_body
from mapping_service.web.team import blueprint as team

blueprint = Blueprint("forms", __name__, url_prefix="/<city>")
BOOK = "forms"
# Rows for a repeat on paper: what one A4 page holds of stops beside everything else.
PAPER_ROWS = 10
_STATES = ("open", "closing", "closed")


@blueprint.get("/forms/<path:form_id>.xlsx")
def get_workbook(city: str, form_id: str) -> Response:
    """Give the workbook of a form, to change it or to build one's own upon it."""
    found = _form(city, form_id)
    if found.xlsx is None:
        raise NotFound("form_without_workbook", f"The form “{form_id}” came as XML; there is no workbook of it.")
    name = found.source_name or f"{form_id}.xlsx"
    response = Response(found.xlsx, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/forms/<path:form_id>/print")
def print_form(city: str, form_id: str) -> str:
    """Show a form for paper, in the language that ``lang`` asks for, else in that of the city."""
    place, found = get_city(connection(), city), _form(city, form_id)
    paper = paper_form(found.xml, found.title, request.args.get("lang") or place.language)
    return render_template("form_print.html", place=place, form=found, paper=paper, rows=PAPER_ROWS,
                           w=in_language(paper.code or place.language, BOOK))


def _form(city: str, form_id: str) -> forms.FormXml:
    found = forms.form_xml(connection(), get_city(connection(), city).city_id, form_id)
    if found is None:
        raise NotFound("form_unknown", f"There is no form “{form_id}” in this city.")
    return found


@team.get("/forms")
def list_forms(city: str, problem: Problem | None = None, added: str | None = None) -> str:
    """Show the forms of a city with their states, and a place to bring another."""
    place = get_city(connection(), city)
    return render_template("team_forms.html", city=place, sender=manager(city), here="forms", problem=problem,
                           added=added or request.args.get("added"), w=words(place.language, "team"),
                           forms=forms.list_all(connection(), place.city_id))


@team.post("/forms")
def add_form(city: str) -> AnyResponse | tuple[str, int]:
    """Publish the form that a manager brings, or say on the same page why that cannot be."""
    place = get_city(connection(), city)
    manager(city)
    with large_body():
        file = request.files.get("form")
        media = {one.filename: one.read() for one in request.files.getlist("media") if one.filename}
        try:
            if file is None or not file.filename:
                raise Problem("form_missing", "Choose a file first.")
            engine = engine_for(current_app.config["DATABASE_URL"])
            made = publish_upload(engine, place, file.filename, file.read(), media)
        except Problem as problem:
            return list_forms(city, problem=problem), problem.status
    return redirect(url_for("team.list_forms", city=city, added=made.title), 303)


@team.post("/forms/state")
def set_state(city: str) -> AnyResponse:
    """Open or close a form. Raises ``Problem`` ``bad_state``, ``NotFound`` ``form_unknown``."""
    place = get_city(connection(), city)
    manager(city)
    state = request.form.get("state", "")
    if state not in _STATES:
        raise Problem("bad_state", "A form is open, closing or closed.")
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        forms.set_state(writing, place.city_id, request.form.get("form_id", ""), state)
    return redirect(url_for("team.list_forms", city=city), 303)
