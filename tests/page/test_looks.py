"""Everybody can use the page: axe finds nothing serious, it fits 320 px, and a keyboard is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.page.conftest import Phone, Site, until

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Any) -> list[str]:
    """What axe calls serious or critical, and elements that reach over the edge of the screen."""
    # The rules of the page forbid scripts in the page; those of a tool come in by the debugger.
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", WCAG)
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    told = [f"{one['id']}: {node['html'][:120]}" for one in serious for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        told.append(f"wider than the screen: {page.evaluate('document.documentElement.scrollWidth')}")
    return told


def walk(page: Any, phone: Phone) -> Iterator[str]:
    """Go through every screen of the page, whatever language it speaks."""
    yield "consent"
    page.locator(".huge").click()
    page.locator(".tiles").wait_for()
    yield "home"
    for number in (1, 2, 3, 4, 5, 6):
        page.locator(f".tiles .tile:nth-child({number})").click()
        page.locator(".signal[data-level=good]").wait_for()
        yield f"form {number}"
        page.go_back()
        page.locator(".tiles").wait_for()
    page.locator(".row button").last.click()
    page.locator("#language").wait_for()
    yield "settings"
    page.go_back()
    page.locator(".tiles").wait_for()
    page.locator(".huge").first.click()
    page.locator(".signal[data-level=good]").wait_for()
    yield "start"
    page.locator(".row .go").click()
    page.locator(".trail").wait_for()
    phone.move(page, 3)
    page.locator(".huge").first.click()
    page.locator("#toast button").wait_for()
    yield "ride"
    page.locator(".stop").click()
    page.locator(".facts-list").wait_for()
    yield "review"
    page.locator(".danger").click()
    page.locator("dialog").wait_for()
    yield "question"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci")
@pytest.mark.parametrize(("language", "size"), [("en", "normal"), ("ar", "normal"), ("fr", "huge")])
def test_every_screen_is_for_everybody_on_a_narrow_phone(
    play: Any, site: Site, tmp_path: Path, language: str, size: str
) -> None:
    phone = Phone(play, tmp_path / "phone", {"viewport": {"width": 320, "height": 640}, "locale": language})
    try:
        page = phone.open(f"{site.url}/drawn-town/collect")
        page.locator("h1").wait_for()
        page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        found = {screen: told for screen in walk(page, phone) if (told := findings(page))}
        assert found == {}
        assert phone.errors == []
    finally:
        phone.close()


def test_a_keyboard_is_enough(phone: Phone, site: Site) -> None:
    page = phone.open(f"{site.url}/drawn-town/collect")
    page.locator("h1").wait_for()
    press(page, "I agree")
    press(page, "Start a ride")
    page.locator(".signal[data-level=good]").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("46")
    press(page, "Start")
    assert until(lambda: page.locator(".now .facts").text_content())
    phone.move(page, 2)
    press(page, "Dark screen")
    page.locator(".hold").wait_for()
    press(page, "Hold to open")
    press(page, "Stop here")
    press(page, "Finish")
    press(page, "Send this ride")
    assert until(lambda: "Not sent yet: 1" in (page.locator(".queue").text_content() or ""))


def press(page: Any, name: str) -> None:
    """Go by Tab to what is called so, and press Enter."""
    seen: Callable[[], str] = lambda: str(page.evaluate("document.activeElement.textContent.trim()"))  # noqa: E731
    page.get_by_role("button", name=name, exact=True).wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if seen() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never came to “{name}”")
