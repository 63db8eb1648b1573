"""What the validators say is read as it is meant, and a validator that says nothing has passed nothing."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection

from gtfs_export import export_gtfs
from mapping_service import gate
from mapping_service.gate import check_feed
from mapping_service.scratch import scratch, sweep
from tests.factories import VALID_FROM, drawn_town
from tests.pipeline.town import PUBLISHER

Row = dict[str, str]


@pytest.fixture
def feed(connection: Connection, tmp_path: Path) -> Path:
    """The feed of the drawn town."""
    out = tmp_path / "gtfs.zip"
    export_gtfs(connection, drawn_town(connection).slug, 1, out, PUBLISHER)
    return out


def changed(feed: Path, name: str, change: Callable[[list[Row]], list[Row]]) -> Path:
    """The feed with other rows in one file, which keeps its columns."""
    with zipfile.ZipFile(feed) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    found = list(csv.DictReader(io.StringIO(members[name].decode())))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, found[0].keys())
    writer.writeheader()
    writer.writerows(change(found))
    members[name] = text.getvalue().encode()
    out = feed.with_name("changed.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for one, data in members.items():
            archive.writestr(one, data)
    return out


def test_a_sound_feed_has_no_errors(feed: Path) -> None:
    checks = check_feed("gtfs.zip", feed, VALID_FROM, "KE")
    assert [(one.validator, one.errors, one.failure) for one in checks] == [
        ("gtfs-validator", 0, None), ("gtfs-guru", 0, None),
    ]
    assert all(one.version and one.day == VALID_FROM for one in checks)


def test_a_currency_that_a_validator_is_too_old_for_is_no_error(feed: Path) -> None:
    sierra = changed(feed, "fare_attributes.txt", lambda rows: [{**row, "currency_type": "SLE"} for row in rows])
    assert [one.errors for one in check_feed("gtfs.zip", sierra, VALID_FROM, "SL")] == [0, 0]


def test_both_validators_count_an_error_and_show_where_it_is(feed: Path) -> None:
    broken = changed(feed, "stop_times.txt", lambda rows: [{**row, "stop_id": "nowhere"} for row in rows])
    for check in check_feed("gtfs.zip", broken, VALID_FROM):
        first = check.notices[0]
        assert check.errors > 0 and check.failure is None
        assert first["severity"] == "ERROR" and 0 < len(first["samples"]) <= gate.SAMPLES
        assert "foreign_key_violation" in {one["code"] for one in check.notices}
        assert check.errors == sum(one["total"] for one in check.notices if one["severity"] == "ERROR")


@pytest.mark.parametrize("program", [
    "raise TypeError('Object of type Decimal is not JSON serializable')",
    "import pathlib, sys; (pathlib.Path(sys.argv[1]) / 'report.json').write_text('{\"notices\": [')",
    "pass",
])
def test_a_validator_that_breaks_has_passed_nothing(
    feed: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """The canonical port is known to die over a negative amount while it writes its report."""
    monkeypatch.setattr(gate, "_command", lambda _, __, folder, *___: [sys.executable, "-c", program, str(folder)])
    for check in check_feed("gtfs.zip", feed, VALID_FROM):
        assert check.failure and check.errors == 1 and check.notices == []


def test_what_is_no_zip_at_all_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "gtfs.zip").write_bytes(b"PK and nothing more")
    assert all(check.errors for check in check_feed("gtfs.zip", tmp_path / "gtfs.zip", date(2026, 1, 1)))


def test_a_validator_that_is_not_there_has_passed_nothing(feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_command", lambda *_: ["/nowhere/validator"])
    assert {check.errors for check in check_feed("gtfs.zip", feed, VALID_FROM)} == {1}


def test_a_validator_ends_with_the_program_that_asked_it(tmp_path: Path) -> None:
    told = tmp_path / "its number"
    validator = f"import os, pathlib, time; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(600)"
    asking = f"from mapping_service import gate; gate._run([{sys.executable!r}, '-c', {validator!r}])"
    with subprocess.Popen([sys.executable, "-c", asking]) as program:
        wait_for(lambda: told.is_file() and told.read_text() != "")
        program.kill()
    status = Path("/proc", told.read_text(), "status")
    wait_for(lambda: not status.exists() or "(zombie)" in status.read_text())


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(1200):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen within a minute.")


HOLDS = """
import sys, time
from mapping_service.scratch import scratch
with scratch("release") as folder:
    (folder / "gtfs.zip").write_bytes(b"half")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_only_what_a_run_left_behind_that_was_killed_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process is seen as from another container: its number says nothing."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    foreign = tmp_path / "commonway-scratch-release-notes"
    foreign.mkdir()
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        theirs = Path(other.stdout.readline().strip())
        with monkeypatch.context() as elsewhere, scratch("release") as ours:
            elsewhere.setattr("os.kill", nobody)
            sweep()
            assert ours.is_dir() and foreign.is_dir() and (theirs / "gtfs.zip").is_file()
        assert not ours.exists()
        other.kill()
    sweep()
    assert [*tmp_path.iterdir()] == [foreign]


def nobody(process_id: int, signal: int) -> None:
    raise ProcessLookupError(process_id)


def test_a_folder_that_is_swept_away_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = tempfile.mkdtemp
    swept: list[str] = []

    def disturbed(prefix: str) -> str:
        folder = made(prefix=prefix)
        if not swept:
            sweep()
            swept.append(folder)
        return folder

    monkeypatch.setattr("tempfile.mkdtemp", disturbed)
    with scratch("release") as ours:
        assert ours.is_dir() and str(ours) not in swept


def test_other_files_are_not_for_feed_validators(tmp_path: Path) -> None:
    assert check_feed("evidence.csv", tmp_path / "evidence.csv", VALID_FROM) == []
