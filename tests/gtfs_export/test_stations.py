"""Stations and hail and ride in the feed."""

from __future__ import annotations

from tests.factories import SERVED, STOPS, at, lengths_m
from tests.gtfs_export.readers import Rows, Town


def stops_of(town: Town) -> dict[str, dict[str, str]]:
    return {row["stop_id"]: row for row in town.feed()["stops.txt"]}


def test_a_station_is_a_row_of_its_own_and_the_parent_of_its_stops(town: Town) -> None:
    town.station("S4", "S5", name="School and Airport")
    rows = stops_of(town)
    assert (rows["H1"]["stop_name"], rows["H1"]["location_type"], rows["H1"]["parent_station"]) == (
        "School and Airport", "1", "",
    )
    assert [rows[stop]["parent_station"] for stop in ("S3", "S4", "S5")] == ["", "H1", "H1"]
    assert {row["location_type"] for stop, row in rows.items() if stop != "H1"} == {"0"}


def test_a_station_that_nobody_named_is_called_as_its_first_stop(town: Town) -> None:
    town.station("S4", "S5", name=None)
    assert stops_of(town)["H1"]["stop_name"] == "School"


def test_a_station_whose_stops_no_trip_serves_is_left_out(town: Town) -> None:
    town.station("S6", name=None)
    town.forget("headway", pattern_id="P3")
    assert "H1" not in stops_of(town)


def test_riders_board_anywhere_on_the_sections_that_are_mostly_hailed(town: Town) -> None:
    along_m = lengths_m([STOPS[stop_id][1] for stop_id in SERVED["P1"]])
    # From the middle of the first section to a third of the way along the third.
    town.hailed("P1", along_m[1] * 0.4, along_m[2] + (along_m[3] - along_m[2]) / 3)
    times: Rows = town.feed()["stop_times.txt"]
    first = [row for row in times if row["trip_id"] == "P1-weekday-0600"]
    assert [row["continuous_pickup"] for row in first] == ["0", "0", "", "", ""]
    assert all(row["continuous_pickup"] == row["continuous_drop_off"] for row in times)
    assert {row["continuous_pickup"] for row in times if row["trip_id"].startswith("P2")} == {""}


def test_trips_pass_virtual_stops_after_their_share_of_the_way_and_riders_ask_the_driver(town: Town) -> None:
    along_m = lengths_m([STOPS[stop_id][1] for stop_id in SERVED["P1"]])
    town.hailed("P1", along_m[1], along_m[2])
    town.virtual("V1", "P1", along_m[1] + 0.25 * (along_m[2] - along_m[1]), at(1.25, 0))
    town.virtual("V2", "P1", along_m[1] + 0.75 * (along_m[2] - along_m[1]), at(1.75, 0))
    feed = town.feed()
    times = [row for row in feed["stop_times.txt"] if row["trip_id"] == "P1-weekday-0600"]
    assert [row["stop_id"] for row in times] == ["S1", "S2", "V1", "V2", "S3", "S4", "S5"]
    assert [row["stop_sequence"] for row in times] == ["1", "2", "3", "4", "5", "6", "7"]
    # From S2 to S3 it takes 240 s: 15 s of standing at S2, then riding.
    assert [row["arrival_time"] for row in times[1:5]] == ["06:03:45", "06:04:56", "06:06:49", "06:07:45"]
    assert [row["departure_time"] for row in times[1:5]] == ["06:04:00", "06:04:56", "06:06:49", "06:08:00"]
    assert [row["pickup_type"] for row in times] == ["0", "0", "3", "3", "0", "0", "1"]
    assert [row["drop_off_type"] for row in times] == ["1", "0", "3", "3", "0", "0", "0"]
    assert [row["continuous_pickup"] for row in times] == ["", "0", "0", "0", "", "", ""]
    assert [row["shape_dist_traveled"] for row in times[1:5]] == ["1112.9", "1391.1", "1947.6", "2225.8"]
    stops = {row["stop_id"]: row for row in feed["stops.txt"]}
    assert (stops["V1"]["stop_name"], stops["V1"]["location_type"]) == ("Near Mill", "0")  # 278 m from it
    assert [row["stop_id"] for row in feed["stop_times.txt"] if row["trip_id"] == "P2-weekday-0600"] == [
        "S5", "S4", "S3", "S2", "S1"]


def test_a_virtual_stop_says_that_one_hails_there_and_between_which_stops(town: Town) -> None:
    town.virtual("V1", "P1", 1400.0, at(1.25, 0))
    town.virtual("V2", "P1", 1900.0, at(1.75, 0))
    town.add("name_translation", {"language": "sw", "name": "Market", "translation": "Soko"})
    feed = town.feed()
    described = {row["stop_id"]: row["stop_desc"] for row in feed["stops.txt"] if row["stop_desc"]}
    hailed = "No sign stands here: hail the vehicle. After “Mill”, before “Market”."
    assert described == {"V1": hailed, "V2": hailed}
    told = {
        row["language"]: row["translation"] for row in feed["translations.txt"]
        if (row["field_name"], row["record_id"]) == ("stop_desc", "V2")
    }
    assert told.keys() == {"es", "fr", "pt", "sw"}
    assert told["sw"].endswith("Baada ya “Mill”, kabla ya “Soko”.")


def test_a_virtual_stop_names_those_beside_it_in_the_language_of_its_sentence(town: Town) -> None:
    town.stop("S2", name=None)
    town.stop("S3", name=None)
    town.streets("S2", "Wide Road / Elm Street", "nearest_crossing")
    town.virtual("V1", "P1", 1400.0, at(1.25, 0))
    town.add("name_translation", {"language": "sw", "name": "Wide Road / Elm Street", "translation": "Njia panda"})
    told = {
        (row["language"], row["record_id"], row["field_name"]): row["translation"]
        for row in town.feed()["translations.txt"]
    }
    assert told["fr", "V1", "stop_desc"].endswith("Après « Près de Wide Road / Elm Street », avant « Arrêt S3 ».")
    assert told["sw", "V1", "stop_desc"].endswith("Baada ya “Karibu na Njia panda”, kabla ya “Kituo S3”.")
    assert told["sw", "S2", "stop_name"] == "Karibu na Njia panda"


def test_a_virtual_stop_between_two_of_one_name_says_the_name_once(town: Town) -> None:
    town.stop("S3", name="Mill")
    town.virtual("V1", "P1", 1400.0, at(1.25, 0))
    assert stops_of(town)["V1"]["stop_desc"] == "No sign stands here: hail the vehicle. By “Mill”."
