"""Files of a release. Each is made once, when first asked for, and kept: a release never changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, render_template, request, send_file, url_for
from sqlalchemy import Connection

from gtfs_export import Publisher, export_evidence, export_gtfs, export_layers
from mapping_service.cities import publisher
from mapping_service.errors import NotFound
from mapping_service.store import published
from mapping_service.store.published import Release, Snapshot
from mapping_service.web.api import dumps
from mapping_service.web.database import config, connection
from mapping_service.web.language import words

Maker = Callable[[Connection, str, int, Path, Publisher], object]


def _evidence(connection: Connection, slug: str, number: int, out: Path, _: Publisher) -> None:
    export_evidence(connection, slug, number, out)


def _layers(connection: Connection, slug: str, number: int, out: Path, _: Publisher) -> None:
    export_layers(connection, slug, number, out)


FILES: dict[str, tuple[str, Maker]] = {
    "gtfs.zip": ("application/zip", export_gtfs),
    "evidence.csv": ("text/csv", _evidence),
    "layers.gpkg": ("application/geopackage+sqlite3", _layers),
    "layers.geojson.zip": ("application/zip", _layers),
}
# The current feed moves on with each release: ask again, and hear 304 while it has not. A numbered file never changes.
CURRENT = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
# Digests kept in memory: a few releases of each city that one machine serves.
_DIGESTS = 1024

blueprint = Blueprint("downloads", __name__)


@dataclass(frozen=True)
class ReleaseFiles:
    """A release and the address of each of its files."""

    release: Release
    files: dict[str, str]


@dataclass(frozen=True)
class ReleaseIndex:
    """Every release of a city, newest first."""

    city: str
    releases: Sequence[ReleaseFiles]


@blueprint.get("/<city>/gtfs.zip")
def current_feed(city: str) -> Response:
    """Send the feed of the newest release: the address to give to trip planners."""
    return _send(published.get_newest(connection(), city), "gtfs.zip", CURRENT)


@blueprint.get("/<city>/releases/")
def releases(city: str) -> str | Response:
    """List the releases of a city: a page, or JSON where that is asked for (``Accept`` or ``?f=json``)."""
    place = published.get_city(connection(), city)
    found = published.list_releases(connection(), city)
    if request.args.get("f") != "json" and not _wants_json():
        words(place.language)
        return render_template("releases.html", city=place, releases=found, files=list(FILES))
    listed = [ReleaseFiles(one, {name: _address(city, one.number, name) for name in FILES}) for one in found]
    response = Response(dumps(asdict(ReleaseIndex(city, listed))), mimetype="application/json")
    response.vary.add("Accept")
    return response


@blueprint.get("/<city>/releases/<int:number>/<name>")
def release_file(city: str, number: int, name: str) -> Response:
    """Send one file of one release."""
    if name not in FILES:
        raise NotFound("release_file_unknown", f"A release has the files {', '.join(FILES)}.", name=name)
    return _send(published.get_release(connection(), city, number), name, FOR_EVER)


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _address(city: str, number: int, name: str) -> str:
    return config().base_url + url_for("downloads.release_file", city=city, number=number, name=name)


def _send(found: Snapshot, name: str, cache_control: str) -> Response:
    path = _made(found, name)
    response = send_file(
        path,
        mimetype=FILES[name][0],
        as_attachment=True,
        download_name=f"{found.city.slug}-{found.release.number}-{name}",
        etag=_digest(path, path.stat().st_mtime_ns),
        last_modified=found.release.created_at,
        conditional=True,
    )
    response.headers["Cache-Control"] = cache_control
    return response


def _made(found: Snapshot, name: str) -> Path:
    """Return the kept file, made if need be: written aside and moved into place, so that nobody reads half of it."""
    named = publisher(config(), found.city)
    # A database made anew may number another release the same, and the feed names its publisher.
    origin = f"{found.release.created_at.isoformat()} {found.release.fingerprint} {named}"
    key = f"{found.release.number}-{sha256(origin.encode()).hexdigest()[:16]}"
    path = config().data_dir / "exports" / found.city.slug / key / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as aside:
            FILES[name][1](connection(), found.city.slug, found.release.number, Path(aside) / name, named)
            os.replace(Path(aside) / name, path)
    return path


@lru_cache(maxsize=_DIGESTS)
def _digest(path: Path, modified_ns: int) -> str:
    return sha256(path.read_bytes()).hexdigest()
