"""Stations and hail and ride in the feed."""

from __future__ import annotations

from dataclasses import replace

from gtfs_export import PublishedNetwork
from gtfs_export.records import HailStretch, Station
from tests.gtfs_export.readers import feed_rows, with_pattern, with_stop


def with_station(network: PublishedNetwork, name: str | None) -> PublishedNetwork:
    """The network with S4 and S5 as one station."""
    for stop_id in ("S4", "S5"):
        network = with_stop(network, stop_id, station_id="H1")
    return replace(network, stations=(Station("H1", name, 36.835, -1.3),))


def test_a_station_is_a_row_of_its_own_and_the_parent_of_its_stops(network: PublishedNetwork) -> None:
    rows = {row["stop_id"]: row for row in feed_rows(with_station(network, "School and Airport"), "stops.txt")}
    assert (rows["H1"]["stop_name"], rows["H1"]["location_type"], rows["H1"]["parent_station"]) == (
        "School and Airport", "1", "",
    )
    assert [rows[stop]["parent_station"] for stop in ("S3", "S4", "S5")] == ["", "H1", "H1"]
    assert {row["location_type"] for stop, row in rows.items() if stop != "H1"} == {"0"}


def test_a_station_that_nobody_named_is_called_as_its_first_stop(network: PublishedNetwork) -> None:
    rows = {row["stop_id"]: row for row in feed_rows(with_station(network, None), "stops.txt")}
    assert rows["H1"]["stop_name"] == "School"


def test_a_station_whose_stops_no_trip_serves_is_left_out(network: PublishedNetwork) -> None:
    network = replace(with_stop(network, "S6", station_id="H1"), stations=(Station("H1", None, 36.82, -1.31),))
    rows = feed_rows(with_pattern(network, "P3", headways=()), "stops.txt")
    assert "H1" not in {row["stop_id"] for row in rows}


def test_riders_board_anywhere_on_the_sections_that_are_mostly_hailed(network: PublishedNetwork) -> None:
    stops = network.patterns[0].stops
    # From the middle of the first section to a third of the way along the third.
    stretch = HailStretch(stops[1].dist_m * 0.4, stops[2].dist_m + (stops[3].dist_m - stops[2].dist_m) / 3, 9, 2)
    rows = feed_rows(with_pattern(network, "P1", hail_stretches=(stretch,)), "stop_times.txt")
    first = [row for row in rows if row["trip_id"] == "P1-weekday-0600"]
    assert [row["continuous_pickup"] for row in first] == ["0", "0", "", "", ""]
    assert all(row["continuous_pickup"] == row["continuous_drop_off"] for row in rows)
    assert {row["continuous_pickup"] for row in rows if row["trip_id"].startswith("P2")} == {""}
