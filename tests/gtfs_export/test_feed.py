from __future__ import annotations

from datetime import date

import pytest

from gtfs_export.timetable import published_headway_s
from mapping_service.errors import Conflict
from mapping_service.store.engine import table
from tests.factories import MIDDAY_S, MORNING_S, WHOLE_DAY_S, at, point
from tests.gtfs_export.readers import Rows, Town, column, headway


def of_trip(times: Rows, trip_id: str) -> Rows:
    return [row for row in times if row["trip_id"] == trip_id]


def test_each_pattern_and_band_is_one_trip_with_one_frequency(town: Town) -> None:
    feed = town.feed()
    trips = ["P1-weekday-0600", "P1-weekday-0900", "P2-weekday-0600", "P3-weekday-0600"]
    assert column(feed["trips.txt"], "trip_id") == trips
    assert [tuple(row.values()) for row in feed["frequencies.txt"]] == [
        ("P1-weekday-0600", "06:00:00", "09:00:00", "600", "0"),
        ("P1-weekday-0900", "09:00:00", "15:00:00", "900", "0"),
        ("P2-weekday-0600", "06:00:00", "09:00:00", "900", "0"),
        ("P3-weekday-0600", "06:00:00", "09:00:00", "900", "0"),
    ]


def test_a_trip_starts_with_its_band_and_takes_the_times_of_its_band(town: Town) -> None:
    times = town.feed()["stop_times.txt"]
    morning = column(of_trip(times, "P1-weekday-0600"), "arrival_time")
    midday = column(of_trip(times, "P1-weekday-0900"), "arrival_time")
    assert morning == ["06:00:00", "06:03:45", "06:07:45", "06:11:45", "06:15:45"]  # 240 s, measured in the band
    assert midday == ["09:00:00", "09:02:45", "09:05:45", "09:08:45", "09:11:45"]  # 180 s, the whole day's
    assert set(column(times, "timepoint")) == {"0"}


def test_a_section_that_its_band_does_not_time_takes_the_next_wider_one(town: Town) -> None:
    town.forget("running_time", pattern_id="P1", stop_sequence=2, band_start_s=MORNING_S[0])
    times = of_trip(town.feed()["stop_times.txt"], "P1-weekday-0600")
    assert column(times, "arrival_time") == ["06:00:00", "06:03:45", "06:06:45", "06:10:45", "06:14:45"]


def test_stops_count_from_one(town: Town) -> None:
    times = of_trip(town.feed()["stop_times.txt"], "P3-weekday-0600")
    assert column(times, "stop_sequence") == ["1", "2", "3", "4", "5"]
    assert column(times, "stop_id") == ["S6", "S3", "S4", "S7", "S8"]


def test_a_trip_leaves_each_stop_after_the_usual_standing_but_its_first_and_last_at_once(town: Town) -> None:
    town.running_times("P1", 180.0, WHOLE_DAY_S, standing_s=20.0)
    town.change("running_time", {"seconds": 200.0}, pattern_id="P1", stop_sequence=1)
    times = of_trip(town.feed()["stop_times.txt"], "P1-weekday-0600")
    assert [(row["arrival_time"], row["departure_time"]) for row in times] == [
        ("06:00:00", "06:00:00"), ("06:03:00", "06:03:20"), ("06:06:00", "06:06:20"), ("06:09:00", "06:09:20"),
        ("06:12:00", "06:12:00"),
    ]


def test_times_run_on_past_midnight(town: Town) -> None:
    town.headways("P1", (900, (94200, 97200), "observed"))
    town.running_times("P1", 600.0, (0, 172800), standing_s=0.0)
    feed = town.feed()
    times = of_trip(feed["stop_times.txt"], "P1-weekday-2610")
    assert column(times, "arrival_time") == ["26:10:00", "26:20:00", "26:30:00", "26:40:00", "26:50:00"]
    assert feed["frequencies.txt"][0]["end_time"] == "27:10:00"  # the fourth leaves at 26:55


def test_stops_less_than_a_second_apart_still_have_growing_times(town: Town) -> None:
    town.running_times("P1", 0.2, WHOLE_DAY_S, standing_s=0.1)
    times = of_trip(town.feed()["stop_times.txt"], "P1-weekday-0600")
    assert column(times, "arrival_time") == ["06:00:00", "06:00:01", "06:00:02", "06:00:03", "06:00:04"]
    assert column(times, "departure_time") == column(times, "arrival_time")


def test_a_pattern_whose_running_times_do_not_cover_its_band_is_refused(town: Town) -> None:
    town.headways("P1", (600, (80000, 90000), "observed"))
    with pytest.raises(Conflict) as refused:
        town.feed()
    assert refused.value.code == "running_time_missing"
    assert refused.value.details == {"pattern": "P1", "stop_sequence": 1, "band_start_s": 80000}


HEADWAYS = [(600, 600), (629, 600), (90, 120), (89, 60), (5, 60), (10800, 10800), (20000, 10800)]


@pytest.mark.parametrize(("headway_s", "published_s"), HEADWAYS)
def test_headways_are_whole_minutes_and_fit_their_band(town: Town, headway_s: float, published_s: int) -> None:
    town.headways("P1", (headway_s, MORNING_S, "observed"))
    assert town.feed()["frequencies.txt"][0]["headway_secs"] == str(published_s)
    assert published_headway_s(headway(headway_s)) == published_s


def test_a_pattern_nobody_knows_the_headway_of_is_left_out_with_all_that_only_it_touches(town: Town) -> None:
    town.forget("headway", pattern_id="P3")
    feed = town.feed()
    assert column(feed["routes.txt"], "route_id") == ["R1"]
    assert column(feed["stops.txt"], "stop_id") == ["S1", "S2", "S3", "S4", "S5"]
    assert set(column(feed["shapes.txt"], "shape_id")) == {"P1", "P2"}


def test_a_network_without_any_headway_is_refused(town: Town) -> None:
    town.forget("headway")
    with pytest.raises(Conflict) as refused:
        town.feed()
    assert refused.value.code == "nothing_to_publish"


def test_only_routes_with_an_observed_fare_have_one(town: Town) -> None:
    feed = town.feed()
    assert feed["fare_attributes.txt"] == [
        {"fare_id": "R1", "price": "50.00", "currency_type": "KES", "payment_method": "0", "transfers": "0",
         "agency_id": "informal"},
    ]
    assert feed["fare_rules.txt"] == [{"fare_id": "R1", "route_id": "R1"}]
    town.forget("fare")
    assert "fare_rules.txt" not in town.feed()


@pytest.mark.parametrize(
    ("currency", "amount", "price"),
    [("XOF", "250", "250"), ("XOF", "249.5", "250"), ("KES", "49.995", "50.00"), ("TND", "1.2", "1.200")],
)
def test_prices_have_the_decimals_of_their_currency(town: Town, currency: str, amount: str, price: str) -> None:
    town.change("fare", {"currency": currency, "amount": amount, "low": 0, "high": 1000})
    assert column(town.feed()["fare_attributes.txt"], "price") == [price]


def test_each_set_of_day_types_is_one_service_for_half_a_year(town: Town) -> None:
    town.pattern("P2", day_types=["saturday", "weekday"])
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    services = {row["service_id"]: row for row in town.feed()["calendar.txt"]}
    days = {key: "".join(row[day] for day in week) for key, row in services.items()}
    assert days == {"weekday": "1111100", "weekday-saturday": "1111110"}
    assert {(row["start_date"], row["end_date"]) for row in services.values()} == {("20240401", "20240928")}


def test_patterns_that_nobody_saw_lately_end_sooner_and_those_that_have_ended_are_left_out(town: Town) -> None:
    town.change("pattern", {"valid_until": date(2024, 9, 28)})
    town.pattern("P2", valid_until=date(2024, 6, 30))
    town.pattern("P3", valid_until=date(2024, 3, 31))  # the day before the release begins
    feed = town.feed()
    ends = {row["service_id"]: row["end_date"] for row in feed["calendar.txt"]}
    assert ends == {"weekday": "20240928", "weekday-until-20240630": "20240630"}
    assert feed["feed_info.txt"][0]["feed_end_date"] == "20240928"
    trips = {row["trip_id"]: row["service_id"] for row in feed["trips.txt"]}
    assert trips["P2-weekday-0600"] == "weekday-until-20240630" and "P3-weekday-0600" not in trips


def test_stop_distances_are_scaled_to_the_published_shape_and_end_with_it(town: Town) -> None:
    # The network measured 10 % too long, and put the last stop past its own end.
    patterns, stops = table(town.connection, "pattern"), table(town.connection, "pattern_stop")
    town.pattern("P1", length_m=patterns.c.length_m * 1.1)
    town.change("pattern_stop", {"dist_m": stops.c.dist_m * 1.1}, pattern_id="P1")
    town.change("pattern_stop", {"dist_m": stops.c.dist_m + 30}, pattern_id="P1", stop_sequence=4)
    feed = town.feed()
    along = column(of_trip(feed["stop_times.txt"], "P1-weekday-0600"), "shape_dist_traveled")
    assert along == ["0.0", "1112.9", "2225.8", "3338.7", "4451.6"]
    assert feed["shapes.txt"][4]["shape_dist_traveled"] == "4451.6"


def test_stops_at_one_place_and_past_the_end_still_lie_one_after_the_other_on_the_shape(town: Town) -> None:
    town.change("pattern_stop", {"dist_m": 9000.0}, pattern_id="P1")
    town.change("pattern_stop", {"dist_m": 0.0}, pattern_id="P1", stop_sequence=0)
    along = column(of_trip(town.feed()["stop_times.txt"], "P1-weekday-0600"), "shape_dist_traveled")
    assert along == ["0.0", "4451.3", "4451.4", "4451.5", "4451.6"]


def test_the_description_says_what_is_estimated_and_who_saw_it(town: Town) -> None:
    described = {row["route_id"]: row["route_desc"] for row in town.feed()["routes.txt"]}
    assert described["R2"] == (
        "Informal service. Frequency is an estimate from other routes of the city. "
        "Seen on 3 rides by 2 people, last on 2024-03-08."
    )
    assert "partly an estimate" in described["R1"]


def test_waits_of_the_route_at_other_hours_make_an_estimate(town: Town) -> None:
    town.headways("P3", (600, MORNING_S, "observed"), (600, MIDDAY_S, "own_waits"))
    described = town.feed()["routes.txt"][1]["route_desc"]
    assert "partly an estimate from waits reported on this route at other hours." in described


def test_the_description_of_one_ride_by_nobody_named_is_in_the_language_of_the_city(town: Town) -> None:
    town.city(language="fr-CI")
    town.route("R2", runs=1, people=None)
    town.headways("P3", (600, MORNING_S, "observed"))
    assert town.feed()["routes.txt"][1]["route_desc"] == (
        "Service informel. Relevé une seule fois : aucun second trajet ne l’a encore confirmé. "
        "Fréquence d’après les attentes signalées par les passagers. "
        "Observé sur 1 trajet, la dernière fois le 2024-03-08."
    )


def test_a_simulated_city_says_so_in_agency_and_routes(town: Town) -> None:
    town.city(synthetic=True)
    feed = town.feed()
    assert feed["agency.txt"][0]["agency_name"] == "Simulated transit of Drawn Town"
    assert all(row["route_desc"].startswith("Simulated data") for row in feed["routes.txt"])


def test_publisher_and_riders_are_both_named(town: Town) -> None:
    attributions = town.feed()["attributions.txt"]
    assert column(attributions, "organization_name") == ["Open Town", "Riders of Drawn Town"]


def test_whoever_mapped_the_streets_is_credited_in_the_feed(town: Town) -> None:
    town.change("network", {"street_credit": "© OpenStreetMap contributors"})
    credit = town.feed()["attributions.txt"][-1]
    assert credit["organization_name"] == "© OpenStreetMap contributors, ODbL"
    assert credit["attribution_url"] == "https://www.openstreetmap.org/copyright"
    town.change("network", {"street_credit": "Survey of Town"})
    assert town.feed()["attributions.txt"][-1]["organization_name"] == "Survey of Town"


def test_the_feed_says_who_answers_for_it_and_how_long_it_holds(town: Town) -> None:
    (info,) = town.feed()["feed_info.txt"]
    assert (info["feed_start_date"], info["feed_end_date"]) == ("20240401", "20240928")
    assert (info["feed_version"], info["feed_contact_url"]) == ("2024.04.01-1", "https://example.org/")


def test_a_stop_at_null_island_is_refused(town: Town) -> None:
    town.stop("S8", geom="SRID=4326;POINT(0 0)")
    with pytest.raises(Conflict) as refused:
        town.feed()
    assert refused.value.code == "feed_broken"
    assert refused.value.details["notices"][0]["file"] == "stops.txt"


def test_a_minibus_at_the_speed_of_a_plane_is_found(town: Town) -> None:
    assert town.notices() == []
    fast = {"seconds": 10.0, "standing_s": 0.0, "low_s": None, "high_s": None}
    town.change("running_time", fast, pattern_id="P3", stop_sequence=4)  # 1.1 km in 10 s
    (notice,) = town.notices()
    assert (notice.code, notice.details) == (
        "too_fast", {"pattern_id": "P3", "from_stop_id": "S7", "to_stop_id": "S8", "speed_kmh": 398},
    )


LATE_S = (54000, 64800)


def windows(town: Town, pattern_id: str) -> list[tuple[str, str, str]]:
    rows = town.feed()["frequencies.txt"]
    rows = [row for row in rows if row["trip_id"].startswith(pattern_id)]
    return [(row["start_time"], row["end_time"], row["headway_secs"]) for row in rows]


def test_a_window_holds_whole_headways_and_the_next_one_begins_where_it_ends(town: Town) -> None:
    town.headways("P1", (2400, MORNING_S, "observed"), (3300, MIDDAY_S, "observed"), (600, LATE_S, "observed"))
    assert windows(town, "P1") == [
        ("06:00:00", "09:20:00", "2400"),  # the fifth vehicle leaves at 08:40, within the band
        ("09:20:00", "15:45:00", "3300"),
        ("15:45:00", "18:05:00", "600"),
    ]
    assert [trip["trip_id"] for trip in town.feed()["trips.txt"]][:3] == [
        "P1-weekday-0600", "P1-weekday-0900", "P1-weekday-1500",
    ]
    times = of_trip(town.feed()["stop_times.txt"], "P1-weekday-0900")
    assert times[0]["arrival_time"] == "09:20:00"


def test_a_band_that_the_last_vehicle_outlasts_has_no_trip_and_one_after_a_pause_starts_on_time(town: Town) -> None:
    town.headways("P1", (10800, MORNING_S, "seen"), (7200, (32400, 36000), "seen"), (600, LATE_S, "observed"))
    assert windows(town, "P1") == [
        ("06:00:00", "09:00:00", "10800"), ("09:00:00", "10:00:00", "3600"), ("15:00:00", "18:00:00", "600"),
    ]
    town.headways("P1", (7200, MORNING_S, "seen"), (600, (32400, 36000), "observed"))
    assert windows(town, "P1") == [("06:00:00", "10:00:00", "7200")]


def test_nobody_boards_where_a_trip_ends_or_gets_off_where_it_begins(town: Town) -> None:
    times = of_trip(town.feed()["stop_times.txt"], "P1-weekday-0600")
    assert column(times, "pickup_type") == ["0", "0", "0", "0", "1"]
    assert column(times, "drop_off_type") == ["1", "0", "0", "0", "0"]


def test_the_expanded_feed_has_a_trip_for_each_departure_and_says_that_its_minutes_are_examples(town: Town) -> None:
    feed, expanded = town.feed(), town.feed("expanded")
    assert "frequencies.txt" not in expanded
    assert expanded["stops.txt"] == feed["stops.txt"] and expanded["shapes.txt"] == feed["shapes.txt"]
    assert all("Departures are spread evenly" in route["route_desc"] for route in expanded["routes.txt"])
    assert expanded["feed_info.txt"][0]["feed_version"] == "2024.04.01-1-expanded"
    departures = [row["departure_time"] for row in expanded["stop_times.txt"]
                  if row["trip_id"].startswith("P1-weekday-0900-") and row["stop_sequence"] == "1"]
    assert sorted(departures)[:3] == ["09:00:00", "09:15:00", "09:30:00"]
    assert (len(departures), max(departures)) == (24, "14:45:00")
    assert len(expanded["trips.txt"]) == 18 + 24 + 12 + 12
    assert expanded["stop_times.txt"][0] == {**feed["stop_times.txt"][0], "trip_id": "P1-weekday-0600-1"}


def test_riders_change_on_foot_between_near_stops_of_two_routes(town: Town) -> None:
    assert "transfers.txt" not in town.feed()  # they meet at S3 and S4, where nobody has to walk
    town.stop("S7", geom=point(at(2, 0.1)))  # of P3 only, 111 m north of S3, which P3 serves too
    town.stop("S2", geom=point(at(2, 0.2)))  # of P1 and P2, 111 m north of that
    walks = town.feed()["transfers.txt"]
    assert [(walk["from_stop_id"], walk["to_stop_id"], walk["min_transfer_time"]) for walk in walks] == [
        ("S2", "S7", "111"), ("S7", "S2", "111"),
    ]
    assert {walk["transfer_type"] for walk in walks} == {"2"}


def test_a_route_that_rests_on_one_ride_is_marked_or_left_out_as_the_city_chooses(town: Town) -> None:
    town.route("R2", runs=1)
    described = column(town.feed()["routes.txt"], "route_desc")
    assert ["Surveyed once" in one for one in described] == [False, True]
    town.city(surveyed_once="leave_out")
    assert column(town.feed()["routes.txt"], "route_id") == ["R1"]


def test_the_city_says_who_publishes_and_whom_to_ask(town: Town) -> None:
    town.city(publisher_name="Town Hall", contact_email="feed@example.org", contact_url="https://example.org/ask")
    (info,) = town.feed()["feed_info.txt"]
    assert (info["feed_publisher_name"], info["feed_contact_email"], info["feed_contact_url"]) == (
        "Town Hall", "feed@example.org", "https://example.org/ask",
    )
