from __future__ import annotations

from dataclasses import replace

from gtfs_export import PublishedNetwork, build_feed, check_feed
from gtfs_export.spec import Table
from tests.gtfs_export.readers import PUBLISHER, running_time, with_pattern, with_stop


def codes(feed: dict[str, Table]) -> list[str]:
    return [notice.code for notice in check_feed(feed)]


def altered(table: Table, row: int, column: str, value: str) -> Table:
    cells = list(table.rows[row])
    cells[table.columns.index(column)] = value
    return replace(table, rows=(*table.rows[:row], tuple(cells), *table.rows[row + 1:]))


def changed(network: PublishedNetwork, file: str, row: int, column: str, value: str) -> dict[str, Table]:
    feed = build_feed(network, PUBLISHER)
    return {**feed, file: altered(feed[file], row, column, value)}


def test_the_drawn_town_is_in_order(network: PublishedNetwork) -> None:
    assert codes(build_feed(network, PUBLISHER)) == []


def test_a_trip_on_a_service_that_does_not_exist_is_found(network: PublishedNetwork) -> None:
    (notice,) = check_feed(changed(network, "trips.txt", 0, "service_id", "holiday"))
    assert notice.code == "missing_reference"
    assert notice.details == {"file": "trips.txt", "column": "service_id", "value": "holiday"}


def test_a_stop_id_used_twice_is_found(network: PublishedNetwork) -> None:
    assert "duplicate_key" in codes(changed(network, "stops.txt", 1, "stop_id", "S1"))


def test_a_time_before_the_last_one_is_found(network: PublishedNetwork) -> None:
    assert codes(changed(network, "stop_times.txt", 4, "arrival_time", "06:12:00")) == ["times_not_increasing"]


def test_a_stop_past_the_end_of_its_shape_is_found(network: PublishedNetwork) -> None:
    assert codes(changed(network, "stop_times.txt", 4, "shape_dist_traveled", "4452.0")) == ["stop_beyond_shape"]


def test_a_stop_at_null_island_is_found(network: PublishedNetwork) -> None:
    network = with_stop(network, "S8", lon=0.0, lat=0.0)
    assert "coordinates_out_of_range" in codes(build_feed(network, PUBLISHER))


def test_a_minibus_at_the_speed_of_a_plane_is_found(network: PublishedNetwork) -> None:
    stops = network.patterns[2].stops
    flown = replace(stops[4], running_times=(running_time(0, 86400, 10.0),))  # 1.1 km in 10 s
    (notice,) = check_feed(build_feed(with_pattern(network, "P3", stops=(*stops[:4], flown)), PUBLISHER))
    assert notice.code == "too_fast"
    assert notice.details == {
        "trip_id": "P3-weekday-0600", "from_stop_id": "S7", "to_stop_id": "S8", "speed_kmh": 398,
    }
