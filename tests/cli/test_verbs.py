"""Every verb: from an empty database to a feed by commands alone, with answers for people and for machines."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from mapping_service import exports
from mapping_service.errors import Conflict
from tests.cli.conftest import Command
from tests.pipeline.town import SLUG, resaved, sha256, survey
from tests.sources.feeds import PLAIN, pack

CITY = ("--name", "Pier", "--timezone", "Africa/Nairobi", "--currency", "KES", "--language", "en")
RUN_COLUMNS = "file,sha256,status,reason,route_id,direction_id,shape_id,share_of_route"


@pytest.fixture
def rides(tmp_path: Path) -> Path:
    """A folder with the small survey."""
    folder = tmp_path / "rides"
    folder.mkdir()
    for ride in survey():
        (folder / ride.file_name).write_bytes(ride.gpx)
    return folder


def test_the_whole_way_by_commands_alone(commonway: Command, rides: Path, tmp_path: Path) -> None:
    hints = tmp_path / "hints.csv"
    hints.write_text("file,line\n" + "".join(f"{ride.hint.run},{ride.hint.line}\n" for ride in survey()), "utf-8")
    of_city = ("--city", SLUG, "--json")
    out = tmp_path / "feed.zip"
    created = commonway("city", "create", SLUG, *CITY, "--json").json
    assert (created["slug"], created["currency"], created["synthetic"]) == (SLUG, "KES", False)
    assert [one["slug"] for one in commonway("city", "list", "--json").json] == [SLUG]
    imported = commonway("import", rides, "--hints", hints, *of_city).json
    assert (imported["new"], imported["again"], imported["hints"], imported["refused"]) == (12, 0, 12, [])
    processed = commonway("process", "--jobs", 1, *of_city).json
    assert (processed["read"], processed["routes"], processed["submissions"]) == (12, 2, {"accepted": 12})
    candidates = commonway("review", "list", *of_city).json
    assert len(candidates) == 2 and all(0 <= one["confidence"] <= 1 for one in candidates)
    assert [one["gain"] for one in candidates] == sorted((one["gain"] for one in candidates), reverse=True)
    assert {one["remarks"][0]["code"] for one in candidates} == {"new"}
    accepted = commonway("review", "accept", *of_city).json
    assert accepted == {"accepted": ["R1", "R2"], "retired": [], "service_points": 0}
    again = commonway("review", "list", *of_city).json
    assert {one["route_id"] for one in again} == {"R1", "R2"}
    assert {one["remarks"][0]["code"] for one in again} == {"same"}
    assert max(one["gain"] for one in again) < min(one["gain"] for one in candidates)
    renamed = commonway("review", "rename", "route", "R2", "Pier – Market", "--actor", "ama", *of_city).json
    assert (renamed["kind"], renamed["id"], renamed["name"]) == ("route", "R2", "Pier – Market")
    released = commonway("release", "--note", "First", "--valid-from", f"{date.today()}", *of_city).json
    assert (released["release"], released["created"], released["routes"]) == (1, True, 2)
    assert commonway("export", "gtfs", out, *of_city).json["written"] == str(out)
    with zipfile.ZipFile(out) as feed:
        assert {"routes.txt", "stops.txt", "trips.txt", "stop_times.txt"} <= set(feed.namelist())


def test_each_answer_for_people_says_what_comes_next(commonway: Command, rides: Path, tmp_path: Path) -> None:
    said = [
        commonway("city", "create", SLUG, *CITY),
        commonway("import", rides, "--city", SLUG),
        commonway("process", "--jobs", 1, "--city", SLUG),
        commonway("review", "accept", "--city", SLUG),
        commonway("release", "--city", SLUG),
    ]
    following = ["commonway import", "commonway process", "commonway review accept", "commonway release",
                 "commonway export gtfs"]
    for answer, next_command in zip(said, following, strict=True):
        assert answer.code == 0 and next_command in answer.out
    assert "Nothing has changed since release 1" in commonway("release", "--city", SLUG).out
    assert "no change" not in said[-1].out


def test_a_release_in_which_riders_notice_no_change_says_why_it_is_made(commonway: Command, tmp_path: Path) -> None:
    sound = {**PLAIN, "agency.txt": PLAIN["agency.txt"].replace(b"union.example", b"union.org")}
    commonway("city", "create", SLUG, *CITY)
    commonway("feed", "import", pack(tmp_path / "feed.zip", sound), "--city", SLUG)
    commonway("review", "accept", "--city", SLUG)
    commonway("release", "--city", SLUG)
    commonway("city", "set", SLUG, "--licence", "CC-BY-4.0")
    said = commonway("release", "--city", SLUG).out
    assert "Release 2" in said and "who publishes" in said
    assert "Routes, lines, stops, headways and fares are as they were" in said


def test_a_release_of_a_feed_whose_service_is_over_says_so_each_time(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", SLUG, *CITY)
    commonway("feed", "import", pack(tmp_path / "feed.zip", PLAIN), "--city", SLUG)
    commonway("review", "accept", "--city", SLUG)
    for state in ("Release 1", "Nothing has changed since release 1"):
        said = commonway("release", "--city", SLUG).out
        assert state in said and "All service in it was over on 2020-01-31" in said and "--still-true-until" in said
    assert "over already" in commonway("release", "--valid-from", "2020-01-01", "--city", SLUG).err


def test_who_is_refused_by_a_validator_is_told_where_the_error_is(
    commonway: Command, rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONWAY_BASE_URL", "http://localhost:1")  # no address that anybody outside could follow
    commonway("city", "create", SLUG, *CITY)
    commonway("import", rides, "--city", SLUG)
    commonway("process", "--jobs", 1, "--city", SLUG)
    commonway("review", "accept", "--city", SLUG)
    said = commonway("release", "--city", SLUG).out
    assert "Withheld" in said and "× invalid_url, as in agency.txt, row 2: agency_url http://localhost:1" in said
    assert said.count("invalid_url") == 1  # whichever validator found it, in whichever zip
    refused = commonway("export", "gtfs", rides.parent / "out.zip", "--city", SLUG)
    assert refused.code == 1 and "withheld" in refused.err and "--release 1" in refused.err
    assert commonway("publish", 1, "--because", "For our own machine.", "--city", SLUG).out.startswith("Release 1:")
    again = commonway("release", "--note", "Second", "--city", SLUG).out
    assert "Your note was not kept" in again and "--vouch" in again
    assert "Your note" not in commonway("release", "--city", SLUG).out
    for reason in ("I rode all.", "So did I."):  # two more, both withheld
        commonway("release", "--vouch", reason, "--city", SLUG)
    notice = commonway("export", "gtfs", rides.parent / "out.zip", "--city", SLUG).out
    assert "newer release withheld (release 3, take it with --release 3)" in notice
    assert "Next: commonway export" in commonway("publish", 3, "--because", "Ours.", "--city", SLUG).out
    late = commonway("publish", 2, "--because", "Ours too.", "--city", SLUG).out
    assert "/releases/2. Release 3 is newer and stays at the stable address" in late


def test_accepting_only_what_is_trusted_leaves_the_rest(commonway: Command, rides: Path) -> None:
    commonway("city", "create", SLUG, *CITY)
    commonway("import", rides, "--city", SLUG)
    commonway("process", "--jobs", 1, "--city", SLUG)
    nothing = {"accepted": [], "retired": [], "service_points": 0}
    assert commonway("review", "accept", "--min-confidence", 1, "--city", SLUG, "--json").json == nothing


def test_what_is_set_aside_is_listed_and_can_be_let_in(commonway: Command, tmp_path: Path) -> None:
    (tmp_path / "prose.gpx").write_text("The matatu left at seven, to the pier.")
    commonway("city", "create", SLUG, *CITY)
    commonway("import", tmp_path / "prose.gpx", "--city", SLUG)
    commonway("process", "--jobs", 1, "--city", SLUG)
    (aside,) = commonway("inbox", "list", "--city", SLUG, "--json").json["quarantined"]
    assert aside["file_name"] == "prose.gpx" and aside["reason"].endswith(".")
    assert "prose.gpx" in commonway("inbox", "list", "--city", SLUG).out
    released = commonway("inbox", "release", aside["submission_id"], "--city", SLUG, "--json")
    assert released.json == {"released": aside["submission_id"]}
    again = commonway("inbox", "release", aside["submission_id"], "--city", SLUG, "--json")
    assert (again.code, again.json["error"]["code"]) == (1, "nothing_to_release")


def test_a_key_is_shown_once_with_the_address_to_send_to(commonway: Command) -> None:
    commonway("city", "create", SLUG, *CITY)
    made = commonway("token", "create", "--city", SLUG, "--contributor", "amina", "--json").json
    assert made["address"].endswith(f"/ingest/{made['token']}/gpx")
    assert made["setup"].endswith(f"/setup/{made['token']}")
    assert len(made["token"]) >= 32


def test_refused_files_are_named_and_the_command_fails(commonway: Command, rides: Path) -> None:
    (rides / "bad.zip").write_bytes(b"PK\x03\x04 and then nothing")
    commonway("city", "create", SLUG, *CITY)
    answer = commonway("import", rides, "--city", SLUG, "--json")
    assert (answer.code, answer.json["new"]) == (1, len(survey()))
    assert [one["code"] for one in answer.json["refused"]] == ["archive_damaged"]


@pytest.mark.parametrize("what, name", [
    ("gtfs", "feed.zip"), ("expanded", "expanded.zip"), ("layers", "layers.gpkg"), ("layers", "folder"),
    ("runs", "runs.csv"),
    ("evidence", "evidence.csv"),
])
def test_every_export_is_written_and_the_same_again(reading: Command, tmp_path: Path, what: str, name: str) -> None:
    out = tmp_path / name
    assert reading("export", what, out, "--city", SLUG, "--json").json["written"] == str(out)
    assert out.exists()
    if out.is_file() and what != "layers":
        first = out.read_bytes()
        reading("export", what, out, "--city", SLUG, "--release", 1)
        assert out.read_bytes() == first


def test_an_export_to_a_link_changes_the_file_that_it_leads_to(reading: Command, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    kept, link = tmp_path / "public" / "today.csv", tmp_path / "runs.csv"
    kept.write_text("of yesterday")
    link.symlink_to(kept)
    reading("export", "runs", link, "--city", SLUG)
    assert link.is_symlink() and kept.read_text("utf-8").startswith(RUN_COLUMNS)


def test_an_export_keeps_who_may_read_the_file_that_was_there(reading: Command, tmp_path: Path) -> None:
    out = tmp_path / "runs.csv"
    out.touch(0o600)
    reading("export", "runs", out, "--city", SLUG)
    assert out.stat().st_mode & 0o777 == 0o600 and out.stat().st_size > 0


def test_two_exports_to_one_place_at_once_are_each_whole(tmp_path: Path) -> None:
    out = tmp_path / "feed.csv"
    with exports._whole(out) as first:
        first.write_text("aaaa")
        with exports._whole(out) as second:
            second.write_text("bb")
        assert out.read_text() == "bb"
    assert out.read_text() == "aaaa" and list(tmp_path.iterdir()) == [out]


def test_layers_of_an_unknown_kind_are_called_as_they_were_asked_for(reading: Command, tmp_path: Path) -> None:
    assert "not as map.v2" in reading("export", "layers", tmp_path / "map.v2", "--city", SLUG).err


@pytest.mark.parametrize("name", ["feed.zip", "feed"])
def test_an_export_that_breaks_off_leaves_the_file_that_was_there(
    reading: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(connection: object, config: object, city: object, number: object, place: Path) -> None:
        place.write_text("half of a feed")
        raise Conflict("running_time_missing", "Pattern P1 has no running time.")

    monkeypatch.setitem(exports._WRITERS, "gtfs", broken)
    out = tmp_path / name
    out.write_text("the feed of last week")
    assert reading("export", "gtfs", out, "--city", SLUG).code == 1
    assert out.read_text() == "the feed of last week" and list(tmp_path.iterdir()) == [out]


def test_the_table_of_files_has_its_columns_and_a_row_for_every_name(reading: Command, tmp_path: Path) -> None:
    reading("export", "runs", tmp_path / "runs.csv", "--city", SLUG)
    text = (tmp_path / "runs.csv").read_text("utf-8")
    found = {row["file"]: row for row in csv.DictReader(text.splitlines())}
    assert text.splitlines()[0] == RUN_COLUMNS
    assert set(found) == {*(ride.file_name for ride in survey()), "copy.gpx", "prose.gpx"}
    for ride in survey():
        row = found[ride.file_name]
        assert (row["sha256"], row["status"], row["reason"]) == (sha256(ride.gpx), "accepted", "")
        assert row["route_id"] in ("R1", "R2") and row["direction_id"] in ("0", "1") and row["shape_id"]
        assert 0.5 < float(row["share_of_route"]) <= 1
    first = survey()[0].file_name
    assert (found["copy.gpx"]["status"], found["copy.gpx"]["reason"]) == (
        "duplicate", f"The same bytes came before as {first}."
    )
    assert found["prose.gpx"]["status"] == "quarantined" and found["prose.gpx"]["reason"].endswith(".")
    assert found["prose.gpx"]["route_id"] == found["copy.gpx"]["route_id"] == ""


def test_the_table_of_files_tells_of_a_ride_that_was_recorded_twice(
    commonway: Command, rides: Path, tmp_path: Path
) -> None:
    (rides / "twin.gpx").write_bytes(resaved(survey()[0].gpx))
    commonway("city", "create", SLUG, *CITY)
    commonway("import", rides, "--city", SLUG)
    commonway("process", "--jobs", 1, "--city", SLUG)
    commonway("review", "accept", "--city", SLUG)
    commonway("release", "--city", SLUG)
    assert commonway("export", "runs", tmp_path / "runs.csv", "--city", SLUG).code == 0
    found = {row["file"]: row for row in csv.DictReader((tmp_path / "runs.csv").read_text("utf-8").splitlines())}
    assert found["twin.gpx"]["status"] == "duplicate"
    assert found["twin.gpx"]["reason"].startswith("The same ride came before as run-0001.gpx")


def test_the_checks_answer_machines(reading: Command) -> None:
    found = {one["name"]: one for one in reading("check", "--json").json}
    assert found["postgres"]["state"] == found["postgis"]["state"] == found["migrations"]["state"] == "ok"
    assert all(one["hint"] for one in found.values() if one["state"] != "ok")


def test_rides_can_be_simulated_on_the_feed_that_was_made(reading: Command, tmp_path: Path) -> None:
    reading("export", "gtfs", tmp_path / "feed.zip", "--city", SLUG)
    answer = reading("simulate", tmp_path / "feed.zip", tmp_path / "survey", "--runs-per-pattern", 1, "--json")
    assert answer.json["rides"] == len(list((tmp_path / "survey" / "runs").glob("*.gpx"))) >= 4


def test_unread_lists_are_json_even_where_they_are_empty(commonway: Command) -> None:
    commonway("city", "create", SLUG, *CITY)
    assert commonway("city", "list", "--json").json[0]["srid"] is None
    nothing: dict[str, list[object]] = {"quarantined": [], "doubted": [], "notices": [], "unread_notes": []}
    assert commonway("inbox", "list", "--city", SLUG, "--json").json == nothing
    assert json.loads(commonway("review", "list", "--city", SLUG, "--json").out) == []
