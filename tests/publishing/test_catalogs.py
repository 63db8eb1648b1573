"""The records for the catalogues hold what their public schemas ask for.

The rules are those of ``dmfr.schema-v0.6.0.json`` and ``gtfs_schedule_source_schema.json``, told in our own words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.catalogs import FeedAbout, dmfr, geohash, mobility_database
from mapping_service.feed_records import Agency, FeedSettings

SETTINGS = FeedSettings("Pier Mappers", "feed@maps.example.org", None, "ODbL-1.0", "KE", "mark", "as_usual")
ABOUT = FeedAbout(
    "Pier – Ürban", "https://maps.example.org/pier", "sw", False, "Pier Mappers", SETTINGS,
    [Agency("A1", "Umoja SACCO", "https://umoja.example.org"), Agency("A2", "ኣዲስ")], (36.8, -1.3, 36.84, -1.28),
    ["fares-v1"], datetime(2026, 6, 1, tzinfo=UTC), date(2026, 11, 28), "© OpenStreetMap contributors",
)
URL = re.compile(r"(http|https|ftp)://[a-zA-Z0-9.,~#{}():&/%='?_+-]+")
FEED_KEYS = {"id", "supersedes_ids", "spec", "name", "description", "urls", "languages", "license", "authorization",
             "operators", "tags"}
OPERATOR_KEYS = {"onestop_id", "supersedes_ids", "name", "short_name", "website", "associated_feeds", "tags"}
ONESTOP = re.compile(r"[fo]-([0-9b-hjkmnp-z]+-)?[a-z0-9~]+")


def urls(value: Any) -> list[str]:
    """Every address in a record."""
    if isinstance(value, dict):
        return [found for one in value.values() for found in urls(one)]
    if isinstance(value, list):
        return [found for one in value for found in urls(one)]
    return [value] if isinstance(value, str) and "://" in value else []


def test_the_dmfr_file_has_what_its_schema_asks_for_and_nothing_else() -> None:
    made = dmfr(ABOUT)
    assert made["$schema"].endswith("dmfr.schema-v0.6.0.json") and made["license_spdx_identifier"]
    for feed in made["feeds"]:
        assert {"id", "spec", "urls"} <= set(feed) <= FEED_KEYS
        assert feed["spec"] in ("gtfs", "gtfs-rt") and ONESTOP.fullmatch(feed["id"])
        assert {value for key, value in feed["license"].items() if key.endswith(("_allowed", "_optional"))} <= {
            "yes", "no", "unknown"
        }
    for operator in made["operators"]:
        assert {"onestop_id", "name"} <= set(operator) <= OPERATOR_KEYS and ONESTOP.fullmatch(operator["onestop_id"])
    assert [url for url in urls(made) if not URL.fullmatch(url)] == []


def test_the_dmfr_file_leads_to_the_feeds_at_their_stable_addresses() -> None:
    static, live = dmfr(ABOUT)["feeds"]
    assert static["urls"] == {"static_current": "https://maps.example.org/pier/gtfs.zip"}
    assert static["id"] == "f-kzf0-pier~urban" and live["id"] == "f-kzf0-pier~urban~rt"
    assert live["urls"]["realtime_alerts"] == "https://maps.example.org/pier/realtime/alerts.pb"
    assert static["license"]["attribution_text"] == "Pier Mappers. © OpenStreetMap contributors"
    assert (static["license"]["use_without_attribution"], static["license"]["share_alike_optional"]) == ("no", "no")


def test_no_licence_is_claimed_where_nobody_chose_one() -> None:
    bare = replace(ABOUT, settings=replace(SETTINGS, licence=None, contact_email=None))
    assert all("license" not in feed for feed in dmfr(bare)["feeds"])
    record = mobility_database(bare, date(2026, 6, 2))
    assert "license" not in record["urls"] and "feed_contact_email" not in record


def test_the_mobility_database_record_has_what_its_schema_asks_for() -> None:
    made = mobility_database(ABOUT, date(2026, 6, 2))
    assert {"mdb_source_id", "data_type", "provider", "location", "urls"} <= set(made)
    assert (made["data_type"], made["status"], made["is_official"]) == ("gtfs", "active", False)
    assert isinstance(made["mdb_source_id"], int) and re.fullmatch("[A-Z]{2}", made["location"]["country_code"])
    box = made["location"]["bounding_box"]
    assert (box["minimum_latitude"], box["maximum_longitude"]) == (-1.3, 36.84)
    assert datetime.fromisoformat(box["extracted_on"]).tzinfo is not None
    assert set(made["features"]) <= {"fares-v1", "fares-v2", "flex-v1", "flex-v2", "pathways"}
    assert [url for url in urls(made) if not URL.fullmatch(url)] == []


@pytest.mark.parametrize(("over", "day", "status"), [
    ({}, date(2026, 11, 28), "active"), ({}, date(2026, 11, 29), "inactive"),
    ({"until": None}, date(2026, 6, 2), "inactive"), ({"synthetic": True}, date(2026, 6, 2), "development"),
])
def test_a_feed_that_has_ended_or_is_invented_says_so(over: dict[str, Any], day: date, status: str) -> None:
    assert mobility_database(replace(ABOUT, **over), day)["status"] == status


@pytest.mark.parametrize(("lon", "lat", "letters"), [(-5.6, 42.6, "ezs42"), (10.40744, 57.64911, "u4pruyd")])
def test_geohashes_are_those_of_the_books(lon: float, lat: float, letters: str) -> None:
    assert geohash(lon, lat, len(letters)) == letters


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(1, 8))
def test_a_longer_geohash_lies_in_the_shorter_one(lon: float, lat: float, length: int) -> None:
    assert geohash(lon, lat, length + 1).startswith(geohash(lon, lat, length))
