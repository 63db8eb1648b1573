"""The index of releases: what trip planners and people need to know of each before they take it."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from mapping_service.release_records import Check
from mapping_service.store import releases
from mapping_service.store.people import add_key
from mapping_service.web import language as language_of
from mapping_service.web import notes
from mapping_service.web.language import LANGUAGES, catalog
from tests.factories import draw_network, make_network


@pytest.fixture
def network_id(client: FlaskClient, rows: Connection) -> int:
    """The network of the drawn town's release, whose files are in the archive."""
    client.get("/drawn-town/gtfs.zip")
    return int(rows.exec_driver_sql("SELECT network_id FROM network WHERE release_number = 1").scalar_one())


def judge(rows: Connection, network_id: int, *, errors: int = 0, warnings: int = 0) -> None:
    found = [
        {"code": f"{severity.lower()}_code", "severity": severity, "total": total, "samples": [{"csvRowNumber": 2}]}
        for severity, total in (("ERROR", errors), ("WARNING", warnings)) if total
    ]
    day = date(2024, 4, 1)
    check = Check("gtfs.zip", "gtfs-validator", "0.1.2", day, 0.5, errors, warnings, 0, None, found)
    releases.save_check(rows, network_id, check)
    rows.commit()


def index(client: FlaskClient) -> Any:
    found = client.get("/drawn-town/releases/?f=json").json
    assert found is not None
    return found


def test_the_index_tells_digest_size_and_verdict_of_each_release(
    client: FlaskClient, rows: Connection, network_id: int
) -> None:
    judge(rows, network_id, warnings=3)
    (one,) = index(client)["releases"]
    feed = client.get("/drawn-town/gtfs.zip")
    assert one["files"]["gtfs.zip"]["sha256"] == feed.headers["ETag"].strip('"')
    assert one["files"]["gtfs.zip"]["size_bytes"] == len(feed.data)
    assert one["release"]["version"] == "2024.04.01-1" and one["release"]["valid_until"] == "2024-09-28"
    (judged,) = one["validators"]
    assert (judged["file"], judged["validator"], judged["errors"], judged["warnings"]) == (
        "gtfs.zip", "gtfs-validator", 0, 3
    )
    assert index(client)["current"]["gtfs.zip"] == "https://maps.example/drawn-town/gtfs.zip"


def test_the_index_is_asked_for_again_without_being_sent_again(client: FlaskClient, network_id: int) -> None:
    first = client.get("/drawn-town/releases/?f=json")
    again = client.get("/drawn-town/releases/?f=json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and first.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(
    client: FlaskClient, rows: Connection, network_id: int, language: str
) -> None:
    judge(rows, network_id, errors=1, warnings=2)
    rows.execute(text("UPDATE network SET publish_reason = 'The other map is down', vouched = 'I rode it'"
                      " WHERE published_at IS NOT NULL"))
    rows.commit()
    page = client.get(f"/drawn-town/releases/?lang={language}").get_data(as_text=True)
    assert "The other map is down" in page and "I rode it" in page
    assert json.dumps("{")[1] not in page.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def second(client: FlaskClient, rows: Connection, network_id: int) -> int:
    """A second release: R2 has given way to R1, P1 runs oftener and costs more, S2 has moved and has another name."""
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    made = make_network(rows, city_id, release_number=2, note="After the strike")
    draw_network(rows, city_id, made)
    for sql in (
        "DELETE FROM route WHERE network_id = {} AND route_id = 'R2'",
        "INSERT INTO id_alias SELECT city_id, 'route', 'R2', 'R1', created_at FROM network WHERE network_id = {}",
        "UPDATE headway SET headway_s = 480, low_s = 400 WHERE network_id = {} AND pattern_id = 'P1'"
        " AND band_start_s = 21600",
        "UPDATE fare SET amount = 60, high = 60 WHERE network_id = {}",
        "UPDATE stop SET name = 'Old <Mill>', geom = ST_Translate(geom, 0.001, 0) WHERE network_id = {}"
        " AND stop_id = 'S2'",
    ):
        rows.exec_driver_sql(sql.format(made))
    rows.commit()
    client.get("/drawn-town/gtfs.zip")
    return made


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_release_tells_in_words_what_changed(client: FlaskClient, second: int) -> None:
    page = main_of(client.get("/drawn-town/releases/2").get_data(as_text=True))
    for words in (
        "After the strike", "2 River – North End", "its rides go on as 1 Harbour – Airport",
        "06:00–09:00: every 8 min, before every 10 min",
        "fare KES\u00a060, before KES\u00a050", "now called Old &lt;Mill&gt;, before Mill", "moved by 111 m",
    ):
        assert words in page, words
    assert "/drawn-town/releases/2/changes.geojson" in page


@pytest.fixture
def settled(client: FlaskClient, rows: Connection, network_id: int) -> int:
    """A second release in which nothing but what people settled is otherwise."""
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    made = make_network(rows, city_id, release_number=2)
    draw_network(rows, city_id, made)
    for sql in (
        "INSERT INTO agency (network_id, agency_id, city_id, name) VALUES ({n}, 'A1', {c}, 'SACCO')",
        "INSERT INTO agency (network_id, agency_id, city_id, name, phone) VALUES ({o}, 'A2', {c}, 'Union', '1'),"
        " ({n}, 'A2', {c}, 'Union', '2')",
        "INSERT INTO agency_route VALUES ({n}, 'R1', {c}, 'A1')",
        "UPDATE pattern SET headsign = 'Market' WHERE network_id = {n} AND pattern_id = 'P1'",
        "UPDATE fare SET rush_surcharge = 20 WHERE network_id = {n}",
        "UPDATE network SET holidays = CASE network_id WHEN {n} THEN 'KE' ELSE 'as_usual' END WHERE kind = 'release'",
        "INSERT INTO booked_service VALUES ({n}, 'B1', {c}, 'Night taxi', 'A1', 'SRID=4326;POLYGON((0 0,1 0,1 1,0 0))',"
        " '+254 20 1', NULL, '{{weekday}}', 0, 3600, 0, NULL, NULL)",
    ):
        rows.exec_driver_sql(sql.format(n=made, c=city_id, o=network_id))
    rows.commit()
    client.get("/drawn-town/gtfs.zip")
    return made


def test_what_people_settled_is_something_that_riders_notice(client: FlaskClient, settled: int) -> None:
    page = main_of(client.get("/drawn-town/releases/2").get_data(as_text=True))
    for said in (
        "shows Market, before Airport", "in the rush hours KES\u00a020 more, not known before",
        "run by SACCO, not known before", "<strong>SACCO</strong>", "changed: telephone number", "new: call +254 20 1",
        "on the public holidays of Kenya vehicles run as on Sundays", "/releases/2/changes.geojson", "Services on call",
    ):
        assert said in page, said
    assert "Nothing that riders would notice" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_settled_is_told_in_every_language(client: FlaskClient, settled: int, language: str) -> None:
    page = main_of(client.get(f"/drawn-town/releases/2?lang={language}").get_data(as_text=True))
    assert "{" not in page.partition('<script type="application/json"')[0] and "Market" in page


def test_the_map_of_the_changes_and_their_codes_are_files_of_the_release(client: FlaskClient, second: int) -> None:
    drawn = client.get("/drawn-town/releases/2/changes.geojson")
    assert drawn.mimetype == "application/geo+json" and drawn.json is not None
    told = {(one["properties"]["change"], one["properties"]["id"]) for one in drawn.json["features"]}
    assert told == {("removed", "P3"), ("changed", "S2")}
    codes = client.get("/drawn-town/releases/2/changes.json").json
    assert codes is not None and (codes["before"], codes["totals"]["routes"]["removed"]) == (1, 1)


def test_of_a_first_release_only_the_sizes_are_told(client: FlaskClient, network_id: int) -> None:
    page = main_of(client.get("/drawn-town/releases/1").get_data(as_text=True))
    assert "everything in it is new" in page and "map-data" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_speaks_every_language(client: FlaskClient, rows: Connection, second: int, language: str) -> None:
    judge(rows, second, errors=1, warnings=2)
    page = main_of(client.get(f"/drawn-town/releases/2?lang={language}").get_data(as_text=True))
    without_data = page.partition('<script type="application/json"')[0] + page.rpartition("</script>")[2]
    assert "{" not in without_data and "<code>error_code</code>" in page


def test_a_report_shows_findings_and_where_they_are(client: FlaskClient, rows: Connection, network_id: int) -> None:
    judge(rows, network_id, errors=1)
    page = client.get("/drawn-town/releases/1").get_data(as_text=True)
    assert "rules.html#error_code-rule" in page and "<code>error_code</code>" in page and "csvRowNumber 2" in page


def test_a_release_that_is_not_public_has_no_page(client: FlaskClient, rows: Connection) -> None:
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    make_network(rows, city_id, release_number=2, published_at=None, published_by=None)
    rows.commit()
    assert client.get("/drawn-town/releases/2").status_code == 404


def test_every_word_of_the_pages_of_releases_is_used() -> None:
    templates = Path(language_of.__file__).parent / "templates"
    text_ = "".join((templates / name).read_text("utf-8") for name in (
        "release.html", "releases.html", "release_parts.html", "release_checks.html", "team_releases.html"
    )) + Path(notes.__file__).read_text("utf-8")
    words = set(re.findall(r"""\b[wr]\(\s*["']([a-z._]+)["']""", text_))
    counted = re.findall(r"""w\.count\(["']([a-z._]+)""", text_)
    words |= {f"{key}.{form}" for key in counted for form in ("one", "other")}
    open_ended = ("col.", "row.", "list.", "map.", "severity.", "headway.", "fare.", "stop.", "ended", "ending",
                  "surcharge.", "headsign.", "brand.", "agency.", "booked.", "holidays.", "stated.")
    keys = catalog("en", "releases")
    assert {key for key in set(keys) - words if not key.startswith(open_ended)} == set()
    assert {key for key in words - set(keys) if not key.endswith(".")} <= set(catalog("en", "team"))


@pytest.mark.parametrize(("days", "told"), [(-1, True), (29, True), (31, False)])
def test_the_page_warns_before_a_part_of_the_map_ends(
    client: FlaskClient, rows: Connection, days: int, told: bool
) -> None:
    last = date.today() + timedelta(days=200)
    rows.execute(text("UPDATE pattern SET valid_until = :day"), {"day": last})
    rows.execute(text("UPDATE pattern SET valid_until = :day WHERE pattern_id = 'P3'"),
                 {"day": date.today() + timedelta(days=days)})
    rows.commit()
    assert ('class="caution"' in client.get("/drawn-town/releases/").get_data(as_text=True)) is told


def test_the_page_of_a_release_that_was_over_before_it_began_says_so(client: FlaskClient, rows: Connection) -> None:
    rows.execute(text("UPDATE pattern SET valid_until = '2019-11-08'"))
    rows.commit()
    said = client.get("/drawn-town/releases/1").get_data(as_text=True)
    assert "All service in it was over on Nov 8, 2019" in said and "Holds from" not in said


def test_catalogues_find_the_feed_in_their_own_form(client: FlaskClient, rows: Connection) -> None:
    made = client.get("/drawn-town/dmfr.json").json
    assert made is not None
    assert made["feeds"][0]["urls"]["static_current"] == "https://maps.example/drawn-town/gtfs.zip"
    assert client.get("/drawn-town/mobility-database.json").status_code == 409  # nobody said in which country
    rows.execute(text("UPDATE city SET country = 'KE' WHERE slug = 'drawn-town'"))
    rows.commit()
    record = client.get("/drawn-town/mobility-database.json")
    assert record.json is not None and record.json["location"]["country_code"] == "KE"
    assert record.json["features"] == ["fares-v1", "fares-v2"] and record.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/empty-town/dmfr.json").status_code == 404


def withheld(rows: Connection) -> int:
    """A second release of the drawn town in whose feed a validator found an error."""
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    made = make_network(rows, city_id, release_number=2, published_at=None, published_by=None, note="Too early")
    draw_network(rows, city_id, made)
    rows.exec_driver_sql(f"INSERT INTO release_file VALUES ({made}, 'gtfs.zip', {city_id}, repeat('0', 64), 0)")
    judge(rows, made, errors=2)
    return made


@pytest.fixture
def signed_in(client: FlaskClient, rows: Connection) -> FlaskClient:
    """The browser of a manager of the drawn town."""
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    key = add_key(rows, city_id, "efua", role="manager")
    rows.commit()
    client.post("/drawn-town/team/enter", data={"key": key})
    return client


def test_a_manager_publishes_what_is_withheld_and_says_why(signed_in: FlaskClient, rows: Connection) -> None:
    withheld(rows)
    page = signed_in.get("/drawn-town/team/releases").get_data(as_text=True)
    assert "Release 2 is withheld" in page and "error_code" in page and "Too early" in page
    refused = signed_in.post("/drawn-town/team/releases/2/publish", data={"because": " "})
    assert refused.status_code == 400 and "Say why" in refused.get_data(as_text=True)
    done = signed_in.post("/drawn-town/team/releases/2/publish", data={"because": "The old one is worse."})
    assert done.status_code == 303 and done.headers["Location"] == "/drawn-town/releases/2"
    shown = client_page(signed_in, "/drawn-town/releases/2")
    assert "The old one is worse." in shown and "efua" in shown


def test_a_manager_reads_what_is_wrong_in_words_and_how_an_imported_row_is_taken_out(
    signed_in: FlaskClient, rows: Connection
) -> None:
    made = withheld(rows)
    sample = {"filename": "stops.txt", "csvRowNumber": 9, "fieldName": "stop_id", "fieldValue": "A"}
    found = [{"code": "duplicate_key", "severity": "ERROR", "total": 1, "samples": [sample],
              "blamed": {"source_id": 3, "name": "Drawn <by hand>", "routes": ["L1"]}}]
    releases.save_check(rows, made, Check("gtfs.zip", "gtfs-guru", "1", date(2024, 4, 1), 0.1, 1, 0, 0, None, found))
    rows.commit()
    page = main_of(client_page(signed_in, "/drawn-town/team/releases"))
    named = re.findall(r'role="region" aria-label="([^"]+)"', page)
    assert len(named) == len(set(named)) == 2
    for words in ("Two rows have the same id", "stops.txt, row 9: stop_id A", "“Drawn &lt;by hand&gt;” (feed 3)",
                  "commonway feed reject 3 L1 --city drawn-town"):
        assert words in page, words


def client_page(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_what_a_newer_release_has_overtaken_is_not_offered_for_ever(
    signed_in: FlaskClient, rows: Connection
) -> None:
    withheld(rows)
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    make_network(rows, city_id, release_number=3)
    rows.commit()
    page = main_of(client_page(signed_in, "/drawn-town/team/releases"))
    assert "overtaken since by release 3, which is public: 2." in page and "/releases/2/publish" not in page


def test_managers_are_warned_on_the_page_that_they_open_first(signed_in: FlaskClient, rows: Connection) -> None:
    assert "A part of this map held until" in client_page(signed_in, "/drawn-town/team")
    rows.execute(text("UPDATE pattern SET valid_until = current_date + 100"))
    rows.commit()
    assert "A part of this map" not in client_page(signed_in, "/drawn-town/team")


def test_nobody_but_a_manager_publishes(client: FlaskClient, rows: Connection) -> None:
    withheld(rows)
    assert client.get("/drawn-town/team/releases").status_code == 401
    assert client.post("/drawn-town/team/releases/2/publish", data={"because": "Me"}).status_code == 401
    assert client.get("/drawn-town/releases/2").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_withheld_is_told_in_every_language(signed_in: FlaskClient, rows: Connection, language: str) -> None:
    withheld(rows)
    assert "{" not in main_of(client_page(signed_in, f"/drawn-town/team/releases?lang={language}"))
