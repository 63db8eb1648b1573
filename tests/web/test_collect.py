"""What a phone keeps of the collector's page: whole, small, of one version, in every word it says."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from mapping_service.web.collect import BOOK, FOLDER, version
from mapping_service.web.language import catalog, languages_of

MOST_BYTES = 60_000
SCRIPTS = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js")))
# Keys put together from a part and a value, as in t(`ask.${name}`).
OPEN_ENDED = set(re.findall(r"`([a-z_]+\.)\$\{", SCRIPTS))
USED = set(re.findall(r"""["'`]([a-z_]+(?:\.[a-z_]+)*)["'`]""", SCRIPTS))


def kept(client: FlaskClient) -> list[str]:
    """The addresses that the worker of the drawn town keeps."""
    worker = client.get("/drawn-town/collect/worker.js").get_data(as_text=True)
    found = re.search(r"^const FILES = (.*);$", worker, re.MULTILINE)
    assert found is not None
    addresses = json.loads(found[1])
    assert isinstance(addresses, list)
    return addresses


def data(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """What the shell hands to its scripts."""
    page = client.get(f"/drawn-town/collect{query}").get_data(as_text=True)
    found = re.search(r'id="page">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read = json.loads(found[1])
    assert isinstance(read, dict)
    return read


def test_everything_that_a_phone_keeps_is_there_and_small(client: FlaskClient) -> None:
    sizes = {}
    for address in kept(client):
        response = client.get(address)
        assert response.status_code == 200, address
        sizes[address] = len(gzip.compress(response.data, mtime=0))
    assert "/drawn-town/collect" in sizes and sum(".json" in address for address in sizes) == 6
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_every_script_that_another_one_imports_is_kept(client: FlaskClient) -> None:
    names = {address.rpartition("/")[2] for address in kept(client)}
    assert set(re.findall(r'from "\./([a-z]+\.js)"', SCRIPTS)) | {"main.js", "collect.css"} <= names


def test_files_of_another_version_are_not_served(client: FlaskClient) -> None:
    assert client.get(f"/static/collect/{version()}/main.js").mimetype == "text/javascript"
    assert "immutable" in client.get(f"/static/collect/{version()}/main.js").headers["Cache-Control"]
    assert client.get("/static/collect/0123456789ab/main.js").status_code == 404
    assert client.get(f"/static/collect/{version()}/words.xx.json").status_code == 404


def test_the_worker_may_keep_the_page_itself(client: FlaskClient) -> None:
    response = client.get("/drawn-town/collect/worker.js")
    assert response.headers["Service-Worker-Allowed"] == data(client)["scope"] == "/drawn-town/collect"
    assert response.mimetype == "text/javascript" and response.headers["Cache-Control"] == "no-cache"


def test_the_page_can_be_installed(client: FlaskClient) -> None:
    found = client.get("/drawn-town/collect/manifest.webmanifest")
    assert found.mimetype == "application/manifest+json" and found.json is not None
    assert found.json["start_url"] == found.json["scope"] == "/drawn-town/collect"
    assert client.get(found.json["icons"][0]["src"]).status_code == 200


def test_the_shell_tells_nobody_where_it_leads_and_comes_fresh(client: FlaskClient) -> None:
    response = client.get("/drawn-town/collect")
    assert response.headers["Referrer-Policy"] == "no-referrer" and response.headers["Cache-Control"] == "no-cache"
    assert client.get("/nowhere/collect").status_code == 404


def test_a_collector_is_offered_the_lines_that_are_published(client: FlaskClient) -> None:
    lines = ["1 Harbour – Airport", "2 River – North End"]
    assert client.get("/drawn-town/collect/lines.json").json == {"lines": lines}
    assert client.get("/empty-town/collect/lines.json").json == {"lines": []}


@pytest.mark.parametrize("language", languages_of(BOOK))
def test_the_page_speaks_each_language_in_its_direction(client: FlaskClient, language: str) -> None:
    page = client.get(f"/drawn-town/collect?lang={language}").get_data(as_text=True)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert data(client, f"?lang={language}")["words"]["home.start"] == catalog(language, BOOK)["home.start"]


def test_every_word_that_a_script_uses_exists_and_none_is_left_over() -> None:
    keys = set(catalog("en", BOOK))
    called = set(re.findall(r"""\bt\(\s*["']([a-z_.]+)["']""", SCRIPTS))
    assert len(called) > 80
    assert called - keys == set()
    for prefix in OPEN_ENDED:
        assert any(key.startswith(prefix) for key in keys), prefix
    unused = {key for key in keys - USED if not key.startswith(tuple(OPEN_ENDED))}
    choices = {key for key in unused if key.startswith(("boarding.", "visit.", "correction."))}  # of the forms
    assert unused - choices == {"page.name", "page.noscript", "page.broken", "page.insecure"}
