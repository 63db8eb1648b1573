from __future__ import annotations

import errno
import io
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from gtfs_export import VARIANTS, prepared, write_feed
from spatial_sql.loader import feed_select
from tests.gtfs_export.readers import PUBLISHER, Town


def test_the_same_release_gives_the_same_bytes(town: Town) -> None:
    assert town.zipped() == town.zipped()


def test_the_bytes_do_not_depend_on_the_settings_of_the_session(town: Town) -> None:
    before = town.zipped()
    for setting in ("TimeZone = 'Pacific/Auckland'", "IntervalStyle = 'iso_8601'", "extra_float_digits = 0",
                    "lc_numeric = 'C'", "lc_time = 'C'", "enable_hashjoin = off"):
        town.connection.execute(text(f"SET LOCAL {setting}"))
    assert town.zipped() == before
    out = io.BytesIO()
    with prepared(town.connection, town.drawn.slug, None, PUBLISHER):
        town.connection.execute(text("SET LOCAL DateStyle = 'SQL, DMY'"))  # psycopg2 reads dates in ISO style only
        write_feed(town.connection, "frequencies", out)
    assert out.getvalue() == before


def test_the_zip_says_nothing_of_the_moment_or_machine_it_was_written_on(town: Town) -> None:
    members = ZipFile(io.BytesIO(town.zipped())).infolist()
    names = [member.filename for member in members]
    assert names == [name for name in VARIANTS["frequencies"] if name in names] and "stop_times.txt" in names
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {(member.create_system, member.external_attr >> 16) for member in members} == {(3, 0o644)}


@pytest.mark.parametrize(
    "name",
    ["NA", "None", "null", "007", "1e5", "Market, old", 'The "Stage"', "Ørsted Café", "ጎንደር", "محطة", "🚌 Rank", "=1+1",
     "\\."],
)
def test_any_name_survives_writing_and_reading(town: Town, name: str) -> None:
    town.stop("S1", name=name)
    assert town.feed()["stops.txt"][0]["stop_name"] == name


@pytest.mark.parametrize(
    "name", ["Old\nMarket", "Old\r\n Market", "Old\tMarket ", "Old\u2028Market", "Old\ufffdMarket"]
)
def test_a_name_on_two_lines_becomes_one_line(town: Town, name: str) -> None:
    town.stop("S1", name=name)
    assert town.feed()["stops.txt"][0]["stop_name"] == "Old Market"


def test_rows_are_in_the_order_of_their_keys_and_sequences_count(town: Town) -> None:
    for old, new in (("P1", "b"), ("P2", "B"), ("P3", "a")):
        town.change("pattern", {"pattern_id": new}, pattern_id=old)
    feed = town.feed()
    in_order = [(row["trip_id"], int(row["stop_sequence"])) for row in feed["stop_times.txt"]]
    assert in_order == sorted(in_order)
    points = [(row["shape_id"], int(row["shape_pt_sequence"])) for row in feed["shapes.txt"]]
    assert points == sorted(points)
    assert [trip["trip_id"][0] for trip in feed["trips.txt"]] == ["B", "a", "b", "b"]


def test_stop_times_go_pattern_by_pattern_and_each_trip_is_whole_where_the_ids_of_trips_interleave(town: Town) -> None:
    town.change("pattern", {"pattern_id": "P1-weekday-07"}, pattern_id="P2")
    feed = town.feed()
    assert [row["trip_id"] for row in feed["trips.txt"]] == [
        "P1-weekday-0600", "P1-weekday-07-weekday-0600", "P1-weekday-0900", "P3-weekday-0600",
    ]
    in_order = [(row["trip_id"], int(row["stop_sequence"])) for row in feed["stop_times.txt"]]
    trips = list(dict.fromkeys(trip_id for trip_id, _ in in_order))
    assert trips == ["P1-weekday-0600", "P1-weekday-0900", "P1-weekday-07-weekday-0600", "P3-weekday-0600"]
    assert in_order == sorted(in_order, key=lambda one: (trips.index(one[0]), one[1])) and len(in_order) == 20


def test_what_is_written_does_not_depend_on_the_size_of_the_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = town.feed("expanded")
    monkeypatch.setattr("gtfs_export.write.BUFFER_BYTES", 16)  # less than any header
    assert town.feed("expanded") == before


class Full(io.BytesIO):
    """A disk with room for so many bytes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 2000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_told_as_such(town: Town) -> None:
    with prepared(town.connection, town.drawn.slug, None, PUBLISHER), pytest.raises(OSError, match="No space left"):
        write_feed(town.connection, "frequencies", Full())


def test_a_file_without_rows_is_left_out(town: Town) -> None:
    town.forget("fare")
    assert "fare_attributes.txt" not in ZipFile(io.BytesIO(town.zipped())).namelist()


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_file_says_what_it_is(variant: str) -> None:
    for select in VARIANTS[variant].values():
        assert feed_select(select).startswith("-- ")
