"""Timetables, maps and releases on a screen: axe finds nothing serious, they fit a phone and print without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.page.conftest import Phone, Site
from tests.page.test_looks import AXE, findings


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci")
def test_every_page_of_a_city_is_for_everybody_on_a_narrow_phone(
    play: Any, site: Site, tmp_path: Path
) -> None:
    phone = Phone(play, tmp_path / "phone", {"viewport": {"width": 320, "height": 640}, "locale": "en"})
    try:
        for address in (
            "", "routes/R1/timetable", "routes/R2/timetable?lang=fr", "routes/R1", "stops/S1", "releases/",
            "releases/1",
        ):
            page = phone.open(f"{site.url}/drawn-town/{address}")
            assert (address, findings(page)) == (address, [])
        assert phone.errors == []
    finally:
        phone.close()


def test_the_map_of_a_timetable_is_seen_without_scripts(play: Any, site: Site, tmp_path: Path) -> None:
    options = {"viewport": {"width": 800, "height": 900}, "locale": "en", "java_script_enabled": False}
    phone = Phone(play, tmp_path / "phone", options)
    try:
        page = phone.open(f"{site.url}/drawn-town/routes/R1/timetable")
        picture = page.locator(".picture img")
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["height"] > 300
        assert picture.get_attribute("alt") == "Map of route 1 Harbour – Airport"
    finally:
        phone.close()
