"""Rules that no validator has, and without which one planner or another goes wrong (each was seen to)."""

from __future__ import annotations

from collections import Counter

from tests.judges.conftest import Feeds
from tests.judges.timetable import read_tables, seconds


def test_headways_are_whole_minutes_and_never_promised_to_the_second(sample: Feeds) -> None:
    rows = sample.tables["frequencies.txt"]
    assert {row["exact_times"] for row in rows} == {"0"}
    # nigiri rounds to minutes.
    assert [row for row in rows if int(row["headway_secs"]) % 60 or int(row["headway_secs"]) < 60] == []


def test_every_window_holds_whole_headways(sample: Feeds) -> None:
    # nigiri starts no vehicle after which less than a headway is left: it would lose the last one of each window.
    windows = [(seconds(row["end_time"]) - seconds(row["start_time"]), int(row["headway_secs"]))
               for row in sample.tables["frequencies.txt"]]
    assert [window for window in windows if window[0] % window[1] or window[0] <= 0] == []


def test_each_trip_has_one_window_and_begins_with_it(sample: Feeds) -> None:
    # Valhalla reads only the first window of a trip, and minotor shows the template itself as a vehicle.
    begins = {row["trip_id"]: row["start_time"] for row in sample.tables["frequencies.txt"]}
    first = {row["trip_id"]: row["departure_time"] for row in sample.tables["stop_times.txt"]
             if row["stop_sequence"] == "1"}
    assert max(Counter(row["trip_id"] for row in sample.tables["frequencies.txt"]).values()) == 1
    assert begins == first


def test_every_stop_time_is_timed_in_two_digits_and_called_an_estimate(sample: Feeds) -> None:
    # Blank times make Valhalla and ferrobus fail; a blank timepoint means an exact time.
    for row in sample.tables["stop_times.txt"]:
        assert len(row["arrival_time"]) == len(row["departure_time"]) == 8, row
        assert row["timepoint"] == "0" and row["pickup_type"] and row["drop_off_type"] and row["shape_dist_traveled"]


def test_vehicles_of_no_trip_go_on_as_another(sample: Feeds) -> None:
    # nigiri travels back in time between frequency trips of one block or with in-seat transfers.
    assert not any(row.get("block_id") for row in sample.tables["trips.txt"])
    assert {row["transfer_type"] for row in sample.tables["transfers.txt"]} <= {"0", "2"}


def test_a_feed_without_frequencies_says_so(sample: Feeds) -> None:
    expanded = read_tables(sample["gtfs-expanded.zip"])
    assert "frequencies.txt" not in expanded
    plain = {row["route_id"]: row["route_desc"] for row in sample.tables["routes.txt"]}
    assert all(row["route_desc"] != plain[row["route_id"]] for row in expanded["routes.txt"])
    versions = [tables["feed_info.txt"][0]["feed_version"] for tables in (sample.tables, expanded)]
    assert versions[0] != versions[1]


def test_no_flex_row_stands_in_the_feed_for_all_planners(sample: Feeds) -> None:
    # One makes cafein and gtfs-via-postgres refuse the whole feed.
    assert not {"locations.geojson", "location_groups.txt", "booking_rules.txt"} & set(sample.tables)
    assert all(row["stop_id"] for row in sample.tables["stop_times.txt"])
