"""The collector's page on a phone: nothing is lost, nothing is doubled, and it says how things stand."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from collectors.gpx import read_gpx
from collectors.trackers import read_message
from mapping_service.web import collect
from tests.page.conftest import Phone, Site, points, until

FAKE_POSITION = """
  window.shift_ms = 0;
  const real = Date.now.bind(Date);
  Date.now = () => real() + window.shift_ms;
  navigator.geolocation.watchPosition = (heard) => { window.tell = (lon, lat) => heard({
    timestamp: Date.now(),
    coords: { longitude: lon, latitude: lat, accuracy: 5, speed: null, altitude: null },
  }); window.tell(36.8, -1.3); return 1; };
"""


def start(phone: Phone, site: Site, key: str) -> Any:
    """Open the page with its key and agree; wait until the phone keeps the page."""
    page = phone.open(f"{site.url}/drawn-town/collect#key={key}")
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("heading", name="Collect in Drawn Town").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    return page


def ride(page: Any, line: str = "46") -> None:
    page.get_by_role("button", name="Start a ride").click()
    page.get_by_label("Line or route").fill(line)
    page.locator('[data-level="good"]').wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    assert until(lambda: page.locator(".now .facts").text_content()), "the ride did not begin"


def finish_and_send(page: Any) -> None:
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="Send this ride").click()
    page.get_by_role("heading", name="Collect in Drawn Town").wait_for()


def is_all_sent(page: Any) -> bool:
    return "Nothing is waiting" in (page.locator(".queue").text_content() or "")


def stored(rows: Connection) -> dict[str, Any]:
    """Every chunk and record of the database by its name."""
    rows.rollback()
    found = rows.exec_driver_sql("SELECT name, bytes FROM message WHERE kind = 'page' ORDER BY message_id")
    return {one.name: json.loads(bytes(one.bytes)) for one in found}


def places(rows: Connection) -> list[tuple[float, float]]:
    """The places of all chunks, in the order of their numbers."""
    chunks = sorted((one for name, one in stored(rows).items() if "/" in name), key=lambda one: int(one["n"]))
    return [(fix[1], fix[2]) for one in chunks for fix in one["fixes"]]


def consents(rows: Connection) -> list[tuple[Any, ...]]:
    rows.rollback()
    return [tuple(one) for one in rows.exec_driver_sql("SELECT given, text_version, language, via FROM consent")]


def reports(rows: Connection) -> list[dict[str, Any]]:
    return [one for chunk in stored(rows).values() for one in chunk.get("reports", [chunk.get("report")])]


def test_a_ride_outlives_a_lost_network_a_killed_browser_and_two_tabs(
    phone: Phone, site: Site, rows: Connection, key: str
) -> None:
    page = start(phone, site, key)
    ride(page)
    truth = phone.move(page, 12)
    page.get_by_role("button", name="Stop here").click()
    page.get_by_text("Stop: saved in this ride").wait_for()
    site.stop()
    truth += phone.move(page, 8)
    phone.kill()

    page = phone.open(f"{site.url}/drawn-town/collect")  # there is no network: the phone has kept the page
    page.get_by_text("Nothing is lost: points saved: 20").wait_for()
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Go on riding").click()
    assert until(lambda: points(page) == 21)
    truth += truth[-1:]  # where the phone stands when it is asked again
    other = phone.open(f"{site.url}/drawn-town/collect")
    other.get_by_text("being recorded in another tab").wait_for()
    page.bring_to_front()
    truth += phone.move(page, 5)
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Recording was interrupted").wait_for()
    page.get_by_role("button", name="Send this ride").click()
    page.get_by_text("Not sent yet: 1. No network").wait_for()
    assert stored(rows) == {}

    site.start()
    for tab in (page, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    assert until(lambda: is_all_sent(page) and is_all_sent(other))
    assert places(rows) == truth
    assert [one["kind"] for one in reports(rows)] == ["stop"]
    chunk = next(iter(stored(rows).values()))
    assert chunk["ride"]["line"] == "46" and chunk["consent"]["text_version"] == "1"
    segments = [fix[6] for fix in chunk["fixes"]]
    assert segments == [0] * 20 + [1] * 6
    (kept,) = rows.exec_driver_sql("SELECT device, bytes FROM message WHERE kind = 'page'").all()
    batch = read_message("page", "", kept.device, bytes(kept.bytes), time.time())
    assert [(point.lon, point.lat) for point in batch.points] == truth and batch.problem is None
    assert phone.errors == []


def test_a_ride_that_was_cut_off_can_be_sent_as_it_is(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    page = start(phone, site, key)
    ride(page)
    truth = phone.move(page, 4)
    phone.kill()
    page = phone.open(f"{site.url}/drawn-town/collect")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_text("Interrupted").wait_for()
    page.get_by_role("button", name="Send this ride").click()
    assert until(lambda: is_all_sent(page) and places(rows) == truth)
    assert "Sent" in page.locator(".list").text_content()
    assert page.get_by_text("Recording was interrupted").count() == 0


def test_an_answer_that_is_lost_on_the_way_doubles_nothing(
    phone: Phone, site: Site, rows: Connection, key: str
) -> None:
    page = start(phone, site, key)
    ride(page)
    truth = phone.move(page, 5)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if len(lost) < 2:  # the server has it, the phone does not know
            route.fetch()
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/traces/**", lose)
    finish_and_send(page)
    page.get_by_text("Not sent yet: 1. No network").wait_for()
    assert until(lambda: is_all_sent(page), 30)
    assert len(lost) == 2
    assert places(rows) == truth


def test_a_login_page_of_a_network_is_no_receipt(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    page = start(phone, site, key)
    welcome = {"status": 200, "content_type": "text/html", "body": "<h1>Welcome</h1>"}
    page.route("**/api/v1/**", lambda route: route.fulfill(**welcome))
    ride(page)
    truth = phone.move(page, 3)
    finish_and_send(page)
    page.get_by_text("This network asks for a login page first").wait_for()
    assert "Not sent yet" in page.locator(".list").text_content()
    page.unroute_all()
    page.get_by_role("button", name="Try now").click()
    assert until(lambda: is_all_sent(page))
    assert places(rows) == truth


def test_a_revoked_key_is_said_and_loses_nothing(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    page = start(phone, site, key)
    rows.exec_driver_sql("UPDATE token SET revoked_at = now()")
    rows.commit()
    ride(page)
    phone.move(page, 3)
    finish_and_send(page)
    page.get_by_text("Your key does not hold here any more").wait_for()
    page.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Export GPX").wait_for()
    assert stored(rows) == {}


@pytest.mark.parametrize("shift_s", [-3600, 3600])
def test_a_clock_that_is_set_during_a_ride_is_a_notice_and_no_jump(
    phone: Phone, site: Site, rows: Connection, key: str, shift_s: int
) -> None:
    page = start(phone, site, key)
    page.add_init_script(FAKE_POSITION)
    page.reload()
    ride(page)
    for step in range(10):
        if step == 5:
            page.evaluate("shift => { window.shift_ms = shift; }", shift_s * 1000)
        page.wait_for_timeout(20)
        page.evaluate("step => window.tell(36.8 + step * 1e-4, -1.3)", step + 1)
    assert until(lambda: points(page) == 10)
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("The clock of this phone was changed").wait_for()
    page.get_by_role("button", name="Send this ride").click()
    assert until(lambda: stored(rows))
    chunk = next(iter(stored(rows).values()))
    times = [fix[0] for fix in chunk["fixes"]]
    assert times == sorted(set(times)) and times[-1] - times[0] < 60_000
    assert abs(chunk["clock"][0]["shift_ms"] - shift_s * 1000) < 2000


def test_what_is_taken_back_is_not_sent(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    page = start(phone, site, key)
    ride(page)
    pressed = phone.move(page, 2)[-1]
    page.get_by_role("button", name="Stop here").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back").wait_for()
    page.get_by_role("button", name="Stop with name").click()
    page.get_by_label("Name of the place").fill("Market")
    phone.step += 5  # while somebody types, the vehicle goes on
    phone.context.set_geolocation(phone.here())
    page.get_by_role("button", name="Got on +").click()
    page.get_by_role("button", name="Save").click()
    assert until(lambda: "Reports: 2" in (page.locator(".now .facts").text_content() or ""))
    finish_and_send(page)
    assert until(lambda: stored(rows))
    stop, boarding = sorted(reports(rows), key=lambda one: str(one["kind"]), reverse=True)
    assert (stop["kind"], stop["name"]) == ("stop", "Market")
    assert (stop["lon"], stop["lat"]) == pressed
    assert (boarding["kind"], boarding["details"]) == ("boarding", {"boarded": 1})


def test_a_report_without_a_ride_is_sent_by_itself_once(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    page = start(phone, site, key)
    page.get_by_role("button", name="Fare").click()
    page.get_by_role("button", name="Save and send").click()
    page.get_by_text("Please fill in: Fare paid").wait_for()
    page.get_by_label("Fare paid").fill("50,5")
    page.get_by_label("Line or route").fill("46")
    page.locator('[data-level="good"]').wait_for()
    page.get_by_role("button", name="Save and send").click()
    page.get_by_text("Fare: saved, waiting to be sent").wait_for()
    assert until(lambda: is_all_sent(page) and stored(rows))
    (told,) = stored(rows).values()
    report = told["report"]
    assert (report["kind"], report["amount"], report["subject"]) == ("fare", 50.5, "46")
    assert (report["lon"], report["lat"], report["acc_m"]) == (36.8, -1.3, 6.0)


def test_a_ride_can_be_taken_away_as_files_without_a_network(phone: Phone, site: Site, key: str) -> None:
    page = start(phone, site, key)
    ride(page, "46 <& back>")
    truth = phone.move(page, 4)
    page.get_by_role("button", name="Stop here").click()
    page.get_by_role("button", name="Undo").wait_for()
    site.stop()
    page.get_by_role("button", name="Finish").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export GPX").click()
    reading = read_gpx(Path(taken.value.path()).read_bytes())
    assert list(zip(reading.fixes.lon, reading.fixes.lat, strict=True)) == truth
    assert [mark.text.split(";")[0] for mark in reading.waypoints] == ["stop"]
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export JSON").click()
    whole = json.loads(Path(taken.value.path()).read_bytes())
    assert [(fix[1], fix[2]) for fix in whole["rides"][0]["fixes"]] == truth


def test_a_walk_test_says_how_well_the_phone_records_and_sends_nothing(
    phone: Phone, site: Site, rows: Connection, key: str
) -> None:
    page = start(phone, site, key)
    page.get_by_role("button", name="Walk test").click()
    page.locator('[data-level="good"]').wait_for()
    page.get_by_role("button", name="Start the test").click()
    assert until(lambda: page.locator(".now .facts").text_content())
    phone.move(page, 31)
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("This phone records well").wait_for()
    assert page.get_by_role("button", name="Send this ride").count() == 0
    page.get_by_role("button", name="Back").click()
    assert "Test only" in page.locator(".list").text_content()
    assert is_all_sent(page) and stored(rows) == {}


def test_a_new_version_waits_until_it_is_asked_for(
    phone: Phone, site: Site, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = start(phone, site, key)
    page.reload()
    old = collect.version()
    ride(page)
    phone.move(page, 2)
    monkeypatch.setattr(collect, "version", lambda: "0123456789ab")
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    assert until(lambda: page.evaluate("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"))
    phone.move(page, 2)
    page.go_back()
    page.get_by_role("button", name="Back to the ride").wait_for()
    assert page.get_by_role("button", name="A new version is ready").count() == 0
    page.get_by_role("button", name="Back to the ride").click()
    page.get_by_role("button", name="Finish").click()
    assert page.locator(f'script[src*="{old}"]').count() == 1
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="A new version is ready").click()
    page.locator('script[src*="0123456789ab"]').wait_for(state="attached")
    page.get_by_text("Only on this phone").wait_for()
    assert phone.errors == []


def test_that_somebody_agreed_is_written_down(phone: Phone, site: Site, rows: Connection, key: str) -> None:
    start(phone, site, key)
    assert until(lambda: consents(rows) == [(True, "1", "en", "page")])


def test_nothing_is_recorded_without_consent(phone: Phone, site: Site) -> None:
    page = phone.open(f"{site.url}/drawn-town/collect")
    page.get_by_role("button", name="I do not agree").click()
    page.get_by_role("heading", name="Nothing is recorded").wait_for()
    assert page.get_by_role("button", name="Start a ride").count() == 0
    page.reload()
    page.get_by_role("button", name="I agree").wait_for()


def test_the_key_leaves_the_address_at_once(phone: Phone, site: Site, key: str) -> None:
    page = start(phone, site, key)
    assert page.url == f"{site.url}/drawn-town/collect"
