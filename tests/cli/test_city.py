"""`commonway city set`: the settings of a feed, as a person and as a program."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Command

TOWN = ("--name", "Town", "--timezone", "Africa/Nairobi", "--currency", "KES", "--language", "en")


def test_settings_are_kept_one_by_one_and_taken_back(commonway: Command) -> None:
    commonway("city", "create", "town", *TOWN)
    assert commonway("city", "set", "town", "--json").json == {
        "publisher_name": None, "contact_email": None, "contact_url": None, "licence": None, "country": None,
        "surveyed_once": "mark", "holidays": "as_usual",
    }
    commonway("city", "set", "town", "--contact-email", "maps@town.example", "--licence", "odbl-1.0", "--country", "ke")
    commonway("city", "set", "town", "--surveyed-once", "leave_out", "--holidays", "as_sunday")
    assert commonway("city", "set", "town", "--contact-email", "", "--json").json == {
        "publisher_name": None, "contact_email": None, "contact_url": None, "licence": "ODbL-1.0", "country": "KE",
        "surveyed_once": "leave_out", "holidays": "as_sunday",
    }
    assert "licence         ODbL-1.0" in commonway("city", "set", "town").out


@pytest.mark.parametrize(("option", "value", "code"), [
    ("--contact-email", "maps at town", "bad_email"),
    ("--contact-url", "town.example", "bad_address"),
    ("--contact-url", "https://town.example/" + "x" * 500, "bad_address"),
    ("--publisher-name", "x" * 201, "name_too_long"),
    ("--licence", "Creative Commons", "bad_licence"),
    ("--licence", "MIT AND CC0-1.0", "bad_licence"),
    ("--country", "Kenya", "bad_country"),
    ("--country", "EU", "bad_country"),
    ("--holidays", "as_sunday", "holidays_unknown"),
])
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    commonway: Command, option: str, value: str, code: str
) -> None:
    commonway("city", "create", "town", *TOWN)
    before = commonway("city", "set", "town", "--publisher-name", "Town  Office", "--json").json
    refused = commonway("city", "set", "town", "--publisher-name", "Somebody", option, value, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, code)
    assert commonway("city", "set", "town", "--json").json == before
    assert before["publisher_name"] == "Town Office"
