"""The one place where a failure becomes an answer: one JSON shape for machines, a readable page for people."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from collectors.limits import MAX_FILE_BYTES
from mapping_service.errors import Moved, NotFound, Problem, Unavailable
from mapping_service.web.limits import wait_for_bytes

# Everything under these is read by programs; the rest is read by people.
MACHINE_PATHS = ("/api/", "/ingest/", "/v1/", "/health")
# A key in an address is a contributor's, and logs are read by more people than may know it.
_KEY = re.compile(r"(/(?:ingest|setup|v1/key)/)[^/\s?#\"']+")
_AT_ONCE_BYTES = 1_000_000
# What an HTTP error says beside its sentence: what may be asked instead.
_TOLD = ("Allow", "Content-Range")
# Answers in a shape of their own, by the beginning of the path.
_RENDERERS: dict[str, Callable[[Problem], Response]] = {}
_REST_S = 3.0  # of silence, amid what is left of a request that is answered already
_MOVED_AGE_S = 86400  # an id that was given up may come back, if hardly ever
# The largest number of PostgreSQL's type integer, which counts releases.
_LARGEST_NUMBER = 2**31 - 1
# Only programs ask for a part of a file, or for one that they name by its tag.
_ASKED_BY_PROGRAMS = (412, 416)
_SENTENCES = {
    404: "Nothing is here. Check the address.",
    405: "This address does not take this method.",
    412: "What is here now is not what you have: ask for it anew.",
    416: "The file has no such part: it is shorter. Ask for it anew.",
    500: "Something broke on our side. It has been written down.",
}


class Redacted(logging.Filter):
    """Takes the keys of contributors out of whatever is logged, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record; none is held back."""
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


def redact(text: str) -> str:
    """Return a text with the keys in its addresses left out."""
    return _KEY.sub(r"\1…", text)


def answer_for(prefix: str, render: Callable[[Problem], Response]) -> None:
    """Let failures under a path be answered in a shape of its own; ``render`` gives the body and its type."""
    _RENDERERS[prefix] = render


def install(app: Flask) -> None:
    """Answer for every ``Problem``, HTTP error and lost database of the application."""
    app.before_request(_check_address)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(Moved, _moved)
    app.register_error_handler(HTTPException, _http_error)
    for lost in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(lost, _no_database)
    app.register_error_handler(DatabaseError, _database_error)
    for name in (app.logger.name, "gunicorn.error"):
        log = logging.getLogger(name)
        if not any(isinstance(one, Redacted) for one in log.filters):
            log.addFilter(Redacted())


def _check_address() -> None:
    """Raise ``NotFound`` for an address with a part that no text or number of the database can equal."""
    for part in (request.view_args or {}).values():
        if isinstance(part, str) and "\0" in part or isinstance(part, int) and part > _LARGEST_NUMBER:
            raise NotFound("not_found", _SENTENCES[404])


def _problem(problem: Problem) -> Response:
    render = _data if problem.status in _ASKED_BY_PROGRAMS else _renderer(request.path)
    response = render(problem)
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    if problem.status == Unavailable.status:
        response.headers["Retry-After"] = "60"
    _read_to_the_end()
    return response


def _moved(problem: Moved) -> Response:
    """Send whoever asks for an id that was given up to the same page of what follows it."""
    old, new = problem.details["old"], problem.details["new"]
    there = {key: new if value == old else value for key, value in (request.view_args or {}).items()}
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    response = make_response(redirect(url_for(request.endpoint or "", **there) + query, problem.status))
    response.headers["Cache-Control"] = f"public, max-age={_MOVED_AGE_S}"
    return response


def _read_to_the_end() -> None:
    """Read what is left of the request: closing over unread bytes cuts the connection, and the answer is lost."""
    wait_for_bytes(_REST_S)
    try:
        for _ in range(MAX_FILE_BYTES // _AT_ONCE_BYTES):
            if not request.stream.read(_AT_ONCE_BYTES):
                return
    except (HTTPException, OSError):  # larger than is allowed, or the sender has gone
        return


def _renderer(path: str) -> Callable[[Problem], Response]:
    if found := [prefix for prefix in _RENDERERS if path.startswith(prefix)]:
        return _RENDERERS[max(found, key=len)]
    return _data if path.startswith(MACHINE_PATHS) else _page


def _data(problem: Problem) -> Response:
    return jsonify(problem.as_dict())


def _page(problem: Problem) -> Response:
    return make_response(render_template("problem.html", problem=problem))


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect
        return make_response(error.get_response())
    code = error.name.lower().replace(" ", "_")
    problem = Problem(code, _SENTENCES.get(error.code) or error.description or error.name)
    problem.status = error.code
    response = _problem(problem)
    response.headers.extend((name, value) for name, value in error.get_headers() if name in _TOLD)
    return response


def _database_error(error: DatabaseError) -> Response:
    """A server that dies amid a statement is away like any other; what else the database finds wrong is our fault."""
    if not error.connection_invalidated:
        raise error
    return _no_database(error)


def _no_database(error: DatabaseError | InterfaceError | TimeoutError) -> Response:
    """Away, starting, full or without a connection to spare: nothing of this request was kept."""
    current_app.logger.error("database out of reach: %s", getattr(error, "orig", error))
    sentence = "The database cannot be reached just now; nothing was accepted. Try again in a minute."
    return _problem(Unavailable("database_unavailable", sentence))
