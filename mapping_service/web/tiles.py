"""Vector tiles straight from the database: of releases, which never change, and of versions of a city's streets."""

from __future__ import annotations

from flask import Blueprint, Response, request

from mapping_service.errors import NotFound
from mapping_service.store import published, streets
from mapping_service.web import compress
from mapping_service.web.database import connection

# Beyond zoom 16 a phone's fix is wider than a pixel: maps stretch these tiles instead of asking for more.
MAX_ZOOM = 16
MAX_AGE_S = 365 * 86400

blueprint = Blueprint("tiles", __name__)


@blueprint.get("/<city>/tiles/<int:release>/<int:z>/<int:x>/<int:y>.mvt")
def tile(city: str, release: int, z: int, x: int, y: int) -> Response:
    """Send one tile; 204 where nothing lies in it."""
    _require_known(z, x, y)
    return _for_ever(published.get_tile(connection(), city, release, z, x, y))


@blueprint.get("/<city>/streets/<version>/<int:z>/<int:x>/<int:y>.mvt")
def street_tile(city: str, version: str, z: int, x: int, y: int) -> Response:
    """Send one tile of the streets that lie under the map; 204 where there are none."""
    _require_known(z, x, y)
    return _for_ever(streets.get_tile(connection(), city, version, z, x, y))


def _require_known(z: int, x: int, y: int) -> None:
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound("tile_unknown", f"Tiles go to zoom {MAX_ZOOM}, x and y from 0 to 2^zoom - 1.", z=z, x=x, y=y)


def _for_ever(content: bytes) -> Response:
    """Send a tile that will always be the same under its address."""
    response = Response(content, mimetype=compress.TILE_TYPE) if content else Response(status=204)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}, immutable"
    response.add_etag()
    response.make_conditional(request)
    return response
