"""What people settled, as the feed has it: agencies, contacts, holidays, names in other languages, booked services."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from mapping_service.errors import Conflict
from tests.factories import VALID_FROM, insert
from tests.gtfs_export.readers import Rows, Town, column
from tests.gtfs_export.test_validator import complaints, judged

VAN: dict[str, Any] = {
    "booked_id": "B1", "name": "Clinic van", "geom": "SRID=4326;POLYGON((36.8 -1.3,36.9 -1.3,36.9 -1.2,36.8 -1.3))",
    "phone": "+254 20 2222181", "day_types": ["weekday", "saturday"], "start_s": 79200, "end_s": 95400,
    "notice_min": 45,
}


def settle(town: Town, table: str, /, **values: Any) -> None:
    """Add a row of what people settle to the release."""
    insert(town.connection, table, {"network_id": town.drawn.network_id, "city_id": town.drawn.city_id}, values)


def translations(feed: dict[str, Rows], language: str) -> dict[tuple[str, str], str]:
    """What the feed says in a language, by field and by record or value."""
    return {
        (row["field_name"], row["record_id"] or row["field_value"]): row["translation"]
        for row in feed["translations.txt"] if row["language"] == language
    }


def test_each_route_has_the_agency_that_a_person_named_and_the_rest_are_informal(town: Town) -> None:
    settle(town, "agency", agency_id="A1", name="Union", phone="+254 20 2222181", cash_only=True)
    settle(town, "agency", agency_id="A2", name="Idle")
    settle(town, "agency_route", agency_id="A1", route_id="R1")
    settle(town, "agency_route", agency_id="A2", route_id="R9")
    feed = town.feed()
    assert column(feed["routes.txt"], "agency_id") == ["A1", "informal"]
    assert column(feed["fare_attributes.txt"], "agency_id") == ["A1"]
    union, informal = feed["agency.txt"]
    assert union == {
        "agency_id": "A1", "agency_name": "Union", "agency_url": "https://example.org/",
        "agency_timezone": "Africa/Nairobi", "agency_lang": "en", "agency_phone": "+254 20 2222181",
        "agency_email": "", "cemv_support": "2",
    }
    assert (informal["agency_name"], informal["cemv_support"]) == ("Informal transit of Drawn Town", "")
    settle(town, "agency_route", agency_id="A1", route_id="R2")
    assert column(town.feed()["agency.txt"], "agency_id") == ["A1"]


def test_whoever_answers_for_the_feed_is_named_in_it(town: Town) -> None:
    town.city(publisher_name="City of Town", contact_email="maps@town.org", contact_url="https://town.org/maps")
    feed = town.feed()
    (info,) = feed["feed_info.txt"]
    assert (info["feed_publisher_name"], info["feed_contact_email"]) == ("City of Town", "maps@town.org")
    assert info["feed_contact_url"] == "https://town.org/maps"
    assert feed["attributions.txt"][0]["attribution_email"] == "maps@town.org"


def test_holidays_are_as_sundays_only_where_a_person_says_so(town: Town) -> None:
    town.city(country="KE")
    assert "calendar_dates.txt" not in town.feed()
    town.city(holidays="as_sunday")
    town.pattern("P1", day_types=["weekday", "saturday", "sunday"])
    town.pattern("P2", day_types=["sunday"])
    exceptions = {(row["service_id"], row["date"]): row["exception_type"] for row in town.feed()["calendar_dates.txt"]}
    assert exceptions[("weekday", "20240501")] == "2" and exceptions[("sunday", "20240501")] == "1"
    assert {service for service, _ in exceptions} == {"weekday", "sunday"}
    days = {date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}") for _, day in exceptions}
    assert min(days) >= date(2024, 4, 1) and max(days) <= date(2024, 9, 28)
    # Madaraka Day, 1 June 2024, is a Saturday: nothing runs that does on Saturdays only, and Sunday's service does.
    assert exceptions[("sunday", "20240601")] == "1" and ("weekday", "20240601") not in exceptions


def test_the_feeds_own_sentences_are_in_the_other_four_languages(town: Town) -> None:
    town.stop("S7", name=None)
    feed = town.feed()
    assert {row["language"] for row in feed["translations.txt"]} == {"fr", "es", "pt", "sw"}
    french = translations(feed, "fr")
    assert french["agency_name", "informal"] == "Transport informel de Drawn Town"
    assert french["stop_name", "S7"] == "Arrêt S7"
    assert french["route_desc", "R1"].startswith("Service informel.")
    town.city(language="fr")
    assert translations(town.feed(), "en")["stop_name", "S7"] == "Stop S7"


def test_only_tables_are_translated_that_every_planner_lets_be(town: Town) -> None:
    # Valhalla's reader refuses the whole feed for a translation of any other table, such as attributions.txt.
    tables = {row["table_name"] for row in town.feed()["translations.txt"]}
    assert "agency" in tables and tables <= {"agency", "stops", "routes", "trips", "stop_times", "pathways", "levels"}


def test_a_stop_called_after_its_neighbour_is_so_in_every_language(town: Town) -> None:
    town.stop("S7", geom="SRID=4326;POINT(36.8301 -1.3)")
    settle(town, "name_translation", language="sw", name="School", translation="Shule")
    feed = town.feed()
    assert feed["stops.txt"][6]["stop_name"] == "Near School"
    assert translations(feed, "fr")["stop_name", "S7"] == "Près de School"
    assert translations(feed, "sw")["stop_name", "S7"] == "Karibu na Shule"
    assert translations(feed, "sw")["stop_name", "S4"] == "Shule"


def test_names_that_people_translated_stand_wherever_the_name_does(town: Town) -> None:
    for name, other in (("Harbour", "ወደብ"), ("Airport", "محطة"), ("North End", "Kask., \"N\""), ("Nowhere", "X")):
        settle(town, "name_translation", language="am", name=name, translation=other)
    settle(town, "name_translation", language="ar", name="River – North End", translation="نهر")
    found = translations(town.feed(), "am")
    assert found["stop_name", "S1"] == "ወደብ" and found["trip_headsign", "Airport"] == "محطة"
    assert found["route_long_name", "R1"] == "ወደብ – محطة"
    assert found["route_long_name", "R2"] == 'River – Kask., "N"'
    assert "X" not in found.values()
    assert translations(town.feed(), "ar") == {("route_long_name", "R2"): "نهر"}


def test_a_label_of_ours_that_a_person_translated_is_translated_once(town: Town) -> None:
    town.stop("S7", name=None)
    town.route("R1", short_name=None, long_name=None)
    for name in ("Stop S7", "Route R1"):
        settle(town, "name_translation", language="fr", name=name, translation=f"{name} !")
    rows = [row for row in town.feed()["translations.txt"] if row["language"] == "fr"]
    said = [row["translation"] for row in rows if (row["field_name"], row["record_id"]) in (
        ("stop_name", "S7"), ("route_long_name", "R1"))]
    assert sorted(said) == ["Route R1 !", "Stop S7 !"]


def test_a_city_without_booked_services_has_no_feed_of_them(town: Town) -> None:
    with pytest.raises(Conflict) as refused:
        town.zipped("flex")
    assert refused.value.code == "nothing_to_publish"


def test_a_booked_service_picks_up_in_its_area_and_hours_after_a_call(town: Town) -> None:
    settle(town, "agency", agency_id="A1", name="Union")
    settle(town, "booked_service", **VAN, agency_id="A1")
    archive = ZipFile(io.BytesIO(town.zipped("flex")))
    (area,) = json.loads(archive.read("locations.geojson"))["features"]
    assert (area["id"], area["geometry"]["type"]) == ("B1", "Polygon")
    feed = town.feed("flex")
    assert column(feed["agency.txt"], "agency_id") == ["A1"]
    assert [(row["location_id"], row["pickup_type"], row["drop_off_type"], row["end_pickup_drop_off_window"])
            for row in feed["stop_times.txt"]] == [("B1", "2", "1", "26:30:00"), ("B1", "1", "2", "26:30:00")]
    (rule,) = feed["booking_rules.txt"]
    assert (rule["booking_type"], rule["prior_notice_duration_min"]) == ("1", "45")
    assert (feed["calendar.txt"][0]["friday"], feed["calendar.txt"][0]["sunday"]) == ("1", "0")
    assert "B1" not in column(town.feed()["routes.txt"], "route_id")


@pytest.mark.parametrize(("notice", "booking_type"), [
    ({"notice_min": 0}, "0"), ({"notice_min": None, "notice_days": 1, "book_until_s": 61200}, "2"),
])
def test_a_booked_service_is_booked_as_far_ahead_as_it_says(
    town: Town, notice: dict[str, int | None], booking_type: str
) -> None:
    settle(town, "booked_service", **{**VAN, **notice})
    (rule,) = town.feed("flex")["booking_rules.txt"]
    assert rule["booking_type"] == booking_type and rule["prior_notice_duration_min"] == ""
    assert rule["prior_notice_last_time"] == ("17:00:00" if booking_type == "2" else "")


@pytest.mark.parametrize(("variant", "features"), [
    ("frequencies", {"Shapes", "Frequencies", "Headsigns", "Feed Information", "Attributions", "Translations",
                     "Fares V1", "Fare Products", "Fare Media", "Rider Categories", "Route-Based Fares",
                     "Zone-Based Fares",
                     "Time-Based Fares", "Location Types"}),
    ("flex", {"Booking Rules", "Zone-Based Demand Responsive Services", "Feed Information", "Attributions"}),
])
def test_a_town_where_all_is_settled_is_valid(town: Town, tmp_path: Path, variant: str, features: set[str]) -> None:
    town.city(country="KE", holidays="as_sunday", contact_email="maps@town.org")
    town.station("S4", "S5")
    town.change("fare", {"rush_surcharge": 10})
    for pattern_id in ("P1", "P2", "P3"):
        town.pattern(pattern_id, day_types=["weekday", "saturday", "sunday"])
    settle(town, "agency", agency_id="A1", name="Union", phone="+254 20 2222181", cash_only=True)
    settle(town, "agency_route", agency_id="A1", route_id="R1")
    settle(town, "name_translation", language="sw", name="Market", translation="Soko")
    settle(town, "booked_service", **VAN, agency_id="A1")
    settle(town, "booked_service", **{**VAN, "booked_id": "B2", "name": "Night bus", "notice_min": 0})
    report = judged(town, tmp_path, VALID_FROM + timedelta(days=21), variant)
    assert complaints(report) == []
    assert features <= set(report["summary"]["gtfsFeatures"])
