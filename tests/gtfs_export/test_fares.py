"""Fares of the second generation: whole rides, stages, rush hours, and nothing that nobody reported."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from mapping_service.fuse.fare_levels import RUSH
from mapping_service.fuse.isotonic import level_at
from tests.factories import SERVED, at, drawn_town, make_fare, make_stage_fare
from tests.gtfs_export.readers import Rows, Town, column

FARE_FILES = ("rider_categories.txt", "fare_media.txt", "fare_products.txt", "fare_leg_rules.txt", "networks.txt",
              "route_networks.txt", "areas.txt", "stop_areas.txt", "timeframes.txt")


def priced(town: Town, *steps: tuple[float, int], whole: int | None = None, surcharge: int | None = None) -> None:
    """Give R1 these steps (metres, amount) and this fare of the whole ride, in place of those it has."""
    town.forget("fare")
    town.forget("stage_fare")
    key = (town.connection, town.drawn.city_id, town.drawn.network_id, "R1")
    if whole is not None:
        make_fare(*key, whole, rush_surcharge=surcharge)
    for from_m, amount in steps:
        make_stage_fare(*key, from_m, amount)


def charged(feed: dict[str, Rows], start: str, finish: str, *, rush: bool = False) -> str | None:
    """What a ride on R1 costs by the rules of the feed, as a planner reads them; ``None`` where none fits."""
    areas: dict[str, set[str]] = {}
    for row in feed.get("stop_areas.txt", []):
        areas.setdefault(row["stop_id"], {""}).add(row["area_id"])
    fitting = [
        row for row in feed["fare_leg_rules.txt"]
        if row["network_id"] == "R1" and row["from_area_id"] in areas.get(start, {""})
        and row["to_area_id"] in areas.get(finish, {""}) and (rush or not row["from_timeframe_group_id"])
    ]
    if not fitting:
        return None
    best = max(int(row["rule_priority"]) for row in fitting)
    (product,) = {row["fare_product_id"] for row in fitting if int(row["rule_priority"]) == best}
    (amount,) = [row["amount"] for row in feed["fare_products.txt"] if row["fare_product_id"] == product]
    return amount


def test_a_route_without_a_fare_has_no_word_of_any(town: Town) -> None:
    priced(town)
    assert set(town.feed()) & {*FARE_FILES, "fare_attributes.txt", "fare_rules.txt"} == set()


def test_a_flat_fare_is_one_product_of_one_network_in_cash(town: Town) -> None:
    priced(town, whole=50)
    feed = town.feed()
    assert feed["fare_products.txt"] == [{
        "fare_product_id": "R1", "fare_product_name": "Whole ride", "rider_category_id": "adult",
        "fare_media_id": "cash", "amount": "50.00", "currency": "KES",
    }]
    assert feed["route_networks.txt"] == [{"network_id": "R1", "route_id": "R1"}]
    assert charged(feed, "S1", "S2") == charged(feed, "S5", "S1", rush=True) == "50.00"
    assert {"areas.txt", "timeframes.txt"} & set(feed) == set()


def test_stages_cost_what_was_reported_between_their_stops_and_the_whole_ride_the_rest(town: Town) -> None:
    # One square is 1.1 km.
    priced(town, (900.0, 20), (1700.0, 30), (3900.0, 50), whole=50)
    feed = town.feed()
    assert [charged(feed, "S1", stop) for stop in SERVED["P1"][1:]] == ["20.00", "30.00", "30.00", "50.00"]
    assert [charged(feed, stop, "S1") for stop in SERVED["P1"][1:]] == ["20.00", "30.00", "30.00", "50.00"]
    assert column(feed["fare_products.txt"], "fare_product_id") == ["R1", "R1/1", "R1/2"]
    assert column(feed["fare_attributes.txt"], "price") == ["50.00"]


def test_nobody_said_what_the_whole_ride_costs_so_only_stages_have_a_fare(town: Town) -> None:
    priced(town, (0.0, 20), (1700.0, 30))
    feed = town.feed()
    assert "fare_attributes.txt" not in feed and column(feed["networks.txt"], "network_id") == ["R1"]
    assert [charged(feed, "S1", stop) for stop in SERVED["P1"][1:]] == ["20.00", "30.00", "30.00", "30.00"]
    assert all(row["from_area_id"] for row in feed["fare_leg_rules.txt"])


def test_a_surcharge_counts_in_the_rush_hours_that_inference_compares(town: Town) -> None:
    priced(town, (0.0, 20), (1700.0, 50), whole=50, surcharge=10)
    feed = town.feed()
    assert (charged(feed, "S1", "S2"), charged(feed, "S1", "S2", rush=True)) == ("20.00", "30.00")
    assert (charged(feed, "S1", "S5"), charged(feed, "S1", "S5", rush=True)) == ("50.00", "60.00")
    hours = [tuple(int(row[key][:2]) * 3600 for key in ("start_time", "end_time")) for row in feed["timeframes.txt"]]
    assert hours == list(RUSH)


def test_facing_kerbs_are_one_area_and_a_ride_within_it_is_the_shortest(town: Town) -> None:
    town.station("S4", "S5", name="Gate")
    priced(town, (0.0, 20), (3900.0, 50), whole=50)
    feed = town.feed()
    assert {"area_id": "H1", "area_name": "Gate"} in feed["areas.txt"]
    assert charged(feed, "S4", "S5") == charged(feed, "S5", "S4") == "20.00"
    # The nearer kerb decides: 3.3 km.
    assert charged(feed, "S1", "S5") == "20.00"


def test_ways_of_different_length_cost_rather_too_much_than_too_little(town: Town) -> None:
    priced(town, (0.0, 20), (2500.0, 50), whole=50)
    assert charged(town.feed(), "S1", "S3") == "20.00"
    # On the way back P2 takes a detour before S3, of which S3 to S1 is now longer.
    town.pattern("P2", route_id="R1")
    town.change("pattern_stop", {"dist_m": 1300.0}, pattern_id="P2", stop_sequence=2)
    town.change("pattern_stop", {"dist_m": 1200.0}, pattern_id="P2", stop_sequence=1)
    assert charged(town.feed(), "S3", "S1") == "50.00"


@pytest.mark.parametrize(("currency", "amount", "written"), [
    ("XOF", 249.5, "250"), ("KES", 49.995, "50.00"), ("TND", 1.2, "1.200"), ("UGX", 2000, "2000"),
])
def test_products_have_the_decimals_of_their_currency(
    town: Town, currency: str, amount: float, written: str
) -> None:
    priced(town, whole=50)
    town.change("fare", {"currency": currency, "amount": amount, "low": 0, "high": 3000})
    assert column(town.feed()["fare_products.txt"], "amount") == [written]


def test_names_of_fares_are_in_the_language_of_the_city(town: Town) -> None:
    town.city(language="fr")
    priced(town, (0.0, 20), (1700.0, 50), whole=50, surcharge=10)
    feed = town.feed()
    assert column(feed["fare_products.txt"], "fare_product_name") == [
        "Trajet entier", "Partie du trajet, section 1", "Partie du trajet, section 1, heures de pointe",
        "Trajet entier, heures de pointe",
    ]
    assert column(feed["fare_media.txt"], "fare_media_name") == ["Espèces"]


@pytest.fixture(scope="module")
def connected(shared_database: str) -> Iterator[Connection]:
    """One connection for all examples, each of which undoes what it does."""
    engine = create_engine(shared_database, poolclass=NullPool)
    with engine.connect() as opened:
        yield opened


@settings(max_examples=15)
@given(
    begins=st.lists(st.integers(1, 45), min_size=1, max_size=5, unique=True).map(sorted),
    rises=st.lists(st.integers(1, 40), min_size=5, max_size=5), whole=st.booleans(), data=st.data(),
)
def test_every_pair_of_stops_costs_the_level_at_its_distance(
    connected: Connection, begins: list[int], rises: list[int], whole: bool, data: st.DataObject
) -> None:
    levels = [10 + sum(rises[:i]) for i in range(len(begins))]
    with connected.begin_nested() as undone:
        town = Town(connected, drawn_town(connected))
        priced(town, *((begin * 100.0, level) for begin, level in zip(begins, levels)),
               whole=data.draw(st.sampled_from(levels)) if whole else None)
        feed = town.feed()
        along = [float(row["shape_dist_traveled"]) for row in feed["stop_times.txt"]
                 if row["trip_id"].startswith("P1-weekday-0600")]
        undone.rollback()
    starts = np.array([-np.inf, *(begin * 100.0 for begin in begins[1:])])
    for i, j in combinations(range(5), 2):
        expected = level_at(starts, np.array(levels, dtype=float), np.array([along[j] - along[i]]))[0]
        assert charged(feed, SERVED["P1"][i], SERVED["P1"][j]) == f"{expected:.2f}"


def test_a_hailed_place_costs_what_the_stop_next_to_it_does_on_that_route(town: Town) -> None:
    town.hailed("P1", 1200.0, 2100.0)
    town.virtual("V1", "P1", 1300.0, at(1.2, 0))
    priced(town, (900.0, 20), (1700.0, 30), (3900.0, 50), whole=50)
    feed = town.feed()
    assert {"area_id": "S2", "stop_id": "V1"} in feed["stop_areas.txt"]
    for stop_id in ("S3", "S5"):
        assert charged(feed, "V1", stop_id) == charged(feed, "S2", stop_id)
    assert charged(feed, "S1", "V1") == "20.00" and charged(feed, "S2", "V1") == "20.00"
