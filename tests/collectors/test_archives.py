"""Files, folders and archives as one stream, and the archives that must not get through."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from collectors import archives
from collectors.archives import SourceFile, iter_bytes, iter_files, shown_name
from collectors.limits import MAX_INDEX_BYTES, MAX_MEMBERS
from mapping_service.errors import Problem


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def outcome(files: list[SourceFile]) -> list[tuple[str, bytes | str | None]]:
    return [(file.name, file.problem.code if file.problem else file.data) for file in files]


def of(name: str, data: bytes) -> list[tuple[str, bytes | str | None]]:
    return outcome(list(iter_bytes(name, data)))


def test_a_folder_is_walked_in_order_and_junk_is_left_out(tmp_path: Path) -> None:
    for name in ("b.gpx", "a/c.gpx", ".DS_Store", "Thumbs.db", "a/.hidden", "__MACOSX/._b.gpx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert outcome(list(iter_files(tmp_path))) == [("a/c.gpx", b"a/c.gpx"), ("b.gpx", b"b.gpx")]


def test_a_single_file_and_its_gzip_give_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_bytes(b"ride")
    (tmp_path / "a.gpx.gz").write_bytes(gzip.compress(b"ride"))
    assert [outcome(list(iter_files(tmp_path / name))) for name in ("a.gpx", "a.gpx.gz")] == [[("a.gpx", b"ride")]] * 2


def test_members_come_in_order_of_name_and_one_gzip_deep() -> None:
    data = zipped(("b.gpx", b"2"), ("a.gpx.gz", gzip.compress(b"1")), ("__MACOSX/._b.gpx", b"x"))
    assert of("s.zip", data) == [("s.zip/a.gpx", b"1"), ("s.zip/b.gpx", b"2")]


def test_a_bad_member_does_not_stop_the_others() -> None:
    data = bytearray(zipped(("a.gpx", b"first ride" * 20), ("b.gpx", b"second ride")))
    data[data.index(b"a.gpx") + 8] ^= 0xFF
    assert of("s.zip", bytes(data)) == [("s.zip/a.gpx", "archive_damaged"), ("s.zip/b.gpx", b"second ride")]


def test_bombs_are_refused_and_their_neighbours_read(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(3_000_000)
    found = of("s.zip", zipped(("bomb", zeros), ("c", b"3")))
    assert found == [("s.zip/bomb", "packed_too_tightly"), ("s.zip/c", b"3")]
    assert of("bomb.gz", gzip.compress(zeros)) == [("bomb", "packed_too_tightly")]
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 2_000_000)
    assert of("s.zip", zipped(("big", zeros))) == [("s.zip/big", "file_too_large")]
    assert of("big", zeros) == [("big", "file_too_large")]


def test_an_archive_is_limited_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(("a", b"12345"), ("b", b"12345"), ("c", b"12345"))
    monkeypatch.setattr(archives, "MAX_ARCHIVE_BYTES", 10)
    assert of("s.zip", data) == [("s.zip/a", b"12345"), ("s.zip/b", b"12345"), ("s.zip", "archive_too_large")]
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    assert of("s.zip", data) == [("s.zip", "too_many_members")]


def zip64(entries: int) -> bytes:
    """The end of an archive of many entries, whose short end record points to the zip64 record."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, entries * 46, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    return record + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def end_record(entries: int, index_bytes: int, comment: bytes = b"") -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, index_bytes, 0, len(comment)) + comment


@pytest.mark.parametrize("data", [
    end_record(MAX_MEMBERS + 1, 100), end_record(MAX_MEMBERS + 1, 100, b"comment"),
    end_record(1, MAX_INDEX_BYTES + 1), zip64(900_000)])
def test_an_index_that_is_too_long_is_refused_before_it_is_parsed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert of("s.zip", data) == [("s.zip", "too_many_members")]


def test_an_archive_whose_end_record_leaves_its_size_to_zip64_is_read() -> None:
    data = zipped(("a", b"1"))
    index_at, end_at = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    size = end_at - index_at
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, index_at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end_at, 1)
    assert of("s.zip", data[:end_at] + record + locator + zip64(1)[-22:]) == [("s.zip/a", b"1")]


def test_a_member_whose_name_is_not_the_utf_8_it_claims_is_a_damaged_archive() -> None:
    data = zipped(("é", b"1")).replace("é".encode(), b"\xff\xff")
    assert of("s.zip", data) == [("s.zip", "archive_damaged")]


def test_a_file_name_that_is_no_utf_8_can_be_stored_and_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/arr\xea t.gpx"))
    path.write_bytes(b"ride")
    for given in (tmp_path, path):
        assert outcome(list(iter_files(given))) == [("arr\ufffd t.gpx", b"ride")]
    path.unlink()
    with pytest.raises(Problem) as caught:
        list(iter_files(path))
    assert str(caught.value).encode() and caught.value.details["path"].encode()


def test_an_archive_in_an_archive_is_refused() -> None:
    inner = zipped(("a", b"1"))
    assert of("s.zip", zipped(("in.zip", inner))) == [("s.zip/in.zip", "nested_archive")]
    assert of("in.gz", gzip.compress(gzip.compress(b"1"))) == [("in", "nested_archive")]


def test_a_locked_member_is_named() -> None:
    data = bytearray(zipped(("a", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert of("s.zip", bytes(data)) == [("s.zip/a", "member_encrypted")]


def test_what_only_calls_itself_an_archive_is_a_problem() -> None:
    assert of("s.zip", b"not a zip") == [("s.zip", "archive_damaged")]
    assert of("a.gpx.gz", gzip.compress(b"ride" * 9)[:-9]) == [("a.gpx", "archive_damaged")]


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd", "etc/passwd"), ("/etc/passwd", "etc/passwd"), ("C:\\rides\\a.gpx", "rides/a.gpx"),
    ("a\x00\n.gpx", "a.gpx"), ("..", "unnamed"), ("", "unnamed")])
def test_names_that_climb_are_shown_without_their_dots(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_path_where_nothing_is_raises(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Check the path"):
        list(iter_files(tmp_path / "nothing"))


def test_the_real_survey_is_read_whole() -> None:
    path = Path(__file__).parents[2] / "../shared/data/abidjan/runs.zip"
    if not path.exists():
        pytest.skip("the Abidjan survey is not at ../shared/data")
    names = [file.name for file in iter_files(path) if file.problem is None]
    assert len(names) == 393 and names == sorted(names)
