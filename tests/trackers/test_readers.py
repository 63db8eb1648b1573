"""What each tracker sends, read with the units of that tracker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.gpx_values import EARLIEST_S, LATEST_S
from collectors.trackers import is_untimed, read_message
from collectors.trackers.page import report_of
from collectors.trackers.points import ESTIMATED, MOCKED, Point, when_ms
from collectors.trackers.trail import Trail, claim_of
from mapping_service.errors import Problem
from mapping_service.records import Claim, Notice

NOW_S = 1_760_000_000.0  # 2025-10-09T08:53:20Z
T_MS = 1_759_999_990_000
KINDS = ("osmand", "gpslogger", "traccar", "owntracks", "overland", "page")


def one(kind: str, query: str = "", body: Any = None) -> Point:
    """The only point of a message."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    points = read_message(kind, query, "", data, NOW_S).points
    assert len(points) == 1
    return points[0]


def test_osmand_writes_metres_into_hdop_and_milliseconds_into_time() -> None:
    sent = f"lat=-1.25&lon=36.5&timestamp={T_MS}&hdop=6.5&altitude=1661&speed=10&bearing=90&batt=80&id=phone"
    assert one("osmand", sent) == Point(T_MS, 36.5, -1.25, 6.5, 10.0, 1661.0)
    batch = read_message("osmand", sent, "", b"", NOW_S)
    assert (batch.device, batch.battery, batch.problem) == ("phone", 0.8, None)


def test_gpslogger_writes_metres_per_second_and_a_true_hdop() -> None:
    sent = "lat=-1.25&lon=36.5&time=2025-10-09T08:53:10.000Z&acc=&hdop=1.5&spd=10&alt=1661&batt=80&aid=a1&desc="
    assert one("gpslogger", sent) == Point(T_MS, 36.5, -1.25, 7.5, 10.0, 1661.0, 0, ESTIMATED)
    assert one("gpslogger", sent.replace("acc=", "acc=4")) == Point(T_MS, 36.5, -1.25, 4.0, 10.0, 1661.0)


def test_a_note_typed_into_gpslogger_is_a_mark_at_its_point() -> None:
    batch = read_message("gpslogger", f"lat=1&lon=2&timestamp={T_MS // 1000}&desc=Market+stop", "", b"", NOW_S)
    (mark,) = batch.marks
    assert (mark.lon, mark.lat, mark.t_s, mark.text) == (2.0, 1.0, T_MS / 1000, "Market stop")


def test_the_older_traccar_client_writes_knots() -> None:
    sent = f"id=77&timestamp={T_MS // 1000}&lat=-1.25&lon=36.5&speed=10&bearing=1&altitude=5&accuracy=9&batt=50"
    assert one("traccar", sent) == Point(T_MS, 36.5, -1.25, 9.0, 5.144, 5.0)
    assert one("traccar", sent + "&mock=true").flags == MOCKED
    assert one("traccar", "", sent.encode()) == one("traccar", sent)  # as a form in the body


@pytest.mark.parametrize("time", [str(T_MS), str(T_MS // 1000), "2025-10-09T08:53:10Z", "2025-10-09T10:53:10+02:00",
                                  "2025-10-09T10:53:10%2B02:00", "2025-10-09 08:53:10"])
def test_traccar_may_write_a_time_in_several_ways(time: str) -> None:
    assert one("traccar", f"id=1&location=-1.25,36.5&timestamp={time}") == Point(T_MS, 36.5, -1.25)


def test_the_newer_traccar_client_writes_metres_per_second_and_minus_one_for_unknown() -> None:
    coords = {"latitude": -1.25, "longitude": 36.5, "accuracy": 9, "speed": 10, "heading": -1, "altitude": 5}
    body = {"device_id": "9", "location": {"timestamp": "2025-10-09T08:53:10.000Z", "coords": coords,
                                           "battery": {"level": 0.5, "is_charging": False}, "extras": {}}}
    assert one("traccar", "", body) == Point(T_MS, 36.5, -1.25, 9.0, 10.0, 5.0)
    coords["speed"] = -1
    assert one("traccar", "", body).speed_mps is None
    assert read_message("traccar", "", "", json.dumps(body).encode(), NOW_S).battery == 0.5


def test_owntracks_writes_kilometres_per_hour() -> None:
    body = {"_type": "location", "lat": -1.25, "lon": 36.5, "tst": T_MS // 1000, "acc": 9, "alt": 5, "vel": 36,
            "batt": 80, "SSID": "home", "topic": "owntracks/ama/phone"}
    assert one("owntracks", "", body) == Point(T_MS, 36.5, -1.25, 9.0, 10.0, 5.0)
    assert read_message("owntracks", "", "", json.dumps(body).encode(), NOW_S).device == "ama/phone"
    del body["topic"]
    assert read_message("owntracks", "u=ama&d=old", "x", json.dumps(body).encode(), NOW_S).device == "ama/old"
    assert read_message("owntracks", "", "ama/x", json.dumps(body).encode(), NOW_S).device == "ama/x"


@pytest.mark.parametrize("kind", ["transition", "waypoint", "waypoints", "status", "lwt", "cmd", "card", "steps"])
def test_other_messages_of_owntracks_hold_no_position(kind: str) -> None:
    batch = read_message("owntracks", "", "", json.dumps({"_type": kind, "lat": 1, "lon": 2, "tst": 3}).encode(), NOW_S)
    assert (batch.points, batch.problem) == ([], None)


def test_what_owntracks_encrypted_is_said() -> None:
    batch = read_message("owntracks", "", "", b'{"_type":"encrypted","data":"x"}', NOW_S)
    assert batch.problem == Notice("encrypted", {"messages": 1})


def overland(*features: Any) -> bytes:
    return json.dumps({"locations": features, "current": {}, "trip": {}}).encode()


def feature(lon: Any, lat: Any, **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"timestamp": "2025-10-09T01:53:10-0700", **said}}


def test_overland_writes_metres_per_second_and_minus_one_for_unknown() -> None:
    said = {"speed": 10, "horizontal_accuracy": 9, "vertical_accuracy": -1, "altitude": 5, "battery_level": 0.5}
    assert one("overland", "", overland(feature(36.5, -1.25, **said))) == Point(T_MS, 36.5, -1.25, 9.0, 10.0, 5.0)
    unknown = one("overland", "", overland(feature(36.5, -1.25, speed=-1, horizontal_accuracy=-1)))
    assert (unknown.speed_mps, unknown.accuracy_m) == (None, None)


def test_rows_of_overland_that_are_no_points_are_skipped() -> None:
    trip = {"type": "Feature", "geometry": None, "properties": {"type": "trip"}}
    line = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "properties": {}}
    batch = read_message("overland", "", "", overland(trip, line, "odd", feature(36.5, -1.25)), NOW_S)
    assert (len(batch.points), batch.problem) == (1, None)


def test_a_chunk_of_the_page_holds_positions_reports_and_what_was_agreed_to() -> None:
    body = {"v": 1, "n": 0, "fixes": [[T_MS, 36.5, -1.25, 9, None, None, 2]], "consent": {"text_version": "1"},
            "reports": [{"id": "r1", "kind": "stop"}, {"kind": "no id"}], "ride": {"line": "7"}}
    batch = read_message("page", "", "uuid", json.dumps(body).encode(), NOW_S)
    assert list(batch.points) == [Point(T_MS, 36.5, -1.25, 9.0, None, None, 2)]
    assert (list(batch.reports), batch.ride, batch.consented) == ([{"id": "r1", "kind": "stop"}], {"line": "7"}, True)


@pytest.mark.parametrize("name", ["x" * 5000, "Musa 0722 123 456"])
def test_a_story_and_a_telephone_number_typed_into_the_page_name_nothing_and_stay_in_the_text(name: str) -> None:
    report = report_of({"id": "r1", "kind": "stop", "lon": 36.5, "lat": -1.25, "name": name}, None, 0)
    assert report is not None and report.name is None and report.text == name[:2000]
    trail = Trail("page", "uuid", [], ride={"line": name, "direction": "Airport"})
    assert claim_of(trail) == Claim(direction="Airport")


@pytest.mark.parametrize(("lon", "lat", "time", "why"), [
    (0.0, 0.0, T_MS, "null_island"), (181, 0, T_MS, "bad_positions"), ("x", 0, T_MS, "bad_positions"),
    (36.5, 1, "soon", "bad_times"), (36.5, 1, T_MS + 86_500_000, "in_the_future"),
])
def test_what_is_no_position_of_a_ride_is_counted_not_kept(lon: Any, lat: Any, time: Any, why: str) -> None:
    batch = read_message("osmand", f"lat={lat}&lon={lon}&timestamp={time}", "", b"", NOW_S)
    assert (batch.points, batch.problem) == ([], Notice("points_dropped", {why: 1}))


def test_a_point_without_a_time_counts_for_when_it_came() -> None:
    assert one("osmand", "lat=1&lon=2").t_ms == NOW_S * 1000
    assert is_untimed("osmand", "lat=1&lon=2&timestamp=", b"") and is_untimed("gpslogger", "", b"lat=1&lon=2")
    assert not is_untimed("traccar", "timestamp=1", b"") and not is_untimed("overland", "", b"{}")


@given(st.floats(EARLIEST_S, LATEST_S, exclude_max=True))
def test_seconds_and_milliseconds_of_one_moment_are_one_time(t_s: float) -> None:
    t_s = float(int(t_s))
    assert when_ms(t_s) == when_ms(str(int(t_s))) == when_ms(t_s * 1000) == t_s * 1000


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["locations", "geometry", "type", "coordinates", "properties", "timestamp", "_type", "location",
                         "coords", "fixes", "reports", "id", "battery", "tst", "lat", "lon", "latitude", "longitude"]),
        inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(KINDS), _json, st.text(max_size=30))
def test_whatever_comes_is_read_or_said_to_be_unreadable(kind: str, body: Any, query: str) -> None:
    for data in (json.dumps(body).encode(), query.encode("utf-8", "replace")):
        try:
            batch = read_message(kind, query, "", data, NOW_S)
        except Problem as problem:
            assert problem.code == "message_unreadable"
        else:
            assert all(abs(point.lat) <= 90 and abs(point.lon) <= 180 for point in batch.points)
