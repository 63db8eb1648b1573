"""The setup page: consent first, then one card for each app, and whether points arrive."""

from __future__ import annotations

import base64
import json
import time
import zlib
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from collectors.trackers import setups
from mapping_service.store import people
from mapping_service.web.language import catalog, languages_of
from mapping_service.web.setup import MAKERS, NAMES, ORDER, STEPS

ANDROID = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"}
IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"}


@pytest.fixture
def key(client: FlaskClient, rows: Connection) -> str:
    """The key of somebody of the drawn town who has not been asked yet."""
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    made = people.add_key(rows, city_id, "amina")
    rows.commit()
    return made


@pytest.fixture
def agreed(client: FlaskClient, key: str) -> str:
    """The key of somebody who has agreed."""
    assert client.post(f"/setup/{key}/consent?lang=en", data={"given": "yes"}).status_code == 303
    return key


def text(client: FlaskClient, path: str, **headers: Any) -> str:
    response = client.get(path, **headers)
    assert response.status_code == 200, path
    return unescape(response.get_data(as_text=True))


def test_nothing_is_shown_before_consent(client: FlaskClient, key: str) -> None:
    page = text(client, f"/setup/{key}?lang=en")
    assert "I agree" in page and "amina" in page
    assert "ingest" not in page and "owntracks" not in page
    assert client.get(f"/setup/{key}/collect.svg").status_code == 400
    assert client.get(f"/setup/{key}/gpslogger.properties").status_code == 400
    assert client.get(f"/setup/{key}/phone.svg").status_code == 200  # only leads here


def test_consent_is_written_down_with_its_text_and_its_language(
    client: FlaskClient, rows: Connection, key: str
) -> None:
    response = client.post(f"/setup/{key}/consent?lang=sw", data={"given": "yes"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/setup/{key}?lang=sw")
    kept = rows.exec_driver_sql("SELECT given, text_version, language, via FROM consent").one()
    assert tuple(kept) == (True, "1", "sw", "setup")
    assert "OwnTracks" in text(client, f"/setup/{key}?lang=sw")


def test_who_says_no_is_asked_again_and_gets_nothing(client: FlaskClient, agreed: str) -> None:
    client.post(f"/setup/{agreed}/consent", data={"given": "no"})
    page = text(client, f"/setup/{agreed}?lang=en")
    assert "You have not agreed" in page and "ingest" not in page
    assert client.post(f"/setup/{agreed}/consent", data={"given": "perhaps"}).status_code == 400


@pytest.mark.parametrize(
    ("key", "status"), [("short", 401), ("A" * 32, 403)], ids=["malformed", "unknown"]
)
def test_a_key_that_does_not_hold_opens_nothing(client: FlaskClient, key: str, status: int) -> None:
    for path in ("", "/status", "/collect.svg", "/gpslogger.properties"):
        assert client.get(f"/setup/{key}{path}").status_code == status
    assert client.post(f"/setup/{key}/consent", data={"given": "yes"}).status_code == status


def test_neither_browsers_nor_other_sites_keep_the_key(client: FlaskClient, agreed: str) -> None:
    for path in ("", "/status", "/collect.png", "/gpslogger.properties"):
        response = client.get(f"/setup/{agreed}{path}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store" and response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("phone", "first"), [(ANDROID, "OwnTracks"), (IPHONE, "Overland"), ({}, "Open this page on")])
def test_what_suits_the_phone_stands_first(client: FlaskClient, agreed: str, phone: dict[str, str], first: str) -> None:
    page = text(client, f"/setup/{agreed}?lang=en", headers=phone)
    recommended = page.split("Recommended for this phone")[1]
    assert f"<h2>{first}" in recommended[:200]


def test_every_app_gets_the_address_of_this_key(client: FlaskClient, agreed: str) -> None:
    page = text(client, f"/setup/{agreed}?lang=en")
    ours = f"https://maps.example/ingest/{agreed}"
    assert f'value="{ours}/osmand?lat={{0}}&lon={{1}}' in page and f'value="{ours}/traccar"' in page
    assert f"overland://setup?url={ours.replace(':', '%3A').replace('/', '%2F')}%2Foverland&device_id=amina" in page
    assert f"gpslogger://properties/https://maps.example/setup/{agreed}/gpslogger.properties" in page
    assert f"/drawn-town/collect#key={agreed}&consent=1" in page
    assert f"log_customurl_url={ours}/gpslogger?lat=%LAT" in text(client, f"/setup/{agreed}/gpslogger.properties")
    link = page.split('href="owntracks:///config?inline=')[1].split('"')[0]
    assert json.loads(base64.b64decode(unquote(link)))["url"] == f"{ours}/owntracks"


def test_the_code_for_collect_is_small_enough_and_holds_its_settings() -> None:
    url = "https://maps.example.org/v1/key/" + "A" * 32 + "/projects/dar-es-salaam"
    code = setups.collect_settings(url, "Dar es Salaam", "amina", "sw")
    read = json.loads(zlib.decompress(base64.b64decode(code)))
    assert set(read) == {"general", "admin", "project"} and read["general"]["server_url"] == url
    assert read["general"]["app_language"] == "sw" and read["admin"] == {"change_server": False}
    assert "\n" not in code and len(code) < 4000


def test_what_an_app_is_told_comes_back_as_the_fields_that_we_read() -> None:
    template = setups.osmand_template("https://maps.example/ingest/K/osmand")
    assert "'" not in template and set(parse_qs(urlsplit(template).query)) >= {"lat", "lon", "timestamp", "hdop"}
    lines = setups.gpslogger_profile("https://m/ingest/K/gpslogger", "t").splitlines()
    profile = dict(line.split("=", 1) for line in lines)
    assert profile["log_customurl_enabled"] == "true" and "time=%TIME" in profile["log_customurl_url"]


@pytest.mark.parametrize("path", ["collect.svg", "collect.png", "phone.svg"])
def test_codes_are_pictures(client: FlaskClient, agreed: str, path: str) -> None:
    response = client.get(f"/setup/{agreed}/{path}")
    start = b"\x89PNG" if path.endswith("png") else b"<?xml"
    assert response.status_code == 200 and response.data.startswith(start)
    assert client.get(f"/setup/{agreed}/nothing.svg").status_code == 404


def osmand(client: FlaskClient, key: str, seconds_ago: float, accuracy_m: float = 6) -> None:
    ms = round((time.time() - seconds_ago) * 1000)
    path = f"/ingest/{key}/osmand?lat=-1.3&lon={36.8 + seconds_ago * 1e-5}&timestamp={ms}&hdop={accuracy_m}&id=x"
    assert client.get(path).status_code == 200


def test_the_live_check_tells_when_the_last_point_came_and_how_good_it_is(client: FlaskClient, agreed: str) -> None:
    before = client.get(f"/setup/{agreed}/status?lang=en").json
    assert before is not None and (before["seconds_ago"], before["level"]) == (None, "none")
    for seconds_ago in (80, 75, 12):
        osmand(client, agreed, seconds_ago)
    live = client.get(f"/setup/{agreed}/status?lang=en").json
    assert live is not None and 12 <= live["seconds_ago"] <= 20
    assert (live["accuracy_m"], live["points"], live["gaps"], live["problem"]) == (6.0, 3, 1, None)
    assert live["level"] == "good" and "± 6 m · points: 3 · gaps over 30 s: 1" in live["said"]
    assert "± 6 m · points: 3" in text(client, f"/setup/{agreed}?lang=en")


def test_points_that_nobody_can_read_are_said(client: FlaskClient, agreed: str) -> None:
    secret = json.dumps({"_type": "encrypted", "data": "AAAA"})
    sent = client.post(f"/ingest/{agreed}/owntracks", data=secret, content_type="application/json")
    assert sent.status_code == 200
    live = client.get(f"/setup/{agreed}/status?lang=en").json
    assert live is not None and live["problem"] == "encrypted" and "clear “Encryption key”" in live["said"]


@pytest.mark.parametrize("language", languages_of("setup"))
def test_the_page_speaks_each_language_in_its_direction(client: FlaskClient, agreed: str, language: str) -> None:
    page = text(client, f"/setup/{agreed}?lang={language}")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page


def test_every_app_and_every_maker_has_its_words() -> None:
    book = catalog("en", "setup")
    for apps in ORDER.values():
        for app in apps:
            assert {f"app.{app}.for", *(f"app.{app}.{number}" for number in range(1, STEPS + 1))} <= set(book)
            assert app in NAMES or f"app.{app}.name" in book
    assert {f"battery.{maker}" for maker in MAKERS} <= set(book)
