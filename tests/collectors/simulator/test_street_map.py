"""The invented streets as a street map: where they meet, which way they go, and that the lines lie on them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from collectors.simulator import GtfsNetwork, sample_town
from collectors.simulator.network import Plane, Street, resampled
from collectors.simulator.street_map import street_map
from mapping_service.street_records import StreetMap
from mapping_service.streets import directed

PLANE = Plane(33.3, -1.2)


def town(*streets: tuple[str, list[tuple[float, float]]]) -> StreetMap:
    """The map of a town of streets drawn in metres."""
    drawn = tuple(Street("", kind, PLANE.to_lonlat(np.array(line, dtype=np.float64))) for kind, line in streets)
    return street_map(GtfsNetwork("drawn", "KES", {}, {}, {}, (), drawn))


def lengths_m(made: StreetMap) -> list[int]:
    laid = directed(made, 32736)
    return sorted(
        round(float(np.hypot(*np.diff(laid.xy[a:b], axis=0).T).sum()) / 10) * 10
        for a, b in zip(laid.first[:-1:2], laid.first[1::2], strict=True)
    )


def test_a_side_street_that_ends_near_a_main_way_meets_it() -> None:
    made = town(("main", [(-200, 0), (200, 0)]), ("side", [(50, 9), (50, 150)]))
    assert lengths_m(made) == [150, 150, 250]
    assert len({*made.tail, *made.head}) == 4


def test_a_side_street_that_ends_far_from_a_main_way_does_not_meet_it() -> None:
    made = town(("main", [(-200, 0), (200, 0)]), ("side", [(50, 40), (50, 150)]))
    assert lengths_m(made) == [110, 400]


def test_a_oneway_street_may_not_be_driven_back() -> None:
    made = town(("oneway", [(0, 0), (100, 0)]))
    assert (made.against_out.tolist(), made.against_back.tolist()) == ([False], [True])


@pytest.fixture(scope="module")
def sample() -> GtfsNetwork:
    return sample_town(20)


@pytest.fixture(scope="module")
def mapped(sample: GtfsNetwork) -> StreetMap:
    return street_map(sample)


def test_nearly_all_streets_of_the_sample_town_are_one_network(mapped: StreetMap) -> None:
    nodes = int(max(mapped.tail.max(), mapped.head.max())) + 1
    graph = sparse.coo_matrix((np.ones(len(mapped)), (mapped.tail, mapped.head)), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    assert np.bincount(part).max() > 0.95 * nodes


def test_every_line_of_the_sample_town_lies_on_its_streets(sample: GtfsNetwork, mapped: StreetMap) -> None:
    plane = Plane.around(sample.patterns[0].lonlat)
    ends = zip(mapped.first[:-1], mapped.first[1:], strict=True)
    streets = np.concatenate([resampled(plane.to_m(mapped.lon_lat[a:b]), 5.0) for a, b in ends])
    tree = cKDTree(streets)
    for pattern in sample.patterns:
        assert tree.query(resampled(plane.to_m(pattern.lonlat), 20.0))[0].max() < 5.0, pattern.name
