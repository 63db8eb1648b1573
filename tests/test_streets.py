"""A street map in metres: pairs of edges, there and back, between junctions that lie where their streets end."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from mapping_service.geo import to_metres
from mapping_service.street_records import StreetMap
from mapping_service.streets import digest, directed
from tests.collectors.streets.drawn import lay

SRID = 32637
TOWN = """
      E
      |
    A-B-C
      |
      D-F
"""


def town() -> StreetMap:
    return lay(TOWN, ABC="primary", EB="highway=residential oneway=yes", BDF="residential")


def test_edges_stand_in_pairs_there_and_back() -> None:
    made = directed(town(), SRID)
    assert made.tail.tolist() == made.head[np.arange(len(made.tail)) ^ 1].tolist()
    for edge in range(0, len(made.tail), 2):
        there, back = (made.xy[made.first[e]:made.first[e + 1]] for e in (edge, edge + 1))
        np.testing.assert_array_equal(there, back[::-1])


def test_every_edge_begins_and_ends_in_its_junctions() -> None:
    made = directed(town(), SRID)
    np.testing.assert_array_equal(made.xy[made.first[:-1]], made.node_xy[made.tail])
    np.testing.assert_array_equal(made.xy[made.first[1:] - 1], made.node_xy[made.head])


def test_a_oneway_is_against_the_rules_one_way_only() -> None:
    made = directed(town(), SRID)
    assert made.against.reshape(-1, 2).tolist().count([False, True]) == 1
    assert made.against.sum() == 1


def test_vertices_are_metres_of_the_zone() -> None:
    found = town()
    made = directed(found, SRID)
    expected = to_metres(found.lon_lat[:, 0], found.lon_lat[:, 1], SRID)
    np.testing.assert_array_equal(made.xy[made.first[0]:made.first[1]], expected[found.first[0]:found.first[1]])


def test_no_streets_make_no_edges() -> None:
    made = directed(lay(TOWN), SRID)
    assert (len(made.tail), made.node_xy.shape, made.xy.shape) == (0, (0, 2), (0, 2))


def test_a_digest_tells_any_difference() -> None:
    found = town()
    assert digest(found) == digest(town())
    for one in fields(StreetMap):
        values = getattr(found, one.name)
        changed: Any = values[::-1].copy() if len(values) else np.ones((1, 2))
        if np.array_equal(changed, values):
            changed = values[:-1]
        assert digest(replace(found, **{one.name: changed})) != digest(found), one.name
