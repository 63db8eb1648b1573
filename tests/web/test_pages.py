"""The public pages of the drawn town."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from mapping_service.feed_records import Agency
from mapping_service.store.agencies import assign_routes, put_agency
from mapping_service.store.engine import table
from mapping_service.store.ids import save_followers
from mapping_service.web import create_app, vendor
from mapping_service.web.language import catalog
from tests.factories import (
    at,
    insert,
    make_city,
    make_hail_stretch,
    make_load,
    make_network,
    make_pattern,
    make_route,
    make_service_point,
    make_station,
    make_stop,
    make_stop_candidate,
)

HOSTILE = "<script>alert(1)</script></script><img src=x onerror=alert(2)>"


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def drawn_network(rows: Connection) -> tuple[int, int]:
    """The city and the network of the drawn town's release."""
    stop = table(rows, "stop")
    city_id, network_id = rows.execute(select(stop.c.city_id, stop.c.network_id).distinct()).one()
    return city_id, network_id


def test_the_front_page_lists_every_city_with_its_size(client: FlaskClient) -> None:
    page = text(client, "/")
    assert "Drawn Town" in page and "2 routes · 8 stops · 6 runs" in page
    assert "Empty Town" in page and "No release yet" in page


def test_the_front_page_without_a_city_gives_the_command_for_the_first(database: str) -> None:
    assert "commonway city create" in text(create_app(database).test_client(), "/")


def test_the_city_page_lists_its_routes_without_any_script(client: FlaskClient) -> None:
    page = text(client, "/drawn-town")
    assert '<a href="/drawn-town/routes/R1">' in page and "Harbour – Airport" in page
    assert "https://maps.example/drawn-town/gtfs.zip" in page
    assert "clinic" in page and "water" in page


def test_a_city_without_a_release_says_what_arrived_and_what_to_do_next(client: FlaskClient) -> None:
    page = text(client, "/empty-town?lang=en")
    assert "<dt>Files received</dt><dd>1</dd>" in page
    assert "commonway process --city empty-town" in page


def test_a_route_page_shows_stops_times_fare_and_evidence(client: FlaskClient) -> None:
    page = text(client, "/drawn-town/routes/R1")
    assert "Harbour to Airport" in page and "Airport to Harbour" in page
    assert "KES\u00a050" in page and "5 reports" in page
    assert "± 12 m" in page and "stopped 2 of 3" in page
    assert "06:00–09:00" in page and "16 min" in page  # four sections of 240 s in the morning
    assert "12 min" in page  # the last stop, four sections of 180 s over the day


def test_a_pattern_says_in_words_why_it_is_trusted_so(client: FlaskClient) -> None:
    assert "3 rides agree; 2 people; rides end 350 m apart" in text(client, "/drawn-town/routes/R1")


def test_a_pattern_beside_the_main_one_says_why_it_is_kept(client: FlaskClient, rows: Connection) -> None:
    assert "with the main way" not in text(client, "/drawn-town/routes/R1")
    ends = {"code": "variant_short_turn", "at": "<Mill>", "at_m": 900}
    reason = json.dumps({"share": 1.0, "runs": 3, "of": 8, "differences": [ends]})
    rows.exec_driver_sql(
        "UPDATE pattern SET direction_id = 0, reason_code = 'variant_short_turn', reason = %s WHERE pattern_id = 'P2'",
        (reason,),
    )
    rows.commit()
    said = "shares 100% with the main way, ends on it at &lt;Mill&gt;, 3 of 8 rides"
    assert text(client, "/drawn-town/routes/R1").count(said) == 1


def test_only_between_its_ends_does_a_pattern_say_how_many_runs_stopped(client: FlaskClient) -> None:
    strip = re.findall(r'<li( class="end")?>(.*?)</li>', text(client, "/drawn-town/routes/R1"), re.DOTALL)
    stops = [(bool(end), "stopped" in said) for end, said in strip if "strip-facts" in said]
    assert stops == [(True, False), *[(False, True)] * 3, (True, False)] * 2
    assert all(" km" in said for _, said in strip if "strip-facts" in said)


def test_hours_between_observed_ones_say_where_their_headway_is_from(client: FlaskClient, rows: Connection) -> None:
    rows.exec_driver_sql("UPDATE headway SET method = 'own_waits' WHERE method = 'city_waits'")
    rows.commit()
    page = text(client, "/drawn-town/routes/R1")
    assert "<b>≈ 15 min</b>" in page and "estimate from waits reported on this route at other hours" in page


def test_an_estimated_headway_is_never_written_like_an_observed_one(client: FlaskClient) -> None:
    page = text(client, "/drawn-town/routes/R1")
    assert "<b>10 min</b>" in page
    assert "<b>15 min</b>" not in page and "<b>≈ 15 min</b>" in page
    assert "estimate from other routes of the city" in page


def test_what_nobody_reported_is_unknown_and_never_nought(client: FlaskClient, rows: Connection) -> None:
    city_id = make_city(rows, slug="quiet")
    network_id = make_network(rows, city_id)
    make_route(rows, city_id, network_id, "R1", runs=1, people=None, short_name=None, long_name=None)
    make_stop(rows, city_id, network_id, "S1", at(0, 0), name=None)
    make_pattern(rows, city_id, network_id, "P1", "R1", [("S1", at(0, 0)), ("S1", at(1, 0))], runs=1, spread_m=None)
    rows.exec_driver_sql(f"DELETE FROM running_time WHERE network_id = {network_id}")
    rows.commit()
    page = text(client, "/quiet/routes/R1")
    for words in (
        "Unknown: no rider has reported one", "not stated", "Unknown: one run cannot show it", "Unnamed stop",
        "How often vehicles run is unknown", "carry no usable times", "rests on a single run",
        "Unnamed route",
    ):
        assert words in page, words
    assert "None" not in page and "0 min" not in page and ">0<" not in page
    assert "unknown</span>" in page  # the time at the second stop


def test_a_stop_page_names_the_routes_that_stop_there(client: FlaskClient) -> None:
    page = text(client, "/drawn-town/stops/S3")
    assert "Stop Market" in page and "/routes/R1" in page and "/routes/R2" in page
    assert "reported by riders" in page


def test_a_stop_without_a_name_is_called_unnamed(client: FlaskClient) -> None:
    assert "<h1>Unnamed stop</h1>" in text(client, "/drawn-town/stops/S7")


def test_a_stop_page_leads_to_the_other_stops_of_its_station(client: FlaskClient, rows: Connection) -> None:
    make_station(rows, *drawn_network(rows), "H1", ["S4", "S5"], name="School and Airport")
    rows.commit()
    page = text(client, "/drawn-town/stops/S4")
    assert "School and Airport" in page and 'href="/drawn-town/stops/S5"' in page
    assert "Station" not in text(client, "/drawn-town/stops/S1")


def test_a_route_page_says_where_riders_hail_and_what_may_be_a_stop(client: FlaskClient, rows: Connection) -> None:
    make_hail_stretch(rows, *drawn_network(rows), "P1", 1200.0, 2100.0)
    make_stop_candidate(rows, *drawn_network(rows), "P1", 500.0, (36.805, -1.3))
    rows.commit()
    page = text(client, "/drawn-town/routes/R1")
    assert "get on and off anywhere from 1.2 km to 2.1 km" in page
    assert "Perhaps a stop: 1 of 3 halted here" in page


@pytest.mark.parametrize("path", ["/hostile", "/hostile/routes/R1", "/hostile/stops/S1", "/", "/hostile/releases/"])
def test_hostile_names_are_only_ever_text(client: FlaskClient, rows: Connection, path: str) -> None:
    city_id = make_city(rows, slug="hostile", name=HOSTILE)
    network_id = make_network(rows, city_id, note=HOSTILE)
    make_route(rows, city_id, network_id, "R1", short_name=HOSTILE, long_name=HOSTILE)
    for stop_id in ("S1", "S2"):
        make_stop(rows, city_id, network_id, stop_id, at(0, 0), name=HOSTILE)
    make_pattern(rows, city_id, network_id, "P1", "R1", [("S1", at(0, 0)), ("S2", at(1, 0))], headsign=HOSTILE)
    make_service_point(rows, city_id, network_id, "C1", at(0, 1), name=HOSTILE, kind=HOSTILE)
    rows.commit()
    page = text(client, path)
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "alert(1)" in page  # shown, as text


def test_a_simulated_city_says_so_on_every_page(client: FlaskClient, rows: Connection) -> None:
    rows.exec_driver_sql("UPDATE city SET synthetic = true")
    rows.commit()
    pages = ["", "/routes/R1", "/stops/S1", "/releases/"]
    for path in ["/", "/empty-town?lang=en", *(f"/drawn-town{page}" for page in pages)]:
        assert "Sample city: invented, made by the ride simulator" in text(client, path), path
    assert '<aside class="sample">Sample city' in text(client, "/drawn-town")  # a landmark: readers of screens find it


def test_every_page_forbids_scripts_from_elsewhere(client: FlaskClient) -> None:
    policy = client.get("/drawn-town").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "worker-src 'self' blob:" in policy
    assert "unsafe" not in policy
    page = text(client, "/drawn-town")
    assert "style=" not in page and "onclick" not in page and "http://" not in page


def test_health_is_ok_while_the_database_answers(client: FlaskClient) -> None:
    response = client.get("/health")
    assert response.json == {"status": "ok"}


def test_maplibre_comes_from_the_own_machine_as_a_module(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "MAPLIBRE", tmp_path)
    assert client.get("/static/vendor/maplibre/maplibre-gl.mjs").status_code == 404
    (tmp_path / "maplibre-gl.mjs").write_text("export {};")
    (tmp_path / "secret.txt").write_text("no")
    assert client.get("/static/vendor/maplibre/maplibre-gl.mjs").mimetype == "text/javascript"
    assert client.get("/static/vendor/maplibre/secret.txt").status_code == 404


@pytest.mark.parametrize("path", ["/{}/routes/{}", "/api/v1/cities/{}/routes/{}"])
def test_an_id_that_was_given_up_leads_to_what_follows_it(client: FlaskClient, rows: Connection, path: str) -> None:
    city_id, network_id = drawn_network(rows)
    save_followers(rows, city_id, network_id, {"route": {"R9": "R1"}, "stop": {"S9": "S1"}})
    rows.commit()
    answer = client.get(path.format("drawn-town", "R9") + "?lang=fr&endpoint=x")
    assert answer.status_code == 301
    assert answer.headers["Location"] == path.format("drawn-town", "R1") + "?lang=fr&endpoint=x"
    assert client.get("/drawn-town/stops/S9").headers["Location"] == "/drawn-town/stops/S1"
    assert client.get(path.format("drawn-town", "S9")).status_code == 404


def test_a_route_says_in_a_chart_and_in_words_how_full_it_is(client: FlaskClient, rows: Connection) -> None:
    assert "How full" not in text(client, "/drawn-town/routes/R1")
    key = (rows, *drawn_network(rows), "P1")
    make_load(*key, 1, 0.5)
    make_load(*key, 2, 1.2)
    make_load(*key, 2, 0.9, (21600, 32400), seats_runs=1, people=None)
    make_load(*key, 3, None, boarded=2.5, boarded_low=2.0, boarded_high=3.0, seats_runs=0, counted_runs=2)
    rows.commit()
    page = " ".join(text(client, "/drawn-town/routes/R1").split())
    assert "<b>People stand, most of all after Market</b>" in page
    assert "100–140 of 100 seats taken there, probably · 3 runs · 2 people" in page
    assert "<b>All seats taken, most of all after Market</b>" in page and "1 run · not stated" in page
    assert page.count('class="chart load"') == 2
    # From the third stop of five to the fourth, a quarter of the way: 1.2 of the 1.3 that the chart shows, at least 1.
    assert re.search(r'class="usual" x="50\.0" y="7\.7" width="25\.0"', page)
    assert re.search(r'class="fill" x="50\.0" y="23\.1" width="25\.0" height="76\.9"', page)
    assert " · 2.5 get on" in page and "get off" not in page
    there = client.get("/api/v1/cities/drawn-town/routes/R1").get_json()["patterns"][0]["loads"]
    assert [(one["stop_sequence"], one["seats"], one["boarded"]) for one in there[:3]] == [
        (1, 0.5, None), (2, 1.2, None), (3, None, 2.5)
    ]


def test_a_route_page_says_who_runs_it_where_a_person_said_so(client: FlaskClient, rows: Connection) -> None:
    assert "Run by" not in text(client, "/drawn-town/routes/R1")
    city_id, network_id = drawn_network(rows)
    union = put_agency(rows, city_id, network_id, Agency("", HOSTILE, phone="+254 20 2012345"))
    assign_routes(rows, city_id, network_id, union.agency_id, ["R1"])
    rows.commit()
    page = text(client, "/drawn-town/routes/R1")
    assert "Run by" in page and "+254 20 2012345" in page and HOSTILE not in page
    assert "Run by" not in text(client, "/drawn-town/routes/R2")


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "sw"])
def test_what_comes_from_a_feed_of_others_says_so_and_claims_no_ride(
    client: FlaskClient, rows: Connection, language: str
) -> None:
    city_id, network_id = drawn_network(rows)
    source_id = insert(rows, "source_feed", {
        "city_id": city_id, "network_id": make_network(rows, city_id, "source"), "name": "Old <survey>",
        "dated": date(2019, 3, 4), "file_name": "feed.zip", "sha256": b"1", "imported_by": "tester",
    }, {})
    for name, key in (("route", "R1"), ("pattern", "P1"), ("pattern", "P2"), ("stop", "S1")):
        one = table(rows, name)
        of_it = (one.c.network_id == network_id) & (one.c[f"{name}_id"] == key)
        rows.execute(one.update().where(of_it).values(source_id=source_id, runs=0, people=None))
    rows.commit()
    for address in ("/drawn-town", "/drawn-town/routes/R1", "/drawn-town/stops/S1"):
        page = text(client, f"{address}?lang={language}")
        assert "Old &lt;survey&gt;" in page and "2019" in page and "<survey>" not in page
    assert catalog(language)["imported.unchecked"] in text(client, f"/drawn-town/stops/S1?lang={language}")


def test_a_stop_that_nobody_named_is_called_after_its_crossing(client: FlaskClient, rows: Connection) -> None:
    assert "Unnamed stop" in text(client, "/drawn-town/stops/S7")
    city_id, network_id = drawn_network(rows)
    key = {"network_id": network_id, "city_id": city_id, "name": "Wide Road / Elm Street", "method": "crossing"}
    rows.execute(table(rows, "stop_street").insert(), [{**key, "stop_id": "S1"}, {**key, "stop_id": "S7"}])
    rows.commit()
    assert "Wide Road / Elm Street" in text(client, "/drawn-town/stops/S7")
    assert "Wide Road / Elm Street" in text(client, "/drawn-town/routes/R2")
    named = {one["stop_id"]: one["name"] for one in client.get("/api/v1/cities/drawn-town/stops").get_json()["stops"]}
    assert (named["S7"], named["S1"]) == ("Wide Road / Elm Street", "Harbour")
