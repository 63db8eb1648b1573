"""The one place where a failure becomes an answer: one JSON shape for machines, a readable page for people."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from mapping_service.errors import Problem, Unavailable

# Everything under these is read by programs; the rest is read by people.
MACHINE_PATHS = ("/api/", "/ingest/", "/v1/", "/health")
_SENTENCES = {
    404: "Nothing is here. Check the address.",
    405: "This address does not take this method.",
    500: "Something broke on our side. It has been written down.",
}


def install(app: Flask) -> None:
    """Answer for every ``Problem``, HTTP error and lost database of the application."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _no_database)


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
