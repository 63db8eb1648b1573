"""Reading feeds: every cell as it stands, and a sentence for whatever is no feed."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.gtfs.findings import findings
from collectors.gtfs.ids import ids_of, with_free_ids
from collectors.gtfs.read import is_feed, read_feed
from mapping_service.errors import Problem
from tests.sources.feeds import HOSTILE, NAMES, PLAIN, pack, table, unpack


def refused(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        read_feed(path)
    assert caught.value.sentence.endswith(".")
    return caught.value


def test_every_cell_stays_as_it_is_written(tmp_path: Path) -> None:
    feed = read_feed(pack(tmp_path / "feed.zip", HOSTILE))
    stops = feed.tables["stops.txt"]
    assert stops.columns[0] == "stop_id" and stops.columns[-1] == "x_surveyor's note"
    assert [row[1] for row in stops.rows] == list(NAMES)
    assert feed.tables["stop_times.txt"].rows[-1][1] == "28:50:00"
    assert feed.tables["stop_amenities.txt"].rows[1] == ("s2", "toilet,\r\nshade")
    assert feed.tables["locations.geojson"].data == HOSTILE["locations.geojson"]
    assert feed.tables["LICENCE.txt"].data == HOSTILE["LICENCE.txt"]


def test_a_feed_may_lie_in_a_folder_of_its_zip(tmp_path: Path) -> None:
    feed = read_feed(pack(tmp_path / "feed.zip", PLAIN, "export 2019/gtfs/"))
    assert set(feed.tables) == set(PLAIN)


def test_only_a_zip_with_a_timetable_is_taken_for_a_feed(tmp_path: Path) -> None:
    assert is_feed(pack(tmp_path / "feed.zip", PLAIN))
    assert not is_feed(pack(tmp_path / "rides.zip", {"ride.gpx": b"<gpx/>"}))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    assert not is_feed(tmp_path / "broken.zip") and not is_feed(tmp_path)


def without(name: str) -> Mapping[str, bytes]:
    return {key: data for key, data in PLAIN.items() if key != name}


@pytest.mark.parametrize("name", ["stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "agency.txt"])
def test_a_feed_that_lacks_a_table_says_which(tmp_path: Path, name: str) -> None:
    problem = refused(pack(tmp_path / "feed.zip", without(name)))
    assert (problem.code, problem.details["missing"]) == ("not_gtfs", [name])
    assert refused(pack(tmp_path / "empty.zip", {**PLAIN, name: b""})).details["missing"] == [name]


def test_what_is_not_utf8_says_in_which_line(tmp_path: Path) -> None:
    stops = PLAIN["stops.txt"].replace(b"Mill", "Café".encode("latin-1"))
    problem = refused(pack(tmp_path / "feed.zip", {**PLAIN, "stops.txt": stops}))
    assert (problem.code, problem.details) == ("wrong_encoding", {"file": "stops.txt", "line": 3})


def test_a_lost_quote_that_swallows_a_file_is_told(tmp_path: Path) -> None:
    stops = PLAIN["stops.txt"] + b'Z,"lost' + b" and on" * 50_000
    assert refused(pack(tmp_path / "feed.zip", {**PLAIN, "stops.txt": stops})).code == "bad_table"


@pytest.mark.parametrize("length", [4096, 4097])
def test_a_value_that_the_canonical_validator_gives_up_at_is_told_before_it_can_hold_up_a_release(
    tmp_path: Path, length: int
) -> None:
    stops = b"stop_id,stop_name,stop_lat,stop_lon,stop_desc\nA,A,-1.3,36.8," + b"x" * length + b"\n"
    feed = pack(tmp_path / "feed.zip", {**PLAIN, "stops.txt": stops})
    if length > 4096:
        assert (refused(feed).code, refused(feed).details["line"]) == ("bad_table", 2)
    else:
        assert read_feed(feed).records("stops.txt")[0]["stop_desc"] == "x" * length


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = refused(pack(tmp_path / "feed.zip", {**PLAIN, "shapes.txt": b"0" * 40_000_000}))
    assert bomb.code == "packed_too_tightly"


def test_a_table_of_a_whole_country_is_told_to_be_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.archives.MAX_FILE_BYTES", 100)
    problem = refused(pack(tmp_path / "feed.zip", PLAIN))
    assert problem.code == "feed_too_large" and "Cut the feed" in problem.sentence


def test_a_damaged_zip_is_told(tmp_path: Path) -> None:
    whole = pack(tmp_path / "feed.zip", PLAIN).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[:len(whole) // 2])
    assert refused(tmp_path / "half.zip").code == "archive_damaged"


def test_a_path_that_climbs_is_only_a_name(tmp_path: Path) -> None:
    feed = read_feed(pack(tmp_path / "feed.zip", {**PLAIN, "../../etc/passwd.txt": b"user\nroot\n"}))
    assert [name for name in feed.tables if "passwd" in name and ".." not in name]


def test_what_is_broken_is_counted_with_an_example(tmp_path: Path) -> None:
    broken = {
        **PLAIN,
        "trips.txt": PLAIN["trips.txt"] + b"L9,WD,lost,,,\n",
        "stop_times.txt": PLAIN["stop_times.txt"] + b"back,2:00:00,2:00:00,A,9\nback,soon,,Z,10\n",
    }
    told = findings(read_feed(pack(tmp_path / "feed.zip", broken)))
    found = {(one.code, one.details["file"]): one.details for one in told}
    assert found["broken_reference", "trips.txt"]["example"] == "L9"
    assert found["broken_reference", "stop_times.txt"] == {"file": "stop_times.txt", "column": "stop_id", "times": 1,
                                                           "example": "Z"}
    assert found["times_backwards", "stop_times.txt"]["example"] == "back"
    assert found["unread_time", "stop_times.txt"]["example"] == "back soon"
    assert found["trip_without_stops", "trips.txt"]["times"] == 1


def test_days_and_bands_that_cannot_be_are_told(tmp_path: Path) -> None:
    calendar = PLAIN["calendar.txt"].decode().splitlines()[0].split(",")
    weekly = {column: "1" for column in calendar}
    spans = (("ISO", "2026-01-01", "20271399"), ("over", "20260201", "20260101"))
    days = [{**weekly, "service_id": name, "start_date": first, "end_date": last} for name, first, last in spans]
    bands = (("out", "xx", "09:00:00", "600"), ("out", "09:00:00", "08:00:00", "600"),
             ("back", "06:00:00", "09:00:00", "0"))
    told = findings(read_feed(pack(tmp_path / "feed.zip", {
        **PLAIN, "calendar.txt": table(calendar, *([one[column] for column in calendar] for one in days)),
        "calendar_dates.txt": table(("service_id", "date", "exception_type"), ("ISO", "tomorrow", "1")),
        "frequencies.txt": table(("trip_id", "start_time", "end_time", "headway_secs"), *bands),
    })))
    found = {(one.code, one.details["file"]): (one.details["times"], one.details["example"]) for one in told}
    assert found["unread_date", "calendar.txt"] == (2, "ISO 2026-01-01")
    assert found["unread_date", "calendar_dates.txt"] == (1, "ISO tomorrow")
    assert found["ends_before_it_starts", "calendar.txt"] == (1, "over")
    assert [found[code, "frequencies.txt"] for code in ("unread_time", "ends_before_it_starts", "bad_headway")] == [
        (1, "out"), (1, "out"), (1, "back")]


def test_a_time_zone_that_is_none_and_ids_of_two_lines_are_told(tmp_path: Path) -> None:
    files = {**PLAIN, "agency.txt": PLAIN["agency.txt"].replace(b"Africa/Nairobi", b"Mars/Base"),
             "stops.txt": PLAIN["stops.txt"] + b'"G\nH",Two lines,-1.3,36.8,,,\n'}
    assert [(one.code, one.details) for one in findings(read_feed(pack(tmp_path / "feed.zip", files)))] == [
        ("unknown_timezone", {"file": "agency.txt", "column": "agency_timezone", "times": 1, "example": "Mars/Base"}),
        ("line_break_in_id", {"file": "stops.txt", "column": "stop_id", "times": 1, "example": "G H"}),
    ]


def test_a_feed_without_faults_has_no_findings(tmp_path: Path) -> None:
    assert findings(read_feed(pack(tmp_path / "feed.zip", PLAIN))) == []


def test_ids_that_are_taken_change_wherever_they_stand(tmp_path: Path) -> None:
    feed = read_feed(pack(tmp_path / "feed.zip", PLAIN))
    free = with_free_ids(feed, {"stop": {"B", "X"}, "trip": {"back"}}, "s2")
    assert "B-s2" in ids_of(free)["stop"] and "B" not in ids_of(free)["stop"]
    assert [row[3] for row in free.tables["stop_times.txt"].rows if row[0] == "back-s2"] == ["D", "C", "B-s2", "A"]
    assert {one.details["kind"]: one.details["example"] for one in free.notices} == {
        "stop": "B → B-s2", "trip": "back → back-s2"}
    assert with_free_ids(feed, {"route": {"X"}}, "s2").tables == feed.tables


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_table_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], ending: str, marked: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "feed.zip"
    data = table(("a", "b", "c"), *rows, ending=ending, mark="\ufeff" if marked else "")
    feed = read_feed(pack(path, {**PLAIN, "own.txt": data}))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("own.txt") == data
    assert list(feed.tables["own.txt"].rows) == rows
    assert unpack(path.read_bytes())["own.txt"][1:] == [list(row) for row in rows]
