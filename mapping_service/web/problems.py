"""The one place where a failure becomes an answer: one JSON shape for machines, a readable page for people."""

from __future__ import annotations

import re
from types import TracebackType

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from mapping_service.errors import NotFound, Problem, Unavailable

# Everything under these is read by programs; the rest is read by people.
MACHINE_PATHS = ("/api/", "/ingest/", "/v1/", "/health")
# A key in an address is a contributor's, and logs are read by more people than may know it.
_TOKEN = re.compile(r"^/ingest/[^/]+")
# The largest number of PostgreSQL's type integer, which counts releases.
_LARGEST_NUMBER = 2**31 - 1
_SENTENCES = {
    404: "Nothing is here. Check the address.",
    405: "This address does not take this method.",
    500: "Something broke on our side. It has been written down.",
}


class Application(Flask):
    """A Flask application whose log tells what broke without the keys of contributors."""

    def log_exception(
        self, exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> None:
        """Log an unhandled exception with its address, the key in it left out."""
        path = _TOKEN.sub("/ingest/…", request.path)
        self.logger.error("Exception on %s [%s]", path, request.method, exc_info=exc_info)


def install(app: Flask) -> None:
    """Answer for every ``Problem``, HTTP error and lost database of the application."""
    app.before_request(_check_address)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _no_database)


def _check_address() -> None:
    """Raise ``NotFound`` for an address with a part that no text or number of the database can equal."""
    for part in (request.view_args or {}).values():
        if "\0" in part if isinstance(part, str) else part > _LARGEST_NUMBER:
            raise NotFound("not_found", _SENTENCES[404])


def _problem(problem: Problem) -> Response:
    if request.path.startswith(MACHINE_PATHS):
        response = jsonify(problem.as_dict())
    else:
        response = make_response(render_template("problem.html", problem=problem))
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect
        return make_response(error.get_response())
    code = error.name.lower().replace(" ", "_")
    problem = Problem(code, _SENTENCES.get(error.code) or error.description or error.name)
    problem.status = error.code
    response = _problem(problem)
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def _no_database(error: OperationalError) -> Response:
    current_app.logger.error("database out of reach: %s", error.orig)
    sentence = "The database cannot be reached just now; nothing was accepted. Try again in a minute."
    response = _problem(Unavailable("database_unavailable", sentence))
    response.headers["Retry-After"] = "60"
    return response
