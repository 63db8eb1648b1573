"""The releases of a city: what validators said of each, and until when it holds; for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from collectors.storable import storable_text
from mapping_service.archive import FILES
from mapping_service.errors import Problem
from mapping_service.findings import kinds_of
from mapping_service.issue import publish
from mapping_service.publish import today
from mapping_service.store import published, releases
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.published import Release
from mapping_service.store.releases import Version
from mapping_service.web.api import dumps
from mapping_service.web.database import config, connection
from mapping_service.web.keys import manager
from mapping_service.web.language import words
from mapping_service.web.notes import notes
from mapping_service.web.team import blueprint as team

blueprint = Blueprint("versions", __name__)
BOOK = "releases"
# Of each release in the list of all; its own page has every file.
_LISTED = ("gtfs.zip", "gtfs-expanded.zip", "gtfs-flex.zip", "evidence.csv", "layers.gpkg")
# What stands on the map of the changes; of other elements only words change.
_DRAWN = ("route", "line", "stop", "booked")


@dataclass(frozen=True)
class File:
    """A file of a release; ``sha256`` (its strong ETag, too) and size are unknown until it has first been asked for."""

    url: str
    sha256: str | None
    size_bytes: int | None


@dataclass(frozen=True)
class Judgement:
    """What a validator found in a file; without a report it has failed, and that counts as an error."""

    file: str
    validator: str
    version: str
    day: date
    errors: int
    warnings: int
    infos: int
    failure: str | None


@dataclass(frozen=True)
class ReleaseFiles:
    """A release with the address of each of its files, and what validators said of them.

    ``publish_reason`` is why it was published in spite of errors. ``ends_first`` is the last day of the pattern that
    ends first.
    """

    release: Release
    page: str
    ends_first: date | None
    published_by: str | None
    publish_reason: str | None
    vouched: str | None
    files: Mapping[str, File]
    validators: Sequence[Judgement]


@dataclass(frozen=True)
class ReleaseIndex:
    """Every published release of a city, newest first, and where its newest files are."""

    city: str
    current: Mapping[str, str]
    releases: Sequence[ReleaseFiles]


@blueprint.get("/<city>/releases/")
def index(city: str) -> Response:
    """List the releases of a city: a page, or JSON where that is asked for (``Accept`` or ``?f=json``)."""
    place = published.get_city(connection(), city)
    found = releases.list_versions(connection(), city)
    if request.args.get("f") != "json" and not _wants_json():
        words(place.language)
        day = today(place)
        page = make_response(render_template(
            "releases.html", city=place, versions=found, names=_LISTED, ending=releases.ending(found, day), today=day,
            w=words(place.language, BOOK),
        ))
        page.vary.add("Accept")
        return page
    current = {name: _address("downloads.current_file", city=city, name=name) for name in _names(found[:1])}
    response = Response(
        dumps(asdict(ReleaseIndex(city, current, [_listed(city, one) for one in found]))), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/<city>/releases/<int:number>")
def release(city: str, number: int) -> str:
    """Tell of one release what changed in it, in words and on a map, and what validators said."""
    place = published.get_city(connection(), city)
    published.get_release(connection(), city, number)  # says so where there is none
    (found,) = releases.list_versions(connection(), city, number=number)
    t, w = words(place.language), words(place.language, BOOK)
    told = releases.read_json(connection(), found.network_id, found.files.get("changes.json"))
    listed = told["changes"] if told and told["before"] is not None else []
    drawn = url_for("downloads.release_file", city=city, number=number, name="changes.geojson")
    return render_template(
        "release.html", city=place, version=found, names=list(FILES), changes=told, told=notes(t, w, listed), w=w,
        drawn=drawn if any(one["element"] in _DRAWN for one in listed) else None, **_judged(place.language),
    )


@team.get("/releases")
def list_releases(city: str, problem: Problem | None = None) -> str:
    """Show managers what is withheld and why, and a place to say why it should be public all the same."""
    place = get_city(connection(), city)
    sender = manager(city)
    found = releases.list_versions(connection(), city, withheld=True)
    public = [one for one in found if one.release.published_at]
    newest = public[0].release.number if public else 0
    held = [one for one in found if not one.release.published_at]
    day = today(place)
    return render_template(
        "team_releases.html", city=place, sender=sender, here="releases", problem=problem, today=day,
        withheld=[one for one in held if one.release.number > newest], newest=newest,
        overtaken=[one.release.number for one in held if one.release.number < newest],
        ending=releases.ending(public, day),
        w=words(place.language, "team"), r=words(place.language, BOOK), **_judged(place.language),
    )


@team.post("/releases/<int:number>/publish")
def publish_release(city: str, number: int) -> AnyResponse | tuple[str, int]:
    """Publish a withheld release for the reason that a manager gives, or say on the same page why that cannot be."""
    place = get_city(connection(), city)
    sender = manager(city)
    because = storable_text(request.form.get("because", ""))
    try:
        with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
            publish(writing, place, number, actor=sender.pseudonym, because=because)
    except Problem as problem:
        return list_releases(city, problem), problem.status
    return redirect(url_for("versions.release", city=city, number=number), 303)


def _judged(language: str) -> dict[str, Any]:
    """What a page needs to tell in words what validators found, and where."""
    return {"kinds_of": kinds_of, "findings": words(language, "findings").under("")}


def _listed(city: str, one: Version) -> ReleaseFiles:
    number = one.release.number
    files = {}
    for name in _names([one]):
        kept = one.files.get(name)
        url = _address("downloads.release_file", city=city, number=number, name=name)
        files[name] = File(url, kept.sha256 if kept else None, kept.size_bytes if kept else None)
    judged = [
        Judgement(c.name, c.validator, c.version, c.day, c.errors, c.warnings, c.infos, c.failure) for c in one.checks
    ]
    page = _address("versions.release", city=city, number=number)
    return ReleaseFiles(
        one.release, page, one.ends_first, one.published_by, one.publish_reason, one.vouched, files, judged
    )


def _names(found: Sequence[Version]) -> list[str]:
    """The files that a release has; every kind for one from before there was an archive."""
    return [name for one in found for name in FILES if not one.files or name in one.files]


def _address(endpoint: str, **values: Any) -> str:
    return config().base_url + url_for(endpoint, **values)


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
