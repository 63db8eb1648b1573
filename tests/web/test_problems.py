"""One shape for every failure."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, TimeoutError

from mapping_service.web import create_app, problems


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/cities/nowhere", "city_not_found"),
        ("/api/v1/cities/nowhere/routes", "city_not_found"),
        ("/api/v1/cities/empty-town/stops", "city_unreleased"),
        ("/api/v1/cities/empty-town/service-points", "city_unreleased"),
        ("/api/v1/cities/drawn-town/routes/R99", "route_unknown"),
        ("/api/v1/cities/%00", "not_found"),
        ("/api/v1/cities/drawn-town/routes/R%00", "not_found"),
        ("/api/v1/nothing/of/the/kind", "not_found"),
        ("/ingest/nothing/of/the/kind/at/all", "not_found"),
    ],
)
def test_machines_read_every_failure_in_one_shape(client: FlaskClient, path: str, code: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json is not None and set(response.json) == {"error"}
    assert set(response.json["error"]) == {"code", "message", "details"}
    assert response.json["error"]["code"] == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/nowhere", "city_not_found"),
        ("/nowhere/routes/R1", "city_not_found"),
        ("/drawn-town/routes/R99", "route_unknown"),
        ("/drawn-town/stops/S99", "stop_unknown"),
        ("/empty-town/gtfs.zip", "city_unreleased"),
        ("/drawn-town/releases/9/gtfs.zip", "release_not_found"),
        ("/drawn-town/releases/1/other.zip", "release_file_unknown"),
        ("/drawn-town/tiles/9/0/0/0.mvt", "release_not_found"),
        ("/drawn-town/a/b/c", "not_found"),
        ("/%00", "not_found"),
        ("/drawn-town%00", "not_found"),
        ("/drawn-town/stops/S%00", "not_found"),
        ("/drawn-town/releases/99999999999/gtfs.zip", "not_found"),
        ("/drawn-town/tiles/99999999999/0/0/0.mvt", "not_found"),
    ],
)
def test_people_read_a_page_with_the_code_and_a_way_on(client: FlaskClient, path: str, code: str) -> None:
    response = client.get(path)
    assert response.status_code == 404 and response.mimetype == "text/html"
    page = response.get_data(as_text=True)
    assert f"<code>{code}</code>" in page and 'href="/"' in page


def test_a_method_that_an_address_does_not_take_is_told_which_it_does(client: FlaskClient) -> None:
    response = client.post("/api/v1/cities")
    assert response.status_code == 405
    assert response.json is not None and response.json["error"]["code"] == "method_not_allowed"
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/health", "/api/v1/cities", "/", "/drawn-town"])
def test_a_lost_database_is_a_503_that_says_when_to_ask_again(path: str) -> None:
    client = create_app("postgresql://nobody@127.0.0.1:1/nothing").test_client()
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "database_unavailable" in response.get_data(as_text=True)


@pytest.mark.parametrize("error", [
    OperationalError("x", {}, Exception("disk full")), InterfaceError("x", {}, Exception("connection already closed")),
    TimeoutError("no connection to spare"),
    DatabaseError("x", {}, Exception("server closed the connection unexpectedly"), connection_invalidated=True),
], ids=lambda error: type(error).__name__)
def test_a_database_that_cannot_take_it_now_is_a_503_with_a_sentence(app: Flask, error: Exception) -> None:
    def broken(token: str) -> str:
        raise error

    app.view_functions["ingest.post_gpx"] = broken
    answer = app.test_client().post("/ingest/key/gpx")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.json is not None and "nothing was accepted" in answer.json["error"]["message"]


def test_what_the_database_finds_wrong_with_our_statements_is_our_fault(app: Flask) -> None:
    def broken(token: str) -> str:
        raise DatabaseError("x", {}, Exception("syntax error"))

    app.view_functions["ingest.post_gpx"] = broken
    assert app.test_client().post("/ingest/key/gpx").status_code == 500


@pytest.mark.parametrize("logger", ["gunicorn.error", "mapping_service.web"])
@pytest.mark.parametrize("path", ["/ingest/KEY/gpx", "/setup/KEY", "/v1/key/KEY/projects/x/formList?deviceID=1"])
def test_no_log_tells_a_key(app: Flask, caplog: pytest.LogCaptureFixture, logger: str, path: str) -> None:
    try:
        raise RuntimeError(f"cannot build {path}")
    except RuntimeError:
        logging.getLogger(logger).exception("Error handling request %s", path)
    assert path.replace("KEY", "…") in caplog.text and "cannot build" in caplog.text
    assert "KEY" not in caplog.text


def test_an_address_may_have_failures_in_a_shape_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "_RENDERERS", {})
    problems.answer_for("/v1/key/", lambda problem: Response(f"<m>{problem.code}</m>", content_type="text/xml"))
    answer = app.test_client().get("/v1/key/nothing/of/the/kind")
    assert (answer.status_code, answer.mimetype, answer.text) == (404, "text/xml", "<m>not_found</m>")
    assert app.test_client().get("/v1/else").is_json


def test_what_breaks_is_logged_without_the_key_of_the_contributor(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken(token: str) -> str:
        raise RuntimeError("a bug")

    app.view_functions["ingest.post_gpx"] = broken
    assert app.test_client().post("/ingest/key-of-ama/gpx").status_code == 500
    assert "/ingest/…/gpx" in caplog.text and "a bug" in caplog.text
    assert "key-of-ama" not in caplog.text
