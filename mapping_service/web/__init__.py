"""The web application: public map, API, tiles and downloads. ``create_app`` puts its parts together."""

from __future__ import annotations

import os
from dataclasses import replace

from flask import Flask, Response, request

from mapping_service.config import load_config
from mapping_service.postgres import database_address
from mapping_service.web import (
    api,
    catalogs,
    collect,
    compress,
    database,
    downloads,
    forms,
    ingest,
    language,
    limits,
    me,
    openrosa,
    openrosa_basic,
    pages,
    prints,
    problems,
    realtime,
    records,
    setup,
    team,
    tiles,
    trackers,
    vendor,
    versions,
)

# Nothing from elsewhere, ever: no tiles, fonts or scripts of third parties. MapLibre starts its worker from a blob.
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), microphone=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}

# What is published is for every site and every tool to use; pages with forms are not.
_FOR_EVERYBODY = {one.blueprint.name for one in (api, tiles, downloads, versions, catalogs, realtime)}


def create_app(database_url: str | None = None) -> Flask:
    """Make the application; ``database_url`` goes before ``DATABASE_URL``. Raises ``Problem`` on a bad setting.

    Settings come from the environment at this moment (``mapping_service.config``); nothing connects before a request.
    """
    config = load_config(os.environ)
    config = replace(config, database_url=database_url or config.database_url)
    config = replace(config, database_url=database_address(config))
    app = Flask(__name__)
    app.config["DATABASE_URL"] = config.database_url
    app.extensions["commonway"] = config
    for part in (limits, database, language, problems, openrosa, compress):
        part.install(app)
    for module in (
        vendor, api, ingest, trackers, records, me, openrosa, openrosa_basic, tiles, downloads, versions, catalogs,
        realtime, collect, setup, forms, pages, prints, team,
    ):
        app.register_blueprint(module.blueprint)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.blueprint in _FOR_EVERYBODY:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
