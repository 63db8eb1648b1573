"""How near what was inferred comes to the truth: groups, ways, stops, orders. Pure; used by several benchmarks.

Lines are compared as ridden: a point of one lies on another only where the other passes near it under about the same
heading, so that a way out and home along one street is two ways. Metres throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mapping_service.geo import along_m, points_at, resample
from mapping_service.records import Floats

STEP_M = 10.0
NEAR_M = 25.0  # as when a feed is scored against one drawn by hand
SAME_HEADING = np.cos(np.radians(60.0))
_HEADING_M = 20.0  # the heading at a point is taken over this far to each side
_NEIGHBOURS = 16  # points of a line within 25 m of one place: five for each time that it passes
FOUND_F1 = 0.9
ALIKE = 0.85  # of the way in common, and both ends near: two names for one way
ALIKE_ENDS_M = 200.0
SAME_ROUND = 0.15  # of the way: places farther apart along it belong to another of its rounds

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Places:
    """Points (n, 2; metres) with the direction (unit vectors) in which a vehicle passes each, and when: as a share of
    its way, 0–1."""

    xy: Floats
    heading: Floats
    along: Floats

    def only(self, these: NDArray[np.int64]) -> Places:
        """Return some of the places."""
        return Places(self.xy[these], self.heading[these], self.along[these])


class Track:
    """A line as ridden: points every ``STEP_M``, the heading at each, and an index to find them."""

    def __init__(self, xy: Floats) -> None:
        self.xy = resample(xy, STEP_M)
        s = along_m(self.xy)
        ahead = points_at(self.xy, s, np.minimum(s + _HEADING_M, s[-1]))
        ahead -= points_at(self.xy, s, np.maximum(s - _HEADING_M, 0.0))
        self.heading = ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
        self.s = s
        self.low, self.high = self.xy.min(axis=0), self.xy.max(axis=0)

    @cached_property
    def tree(self) -> cKDTree:
        """The index over the points."""
        return cKDTree(self.xy)

    def places(self, xy: Floats, at_m: Floats) -> Places:
        """Return points with how the line passes them; ``at_m`` is where along it each lies."""
        heading = self.heading[np.clip(np.searchsorted(self.s, at_m), 0, len(self.s) - 1)]
        return Places(xy, heading, np.asarray(at_m / max(self.s[-1], 1.0)))

    def meets(self, other: Track) -> bool:
        """True where the boxes of two lines come within ``NEAR_M`` of each other."""
        return bool(np.all(self.low - NEAR_M <= other.high) and np.all(other.low - NEAR_M <= self.high))

    def on(self, other: Track, *, backwards: bool = False) -> Mask:
        """For each point, whether the other line passes near it the same way (or the opposite one)."""
        if not self.meets(other):
            return np.zeros(len(self.xy), dtype=bool)
        most = min(_NEIGHBOURS, len(other.xy))
        away, near = other.tree.query(self.xy, k=np.arange(1, most + 1), distance_upper_bound=NEAR_M)
        close = np.isfinite(away)
        turned = np.sum(other.heading[np.where(close, near, 0)] * self.heading[:, None, :], axis=2)
        return np.asarray(np.any(close & ((-turned if backwards else turned) >= SAME_HEADING), axis=1))


@dataclass(frozen=True)
class Fit:
    """How well one line tells another: shares of each that lie on the other, and their harmonic mean."""

    recall: float
    precision: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both, 0–1."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def fit(truth: Track, found: Track) -> Fit:
    """Compare two lines ridden in one direction."""
    return Fit(float(np.mean(truth.on(found))), float(np.mean(found.on(truth))))


def apart_m(one: Track, other: Track) -> Floats:
    """The distances of the points of each line from the other, both ways together."""
    return np.concatenate((other.tree.query(one.xy)[0], one.tree.query(other.xy)[0]))


def goes_right(ridden: Track, found: Track) -> bool:
    """True where a ride goes along a line in its direction rather than against it."""
    return bool(np.sum(ridden.on(found)) > np.sum(ridden.on(found, backwards=True)))


def ways(tracks: Sequence[Track]) -> list[int]:
    """A number for each line; lines that are alike, with both ends near, share one (ways under two names)."""
    linked = [
        (i, j)
        for i, one in enumerate(tracks)
        for j in range(i + 1, len(tracks))
        if _same_ends(one, tracks[j]) and one.meets(tracks[j]) and _alike(fit(one, tracks[j]))
    ]
    rows, columns = np.array(linked, dtype=np.int64).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(tracks), len(tracks)))
    return [int(label) for label in connected_components(graph, directed=False)[1]]


def _same_ends(one: Track, other: Track) -> bool:
    return all(np.hypot(*(one.xy[end] - other.xy[end])) <= ALIKE_ENDS_M for end in (0, -1))


def _alike(fitted: Fit) -> bool:
    return min(fitted.recall, fitted.precision) >= ALIKE


@dataclass(frozen=True)
class Agreement:
    """How alike two ways of grouping the same things are: adjusted Rand index and V-measure, 1 for equal ones."""

    ari: float
    v: float


def agreement(truth: Sequence[Hashable], found: Sequence[Hashable]) -> Agreement:
    """Compare two groupings (Hubert and Arabie 1985; Rosenberg and Hirschberg 2007); labels run along the things."""
    both, one, other = Counter(zip(truth, found, strict=True)), Counter(truth), Counter(found)
    together, of_one, of_other = _pairs(both), _pairs(one), _pairs(other)
    every = len(truth) * (len(truth) - 1) / 2
    by_chance = of_one * of_other / every if every else 0.0
    most = (of_one + of_other) / 2
    ari = (together - by_chance) / (most - by_chance) if most != by_chance else 1.0
    shared = _entropy(one) + _entropy(other) - _entropy(both)
    total = _entropy(one) + _entropy(other)
    return Agreement(ari, 2 * shared / total if total > 1e-12 else 1.0)


def _pairs(counts: Counter[Any]) -> float:
    return sum(n * (n - 1) / 2 for n in counts.values())


def _entropy(counts: Counter[Any]) -> float:
    share = np.array(list(counts.values()), dtype=np.float64)
    share /= max(1.0, share.sum())
    return float(-np.sum(share * np.log(share)))


def matched(truth: Places, found: Places, within_m: float) -> tuple[list[tuple[int, int]], Floats]:
    """Match places one to one at the least total distance: none farther than ``within_m``, none passed backwards, none
    on another round of a way that comes by twice.

    Returns the pairs and the metres between the two of each.
    """
    if not len(truth.xy) or not len(found.xy):
        return [], np.zeros(0)
    away = np.hypot(*(truth.xy[:, None] - found.xy[None]).transpose(2, 0, 1))
    alike = (truth.heading @ found.heading.T >= 0) & (np.abs(truth.along[:, None] - found.along) <= SAME_ROUND)
    away = np.where(alike, np.minimum(away, 10 * within_m), 10 * within_m)
    i, j = linear_sum_assignment(away)
    hit = away[i, j] <= within_m
    return list(zip(i[hit].tolist(), j[hit].tolist(), strict=True)), away[i, j][hit]


def inversions(order: Sequence[int]) -> int:
    """How many pairs stand in the wrong order."""
    values = np.asarray(order)
    return int(np.sum(np.triu(values[:, None] > values[None, :], 1)))


def apart_places(at_m: Floats, least_m: float) -> list[int]:
    """The places along a line that stand for all: of those nearer than ``least_m`` to the last one kept, none."""
    kept: list[int] = []
    for i, at in enumerate(at_m.tolist()):
        if not kept or at - at_m[kept[-1]] >= least_m:
            kept.append(i)
    return kept
