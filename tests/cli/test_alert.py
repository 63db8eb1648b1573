"""`commonway alert`: telling riders something from a terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Command


def test_an_alert_is_told_listed_and_ended(commonway: Command) -> None:
    commonway("city", "create", "town", "--name", "Town", "--timezone", "Africa/Nairobi", "--currency", "KES",
              "--language", "sw")
    day, next_day = (f"{datetime.now(UTC) + timedelta(days=n):%Y-%m-%d}" for n in (30, 31))
    made = commonway("alert", "add", "Mgomo kesho", "--city", "town", "--effect", "no_service", "--cause", "strike",
                     "--from", day, "--until", day, "--json")
    assert (made.code, made.json["number"], made.json["language"]) == (0, 1, "sw")
    (listed,) = commonway("alert", "list", "--city", "town").out.splitlines()
    assert f"{day} 00:00 – {next_day} 00:00" in listed and "whole city" in listed and "Mgomo kesho" in listed
    assert commonway("alert", "end", "1", "--city", "town").code == 0
    assert commonway("alert", "list", "--city", "town").out == "There is no alert.\n"
    (ended,) = commonway("alert", "list", "--city", "town", "--all", "--json").json
    assert ended["header"] == "Mgomo kesho"


def test_an_alert_about_a_route_that_is_not_published_is_one_sentence(commonway: Command) -> None:
    commonway("city", "create", "town", "--name", "Town", "--timezone", "UTC", "--currency", "KES", "--language", "en")
    said = commonway("alert", "add", "Closed", "--city", "town", "--effect", "detour", "--route", "R1")
    assert said.code == 1 and said.err == "commonway: The newest release has no route “R1”. Its page lists them.\n"
