"""Files of a release. Each is made once, when first asked for, and kept: a release never changes."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, request, send_file
from werkzeug.exceptions import PreconditionFailed

from mapping_service.archive import FILES, archive
from mapping_service.cities import publisher
from mapping_service.errors import NotFound
from mapping_service.store import published, releases
from mapping_service.store.engine import engine_for
from mapping_service.store.published import Snapshot
from mapping_service.store.releases import KeptFile
from mapping_service.web.database import config, connection

# The current feed moves on with each release: keep it for some minutes, then ask again and hear 304 while it has not.
CURRENT = "public, max-age=300, must-revalidate"
# A numbered file never changes.
FOR_EVER = "public, max-age=31536000, immutable"
# What a script of another site may ask with, and may read of the answer.
_ASKED = "If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range"
_TOLD = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified"
_PREFLIGHT_S = 86400

blueprint = Blueprint("downloads", __name__)


@blueprint.after_request
def _open_to_scripts(response: Response) -> Response:
    response.headers["Access-Control-Expose-Headers"] = _TOLD
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = _ASKED
        response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_S)
    return response


@blueprint.get(f"/<city>/<any({', '.join(repr(name) for name in FILES)}):name>")
def current_file(city: str, name: str) -> Response:
    """Send a file of the newest release: ``gtfs.zip`` is the address to give to trip planners."""
    return _send(published.get_newest(connection(), city), name, CURRENT)


@blueprint.get("/<city>/releases/<int:number>/<name>")
def release_file(city: str, number: int, name: str) -> Response:
    """Send one file of one release."""
    if name not in FILES:
        raise NotFound("release_file_unknown", f"A release has the files {', '.join(FILES)}.", name=name)
    return _send(published.get_release(connection(), city, number), name, FOR_EVER)


def _send(found: Snapshot, name: str, cache_control: str) -> Response:
    path, sha256 = file_of(found, name)
    _settle_conditions(sha256, found.release.published_at)
    response = send_file(
        path,
        mimetype=FILES[name][0],
        as_attachment=True,
        download_name=f"{found.city.slug}-{found.release.version}-{name}",
        etag=sha256,
        last_modified=found.release.published_at,
        conditional=True,
    )
    response.headers["Cache-Control"] = cache_control
    return response


def _settle_conditions(sha256: str, published_at: datetime | None) -> None:
    """Take out of a request the conditions that werkzeug reads otherwise than RFC 9110.

    ``If-Match``, or else ``If-Unmodified-Since``, is judged before any ``Range`` (13.2.2) and raises
    ``PreconditionFailed``. The ``Range`` counts for nothing, so that the whole file is sent or not at all, with
    ``HEAD``, of several ranges or another unit (14.2), beside a weak tag in ``If-Range`` (13.1.5), and where the
    asker has the file already.
    """
    unchanged_since = request.if_unmodified_since
    if request.if_match:
        if not request.if_match.contains(sha256):
            raise PreconditionFailed()
    elif unchanged_since and published_at and published_at.replace(microsecond=0) > unchanged_since:
        raise PreconditionFailed()
    request.environ.pop("HTTP_IF_MATCH", None)
    weak = request.headers.get("If-Range", "").startswith("W/")
    asked = request.range
    odd = asked is not None and (asked.units != "bytes" or len(asked.ranges) > 1)
    if weak or odd or request.method == "HEAD" or request.if_none_match.contains_weak(sha256):
        request.environ.pop("HTTP_RANGE", None)


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
            archive(writing, found.city.slug, found.release.number, found.network_id, named)
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
