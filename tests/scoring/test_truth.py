"""A network scored against the truth that its rides were simulated from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mapping_service.parameters import Parameters
from mapping_service.records import NetworkDraft
from tests.benchmarks.simulated import SimulatedCity, simulated
from tests.benchmarks.survey import infer
from tests.benchmarks.truth import Score, TrueWays, by_labels, of_draft, score
from tests.collectors.simulator.conftest import straight_network

P = Parameters()


@pytest.fixture(scope="module")
def city() -> SimulatedCity:
    """One straight route of 6 km, there and back, ridden four times each way."""
    return simulated(straight_network(6000.0, 13), "accra", 3, 4, P)


@pytest.fixture(scope="module")
def draft(city: SimulatedCity) -> NetworkDraft:
    return infer(city.survey, P)


def scored(city: SimulatedCity, draft: NetworkDraft) -> Score:
    truth = TrueWays(city.network, city.settings, city.survey.city.srid)
    return score(truth, city.survey, of_draft(draft, city.survey), city.truth)


def test_a_simple_route_is_found_with_both_its_directions(city: SimulatedCity, draft: NetworkDraft) -> None:
    found = scored(city, draft)
    assert (found.ways, found.ridden, found.found, found.direction_right, found.inversions) == (2, 2, 1.0, 1.0, 0)
    assert found.mean_m is not None and found.mean_m < 15
    assert found.stop_f1 is not None and found.stop_f1 > 0.6


def test_a_network_told_backwards_is_wrong_in_every_figure(city: SimulatedCity, draft: NetworkDraft) -> None:
    turned = NetworkDraft(tuple(
        replace(route, patterns=tuple(replace(one, lon_lat=one.lon_lat[::-1]) for one in route.patterns))
        for route in draft.routes), draft.stops)
    found = scored(city, turned)
    # Each direction is told by the line of the other: it is found, but the rides are on the wrong one.
    assert found.direction_right == 0
    one_way = replace(turned, routes=tuple(replace(route, patterns=route.patterns[:1]) for route in turned.routes[:1]))
    assert scored(city, one_way).found == 0.5


def test_an_empty_network_finds_nothing(city: SimulatedCity) -> None:
    found = scored(city, NetworkDraft((), ()))
    assert (found.found, found.unassigned, found.patterns, found.direction_right) == (0, 1, 0, None)


def test_labels_that_are_typed_wrong_cost_the_baseline(city: SimulatedCity) -> None:
    truth = TrueWays(city.network, city.settings, city.survey.city.srid)
    labels = score(truth, city.survey, by_labels(city.survey), city.truth)
    wrong = [one for one, name in zip(city.survey.rides, city.survey.files, strict=True)
             if one.claim.direction != "AB"[int(city.truth[name.removesuffix(".gpx")].direction_id)]]
    assert (labels.ari < 1) == bool(wrong)


def test_fewer_runs_are_a_part_of_more(city: SimulatedCity) -> None:
    assert set(city.first(2).files) < set(city.first(4).files) == set(city.survey.files)
