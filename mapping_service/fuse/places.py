"""Stops of a city from the stops of its patterns: the same kerb served by several patterns is one stop. Pure.

Stops of different patterns are one where they lie near each other and vehicles pass in about the same direction, so
that the two sides of a street stay apart; at terminals the direction does not matter. A chain of near stops is cut by
average linkage, so that it does not grow along the street.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.distance import squareform

from mapping_service.fuse.stops import LineStop
from mapping_service.parameters import Parameters
from mapping_service.records import Ints


def merge(stops: Sequence[LineStop], p: Parameters) -> Ints:
    """Return a label for each stop, 0, 1, … in order of first appearance; equal labels are one place."""
    if not stops:
        return np.zeros(0, dtype=np.int64)
    xy = np.array([s.xy for s in stops])
    pairs = cKDTree(xy).query_pairs(max(p.same_stop_m, p.same_terminal_m), output_type="ndarray")
    linked = [(a, b) for a, b in pairs.tolist() if _same(stops[a], stops[b], p)]
    rows, columns = np.array(linked, dtype=np.int64).reshape(-1, 2).T
    graph = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(stops), len(stops)))
    _, component = connected_components(graph, directed=False)
    labels = np.zeros(len(stops), dtype=np.int64)
    for c in np.unique(component):
        members = np.flatnonzero(component == c)
        labels[members] = labels.max() + 1 + _cut(stops, members, p)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)


def _same(a: LineStop, b: LineStop, p: Parameters) -> bool:
    apart_m = float(np.hypot(*(a.xy - b.xy)))
    if a.method == b.method == "terminal":
        return apart_m <= p.same_terminal_m
    turn = abs((a.heading - b.heading + np.pi) % (2 * np.pi) - np.pi)
    return apart_m <= p.same_stop_m and turn <= np.radians(p.same_stop_angle_deg)


def _cut(stops: Sequence[LineStop], members: Ints, p: Parameters) -> Ints:
    if len(members) < 3:
        return np.zeros(len(members), dtype=np.int64)
    xy = np.array([stops[i].xy for i in members])
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    ends = np.array([stops[i].method == "terminal" for i in members])
    both_ends = ends[:, None] & ends[None]
    heading = np.array([stops[i].heading for i in members])
    turn = np.abs((heading[:, None] - heading[None] + np.pi) % (2 * np.pi) - np.pi)
    turned = np.where(both_ends, 0.0, turn / np.radians(p.same_stop_angle_deg))
    scaled = np.maximum(apart / np.where(both_ends, p.same_terminal_m, p.same_stop_m), turned)
    np.fill_diagonal(scaled, 0.0)
    tree = linkage(squareform(scaled, checks=False), "average")
    return np.asarray(fcluster(tree, 1.0, "distance"), dtype=np.int64) - 1
