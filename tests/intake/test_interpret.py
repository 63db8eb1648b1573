"""What a file is and whether it can be used: each reason for setting one aside, and who may overrule it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.intake import interpret as interpreting
from mapping_service.intake.interpret import Interpretation, interpret
from mapping_service.reasons import SENTENCES, sentence
from mapping_service.records import City, Document, Report, Told
from tests.sketch import MONDAY_7H, P

NAIROBI = City(1, "nairobi", "Nairobi", "Africa/Nairobi", "KES", "en", False, None, {})
NOW_S = MONDAY_7H + 3600.0
TABLE = b"name,kind,lat,lon\nSt. Mary,clinic,-1.30,36.80\n"


def gpx(points: int = 60, *, timed: bool = True, start_s: float = MONDAY_7H, marks: str = "") -> bytes:
    """Return a recording that goes east, one position a second."""
    clock = "<time>%Y-%m-%dT%H:%M:%SZ</time>" if timed else ""
    track = "".join(
        f'<trkpt lat="-1.3" lon="{36.8 + k / 1e4}">{datetime.fromtimestamp(start_s + k, UTC).strftime(clock)}</trkpt>'
        for k in range(points)
    )
    return (
        '<gpx version="1.1" creator="Logger" xmlns="http://www.topografix.com/GPX/1/1">'
        f"{marks}<trk><trkseg>{track}</trkseg></trk></gpx>"
    ).encode()


def read(data: bytes, name: str = "ride.gpx", *, released: bool = False) -> Interpretation:
    return interpret(Document("file", name, data, NOW_S), NAIROBI, P, now_s=NOW_S, released=released)


def reason(found: Interpretation) -> str | None:
    assert (found.verdict.status == "accepted") == (found.verdict.reason_code is None)
    return found.verdict.reason_code


def test_a_recording_is_accepted_with_its_marks() -> None:
    found = read(gpx(marks='<wpt lat="-1.3" lon="36.801"><name>Stop Mill</name></wpt>'))
    assert reason(found) is None
    assert found.fixes is not None and len(found.fixes) == 60
    assert [(report.kind, report.name) for report in found.reports] == [("stop", "Mill")]
    assert (found.creator, list(found.service_points)) == ("Logger", [])


def test_a_table_of_service_points_is_accepted_without_a_trace() -> None:
    found = read(TABLE, "clinics.csv")
    assert reason(found) is None
    assert found.fixes is None
    assert [(point.name, point.lon, point.lat) for point in found.service_points] == [("St. Mary", 36.8, -1.3)]


def test_a_recording_in_json_is_one_under_whatever_name() -> None:
    times = [MONDAY_7H + 5 * k for k in range(60)]
    line = {"type": "LineString", "coordinates": [[36.8 + 0.0004 * k, -1.3] for k in range(60)]}
    said = json.dumps({"type": "Feature", "properties": {"coordTimes": times}, "geometry": line}).encode()
    for name in ("ride.geojson", "0123456789ab.gpx", "ride"):
        found = read(said, name)
        assert found.fixes is not None and len(found.fixes) == 60
        assert reason(found) is None


def test_a_recording_under_the_name_of_a_table_is_still_a_recording() -> None:
    found = read(b"\xef\xbb\xbf\n " + gpx(), "ride.txt")
    assert found.fixes is not None and reason(found) is None


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (gpx(0), "ride.gpx", "no_positions"),
        (gpx(1), "ride.gpx", "no_positions"),
        (gpx(timed=False), "ride.gpx", "no_times"),
        (gpx(P.min_fixes - 1), "ride.gpx", "too_few_fixes"),
        (gpx(start_s=NOW_S + 3 * 86400), "ride.gpx", "in_the_future"),
        (b"name,kind,lat,lon\nSt. Mary,clinic,,\n", "clinics.csv", "no_service_points"),
        (b"", "ride.gpx", "file_empty"),
        (b"not a track", "ride.gpx", "not_xml"),
        (b"<kml/>", "ride.gpx", "not_gpx"),
        (b'{"type": "Point"}', "clinics.geojson", "not_geojson"),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside_with_a_reason_in_words(data: bytes, name: str, code: str) -> None:
    found = read(data, name)
    assert (found.verdict.status, reason(found)) == ("quarantined", code)
    assert len(sentence(code, found.verdict.reason)) > 20


@pytest.mark.parametrize("points", [P.min_fixes, P.min_fixes + 1])
def test_just_enough_positions_are_enough(points: int) -> None:
    assert reason(read(gpx(points))) is None


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    assert reason(read(gpx(start_s=NOW_S + P.future_tolerance_s - 120))) is None


def test_what_was_read_stays_with_a_submission_that_is_set_aside() -> None:
    found = read(gpx(P.min_fixes - 1))
    assert found.fixes is not None and len(found.fixes) == P.min_fixes - 1


@pytest.mark.parametrize("data", [gpx(5), gpx(start_s=NOW_S + 3 * 86400)], ids=["few", "future"])
def test_a_person_overrules_a_doubt(data: bytes) -> None:
    assert reason(read(data)) is not None
    assert reason(read(data, released=True)) is None


@pytest.mark.parametrize(
    ("data", "code"),
    [(gpx(1), "no_positions"), (gpx(timed=False), "no_times"), (b"?", "not_xml")],
    ids=["lone", "untimed", "text"],
)
def test_nobody_can_release_what_holds_no_ride(data: bytes, code: str) -> None:
    assert reason(read(data, released=True)) == code


def spoken(kind: str, told: Told, monkeypatch: pytest.MonkeyPatch) -> Interpretation:
    """What is made of a document of some kind that says this."""
    monkeypatch.setattr(interpreting, "_READERS", {kind: lambda document, city: told})
    return interpret(Document(kind, "one", b"", NOW_S), NAIROBI, P, now_s=NOW_S, released=False)


GOOD = read(gpx()).fixes
TOO_SHORT = read(gpx(P.min_fixes - 1)).fixes
STOP = Report("stop", 36.8, -1.3, MONDAY_7H, "", 0, name="Mill")


@pytest.mark.parametrize("kind", ["instance", "record"])
def test_a_form_is_used_for_what_it_says_without_a_trace_that_cannot_be_used(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = spoken(kind, Told(fixes=TOO_SHORT, reports=[STOP]), monkeypatch)
    assert (reason(found), found.fixes, list(found.reports)) == (None, None, [STOP])
    assert [one.code for one in found.notices] == ["too_few_fixes"]
    assert reason(spoken(kind, Told(answers={"/name": "x"}), monkeypatch)) is None
    assert reason(spoken(kind, Told(), monkeypatch)) == "says_nothing"


def test_a_trail_is_nothing_without_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(spoken("trail", Told(fixes=TOO_SHORT, reports=[STOP]), monkeypatch)) == "too_few_fixes"
    assert reason(spoken("trail", Told(reports=[STOP]), monkeypatch)) == "no_positions"
    assert reason(spoken("trail", Told(fixes=GOOD), monkeypatch)) is None


@pytest.mark.parametrize("kind", ["instance", "record", "trail"])
def test_the_trace_of_somebody_who_did_not_agree_is_left_out_and_the_stops_stay(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = spoken(kind, Told(fixes=GOOD, reports=[STOP], consented=False), monkeypatch)
    assert (reason(found), found.fixes, list(found.reports)) == (None, None, [STOP])
    assert [one.code for one in found.notices] == ["no_consent"]
    assert spoken(kind, Told(fixes=GOOD, consented=True), monkeypatch).fixes is GOOD


@pytest.mark.parametrize(("consented", "kept"), [(None, False), (True, True), (False, False)])
def test_somebody_who_refused_when_asked_last_sends_no_trace_unless_the_document_says_otherwise(
    consented: bool | None, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(fixes=GOOD, reports=[STOP], consented=consented)
    monkeypatch.setattr(interpreting, "_READERS", {"trail": lambda document, city: told})
    found = interpret(
        Document("trail", "one", b"", NOW_S), NAIROBI, P, now_s=NOW_S, released=False, refused=True
    )
    assert (found.fixes is not None, list(found.reports)) == (kept, [STOP])


@given(st.binary(max_size=200), st.sampled_from(["a.gpx", "a.csv", "a.geojson", "a", "a.txt"]), st.booleans())
def test_any_bytes_get_a_verdict(data: bytes, name: str, released: bool) -> None:
    found = read(data, name, released=released)
    assert found.verdict.status in ("accepted", "quarantined")
    assert sentence(reason(found), found.verdict.reason) or found.verdict.status == "accepted"


REASONS: dict[str, dict[str, float]] = {
    "same_bytes": {"of": 7}, "same_ride": {"of": 7}, "no_positions": {"fixes": 1}, "no_times": {"fixes": 60},
    "too_few_fixes": {"fixes": 5, "needed": 20}, "in_the_future": {"days_ahead": 3.0}, "far_away": {"km": 900},
    "long_ago": {"years": 40}, "unreadable": {"failure": 7},
    "copied": {"percent": 98, "of": 7}, "too_straight": {"percent": 98}, "too_steady": {"percent": 4},
    "too_rough": {"times": 6.1}, "white_noise": {"correlation": -0.66}, "impossible_speed": {"percent": 7},
    "two_places": {"km": 12.5, "of": 7}, "no_ride": {"needed_m": 500}, "no_service_points": {"rows": 4},
    "says_nothing": {}, "continued": {"of": 7}, "form_unknown": {"form": 7}, "form_closed": {"form": 7},
    "version_unknown": {"form": 7, "version": 8}, "original_unknown": {"original": 7}, "edit_stale": {"original": 7},
    "instance_conflict": {"instance": 7}, "encrypted": {"form": 7}, "edited": {}, "deleted": {},
}


def test_every_reason_has_a_sentence_that_its_values_fill() -> None:
    assert REASONS.keys() == SENTENCES.keys()
    for code, values in REASONS.items():
        text = sentence(code, values)
        assert all(str(value) in text for value in values.values())
        assert "{" not in text


def test_no_reason_needs_no_sentence_and_a_reader_brings_its_own() -> None:
    assert sentence(None, {}) == ""
    assert sentence("not_xml", {"message": "Send GPX."}) == "Send GPX."
