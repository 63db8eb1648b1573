from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gtfs_export import PublishedNetwork, build_feed
from gtfs_export.timetable import published_headway_s
from mapping_service.errors import Conflict
from tests.gtfs_export.readers import PUBLISHER, feed_rows, headway, running_time, with_pattern, with_route


def test_each_pattern_and_band_is_one_trip_with_one_frequency(network: PublishedNetwork) -> None:
    trips = ["P1-weekday-0600", "P1-weekday-0900", "P2-weekday-0600", "P3-weekday-0600"]
    assert [trip["trip_id"] for trip in feed_rows(network, "trips.txt")] == trips
    assert [
        (row["trip_id"], row["start_time"], row["end_time"], row["headway_secs"], row["exact_times"])
        for row in feed_rows(network, "frequencies.txt")
    ] == [
        ("P1-weekday-0600", "06:00:00", "09:00:00", "600", "0"),
        ("P1-weekday-0900", "09:00:00", "15:00:00", "900", "0"),
        ("P2-weekday-0600", "06:00:00", "09:00:00", "900", "0"),
        ("P3-weekday-0600", "06:00:00", "09:00:00", "900", "0"),
    ]


def test_a_trip_starts_with_its_band_and_takes_the_times_of_its_band(network: PublishedNetwork) -> None:
    times = feed_rows(network, "stop_times.txt")
    morning = [row["arrival_time"] for row in times if row["trip_id"] == "P1-weekday-0600"]
    midday = [row["arrival_time"] for row in times if row["trip_id"] == "P1-weekday-0900"]
    assert morning == ["06:00:00", "06:04:00", "06:08:00", "06:12:00", "06:16:00"]  # 240 s, measured in the band
    assert midday == ["09:00:00", "09:03:00", "09:06:00", "09:09:00", "09:12:00"]  # 180 s, the whole day's
    assert {row["timepoint"] for row in times} == {"0"}


def test_a_trip_leaves_each_stop_after_the_usual_standing_but_its_first_and_last_at_once(
    network: PublishedNetwork,
) -> None:
    standing = tuple(
        replace(stop, running_times=(running_time(0, 86400, 180.0, 0.0 if stop.stop_sequence == 1 else 20.0),))
        if stop.stop_sequence else stop
        for stop in network.patterns[0].stops
    )
    drawn = with_pattern(network, "P1", stops=standing)
    times = [row for row in feed_rows(drawn, "stop_times.txt") if row["trip_id"] == "P1-weekday-0600"]
    assert [(row["arrival_time"], row["departure_time"]) for row in times] == [
        ("06:00:00", "06:00:00"), ("06:03:00", "06:03:20"), ("06:06:00", "06:06:20"), ("06:09:00", "06:09:20"),
        ("06:12:00", "06:12:00"),
    ]


def test_times_run_on_past_midnight(network: PublishedNetwork) -> None:
    all_night = tuple(
        replace(stop, running_times=(running_time(0, 172800, 600.0),)) if stop.running_times else stop
        for stop in network.patterns[0].stops
    )
    night = with_pattern(network, "P1", headways=(headway(900, 94200, 97200),), stops=all_night)
    times = [row["arrival_time"] for row in feed_rows(night, "stop_times.txt") if row["trip_id"] == "P1-weekday-2610"]
    assert times == ["26:10:00", "26:20:00", "26:30:00", "26:40:00", "26:50:00"]


def test_stops_less_than_a_second_apart_still_have_growing_times(network: PublishedNetwork) -> None:
    hasty = tuple(
        replace(stop, running_times=(running_time(0, 86400, 0.2),)) if stop.running_times else stop
        for stop in network.patterns[0].stops
    )
    times = feed_rows(with_pattern(network, "P1", stops=hasty), "stop_times.txt")
    assert [row["arrival_time"] for row in times[:5]] == ["06:00:00", "06:00:01", "06:00:02", "06:00:03", "06:00:04"]


def test_a_pattern_whose_running_times_do_not_cover_its_band_is_refused(network: PublishedNetwork) -> None:
    late = with_pattern(network, "P1", headways=(headway(600, 80000, 90000),))
    with pytest.raises(Conflict) as refused:
        build_feed(late, PUBLISHER)
    assert refused.value.code == "running_time_missing"


@pytest.mark.parametrize(
    ("headway_s", "published_s"),
    [(600, 600), (629, 600), (90, 120), (89, 60), (5, 60), (10800, 10800), (20000, 10800)],
)
def test_headways_are_whole_minutes_and_fit_their_band(headway_s: float, published_s: int) -> None:
    assert published_headway_s(headway(headway_s)) == published_s


def test_a_pattern_nobody_knows_the_headway_of_is_left_out_with_all_that_only_it_touches(
    network: PublishedNetwork,
) -> None:
    feed = build_feed(with_pattern(network, "P3", headways=()), PUBLISHER)
    assert feed["routes.txt"].column("route_id") == ["R1"]
    assert feed["stops.txt"].column("stop_id") == ["S1", "S2", "S3", "S4", "S5"]
    assert set(feed["shapes.txt"].column("shape_id")) == {"P1", "P2"}


def test_a_network_without_any_headway_is_refused(network: PublishedNetwork) -> None:
    for pattern_id in ("P1", "P2", "P3"):
        network = with_pattern(network, pattern_id, headways=())
    with pytest.raises(Conflict) as refused:
        build_feed(network, PUBLISHER)
    assert refused.value.code == "nothing_to_publish"


def test_only_routes_with_an_observed_fare_have_one(network: PublishedNetwork) -> None:
    assert feed_rows(network, "fare_attributes.txt") == [
        {"fare_id": "R1", "price": "50.00", "currency_type": "KES", "payment_method": "0", "transfers": "0",
         "agency_id": "informal"},
    ]
    assert feed_rows(network, "fare_rules.txt") == [{"fare_id": "R1", "route_id": "R1"}]
    assert "fare_rules.txt" not in build_feed(with_route(network, "R1", fare=None), PUBLISHER)


@pytest.mark.parametrize(
    ("currency", "amount", "price"),
    [("XOF", "250", "250"), ("XOF", "249.5", "250"), ("KES", "49.995", "50.00"), ("TND", "1.2", "1.200")],
)
def test_prices_have_the_decimals_of_their_currency(
    network: PublishedNetwork, currency: str, amount: str, price: str
) -> None:
    fare = network.routes[0].fare
    assert fare is not None
    paid = with_route(network, "R1", fare=replace(fare, currency=currency, amount=Decimal(amount)))
    assert [row["price"] for row in feed_rows(paid, "fare_attributes.txt")] == [price]


def test_each_set_of_day_types_is_one_service_for_half_a_year(network: PublishedNetwork) -> None:
    network = with_pattern(network, "P2", day_types=("saturday", "weekday"))
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    services = {row["service_id"]: row for row in feed_rows(network, "calendar.txt")}
    days = {key: "".join(row[day] for day in week) for key, row in services.items()}
    assert days == {"weekday": "1111100", "weekday-saturday": "1111110"}
    assert {(row["start_date"], row["end_date"]) for row in services.values()} == {("20240401", "20240928")}


def test_stop_distances_are_scaled_to_the_published_shape_and_end_with_it(network: PublishedNetwork) -> None:
    pattern = network.patterns[0]
    # The network measured 10 % too long, and put the last stop past its own end.
    stops = tuple(replace(stop, dist_m=stop.dist_m * 1.1 + (stop.stop_sequence == 4) * 30) for stop in pattern.stops)
    feed = with_pattern(network, "P1", length_m=pattern.length_m * 1.1, stops=stops)
    along = [row["shape_dist_traveled"] for row in feed_rows(feed, "stop_times.txt")[:5]]
    assert along == ["0.0", "1112.9", "2225.8", "3338.7", "4451.6"]
    assert feed_rows(feed, "shapes.txt")[4]["shape_dist_traveled"] == "4451.6"


def test_the_description_says_what_is_estimated_and_who_saw_it(network: PublishedNetwork) -> None:
    described = {row["route_id"]: row["route_desc"] for row in feed_rows(network, "routes.txt")}
    assert described["R2"] == (
        "Informal service. Frequency is an estimate from other routes of the city. "
        "Seen on 3 rides by 2 people, last on 2024-03-08."
    )
    assert "partly an estimate" in described["R1"]


def test_waits_of_the_route_at_other_hours_make_an_estimate(network: PublishedNetwork) -> None:
    later = headway(600, 32400, 43200, "own_waits")
    described = feed_rows(with_pattern(network, "P3", headways=(headway(600), later)), "routes.txt")[1]["route_desc"]
    assert "partly an estimate from waits reported on this route at other hours." in described


def test_the_description_of_one_ride_by_nobody_named_is_in_the_language_of_the_city(network: PublishedNetwork) -> None:
    seen = replace(network.routes[0].evidence, runs=1, people=None)
    network = with_route(replace(network, language="fr-CI"), "R2", evidence=seen)
    described = feed_rows(with_pattern(network, "P3", headways=(headway(600),)), "routes.txt")[1]["route_desc"]
    assert described == (
        "Service informel. Fréquence d’après les attentes signalées par les passagers. "
        "Observé sur 1 trajet, la dernière fois le 2024-03-08."
    )


def test_a_simulated_city_says_so_in_agency_and_routes(network: PublishedNetwork) -> None:
    network = replace(network, synthetic=True)
    assert feed_rows(network, "agency.txt")[0]["agency_name"] == "Simulated transit of Drawn Town"
    assert all(row["route_desc"].startswith("Simulated data") for row in feed_rows(network, "routes.txt"))


def test_publisher_and_riders_are_both_named(network: PublishedNetwork) -> None:
    attributions = build_feed(network, PUBLISHER)["attributions.txt"]
    assert attributions.column("organization_name") == ["Open Town", "Riders of Drawn Town"]


def test_whoever_mapped_the_streets_is_credited_in_the_feed(network: PublishedNetwork) -> None:
    credited = replace(network, street_credit="© OpenStreetMap contributors")
    assert feed_rows(credited, "attributions.txt")[-1]["organization_name"] == "© OpenStreetMap contributors"
