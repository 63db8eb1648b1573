"""The addresses without a key in the path: Collect is asked for a password, and the key is it."""

from __future__ import annotations

import base64

import pytest

from mapping_service.web import create_app
from tests.openrosa.collect import BOUNDARY, exchange, multipart
from tests.openrosa.conftest import Town
from tests.openrosa.filled import filled, new_id
from tests.openrosa.service import Service


def password(key: str) -> dict[str, str]:
    """The header by which Collect sends a name and a key."""
    return {"Authorization": f"Basic {base64.b64encode(f'kofi:{key}'.encode()).decode()}"}


def test_a_password_is_asked_for_and_the_key_is_it(service: Service, town: Town) -> None:
    first = exchange("HEAD", f"{service.base_url}/submission")
    assert first.status == 401 and first.headers["www-authenticate"].startswith("Basic ")
    assert exchange("HEAD", f"{service.base_url}/submission", headers=password(town.key)).status == 204
    body = multipart(filled(own := new_id()))
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = exchange("POST", f"{service.base_url}/submission", body, {**password(town.key), **kind})
    assert (answer.status, answer.headers["x-openrosa-version"]) == (201, "1.0")
    assert town.states() == [(own, "received", None)]


def test_its_list_leads_to_addresses_that_hold_the_key(service: Service, town: Town) -> None:
    answer = exchange("GET", f"{service.base_url}/formList/", headers=password(town.key))
    assert answer.status == 200 and answer.body == exchange("GET", f"{town.phone.server}/formList").body
    assert exchange("GET", f"{service.base_url}/formList", headers=password("x" * 32)).status == 403


@pytest.mark.parametrize("base_url, asker, status", [
    ("http://maps.example", "203.0.113.7", 403), ("http://maps.example", "127.0.0.1", 403),
    ("http://127.0.0.1:8000", "203.0.113.7", 403), ("http://localhost:8000", "127.0.0.1", 401),
    ("https://maps.example", "203.0.113.7", 401),
])
def test_no_password_is_taken_over_the_open_air(
    service: Service, monkeypatch: pytest.MonkeyPatch, base_url: str, asker: str, status: int
) -> None:
    monkeypatch.setenv("COMMONWAY_BASE_URL", base_url)
    answer = create_app(service.database_url).test_client().get("/formList", environ_base={"REMOTE_ADDR": asker})
    assert answer.status_code == status and "OpenRosaResponse" in answer.text
