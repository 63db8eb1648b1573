"""Forms for people: workbooks, paper, and the managers' page on which a city brings its own."""

from __future__ import annotations

import html
import io
import re
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from collectors.forms.build import LANGUAGES, OWN, build_own, build_upload
from mapping_service.forms import publish_builtin
from mapping_service.store.cities import get_city
from mapping_service.web.language import catalog
from tests.forms.test_build import FORM, xform
from tests.web.test_team import HERE, keys, signed_in  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def _own(app: Flask, rows: Connection) -> None:
    publish_builtin(rows.engine, get_city(rows, "empty-town"))


def shown(page: str) -> str:
    """The words of a page as a person reads them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def send(client: FlaskClient, name: str, data: bytes, **media: bytes) -> str:
    files = [(io.BytesIO(content), f"{stem}.csv") for stem, content in media.items()]
    body = {"form": (io.BytesIO(data), name), "media": files}
    answer = client.post(f"{HERE}/forms", data=body, follow_redirects=True)
    return f"{answer.status_code} {shown(answer.text)}"


def test_the_workbook_of_each_form_can_be_taken_away_and_built_again(client: FlaskClient) -> None:
    for form_id in OWN:
        answer = client.get(f"/empty-town/forms/{form_id}.xlsx")
        assert answer.status_code == 200 and f"{form_id}.xlsx" in answer.headers["Content-Disposition"]
        assert build_upload(f"{form_id}.xlsx", answer.data).form_id == form_id


def test_each_form_is_printed_whole_in_each_language(client: FlaskClient) -> None:
    for form_id, language in product(OWN, LANGUAGES):
        page = client.get(f"/empty-town/forms/{form_id}/print?lang={language}").text
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
        assert catalog(language, "forms")["how"] in shown(page)
        asked = re.findall(r'<(?:h3|th scope="col")>([^<]+)', page)
        built = build_own(form_id, language).questions
        assert sorted(map(html.unescape, asked)) == sorted(one.label for one in built if one.label is not None)
        assert "<script" not in page and "style=" not in page


def test_a_form_is_printed_in_the_citys_language_unless_another_is_asked_for(client: FlaskClient) -> None:
    assert "Quel arrêt est-ce" in client.get("/empty-town/forms/stop/print").text
    assert "Which stop is it?" in client.get("/empty-town/forms/stop/print?lang=English (en)").text
    assert "Quel arrêt est-ce" in client.get("/empty-town/forms/stop/print?lang=xx").text


@pytest.mark.parametrize("path", ["curb.xlsx", "curb/print"])
def test_an_unknown_form_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/empty-town/forms/{path}").status_code == 404


def test_a_manager_brings_a_form_closes_it_and_opens_it(signed_in: FlaskClient) -> None:  # noqa: F811
    said = send(signed_in, "kerb.md", FORM.encode())
    assert said.startswith("200") and "At the kerb" in said
    assert "At the kerb kerb" in shown(signed_in.get(f"{HERE}/forms").text)
    assert "Quel arrêt ?" in signed_in.get("/empty-town/forms/kerb/print").text
    closed = signed_in.post(f"{HERE}/forms/state", data={"form_id": "kerb", "state": "closing"}, follow_redirects=True)
    assert catalog("fr", "team")["forms.closing"] in shown(closed.text) or "still accepted" in shown(closed.text)
    signed_in.post(f"{HERE}/forms/state", data={"form_id": "kerb", "state": "open"})
    assert "still accepted" not in shown(signed_in.get(f"{HERE}/forms").text)
    assert signed_in.post(f"{HERE}/forms/state", data={"form_id": "kerb", "state": "gone"}).status_code == 400


def test_a_form_that_cannot_be_published_says_why_on_the_page(signed_in: FlaskClient) -> None:  # noqa: F811
    lots = xform(more='<instance id="lots" src="jr://file-csv/lots.csv"/>')
    assert send(signed_in, "lots.xml", lots).startswith("400 ") and "lots.csv" in send(signed_in, "lots.xml", lots)
    assert send(signed_in, "lots.xml", lots, lots=b"name,label\n").startswith("200 ")
    assert send(signed_in, "lots.xml", xform(title="Other")).startswith("409 ")
    assert send(signed_in, "", b"").startswith("400 ")
    assert signed_in.get("/empty-town/forms/kerb.xlsx").status_code == 404  # it came as XML


@pytest.mark.parametrize("who", ["nobody", "collector", "stranger"])
def test_nobody_else_brings_or_closes_a_form(client: FlaskClient, keys: dict[str, str], who: str) -> None:  # noqa: F811
    if who != "nobody":
        client.set_cookie("team", keys[who], path=HERE)
    assert client.get(f"{HERE}/forms").status_code in (401, 403)
    assert send(client, "kerb.md", FORM.encode())[:3] in ("401", "403")
    assert client.post(f"{HERE}/forms/state", data={"form_id": "ride", "state": "closed"}).status_code in (401, 403)
    assert client.get("/empty-town/forms/ride/print").status_code == 200
