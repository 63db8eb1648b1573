"""Which stops of a city belong together as one station. Pure.

Ends of routes that lie near each other are one terminal, and stops beside it belong to it. Apart from that two stops
are one station where they face each other: the nearest two across a street that vehicles pass in opposite directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import cKDTree

from mapping_service.fuse.progress import turned
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints


@dataclass(frozen=True)
class Kerb:
    """A stop as stations see it: metres, heading of the vehicles (radians), and whether routes end there."""

    xy: Floats
    heading: float
    is_terminal: bool


def stations(kerbs: Sequence[Kerb], p: Parameters) -> list[tuple[int, ...]]:
    """Return the stations, each the positions of its stops (two or more), in the order of their first stops."""
    if len(kerbs) < 2:
        return []
    xy = np.array([k.xy for k in kerbs])
    ends = np.flatnonzero([k.is_terminal for k in kerbs])
    label = np.full(len(kerbs), -1)
    if len(ends):
        label[ends] = _terminals(xy[ends], p)
        away, nearest = cKDTree(xy[ends]).query(xy)
        label = np.where((label < 0) & (away <= p.facing_m), label[ends[nearest]], label)
    pairs = _facing(xy, np.array([k.heading for k in kerbs]), np.flatnonzero(label < 0), p)
    for number, pair in enumerate(pairs, start=int(label.max()) + 1):
        label[list(pair)] = number
    members: dict[int, list[int]] = {}
    for i, its in enumerate(label.tolist()):
        members.setdefault(its, []).append(i)
    return [tuple(found) for its, found in members.items() if its >= 0 and len(found) > 1]


def _terminals(xy: Floats, p: Parameters) -> Ints:
    """Return a label for each end: ends are one terminal where all of them lie within ``p.station_m`` of each other."""
    if len(xy) < 2:
        return np.zeros(len(xy), dtype=np.int64)
    return np.asarray(fcluster(linkage(xy, "complete"), p.station_m, "distance"), dtype=np.int64) - 1


def _facing(xy: Floats, heading: Floats, free: Ints, p: Parameters) -> list[tuple[int, int]]:
    """Return the pairs of stops that are each other's nearest one across the street."""
    if len(free) < 2:
        return []
    near = cKDTree(xy[free]).query_pairs(p.facing_m, output_type="ndarray")
    opposite = turned(heading[free[near[:, 0]]], heading[free[near[:, 1]]]) >= np.pi - np.radians(p.same_stop_angle_deg)
    near = near[opposite]
    away = np.hypot(*(xy[free[near[:, 0]]] - xy[free[near[:, 1]]]).T)
    both = sparse.coo_matrix((np.r_[away, away], np.r_[near, near[:, ::-1]].T), shape=(len(free), len(free))).tocsr()
    found = []
    for i in range(len(free)):
        k = _nearest(both, i)
        if k > i and _nearest(both, k) == i:
            found.append((int(free[i]), int(free[k])))
    return found


def _nearest(away: sparse.csr_matrix, i: int) -> int:
    row = slice(away.indptr[i], away.indptr[i + 1])
    if row.start == row.stop:
        return -1
    return int(min(zip(away.data[row], away.indices[row], strict=True))[1])
