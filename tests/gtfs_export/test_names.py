from __future__ import annotations

import json
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

import gtfs_export
from gtfs_export import PublishedNetwork, load_release
from gtfs_export.names import clean, route_labels, stop_labels
from gtfs_export.texts import texts_for
from tests.factories import at, point
from tests.gtfs_export.readers import Town, with_route, with_stop

TEXTS: Mapping[str, Mapping[str, Any]] = json.loads(
    (Path(gtfs_export.__file__).parent / "texts.json").read_text("utf-8")
)


def route_names(network: PublishedNetwork, route_id: str, **over: Any) -> tuple[str, str]:
    labels = route_labels(with_route(network, route_id, **over).routes, texts_for("en"))[route_id]
    return labels.short.text, labels.long.text


def test_a_stop_without_a_name_is_called_after_the_nearest_named_one(network: PublishedNetwork) -> None:
    lon, lat = at(3, 0.3)  # 330 m north of S4, School
    moved = with_stop(network, "S7", lon=lon, lat=lat)
    label = stop_labels(moved.stops, (), texts_for("en"))["S7"]
    assert (label.text, label.method, label.estimate) == ("Near School", "nearest_named_stop", True)


def test_a_stop_far_from_every_name_is_called_by_its_id(network: PublishedNetwork) -> None:
    label = stop_labels(network.stops, network.service_points, texts_for("sw"))["S7"]  # 1.1 km from S4 and S8
    assert (label.text, label.method, label.estimate) == ("Kituo S7", "stop_id", True)


def test_stops_in_a_town_without_any_name_are_called_by_their_ids(network: PublishedNetwork) -> None:
    for stop in network.stops:
        network = with_stop(network, stop.stop_id, name=" ")
    labels = stop_labels(network.stops, network.service_points, texts_for("en"))
    assert {label.text for label in labels.values()} == {f"Stop S{number}" for number in range(1, 9)}


def test_a_missing_short_name_stays_missing(network: PublishedNetwork) -> None:
    assert route_names(network, "R1", short_name=None) == ("", "Harbour – Airport")


@pytest.mark.parametrize(
    ("short", "long", "published"),
    [
        ("716", "716 - Harbour", ("716", "Harbour")),
        ("716", "716", ("716", "")),
        ("7", "716 Harbour", ("7", "716 Harbour")),
        ("Harbour Night Express", "", ("", "Harbour Night Express")),
        ("Harbour Night Express", "Harbour – Airport", ("", "Harbour Night Express: Harbour – Airport")),
    ],
)
def test_the_long_name_does_not_repeat_the_short_one(
    network: PublishedNetwork, short: str, long: str, published: tuple[str, str]
) -> None:
    assert route_names(network, "R1", short_name=short, long_name=long) == published


def test_a_route_without_any_name_is_called_by_its_id(network: PublishedNetwork) -> None:
    assert route_names(network, "R2", short_name=None, long_name=None) == ("", "Route R2")


def test_of_two_routes_with_equal_names_the_second_shows_its_id(network: PublishedNetwork) -> None:
    twin = with_route(network, "R2", short_name="1", long_name="Harbour – Airport")
    labels = route_labels(twin.routes, texts_for("en")).values()
    names = [(names.short.text, names.long.text) for names in labels]
    assert names == [("1", "Harbour – Airport"), ("1", "Harbour – Airport (R2)")]


def test_the_feed_names_stops_as_the_map_layers_do(town: Town) -> None:
    town.stop("S7", geom=point(at(3, 0.3)))  # 330 m north of S4, School
    town.stop("S1", name=" Old \t Harbour\n")
    network = load_release(town.connection, town.drawn.slug)
    labels = stop_labels(network.stops, network.service_points, texts_for("en"))
    names = {row["stop_id"]: row["stop_name"] for row in town.feed()["stops.txt"]}
    assert names == {stop_id: label.text for stop_id, label in labels.items()}
    assert (names["S7"], names["S1"]) == ("Near School", "Old Harbour")


def test_a_stop_nearer_to_a_clinic_than_to_any_named_stop_is_called_after_the_clinic(town: Town) -> None:
    town.stop("S7", geom=point(at(1, 0.8)))  # 220 m south of the clinic, 890 m north of S2
    assert town.feed()["stops.txt"][6]["stop_name"] == "Near Town Clinic"
    network = load_release(town.connection, town.drawn.slug)
    assert stop_labels(network.stops, network.service_points, texts_for("en"))["S7"].method == "nearest_service_point"


def names_of(town: Town) -> dict[str, str]:
    """The names in the feed, which are those of the layers."""
    names = {row["stop_id"]: row["stop_name"] for row in town.feed()["stops.txt"]}
    network = load_release(town.connection, town.drawn.slug)
    labels = stop_labels(network.stops, network.service_points, texts_for("en"))
    assert names == {stop_id: label.text for stop_id, label in labels.items()}
    return names


@pytest.mark.parametrize(("method", "name"), [
    ("crossing", "Wide Road / Elm Street"), ("nearest_crossing", "Near Wide Road / Elm Street"),
    ("street", "Wide Road / Elm Street"),
])
def test_a_stop_far_from_every_name_is_called_after_its_streets(town: Town, method: str, name: str) -> None:
    town.streets("S7", "Wide Road / Elm Street", method)
    assert names_of(town)["S7"] == name
    said = [row for row in town.feed()["translations.txt"] if row["record_id"] == "S7"]
    assert ({row["language"] for row in said} >= {"fr", "sw"}) == (method == "nearest_crossing")


def test_a_landmark_comes_before_streets_unless_it_names_another_place_already(town: Town) -> None:
    town.stop("S3", geom=point(at(2, 0.25)), name=None)  # 278 m north of where it was
    town.stop("S6", geom=point(at(2, -0.25)), name=None)
    town.stop("S2", geom=point(at(2, 0)))
    for stop_id in ("S3", "S6"):
        town.streets(stop_id, "Wide Road / Elm Street")
    names = names_of(town)
    assert (names["S3"], names["S6"]) == ("Near Mill", "Wide Road / Elm Street")


def test_a_derived_name_stands_for_one_place_and_another_place_shows_its_id(town: Town) -> None:
    town.stop("S6", geom=point(at(3, 1.1)), name=None)  # 111 m from S7, both far from every name
    town.stop("S5", name=None)
    for stop_id in ("S5", "S6", "S7"):
        town.streets(stop_id, "Wide Road", "street")
    names = names_of(town)
    assert (names["S5"], names["S6"], names["S7"]) == ("Wide Road", "Wide Road (S6)", "Wide Road (S7)")


def test_a_name_that_riders_gave_to_two_places_is_left_as_it_is(town: Town) -> None:
    town.stop("S5", name="Harbour")
    assert names_of(town)["S5"] == "Harbour"


def test_a_name_that_a_person_chose_is_left_alone(town: Town) -> None:
    names = {"short_name": "Harbour Night Express", "long_name": "Harbour Night Express: all stops"}
    town.route("R1", **names)
    for field, name in names.items():
        town.choose("route", "R1", field, name)
    route = town.feed()["routes.txt"][0]
    assert (route["route_short_name"], route["route_long_name"]) == tuple(names.values())


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_cleans_names_as_python_does(connection: Connection, name: str) -> None:
    cleaned = connection.execute(text("SELECT gtfs_name(:name)"), {"name": name}).scalar_one()
    assert (cleaned or "") == clean(name)


def test_a_name_that_riders_voted_for_is_no_estimate_and_a_derived_one_is(network: PublishedNetwork) -> None:
    labels = route_labels(network.routes, texts_for("en"))["R1"]
    assert (labels.short.estimate, labels.short.votes) == (False, 3)
    assert (labels.long.estimate, labels.long.votes) == (True, None)


@given(st.text())
def test_a_clean_name_is_one_line_and_clean_already(name: str) -> None:
    cleaned = clean(name)
    assert clean(cleaned) == cleaned == cleaned.strip()
    assert len(cleaned.splitlines()) <= 1
    assert "\t" not in cleaned


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_the_sentences_of_english_with_the_same_values(language: str) -> None:
    def values(sentence: Any) -> Any:
        if isinstance(sentence, dict):
            return {form: values(text) for form, text in sentence.items()}
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert {key: values(text) for key, text in TEXTS[language].items()} == {
        key: values(text) for key, text in TEXTS["en"].items()
    }


@pytest.mark.parametrize(("language", "said"), [("pt-BR", "2 viagens"), ("sw", "safari 2"), ("am", "2 rides")])
def test_a_language_without_texts_falls_back_to_english(language: str, said: str) -> None:
    assert texts_for(language).number("rides", 2) == said
