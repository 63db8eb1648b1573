"""Every byte is kept, once; what cannot be used is told apart and told why."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from collectors.limits import MAX_XML_DEPTH, RATIO_FREE_BYTES
from mapping_service.cities import new_city
from mapping_service.errors import Problem
from mapping_service.reasons import sentence
from mapping_service.receive import ReceiveReport, receive, receive_hints, receive_paths
from tests.pipeline.town import Town, sha256, survey

RIDE = survey()[0].gpx
BOMB = (
    b'<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
    b"<gpx><trk><name>&c;</name></trk></gpx>"
)
BAD_FILES = {
    "truncated.gpx": RIDE[:len(RIDE) // 50],
    "empty.gpx": b"",
    "prose.gpx": b"The matatu left at seven and arrived at eight.",
    "deep.gpx": b"<gpx>" + b"<extensions>" * (2 * MAX_XML_DEPTH) + b"</extensions>" * (2 * MAX_XML_DEPTH) + b"</gpx>",
    "entities.gpx": BOMB,
    "picture.gpx": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
}


def zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def locked(archive: bytes) -> bytes:
    """The archive with its only member marked as encrypted, in both of its headers."""
    data = bytearray(archive)
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def received(town: Town, *paths: Path) -> ReceiveReport:
    return receive_paths(town.engine, town.city, paths, lambda _: None)


def test_the_same_bytes_under_another_name_are_kept_once(town: Town) -> None:
    first = town.send("run-1.gpx", RIDE)
    second = town.send("copy of run-1.gpx", RIDE)
    again = town.send("run-1.gpx", RIDE)
    assert [first.kept, second.kept, again.kept] == ["new", "same_bytes", "again"]
    assert first.submission_id == second.submission_id == again.submission_id
    assert first.sha256 == sha256(RIDE)
    assert list(town.inbox().values()) == [RIDE]


def test_each_name_of_the_same_bytes_has_its_line_among_the_outcomes(town: Town) -> None:
    town.send("b.gpx", RIDE)
    town.send("a.gpx", RIDE)
    town.process()
    outcomes = town.outcomes()
    assert town.statuses() == {"a.gpx": ("duplicate", "same_bytes"), "b.gpx": ("accepted", None)}
    assert sentence("same_bytes", outcomes["a.gpx"]["reason"]) == "The same bytes came before as b.gpx."
    assert outcomes["a.gpx"]["route_id"] is None and outcomes["b.gpx"]["route_id"] is not None


def test_importing_a_folder_again_adds_no_row_anywhere(town: Town, tmp_path: Path) -> None:
    for ride in survey():
        (tmp_path / ride.file_name).write_bytes(ride.gpx)
    (tmp_path / "broken.gpx").write_bytes(BAD_FILES["prose.gpx"])
    first = received(town, tmp_path)
    town.process()
    before, digest = town.row_counts(), town.digest("candidate")
    second = received(town, tmp_path)
    report = town.process()
    assert (first.new, second.new, second.again) == (len(survey()) + 1, 0, len(survey()) + 1)
    assert (report.read, report.cleaned, report.inferred) == (0, 0, False)
    assert town.row_counts() == before and town.digest("candidate") == digest


def test_a_zip_brings_what_its_files_would_bring(town: Town, tmp_path: Path) -> None:
    (tmp_path / "rides.zip").write_bytes(zipped("folder/run-1.gpx", RIDE))
    assert received(town, tmp_path / "rides.zip").new == 1
    town.process()
    assert town.statuses() == {"rides.zip/folder/run-1.gpx": ("accepted", None)}


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_a_bad_file_is_kept_and_set_aside_with_a_clear_reason(town: Town, name: str) -> None:
    town.send(name, BAD_FILES[name])
    town.send("good.gpx", RIDE)
    town.process()
    outcomes = town.outcomes()
    assert outcomes["good.gpx"]["status"] == "accepted"
    assert outcomes[name]["status"] == "quarantined"
    said = sentence(outcomes[name]["reason_code"], outcomes[name]["reason"])
    assert said.endswith(".") and len(said.split()) > 4 and "Traceback" not in said
    assert list(town.inbox().values()) == [BAD_FILES[name], RIDE]


def test_a_recording_cut_off_in_the_middle_keeps_what_it_holds(town: Town) -> None:
    town.send("cut.gpx", RIDE[:len(RIDE) * 9 // 10])
    town.process()
    assert town.statuses()["cut.gpx"] == ("accepted", None)
    assert town.ask("SELECT notices -> 0 ->> 'code' FROM submission") == ["truncated"]


@pytest.mark.parametrize("content, code", [
    (zipped("zeros.gpx", bytes(2 * RATIO_FREE_BYTES)), "packed_too_tightly"),
    (locked(zipped("secret.gpx", RIDE)), "member_encrypted"),
    (zipped("inner.zip", zipped("ride.gpx", RIDE)), "nested_archive"),
    (b"PK\x03\x04 and then nothing", "archive_damaged"),
])
def test_an_archive_that_cannot_be_opened_is_refused_by_name_and_stops_nothing(
    town: Town, tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    (tmp_path / "b.gpx").write_bytes(RIDE)
    report = received(town, tmp_path)
    (refused,) = report.refused
    assert refused["code"] == code and str(refused["file"]).startswith("a.zip")
    assert str(refused["message"]).endswith(".")
    assert report.new == 1 and list(town.inbox().values()) == [RIDE]


def test_a_path_where_nothing_is_says_so_and_keeps_what_came_before(town: Town, tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_bytes(RIDE)
    with pytest.raises(Problem) as caught:
        received(town, tmp_path / "a.gpx", tmp_path / "missing")
    assert caught.value.code == "path_missing"
    assert list(town.inbox().values()) == [RIDE]


def test_hints_may_come_before_or_after_the_files(town: Town, tmp_path: Path) -> None:
    ride = survey()[0]
    table = tmp_path / "hints.csv"
    stem = ride.file_name.removesuffix(".gpx")
    table.write_text(f"file,line,surveyor\n{stem},716,Amina\nnever-sent,1,Otieno\n", "utf-8")
    report = ReceiveReport()
    receive_hints(town.engine, town.city, table, report)
    town.send(ride.file_name, ride.gpx)
    town.process()
    assert report.hints == 2
    assert town.ask("SELECT short_name FROM route") == ["716"]
    table.write_text(f"file,line\n{stem},90\n", "utf-8")
    receive_hints(town.engine, town.city, table, report)
    assert town.process().inferred
    assert town.ask("SELECT short_name FROM route") == ["90"]


def test_two_cities_keep_the_same_bytes_apart(town: Town) -> None:
    other = new_city(town.engine, "quay", "Quay", "Africa/Nairobi", "KES", "en")
    assert town.send("run.gpx", RIDE).kept == "new"
    assert receive(town.engine, other, "run.gpx", RIDE).kept == "new"
    assert list(town.inbox().values()) == [RIDE, RIDE]
