"""MapLibre GL from the project's own ``node_modules``: nothing is fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from mapping_service.errors import NotFound

MAPLIBRE = Path(__file__).resolve().parents[2] / "node_modules" / "maplibre-gl" / "dist"
FILES = frozenset({"maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs", "maplibre-gl.css"})
MAX_AGE_S = 86400

blueprint = Blueprint("vendor", __name__, url_prefix="/static/vendor/maplibre")


@blueprint.get("/<name>")
def file(name: str) -> Response:
    """Send one file of MapLibre's distribution."""
    if name not in FILES or not (MAPLIBRE / name).is_file():
        sentence = "MapLibre is not installed; run “npm ci” in the project's folder."
        raise NotFound("vendor_file_missing", sentence, name=name)
    response = send_from_directory(MAPLIBRE, name, max_age=MAX_AGE_S)
    if name.endswith(".mjs"):  # not every system's table of types knows it, and browsers run no other type
        response.content_type = "text/javascript; charset=utf-8"
    return response
