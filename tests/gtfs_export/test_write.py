from __future__ import annotations

import csv
import io
from zipfile import ZipFile

import pytest

from gtfs_export import PublishedNetwork, build_feed, write_gtfs
from gtfs_export.spec import FILES, make_table
from tests.gtfs_export.readers import PUBLISHER, with_stop


def zipped(network: PublishedNetwork) -> bytes:
    out = io.BytesIO()
    write_gtfs(build_feed(network, PUBLISHER), out)
    return out.getvalue()


def test_the_same_release_gives_the_same_bytes(network: PublishedNetwork) -> None:
    assert zipped(network) == zipped(network)


def test_the_zip_says_nothing_of_the_moment_or_machine_it_was_written_on(network: PublishedNetwork) -> None:
    members = ZipFile(io.BytesIO(zipped(network))).infolist()
    assert [member.filename for member in members] == list(FILES)
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {(member.create_system, member.external_attr >> 16) for member in members} == {(3, 0o644)}


@pytest.mark.parametrize(
    "name",
    ["NA", "None", "null", "007", "1e5", "Market, old", 'The "Stage"', "Ørsted Café", "ጎንደር", "محطة", "🚌 Rank", "=1+1"],
)
def test_any_name_survives_writing_and_reading(network: PublishedNetwork, name: str) -> None:
    assert read_stop_name(with_stop(network, "S1", name=name)) == name


@pytest.mark.parametrize("name", ["Old\nMarket", "Old\r\n Market", "Old\tMarket ", "Old\u2028Market", "Old\x00Market"])
def test_a_name_on_two_lines_becomes_one_line(network: PublishedNetwork, name: str) -> None:
    assert read_stop_name(with_stop(network, "S1", name=name)) == "Old Market"


def test_rows_are_in_the_order_of_their_keys_and_sequences_count() -> None:
    columns = dict.fromkeys(FILES["stop_times.txt"].columns, "")
    keys = [("b", "2"), ("a", "10"), ("B", "1"), ("a", "9")]
    table = make_table("stop_times.txt", [{**columns, "trip_id": trip, "stop_sequence": at} for trip, at in keys])
    in_order = list(zip(table.column("trip_id"), table.column("stop_sequence"), strict=True))
    assert in_order == [("B", "1"), ("a", "9"), ("a", "10"), ("b", "2")]


def test_a_record_without_one_of_the_columns_is_refused() -> None:
    with pytest.raises(KeyError):
        make_table("fare_rules.txt", [{"fare_id": "R1"}])


def read_stop_name(network: PublishedNetwork) -> str:
    text = ZipFile(io.BytesIO(zipped(network))).read("stops.txt").decode()
    first = next(csv.DictReader(io.StringIO(text, newline="")))
    return first["stop_name"]
