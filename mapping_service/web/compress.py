"""Gzip on the way out: cheap phones on slow networks read these pages."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TILE_TYPE = "application/vnd.mapbox-vector-tile"
_TYPES = frozenset(
    {"text/html", "text/css", "text/javascript", "text/xml", "text/csv", "application/json", "application/geo+json",
     "image/svg+xml", TILE_TYPE}
)
# Below this a packet is saved by nothing.
LEAST_BYTES = 860
# The own scripts and styles, MapLibre's and the collector page's with its words.
_KEPT = 64


def install(app: Flask) -> None:
    """Compress the answers of the application that gain by it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TYPES or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip") or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < LEAST_BYTES:
        return response
    is_static = request.path.startswith("/static/")
    response.set_data(_gzip_kept(content) if is_static else gzip.compress(content, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:  # the same content in other bytes: RFC 9110, 8.8.1
        response.set_etag(tag, weak=True)
    return response


@lru_cache(maxsize=_KEPT)
def _gzip_kept(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
