"""Ways that share a street become one, in drawings of a few lines."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.drawing.merging import merge
from mapping_service.records import Floats


def way(*places: tuple[float, float]) -> Floats:
    return np.array(places, dtype=np.float64)


def test_two_ways_less_than_a_line_apart_are_one_street_in_their_middle() -> None:
    merged = merge([way((0, 10), (30, 10)), way((0, 10.6), (30, 10.6))], 1.0)
    assert merged.paths[0] == merged.paths[1]
    assert np.allclose(merged.nodes[list(merged.paths[0]), 1], 10.3, atol=0.05)


def test_the_same_street_there_and_back_is_one() -> None:
    there, back = merge([way((0, 0), (30, 0)), way((30, 0.4), (0, 0.4))], 1.0).paths
    assert list(there) == list(reversed(back))


def test_two_streets_side_by_side_stay_two() -> None:
    there, other = merge([way((0, 0), (30, 0)), way((0, 3), (30, 3))], 1.0).paths
    assert set(there) & set(other) == set()


def test_ways_that_cross_share_the_crossing_alone() -> None:
    #       |
    #  -----+-----
    #       |
    across, down = merge([way((0, 10), (20, 10)), way((10, 0), (10, 20))], 1.0).paths
    assert 1 <= len(set(across) & set(down)) <= 2


def test_a_way_that_joins_a_street_runs_along_its_edges() -> None:
    #  ----------------  the street
    #       /            a way that joins it
    street, joins = merge([way((0, 0), (40, 0)), way((5, 10), (15, 0.3), (40, 0.3))], 1.0).paths
    shared = [node for node in joins if node in set(street)]
    first = street.index(shared[0])
    assert list(street[first:]) == shared


def test_a_wobble_to_a_node_and_back_is_no_way() -> None:
    path = merge([way((0, 0), (30, 0)), way((0, 0.4), (14, 0.4), (14, 1.4), (14.2, 0.4), (30, 0.4))], 1.0).paths[1]
    assert all(path[k] != path[k + 2] for k in range(len(path) - 2))


@settings(deadline=None, max_examples=30)
@given(st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=6, unique=True),
    min_size=1, max_size=6,
))
def test_no_way_strays_from_where_it_ran(drawn: list[list[tuple[int, int]]]) -> None:
    ways = [way(*places) for places in drawn]
    merged = merge(ways, 1.0)
    assert len(merged.paths) == len(ways)
    for line, path in zip(ways, merged.paths, strict=True):
        for (x, y), node in ((line[0], path[0]), (line[-1], path[-1])):
            assert np.hypot(*(merged.nodes[node] - (x, y))) < 4.0
