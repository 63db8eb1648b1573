"""Reading GPX: what is there is kept, what is lost is said, what is harmful is refused."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import limits
from collectors.gpx import METRES_PER_HDOP, read_gpx
from collectors.gpx_values import EARLIEST_S, LATEST_S, epoch_seconds
from mapping_service.errors import Problem
from mapping_service.records import Reading

DATA = Path(__file__).parent / "data"
T0 = datetime(2025, 3, 1, 6, tzinfo=timezone.utc).timestamp()


def gpx(points: str, creator: str = "x", attributes: str = "") -> bytes:
    return f'<gpx creator="{creator}" {attributes}><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def point(inside: str = "", lat: str = "5.0", lon: str = "-4.0") -> str:
    return f'<trkpt lat="{lat}" lon="{lon}">{inside}</trkpt>'


def details(reading: Reading, code: str) -> dict[str, int]:
    return next(dict(notice.details) for notice in reading.notices if notice.code == code)


def refused(data: bytes) -> str:
    with pytest.raises(Problem) as caught:
        read_gpx(data)
    return caught.value.code


def test_segments_marks_and_missing_values_are_kept_as_recorded() -> None:
    reading = read_gpx((DATA / "two_segments.gpx").read_bytes())
    assert reading.fixes.t_s.tolist() == [T0, T0 + 1, T0 + 600]
    assert reading.fixes.lat.tolist() == [5.0, 5.1, 5.2]
    assert reading.fixes.segment_starts.tolist() == [0, 2]
    assert reading.fixes.ele_m[:2].tolist() == [10.5, 11] and np.isnan(reading.fixes.ele_m[2])
    assert [(mark.text, mark.t_s) for mark in reading.waypoints] == [("Market", T0 + 2), ("by the bridge", None)]
    assert reading.creator == "Pencil and paper" and not reading.notices


def test_any_namespace_prefix_is_understood() -> None:
    data = b'<g:gpx xmlns:g="http://www.topografix.com/GPX/1/0"><g:trk><g:trkseg><g:trkpt lat="1" lon="2"/>'
    assert len(read_gpx(data + b"</g:trkseg></g:trk></g:gpx>").fixes) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?><gpx><wpt lat="1" lon="2"><name>Arrêt</name></wpt></gpx>'
    assert read_gpx(text.encode(encoding)).waypoints[0].text == "Arrêt"


@pytest.mark.parametrize(("creator", "accuracy_m", "is_estimate"), [
    ("OsmAnd~4.7", 3.0, False), ("Locus Map", 3.0, False), ("GPSLogger", 3.0 * METRES_PER_HDOP, True)])
def test_hdop_is_metres_for_some_recorders_and_an_estimate_for_others(
        creator: str, accuracy_m: float, is_estimate: bool) -> None:
    reading = read_gpx(gpx(point("<hdop>3</hdop>"), creator))
    assert reading.fixes.accuracy_m.tolist() == [accuracy_m]
    assert [notice.code for notice in reading.notices] == ["accuracy_estimated"] * is_estimate


def test_extensions_give_measured_accuracy_and_speed() -> None:
    inside = ("<hdop>9</hdop><extensions><opentracks:accuracy_horizontal>4.5</opentracks:accuracy_horizontal>"
              "<gpxtpx:TrackPointExtension><gpxtpx:speed>7.25</gpxtpx:speed></gpxtpx:TrackPointExtension></extensions>")
    reading = read_gpx(gpx(point(inside)))
    assert reading.fixes.accuracy_m.tolist() == [4.5] and reading.fixes.speed_mps.tolist() == [7.25]
    assert not reading.notices


def test_impossible_positions_are_dropped_and_counted() -> None:
    bad = [point(lat=lat) for lat in ("91", "nan", "inf", "north", "")] + [point(lat="0.001", lon="0")]
    reading = read_gpx(gpx("".join([*bad, point()])))
    assert len(reading.fixes) == 1 and reading.fixes.segment_starts.tolist() == [0]
    assert details(reading, "bad_positions") == {"points": 5} and details(reading, "null_island") == {"points": 1}


def test_a_decimal_comma_is_read_and_said() -> None:
    reading = read_gpx(gpx(point(lat="5,25")))
    assert reading.fixes.lat.tolist() == [5.25] and details(reading, "decimal_commas") == {"count": 1}


@pytest.mark.parametrize(("text", "seconds"), [
    ("2025-03-01T06:00:00Z", 0), (" 2025-03-01T06:00:00Z ", 0), ("2025-03-01T08:00:00+02:00", 0),
    ("2025-03-01T00:30:00-0530", 0), ("2025-03-01T06:00:00.250Z", 0.25), ("2025-03-01 06:00:01", 1),
    ("2025-03-01T05:59:60Z", 0)])
def test_times_are_read_in_every_common_form(text: str, seconds: float) -> None:
    assert epoch_seconds([text]).t_s.tolist() == [T0 + seconds]


def test_bad_and_naive_times_are_counted_and_the_points_stay() -> None:
    times = ("2025-13-01T06:00:00Z", "2025-02-30T06:00:00Z", "yesterday", "2025-03-01T06:00:00")
    reading = read_gpx(gpx("".join(point(f"<time>{time}</time>") for time in times)))
    assert len(reading.fixes) == 4 and np.isnan(reading.fixes.t_s[:3]).all() and reading.fixes.t_s[3] == T0
    assert details(reading, "bad_times") == {"count": 3} and details(reading, "naive_times") == {"count": 1}


@pytest.mark.parametrize("text", [
    "0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1979-12-31T23:59:59Z", "2101-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2100-12-31T23:59:59-01:00",
    "1901-01-01T00:00:00"])
def test_a_time_that_no_ride_has_is_bad_in_fixes_and_marks(text: str) -> None:
    mark = f'<wpt lat="1" lon="2"><time>{text}</time></wpt>'
    reading = read_gpx(f'<gpx>{mark}<trk><trkseg>{point(f"<time>{text}</time>")}</trkseg></trk></gpx>'.encode())
    assert np.isnan(reading.fixes.t_s).tolist() == [True] and reading.waypoints[0].t_s is None
    assert [(notice.code, notice.details) for notice in reading.notices] == [("bad_times", {"count": 2})]


def test_the_first_and_the_last_second_are_times() -> None:
    assert epoch_seconds(["1980-01-01T00:00:00Z", "2100-12-31T23:59:59Z"]).t_s.tolist() == [EARLIEST_S, LATEST_S - 1]


@pytest.mark.parametrize(("speed", "accuracy", "ele"), [
    ("200.1", "100001", "100001"), ("-1", "-1", "-100001"), ("1e-40", "1e-40", "-1e-40"), ("inf", "1e999", "nan")])
def test_an_absurd_speed_accuracy_or_height_is_none(speed: str, accuracy: str, ele: str) -> None:
    good = point("<ele>-400</ele><speed>0</speed><accuracy>3</accuracy>") + point("<hdop>2</hdop>")
    bad = point(f"<ele>{ele}</ele><speed>{speed}</speed><accuracy>{accuracy}</accuracy>")
    fixes = read_gpx(gpx(good + bad + point(f"<hdop>{accuracy}</hdop>"))).fixes
    for values, expected in ((fixes.ele_m, [-400, None, None, None]), (fixes.speed_mps, [0, None, None, None]),
                             (fixes.accuracy_m, [3, 2 * METRES_PER_HDOP, None, None])):
        assert [None if np.isnan(value) else value for value in values.tolist()] == expected


@pytest.mark.parametrize("encoding", ["shift_jis", "klingon", "hex"])
def test_an_encoding_that_cannot_be_read_is_a_problem(encoding: str) -> None:
    assert refused(f'<?xml version="1.0" encoding="{encoding}"?><gpx/>'.encode()) == "encoding_unknown"


def test_bytes_behind_the_end_are_said_and_lose_nothing() -> None:
    reading = read_gpx(gpx(point()) + b"\0\0\0")
    assert len(reading.fixes) == 1 and reading.notices[0].code == "trailing_data"


def test_a_gpx_without_positions_is_an_empty_reading() -> None:
    reading = read_gpx(b"<gpx/>")
    assert len(reading.fixes) == 0 and reading.fixes.segment_starts.tolist() == [0] and not reading.waypoints


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b" \n", "file_empty"), (b"lat,lon\n1,2", "not_xml"), (b"\x00\x01\x02", "not_xml"),
    (b"<kml></kml>", "not_gpx"), (b"<gpx>" + b"<a>" * (limits.MAX_XML_DEPTH + 1), "too_deep"),
    (b"<gpx><wpt>" + b"<a>" * (limits.MAX_XML_DEPTH + 1), "too_deep"),
    (b'<!DOCTYPE gpx [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>', "entities_refused"),
    (b'<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]><gpx>&a;</gpx>', "entities_refused")])
def test_what_is_no_gpx_or_does_harm_is_refused_with_its_code(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_file_with_too_many_points_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(read_gpx.__globals__["_MOST"], "trkpt", 2)
    assert len(read_gpx(gpx(point() * 2)).fixes) == 2
    assert refused(gpx(point() * 3)) == "too_many_points"


degrees = st.tuples(st.floats(-90, 90), st.floats(0.02, 180))
rides = st.lists(st.tuples(degrees, st.integers(int(EARLIEST_S), int(LATEST_S) - 1)), max_size=20)


def written(ride: list[tuple[tuple[float, float], int]]) -> bytes:
    return gpx("".join(
        point(f"<time>{datetime.fromtimestamp(t_s, timezone.utc):%Y-%m-%dT%H:%M:%SZ}</time>", repr(lat), repr(lon))
        for (lat, lon), t_s in ride))


@given(rides)
def test_fixes_that_are_written_are_read_back(ride: list[tuple[tuple[float, float], int]]) -> None:
    fixes = read_gpx(written(ride)).fixes
    assert list(zip(zip(fixes.lat.tolist(), fixes.lon.tolist()), fixes.t_s.tolist())) == ride


@settings(deadline=None)
@given(rides, st.data())
def test_a_truncated_file_keeps_every_point_before_the_cut(
        ride: list[tuple[tuple[float, float], int]], data: st.DataObject) -> None:
    whole = written(ride)
    part = whole[:data.draw(st.integers(0, len(whole) - 1))]
    try:
        reading = read_gpx(part)
    except Problem as problem:
        assert problem.code in ("file_empty", "not_xml") and b"<trk>" not in part
        return
    complete = part.count(b"</trkpt>")
    assert reading.fixes.t_s.tolist() == [t_s for _, t_s in ride[:complete]]
    assert details(reading, "truncated")["points"] == complete


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_a_problem(data: bytes) -> None:
    for candidate in (data, b"<gpx>" + data):
        try:
            read_gpx(candidate)
        except Problem:
            pass
