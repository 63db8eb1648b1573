"""A release goes out when validators let it pass, whole or not at all; a person may say why it should all the same."""

from __future__ import annotations

import errno
import hashlib
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mapping_service import issue as issuing
from mapping_service.errors import Conflict, NotFound, Problem
from mapping_service.issue import IssueReport, publish
from mapping_service.jobs import roll_on
from mapping_service.records import City
from mapping_service.release_records import Check
from mapping_service.store import networks, published, releases
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from tests.factories import draw_network, make_city, make_network
from tests.pipeline.town import PUBLISHER, SLUG, Town


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    """A city in which the drawn network has been accepted."""
    town = Town(database)
    with engine_for(database).begin() as connection:
        city_id = make_city(connection, slug=SLUG, name="Pier")
        draw_network(connection, city_id, make_network(connection, city_id, "accepted"))
    yield town
    engine_for(database).dispose()


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the validator find one error in each feed."""
    def check(name: str, feed: Path, day: date, country: str | None = None) -> list[Check]:
        found = [{"code": "foreign_key_violation", "severity": "ERROR", "total": 1, "samples": [{"csvRowNumber": 2}]}]
        return [Check(name, "gtfs-validator", "0", day, 0.1, 1, 0, 0, None, found)] if name == "gtfs.zip" else []

    monkeypatch.setattr(issuing, "check_feed", check)


def newest(town: Town) -> int | None:
    with town.engine.connect() as connection:
        found = published.newest(connection, published.get_city(connection, SLUG))
        return found.release.number if found else None


def files(town: Town, number: int) -> dict[str, str]:
    with town.engine.connect() as connection:
        found = networks.get_release(connection, town.city, number)
        return {name: one.sha256 for name, one in releases.list_files(connection, found.network_id).items()}


def say(town: Town, sql: str) -> None:
    with town.engine.begin() as connection:
        connection.execute(text(sql))


def rename_stop(town: Town, name: str) -> None:
    say(town, f"UPDATE stop SET name = '{name}' WHERE stop_id = 'S2' AND network_id = {town.network('accepted')}")


def test_a_sound_release_is_public_with_all_its_files(town: Town) -> None:
    report = town.issue()
    assert (report.release, report.created, report.published, report.errors) == (1, True, True, [])
    assert {"gtfs.zip", "evidence.csv", "layers.gpkg", "layers.geojson.zip"} <= set(report.files)
    assert newest(town) == 1


def test_the_archive_holds_what_the_export_writes(town: Town) -> None:
    town.issue()
    assert files(town, 1)["gtfs.zip"] == hashlib.sha256(town.gtfs(1)).hexdigest()


def test_a_release_with_an_error_is_withheld(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.issue()
    rename_stop(town, "Old Mill")
    refuse(monkeypatch)
    report = town.issue()
    assert (report.release, report.published) == (2, False)
    ((kind,),) = [one.kinds for one in report.errors]
    assert (kind.code, kind.times, kind.places[0].values) == ("foreign_key_violation", 1, {"csvRowNumber": "2"})
    assert newest(town) == 1


def test_a_person_may_publish_it_and_must_say_why(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch)
    town.issue()
    with town.engine.begin() as connection:
        with pytest.raises(Problem) as caught:
            publish(connection, town.city, 1, actor="amina", because="  ")
        assert caught.value.code == "no_reason"
        assert publish(connection, town.city, 1, actor="amina", because="The other map is down.").published
    assert newest(town) == 1
    assert town.ask("SELECT published_by || ': ' || publish_reason FROM network WHERE release_number = 1") == [
        "amina: The other map is down."
    ]
    with town.engine.begin() as connection, pytest.raises(Conflict):
        publish(connection, town.city, 1, actor="amina", because="Again.")
    with town.engine.begin() as connection, pytest.raises(NotFound):
        publish(connection, town.city, 7, actor="amina", because="Which?")


def test_a_withheld_release_is_tried_again_with_the_next_call(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        refuse(patched)
        town.issue()
    report = town.issue()
    assert (report.release, report.created, report.published) == (1, False, True)
    assert len(town.ask("SELECT 1 FROM network WHERE kind = 'release'")) == 1


def test_nothing_is_left_of_a_release_whose_making_was_cut_short(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(issuing, "check_feed", cut)
        with pytest.raises(KeyboardInterrupt):
            town.issue()
    assert town.ask("SELECT 1 FROM network WHERE kind = 'release'") == []
    assert town.ask("SELECT 1 FROM release_file") == []
    report = town.issue()
    assert (report.release, report.published) == (1, True)


def test_a_release_without_room_for_its_files_says_where_to_make_room(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(issuing, "make_files", full)
    with pytest.raises(Problem) as refused:
        town.issue()
    assert (refused.value.code, refused.value.details) == ("no_room_for_files", {"folder": tempfile.gettempdir()})
    assert "No space left on device" in refused.value.sentence and newest(town) is None


def test_the_same_again_is_the_same_release_and_its_files_stay(town: Town) -> None:
    town.issue()
    first = files(town, 1)
    report = town.issue(valid_from=None)
    assert (report.release, report.created, report.published) == (1, False, True)
    assert files(town, 1) == first


def test_files_of_a_published_release_are_never_replaced(town: Town, tmp_path: Path) -> None:
    town.issue()
    first = files(town, 1)
    (tmp_path / "gtfs.zip").write_bytes(b"something else")
    with town.engine.begin() as connection:
        network_id = networks.get_release(connection, town.city, 1).network_id
        releases.forget_files(connection, network_id)
        releases.keep_file(connection, network_id, "gtfs.zip", tmp_path / "gtfs.zip")
    assert files(town, 1) == first


def test_only_where_somebody_was_lately_is_a_release_rolled_on(town: Town) -> None:
    town.issue(valid_from=date(2024, 4, 1))
    rename_stop(town, "Old Mill")  # on both patterns of R1, whose rows stay as they were
    with pytest.raises(Conflict, match="holds on 2025-03-10"):  # a year and two days after the last ride
        town.issue(valid_from=date(2025, 3, 10))
    assert newest(town) == 1 and "gtfs.zip" in files(town, 1)  # no release without a feed takes its place
    report = town.issue(valid_from=date(2025, 3, 10), vouched="I rode all of them last week.")
    assert report.created
    assert set(town.ask("SELECT DISTINCT valid_until FROM pattern JOIN network USING (network_id)"
                        " WHERE release_number = 2")) == {date(2025, 9, 6)}


def roll(town: Town, day: date) -> IssueReport | None:
    with town.engine.begin() as connection:
        return issuing.roll(connection, town.city, PUBLISHER, day)


def test_the_worker_rolls_on_what_was_ridden_lately_when_it_is_about_to_end(town: Town) -> None:
    assert roll(town, date(2024, 9, 10)) is None  # nothing is public yet
    town.issue(valid_from=date(2024, 4, 1))  # until 2024-09-28
    old = "UPDATE pattern SET last_seen = '2021-05-01', first_seen = '2021-05-01' WHERE pattern_id = 'P3'"
    say(town, old)
    assert roll(town, date(2024, 8, 20)) is None  # too early
    report = roll(town, date(2024, 9, 10))
    assert report is not None and (report.release, report.published) == (2, True)
    days = town.ask("SELECT pattern_id || ' ' || valid_until FROM pattern JOIN network USING (network_id)"
                    " WHERE release_number = 2 ORDER BY 1")
    assert days == ["P1 2025-03-09", "P2 2025-03-09", "P3 2024-09-28"]
    assert roll(town, date(2024, 9, 11)) is None  # what is left has not been ridden for years


def test_what_is_withheld_when_it_is_rolled_on_is_tried_again_under_its_number(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.issue(valid_from=date(2024, 4, 1))
    with monkeypatch.context() as patched:
        refuse(patched)
        tried = [roll(town, date(2024, 9, day)) for day in (10, 11)]
    tried.append(roll(town, date(2024, 9, 12)))
    assert [(one.release, one.created, one.published) for one in tried if one] == [
        (2, True, False), (2, False, False), (2, False, True)
    ]


def test_a_city_that_cannot_be_rolled_on_holds_up_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.engine.begin() as connection:
        make_city(connection, slug="zanzibar")
    seen = []

    def fail(_: Any, city: City, *more: Any) -> None:
        seen.append(city.slug)
        raise ValueError("broken")

    monkeypatch.setattr(issuing, "roll", fail)
    roll_on(town.engine)
    assert sorted(seen) == sorted([SLUG, "zanzibar"])


def test_rolling_on_leaves_to_people_what_they_have_accepted_since(town: Town) -> None:
    town.issue(valid_from=date(2024, 4, 1))
    rename_stop(town, "Old Mill")
    assert roll(town, date(2024, 9, 10)) is not None
    assert town.ask("SELECT s.name FROM stop s JOIN network n USING (network_id)"
                    " WHERE s.stop_id = 'S2' AND n.release_number = 2") == ["Mill"]
    assert town.issue(valid_from=date(2024, 9, 11)).release == 3


def test_once_a_day_the_worker_looks_after_every_city(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONWAY_BASE_URL", "https://maps.example.org")
    town.issue(valid_from=date.today() - timedelta(days=160))
    roll_on(town.engine)
    assert newest(town) == 1  # nobody was there since 2024
    say(town, "UPDATE pattern SET last_seen = now()")
    roll_on(town.engine)
    roll_on(town.engine)
    assert newest(town) == 2
    assert town.ask("SELECT published_by FROM network WHERE release_number = 2") == [issuing.ROLLED_BY]


def test_a_city_of_service_points_alone_is_published_without_a_feed(town: Town) -> None:
    say(town, f"DELETE FROM route WHERE network_id = {town.network('accepted')}")
    report = town.issue()
    assert report.published and "gtfs.zip" not in report.files and "layers.gpkg" in report.files


def test_a_large_file_comes_back_as_it_was(town: Town, tmp_path: Path) -> None:
    town.issue()
    data = bytes(range(256)) * 5000 + b"end"
    (tmp_path / "large.bin").write_bytes(data)
    with town.engine.begin() as connection:
        network_id = networks.get_release(connection, get_city(connection, SLUG), 1).network_id
        releases.keep_file(connection, network_id, "large.bin", tmp_path / "large.bin")
        kept = releases.list_files(connection, network_id)["large.bin"]
        with (tmp_path / "back.bin").open("wb") as out:
            releases.read_file(connection, network_id, kept, out)
    assert kept.parts == 2 and (tmp_path / "back.bin").read_bytes() == data


def test_a_release_that_would_be_over_already_is_refused(town: Town) -> None:
    with pytest.raises(Problem, match="over already"):
        town.issue(valid_from=date(2020, 1, 1), day=date(2024, 4, 1))
    assert newest(town) is None


def test_a_release_of_a_day_that_nobody_will_see_is_refused(town: Town) -> None:
    with pytest.raises(Problem, match="Nobody knows"):
        town.issue(valid_from=date.max, day=date(2024, 4, 1))
    assert newest(town) is None


def test_a_release_in_which_holidays_alone_are_otherwise_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "check_feed", lambda *_: [])
    town.issue()
    say(town, "UPDATE city SET holidays = 'as_sunday', country = 'KE'")
    assert town.issue().release == 2
    with town.engine.connect() as connection:
        found = networks.get_release(connection, town.city, 2)
        kept = releases.list_files(connection, found.network_id)["changes.json"]
        told = releases.read_json(connection, found.network_id, kept)
    assert [(one["element"], one["details"]["after"]) for one in told["changes"]] == [("holidays", "as_sunday")]
    assert told["totals"]["holidays"]["added"] == 1


def test_once_the_last_release_is_over_the_same_again_is_a_new_one(town: Town) -> None:
    town.issue(valid_from=date(2024, 4, 1))  # until 2024-09-28
    assert not town.issue(valid_from=None, day=date(2024, 9, 28)).created
    report = town.issue(valid_from=None, day=date(2024, 9, 29))
    assert (report.created, report.valid_until) == (True, date(2025, 3, 28))


@pytest.mark.parametrize("vouched", ["", "  "])
def test_who_vouches_says_why(town: Town, vouched: str) -> None:
    with pytest.raises(Problem, match="Say why"):
        town.issue(vouched=vouched)
    assert newest(town) is None
