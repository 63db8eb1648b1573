"""The collector's page: a shell that a phone keeps and runs without a network.

All its files lie under one address that names their version, a hash over all of them: a phone never runs half of an old
page with half of a new one. The key of the collector stands behind the ``#`` of the page's address, which browsers do
not send, so that the page is the same for everybody and no log holds a key.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, make_response, render_template, send_from_directory, url_for

from mapping_service.errors import NotFound
from mapping_service.records import City
from mapping_service.store import published
from mapping_service.store.cities import get_city
from mapping_service.web.database import connection
from mapping_service.web.language import Words, catalog, languages_of, own_name, words

# Of the consent text that the page and the setup page show: the keys consent.* of their books.
CONSENT_VERSION = "1"
FOLDER = Path(__file__).parent / "static" / "collect"
TEMPLATE = Path(__file__).parent / "templates" / "collect.html"
BOOK = "collect"
MOST_LINES = 400
KEPT_S = 365 * 86400

blueprint = Blueprint("collect", __name__)


@cache
def version() -> str:
    """Return the hash that names this version of the page: over its files, its words and its shell."""
    digest = hashlib.sha256(TEMPLATE.read_bytes() + CONSENT_VERSION.encode())
    for path in _files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for language in languages_of(BOOK):
        digest.update(json.dumps(catalog(language, BOOK), sort_keys=True).encode())
    return digest.hexdigest()[:12]


@blueprint.get("/<city>/collect")
def page(city: str) -> Response:
    """Send the shell: the same for every collector of the city."""
    place = get_city(connection(), city)
    t = words(place.language, BOOK)
    scripts = [_address(path.name) for path in _files() if path.suffix == ".js" and path.name != "worker.js"]
    response = make_response(render_template(
        "collect.html", place=place, t=t, data=_data(place, t), scripts=scripts, main=_address("main.js"),
        style=_address("collect.css"),
    ))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<city>/collect/worker.js")
def worker(city: str) -> Response:
    """Send the service worker of the page, with the list of what it keeps."""
    place = get_city(connection(), city)
    kept = {"VERSION": version(), "PAGE": url_for(".page", city=place.slug), "FILES": shell(place)}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in kept.items())
    response = Response(head + (FOLDER / "worker.js").read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = kept["PAGE"]
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<city>/collect/manifest.webmanifest")
def manifest(city: str) -> Response:
    """Send what a phone needs to install the page."""
    place = get_city(connection(), city)
    t = words(place.language, BOOK)
    address = url_for(".page", city=place.slug)
    icon = {"src": url_for("static", filename="mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    response = jsonify(
        name=f"{t('page.name')} · {place.name}", short_name=place.name, id=address, start_url=address, scope=address,
        display="standalone", orientation="portrait", background_color="#ffffff", theme_color="#1c2536", icons=[icon],
        lang=t.language, dir=t.direction,
    )
    response.content_type = "application/manifest+json"
    return response


@blueprint.get("/<city>/collect/lines.json")
def lines(city: str) -> Response:
    """Send the names of the published routes, for those who fill in a form."""
    place = published.get_city(connection(), city)
    found = published.newest(connection(), place)
    routes = published.list_routes(connection(), found.network_id) if found else []
    named = {" ".join(part for part in (one.short_name, one.long_name) if part): None for one in routes}
    return jsonify(lines=[name for name in named if name][:MOST_LINES])


@blueprint.get("/static/collect/<tag>/<name>")
def file(tag: str, name: str) -> Response:
    """Send one file of this version. Raises ``NotFound`` ``page_version`` for any other version."""
    if tag != version():
        raise NotFound("page_version", "This version of the page is not served any more. Load the page again.")
    book = name.removeprefix("words.").removesuffix(".json")
    if name == f"words.{book}.json" and book in languages_of(BOOK):
        response = jsonify(catalog(book, BOOK))
    else:
        response = send_from_directory(FOLDER, name)
        if name.endswith(".js"):  # not every system's table of types knows it, and browsers run no other type
            response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
    return response


def shell(place: City) -> list[str]:
    """Return the addresses of everything that a phone keeps to run the page without a network."""
    scripts = [_address(path.name) for path in _files() if path.name != "worker.js"]
    books = [_address(f"words.{language}.json") for language in languages_of(BOOK)]
    whole = [url_for(".page", city=place.slug), url_for(".manifest", city=place.slug)]
    return [*whole, *scripts, *books, url_for("static", filename="mark.svg")]


def _data(place: City, t: Words) -> dict[str, object]:
    return {
        "slug": place.slug, "city": place.name, "currency": place.currency, "consent": CONSENT_VERSION,
        "language": t.language, "languages": {one: own_name(one) for one in languages_of(BOOK)},
        "words": catalog(t.language, BOOK), "books": {one: _address(f"words.{one}.json") for one in languages_of(BOOK)},
        "worker": url_for(".worker", city=place.slug), "scope": url_for(".page", city=place.slug),
        "lines": url_for(".lines", city=place.slug),
    }


def _address(name: str) -> str:
    return url_for("collect.file", tag=version(), name=name)


def _files() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.suffix in (".js", ".css"))
