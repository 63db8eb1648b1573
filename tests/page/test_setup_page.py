"""From the scan of a link to the first position: the setup page in a real browser."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.page.conftest import Phone, Site, until
from tests.page.test_looks import AXE, findings

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_setup_page_is_for_everybody_and_its_live_check_wakes_up(
    play: Any, site: Site, tmp_path: Path, key: str, language: str
) -> None:
    options = {"viewport": {"width": 320, "height": 640}, "locale": language, "user_agent": ANDROID}
    phone = Phone(play, tmp_path / "phone", options)
    try:
        page = phone.open(f"{site.url}/setup/{key}?lang={language}")
        assert findings(page) == []
        page.locator(".huge").click()
        page.locator("#live[data-level=none]").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert findings(page) == []
        point = f"lat=-1.3&lon=36.8&timestamp={round(time.time() * 1000)}&hdop=6&id=x"
        urllib.request.urlopen(f"{site.url}/ingest/{key}/osmand?{point}").close()
        page.locator("#live[data-level=good]").wait_for()
        assert phone.errors == []
    finally:
        phone.close()


def test_from_the_link_to_the_first_position_in_four_taps(phone: Phone, site: Site, key: str) -> None:
    page = phone.open(f"{site.url}/setup/{key}")
    page.get_by_role("button", name="I agree").click()
    page.get_by_text("This browser, without an app").click()
    page.get_by_role("link", name="Open the page").click()
    page.get_by_role("button", name="Start a ride").click()
    page.locator('[data-level="good"]').wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    assert until(lambda: page.locator(".now .facts").text_content())
    phone.move(page, 1)
