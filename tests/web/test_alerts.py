"""Alerts: who may write them, where they are read, and what cannot be said."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from mapping_service.alerts import CAUSES, EFFECTS, add_alert, end_alert
from mapping_service.errors import Problem
from mapping_service.live_records import Alert
from mapping_service.store import alerts
from mapping_service.store.cities import get_city
from mapping_service.store.people import add_key
from mapping_service.web.language import LANGUAGES, catalog

HERE = "/drawn-town/team"
NOW = datetime.now(UTC)
NEXT_MONTH = (NOW + timedelta(days=30)).date()
TEMPLATES = Path(__file__).resolve().parents[2] / "mapping_service" / "web" / "templates"


@pytest.fixture
def signed_in(client: FlaskClient, rows: Connection) -> FlaskClient:
    """The browser of a manager of the drawn town."""
    key = add_key(rows, get_city(rows, "drawn-town").city_id, "efua", role="manager")
    rows.commit()
    assert client.post(f"{HERE}/enter", data={"key": key}).status_code == 303
    return client


def tell(rows: Connection, **said: Any) -> Alert:
    values = {"header": "Bridge closed", "effect": "detour", "actor": "efua", "now": NOW, **said}
    made = add_alert(rows, get_city(rows, "drawn-town"), **values)
    rows.commit()
    return made


def test_a_manager_writes_an_alert_and_riders_read_it_on_the_pages_it_concerns(signed_in: FlaskClient) -> None:
    said = {"header": "Bridge <closed>", "effect": "detour", "cause": "road_closed", "route": "R1",
            "description": "Get off at the market.", "url": "https://example.org/x"}
    assert signed_in.post(f"{HERE}/alerts", data=said).status_code == 303
    for path in ("/drawn-town", "/drawn-town/routes/R1", "/drawn-town/stops/S1", f"{HERE}/alerts"):
        page = signed_in.get(path).text
        assert "Bridge &lt;closed&gt;" in page and "Road closed" in page and "until further notice" in page, path
        assert '<a href="/drawn-town/routes/R1">1</a>' in page
    assert "Bridge" not in signed_in.get("/drawn-town/routes/R2").text


def test_an_alert_for_the_whole_city_stands_on_every_page(signed_in: FlaskClient, rows: Connection) -> None:
    tell(rows, header="Strike on Monday", effect="no_service", ends=f"{NEXT_MONTH:%Y-%m-%d}")
    for path in ("/drawn-town", "/drawn-town/routes/R2", "/drawn-town/stops/S1"):
        page = signed_in.get(f"{path}?lang=fr").text
        assert "Strike on Monday" in page and "toute la ville" in page and f"{NEXT_MONTH.year}, 00:00" in page


def test_an_alert_about_a_stop_stands_on_the_routes_that_serve_it(client: FlaskClient, rows: Connection) -> None:
    tell(rows, stop_ids=["S1"])
    shown = [path for path in ("routes/R1", "routes/R2", "stops/S1", "stops/S8")
             if "Bridge closed" in client.get(f"/drawn-town/{path}").text]
    assert shown == ["routes/R1", "stops/S1"]


def test_an_alert_that_was_ended_is_gone_and_its_number_is_not_used_again(
    signed_in: FlaskClient, rows: Connection
) -> None:
    first = tell(rows)
    assert signed_in.post(f"{HERE}/alerts/{first.number}/end").status_code == 303
    assert "Bridge" not in signed_in.get("/drawn-town").text
    assert signed_in.post(f"{HERE}/alerts/{first.number}/end").status_code == 404
    assert tell(rows).number == first.number + 1


def test_an_alert_that_has_not_begun_never_does_when_it_is_ended(rows: Connection, client: FlaskClient) -> None:
    made = tell(rows, starts=(NOW + timedelta(days=3)).isoformat())
    end_alert(rows, get_city(rows, "drawn-town"), made.number, actor="efua", now=NOW)
    assert alerts.listed(rows, "drawn-town", NOW) == []
    (kept,) = alerts.listed(rows, "drawn-town")
    assert kept.starts_at == kept.ends_at == NOW


def test_an_alert_follows_a_route_whose_id_was_given_up(client: FlaskClient, rows: Connection) -> None:
    made = tell(rows, route_ids=["R2"])
    rows.execute(text("UPDATE alert_about SET id = 'R9'"))
    rows.execute(text("INSERT INTO id_alias (city_id, kind, old_id, new_id) SELECT city_id, 'route', 'R9', 'R1'"
                      " FROM city WHERE slug = 'drawn-town'"))
    rows.commit()
    assert [one.route_ids for one in alerts.listed(rows, "drawn-town")] == [["R1", "R9"]] and made.number == 1
    page = client.get("/drawn-town/routes/R1").text
    assert "Bridge closed" in page and '<a href="/drawn-town/routes/R1">1</a>' in page and "R9" not in page


@pytest.mark.parametrize(("said", "code"), [
    ({"header": " \n "}, "alert_empty"),
    ({"header": "x" * 121}, "alert_long"),
    ({"effect": "fog"}, "alert_kind"),
    ({"cause": "fog"}, "alert_kind"),
    ({"starts": "tomorrow"}, "alert_time"),
    ({"starts": f"{NEXT_MONTH}T06:00", "ends": f"{NEXT_MONTH}T05:59"}, "alert_over"),
    ({"ends": (NOW - timedelta(days=2)).isoformat()}, "alert_over"),
    ({"starts": "2031-01-01"}, "alert_time"),
    ({"ends": "9999-12-31"}, "alert_time"),
    ({"url": "javascript:alert(1)"}, "alert_url"),
    ({"url": "https://"}, "alert_url"),
    ({"url": "https://[x"}, "alert_url"),
    ({"language": "klingon"}, "bad_language"),
    ({"route_ids": ["R9"]}, "alert_about_unknown"),
    ({"stop_ids": ["R1"]}, "alert_about_unknown"),
])
def test_what_cannot_be_an_alert_is_refused_with_a_reason(rows: Connection, app: None, said: dict[str, Any],
                                                          code: str) -> None:
    with pytest.raises(Problem) as found:
        tell(rows, **said)
    assert found.value.code == code
    rows.rollback()
    assert alerts.listed(rows, "drawn-town") == []


def test_a_day_as_the_end_counts_to_its_midnight_in_the_citys_own_time(rows: Connection, app: None) -> None:
    made = tell(rows, starts=str(NEXT_MONTH), ends=str(NEXT_MONTH))
    assert made.ends_at is not None and made.ends_at - made.starts_at == timedelta(days=1)
    assert made.starts_at.utcoffset() == timedelta(hours=3) and made.language == "en"


def test_a_manager_hears_on_the_same_page_what_was_wrong_and_keeps_what_they_wrote(signed_in: FlaskClient) -> None:
    answer = signed_in.post(f"{HERE}/alerts", data={"header": "Bridge", "effect": "detour", "cause": "another",
                                                    "stop": "S1, S77", "route": "R2"})
    assert answer.status_code == 404 and "S77" in answer.text and 'value="Bridge"' in answer.text
    assert '<option value="R2" selected>' in answer.text


def test_nobody_but_a_manager_writes_or_ends_alerts(client: FlaskClient, rows: Connection) -> None:
    number = tell(rows).number
    for path in ("alerts", f"alerts/{number}/end"):
        assert client.post(f"{HERE}/{path}", data={"header": "x", "effect": "another"}).status_code == 401
    assert client.get(f"{HERE}/alerts").status_code == 401
    assert len(alerts.listed(rows, "drawn-town", NOW)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_can_be_written_in_every_language(signed_in: FlaskClient, rows: Connection, language: str) -> None:
    tell(rows)
    page = html.unescape(signed_in.get(f"{HERE}/alerts?lang={language}").text)
    assert catalog(language, "alerts")["effect.detour"] in page


def test_every_cause_and_effect_has_words_and_no_words_are_left_over() -> None:
    keys = set(catalog("en", "alerts"))
    coded = {f"cause.{one}" for one in CAUSES} | {f"effect.{one}" for one in EFFECTS}
    pages = "".join((TEMPLATES / name).read_text("utf-8") for name in ("alerts.html", "team_alerts.html"))
    used = set(re.findall(r"""\ba\(["']([a-z_.]+)["']\)""", pages))
    assert keys == coded | used | {"when.open", "when.closed"}
