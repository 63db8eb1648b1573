"""Streets of drawn maps: where they are split, where they are joined, and which way they may be driven."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, shortest_path

from collectors.streets.network import Way, make_streets
from collectors.streets.rules import Rule
from mapping_service.street_records import StreetMap
from tests.collectors.streets.drawn import NOWHERE, lay, spelt, way_back

CROSS = """
      E
      |
    A-B-C
      |
      D
"""


def test_ways_are_split_where_they_share_a_node() -> None:
    assert spelt(lay(CROSS, ABC="residential", EBD="residential"), CROSS) == ["AB", "BC", "BD", "BE"]


def test_a_bridge_over_a_street_without_a_common_node_meets_nothing() -> None:
    assert spelt(lay(CROSS, ABC="primary", ED="primary"), CROSS) == ["ABC", "DE"]


CHAIN = """
    A-B-C-D-E
"""


def test_a_chain_of_nodes_is_one_street_even_across_ways() -> None:
    streets = lay(CHAIN, AB="residential", BCDE="residential")
    assert spelt(streets, CHAIN) == ["ABCDE"]
    assert streets.way_id.tolist() == [2]  # the longer one


def test_a_street_ends_where_its_class_changes() -> None:
    streets = lay(CHAIN, ABC="residential", CDE="primary")
    assert spelt(streets, CHAIN) == ["ABC", "CDE"]
    assert streets.kind.tolist() == ["residential", "primary"]


def test_a_street_ends_where_its_rule_changes() -> None:
    streets = lay(CHAIN, ABC="residential", CDE="highway=residential oneway=yes")
    assert way_back(streets, CHAIN) == {"ABC": (False, False), "CDE": (False, True)}


def test_oneways_drawn_against_each_other_are_no_chain() -> None:
    streets = lay(CHAIN, ABC="highway=residential oneway=yes", EDC="highway=residential oneway=yes")
    assert way_back(streets, CHAIN) == {"ABC": (False, True), "EDC": (False, True)}


def test_a_oneway_drawn_backwards_goes_on_as_the_same_street() -> None:
    streets = lay(CHAIN, ABC="highway=residential oneway=yes", EDC="highway=residential oneway=-1")
    assert way_back(streets, CHAIN) == {"ABCDE": (False, True)}


def test_a_street_leads_the_way_it_may_be_driven() -> None:
    assert way_back(lay(CHAIN, ABCDE="highway=residential oneway=-1"), CHAIN) == {"EDCBA": (False, True)}


def test_a_private_street_is_kept_against_the_rules() -> None:
    assert way_back(lay(CHAIN, AB="residential", BCDE="highway=service access=private"), CHAIN) == {
        "AB": (False, False), "BCDE": (True, True),
    }


def test_a_bus_lane_against_a_oneway_opens_it() -> None:
    streets = lay(CHAIN, ABC="highway=primary oneway=yes busway=opposite_lane", CDE="highway=primary oneway=yes")
    assert way_back(streets, CHAIN) == {"ABC": (False, False), "CDE": (False, True)}


RING = """
        F
        |
      A-B
      | |
    G-D-C-E
"""


def test_a_roundabout_is_driven_one_way_between_its_arms() -> None:
    streets = lay(RING, ADCBA="highway=tertiary junction=roundabout", BF="tertiary", CE="tertiary", DG="tertiary")
    assert way_back(streets, RING) == {
        "BAD": (False, True), "DC": (False, True), "CB": (False, True),
        "BF": (False, False), "CE": (False, False), "DG": (False, False),
    }


def test_a_ring_that_meets_nothing_is_one_street_from_its_first_node() -> None:
    streets = lay(RING, DCBAD="residential")
    (ring,) = spelt(streets, RING)
    assert ring in ("ABCDA", "ADCBA") and streets.tail.tolist() == streets.head.tolist() == [0]


def test_a_loop_at_the_end_of_a_street_comes_back_to_it() -> None:
    streets = lay(RING, BF="residential", BADCB="residential")
    assert spelt(streets, RING) == ["BCDAB", "BF"] or spelt(streets, RING) == ["BADCB", "BF"]
    assert streets.tail.tolist() == [0, 0] and streets.head.tolist() == [0, 1]


def test_a_dead_end_is_a_junction() -> None:
    streets = lay(CROSS, ABC="residential", BD="service")
    assert spelt(streets, CROSS) == ["AB", "BC", "BD"] and streets.tail.max() == 1 and streets.head.max() == 3


def test_a_street_drawn_twice_is_one() -> None:
    streets = lay(CHAIN, ABC="highway=residential oneway=yes", CBA="residential", CDE="residential")
    assert spelt(streets, CHAIN) == ["ABCDE"]
    assert (streets.against_out.tolist(), streets.against_back.tolist()) == ([False], [False])


def test_a_way_with_an_unknown_node_is_cut_there() -> None:
    assert spelt(lay(CHAIN, ABxDE="residential"), CHAIN) == ["AB", "DE"]


def test_a_node_named_twice_in_a_row_counts_once() -> None:
    assert spelt(lay(CHAIN, ABBCC="residential"), CHAIN) == ["ABC"]


def test_points_stand_once_and_in_order() -> None:
    twice = np.array([[3.0, 1.0], [1.0, 2.0], [3.0, 1.0]])
    made = make_streets([Way(1, [1, 2], Rule("road", False, False))], {1: (0.0, 0.0), 2: (1.0, 0.0)}, twice, NOWHERE)
    assert made.signal_lon_lat.tolist() == [[1.0, 2.0], [3.0, 1.0]] and made.stop_lon_lat.shape == (0, 2)


def test_no_ways_make_no_streets() -> None:
    assert len(make_streets([], {}, NOWHERE, NOWHERE)) == 0


NODES = 9
RULES = st.builds(Rule, st.sampled_from(["road", "track"]), st.booleans(), st.booleans())
WAYS = st.lists(st.tuples(st.lists(st.integers(1, NODES), min_size=2, max_size=6), RULES), min_size=1, max_size=8)


def place(node: int) -> tuple[float, float]:
    """A place of its own for each node, no two pairs equally far apart."""
    return node * 0.01, node * node * 0.001


def made_of(drawn: list[tuple[list[int], Rule]]) -> StreetMap:
    ways = [Way(i, nodes, rule) for i, (nodes, rule) in enumerate(drawn, start=1)]
    return make_streets(ways, {node: place(node) for node in range(1, NODES + 1)}, NOWHERE, NOWHERE)


def pieces_of(drawn: list[tuple[list[int], Rule]]) -> dict[tuple[int, int], bool]:
    """Every directed piece of some ways, and whether it is against the rules of all that draw it."""
    against: dict[tuple[int, int], bool] = {}
    for nodes, rule in drawn:
        for a, b in zip(nodes, nodes[1:], strict=False):
            if a != b:
                against[a, b] = against.get((a, b), True) and rule.against_out
                against[b, a] = against.get((b, a), True) and rule.against_back
    return against


def nodes_along(streets: StreetMap) -> list[list[int]]:
    return [
        [round(float(lon) / 0.01) for lon, _ in streets.lon_lat[a:b]]
        for a, b in zip(streets.first[:-1], streets.first[1:], strict=True)
    ]


@given(WAYS)
def test_every_piece_is_in_one_street_with_its_rule(drawn: list[tuple[list[int], Rule]]) -> None:
    streets = made_of(drawn)
    found: dict[tuple[int, int], bool] = {}
    for nodes, out, back in zip(nodes_along(streets), streets.against_out, streets.against_back, strict=True):
        for a, b in zip(nodes, nodes[1:], strict=False):
            assert (a, b) not in found
            found[a, b], found[b, a] = bool(out), bool(back)
    assert found == pieces_of(drawn)


@given(WAYS)
def test_nothing_is_a_junction_that_need_not_be(drawn: list[tuple[list[int], Rule]]) -> None:
    streets = made_of(drawn)
    neighbours: dict[int, set[int]] = {}
    for a, b in pieces_of(drawn):
        neighbours.setdefault(a, set()).add(b)
    inner = [node for nodes in nodes_along(streets) for node in nodes[1:-1]]
    assert len(inner) == len(set(inner)) and all(len(neighbours[node]) == 2 for node in inner)
    ends = {node for nodes in nodes_along(streets) for node in (nodes[0], nodes[-1])}
    assert not ends & set(inner) and ends | set(inner) == set(neighbours)


@given(WAYS)
def test_distances_and_connections_stay_as_they_were(drawn: list[tuple[list[int], Rule]]) -> None:
    streets = made_of(drawn)
    junctions = [nodes[0] for nodes in nodes_along(streets)] + [nodes[-1] for nodes in nodes_along(streets)]
    ids = dict(zip(np.concatenate((streets.tail, streets.head)).tolist(), junctions, strict=True))
    by_street: dict[tuple[int, int], float] = {}
    for k, nodes in enumerate(nodes_along(streets)):
        length = sum(apart(a, b) for a, b in zip(nodes, nodes[1:], strict=False))
        for there, against in ((nodes, streets.against_out[k]), (nodes[::-1], streets.against_back[k])):
            if not against:
                key = there[0], there[-1]
                by_street[key] = min(length, by_street.get(key, np.inf))
    by_piece = {(a, b): apart(a, b) for (a, b), against in pieces_of(drawn).items() if not against}
    whole, contracted = distances(by_piece), distances(by_street)
    at = sorted(ids.values())
    np.testing.assert_allclose(whole[np.ix_(at, at)], contracted[np.ix_(at, at)])


def apart(a: int, b: int) -> float:
    return float(np.hypot(*np.subtract(place(a), place(b))))


def distances(steps: dict[tuple[int, int], float]) -> Any:
    graph = np.zeros((NODES + 1, NODES + 1))
    for (a, b), length in steps.items():
        if a != b:
            graph[a, b] = length
    return shortest_path(graph, directed=True)


@given(WAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_ways_does_not_matter(drawn: list[tuple[list[int], Rule]], chance: Any) -> None:
    ways = [Way(i, nodes, rule) for i, (nodes, rule) in enumerate(drawn, start=1)]
    mixed = chance.sample(ways, len(ways))
    places = {node: place(node) for node in range(1, NODES + 1)}
    one, other = make_streets(ways, places, NOWHERE, NOWHERE), make_streets(mixed, places, NOWHERE, NOWHERE)
    for field in fields(StreetMap):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


@given(WAYS)
def test_as_many_parts_hang_together_as_before(drawn: list[tuple[list[int], Rule]]) -> None:
    streets = made_of(drawn)
    pieces = np.array(list(pieces_of(drawn))).reshape(-1, 2)
    if not len(pieces):
        assert len(streets) == 0
        return
    whole = parts(pieces[:, 0], pieces[:, 1])
    assert parts(streets.tail, streets.head) == whole


def parts(tail: Any, head: Any) -> int:
    """How many parts the nodes that occur hang together in."""
    names, rows = np.unique(np.concatenate((tail, head)), return_inverse=True)
    a, b = rows[: len(tail)], rows[len(tail):]
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(names), len(names)))
    return int(connected_components(graph, directed=False)[0])


@pytest.mark.parametrize("field", ["tail", "head", "way_id", "first"])
def test_whole_numbers_are_whole(field: str) -> None:
    assert getattr(lay(CROSS, ABC="residential"), field).dtype == np.int64
