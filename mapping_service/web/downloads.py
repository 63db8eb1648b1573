"""Files of a release. Each is made once, when first asked for, and kept: a release never changes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, render_template, request, send_file, url_for

from mapping_service.archive import FILES, archived
from mapping_service.cities import publisher
from mapping_service.errors import NotFound
from mapping_service.store import published, releases
from mapping_service.store.engine import engine_for
from mapping_service.store.published import Release, Snapshot
from mapping_service.store.releases import KeptFile
from mapping_service.web.api import dumps
from mapping_service.web.database import config, connection
from mapping_service.web.language import words

# The current feed moves on with each release: ask again, and hear 304 while it has not. A numbered file never changes.
CURRENT = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"

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
def list_releases(city: str) -> str | Response:
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
    path, sha256 = file_of(found, name)
    response = send_file(
        path,
        mimetype=FILES[name][0],
        as_attachment=True,
        download_name=f"{found.city.slug}-{found.release.number}-{name}",
        etag=sha256,
        last_modified=found.release.published_at,
        conditional=True,
    )
    response.headers["Cache-Control"] = cache_control
    return response


def file_of(found: Snapshot, name: str) -> tuple[Path, str]:
    """Return a file of a release on this machine's disk, and its digest, which changes when it does.

    Raises ``NotFound`` ``release_file_missing``.
    """
    kept = _kept(found, name)
    return _on_disk(found, kept), kept.sha256


def _kept(found: Snapshot, name: str) -> KeptFile:
    """Return a file of the archive. Releases from before there was one get theirs when it is first asked for."""
    files = releases.list_files(connection(), found.network_id)
    if not files:
        with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
            named = publisher(config(), found.city)
            with archived(writing, found.city.slug, found.release.number, found.network_id, named):
                files = releases.list_files(writing, found.network_id)
    if name not in files:
        sentence = f"Release {found.release.number} of {found.city.name} has nothing for {name}."
        raise NotFound("release_file_missing", sentence, name=name, release=found.release.number)
    return files[name]


def _on_disk(found: Snapshot, kept: KeptFile) -> Path:
    """Return a copy of a kept file, written aside and moved into place, so that nobody reads half of it."""
    path = config().data_dir / "archive" / kept.sha256
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as folder:
            aside = Path(folder) / kept.sha256
            with aside.open("wb") as stream:
                releases.read_file(connection(), found.network_id, kept, stream)
            os.replace(aside, path)
    return path
