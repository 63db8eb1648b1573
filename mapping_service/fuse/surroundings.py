"""What else happens near a place: rides of other routes that pass there, the same way or across, and the streets. Pure.

A vehicle of another route that stops at the same kerb speaks for a stop; one that halts on the crossing street, for a
junction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from mapping_service.fuse.calls import Call
from mapping_service.fuse.progress import Track, turned
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints
from mapping_service.street_records import Streets

Mask = NDArray[np.bool_]

_ACROSS = (np.radians(50.0), np.radians(130.0))


@dataclass(frozen=True)
class Neighbours:
    """Of each place: how many other rides came by the same way, stood and reported there; and the same of those
    that crossed. One number per place."""

    past: Ints
    stood: Ints
    told: Ints
    crossed: Ints
    crossing_stood: Ints


class Surroundings:
    """All rides of a city and the marks on its streets, ready to be asked about places."""

    def __init__(
        self, tracks: Sequence[Track], calls: Sequence[Sequence[Call]], streets: Streets | None, p: Parameters
    ) -> None:
        self.p = p
        self.streets = streets
        self._ride = np.repeat(np.arange(len(tracks)), [len(t.xy) for t in tracks])
        self._heading = np.concatenate([t.heading for t in tracks]) if len(tracks) else np.zeros(0)
        self._tree = _tree([t.xy for t in tracks])
        placed = [(i, call) for i, its in enumerate(calls) for call in its]
        self._call_ride = np.array([i for i, _ in placed], dtype=np.int64)
        self._call_told = np.array([call.reported for _, call in placed], dtype=bool)
        self._call_stood = np.array([call.standing_s > 0 for _, call in placed], dtype=bool)
        self._call_heading = np.array([_heading_at(tracks[i], call.t_s) for i, call in placed])
        self._call_tree = _tree([np.array([call.xy for _, call in placed]).reshape(-1, 2)])

    def neighbours(self, xy: Floats, heading: Floats, own: Collection[int]) -> Neighbours:
        """Return what rides other than ``own`` did at places passed under some headings."""
        others = np.ones(1 + int(self._ride.max(initial=0)), dtype=bool)
        others[list(own)] = False
        place, ride, across = self._near(self._tree, self._ride, self._heading, xy, heading, others)
        at, call, call_across = self._near(
            self._call_tree, np.arange(len(self._call_ride)), self._call_heading, xy, heading, others[self._call_ride]
        )
        caller, stood, told = self._call_ride[call], self._call_stood[call], self._call_told[call]
        n = len(xy)
        return Neighbours(
            past=_distinct(n, place[~across], ride[~across]),
            stood=_distinct(n, at[stood & ~call_across], caller[stood & ~call_across]),
            told=_distinct(n, at[told & ~call_across], caller[told & ~call_across]),
            crossed=_distinct(n, place[across], ride[across]),
            crossing_stood=_distinct(n, at[stood & call_across], caller[stood & call_across]),
        )

    def _near(
        self, tree: cKDTree, key: Ints, headings: Floats, xy: Floats, heading: Floats, wanted: Mask
    ) -> tuple[Ints, Ints, Mask]:
        """Return pairs of a place and a wanted thing near it, and whether its way goes across; opposite ways are out"""
        pairs = cKDTree(xy).sparse_distance_matrix(tree, self.p.beside_m, output_type="ndarray")
        turn = turned(headings[pairs["j"]], heading[pairs["i"]])
        across = (turn > _ACROSS[0]) & (turn < _ACROSS[1])
        kept = ((turn <= _ACROSS[0]) | across) & wanted[key[pairs["j"]]]
        return pairs["i"][kept], key[pairs["j"]][kept], across[kept]

    def ahead_m(self, kind: str, xy: Floats, heading: Floats) -> Floats:
        """Return how far the nearest ``junction``, ``signal`` or ``stop`` on the streets is from each place.

        Below zero where it lies behind. NaN where the city has no streets; infinite where the map has none of a kind.
        """
        if self.streets is None:
            return np.full(len(xy), np.nan)
        marks = {"signal": self.streets.signal_xy, "stop": self.streets.stop_xy}.get(kind)
        if marks is None:
            ways = np.bincount(self.streets.tail, minlength=len(self.streets.node_xy))
            marks = self.streets.node_xy[ways > 2]
        if not len(marks):
            return np.full(len(xy), np.inf)
        away, nearest = cKDTree(marks).query(xy)
        ahead = np.sum((marks[nearest] - xy) * np.column_stack((np.cos(heading), np.sin(heading))), axis=1)
        return np.asarray(np.where(ahead < 0, -away, away))


def _tree(parts: Sequence[Floats]) -> cKDTree:
    return cKDTree(np.concatenate(parts) if parts else np.zeros((0, 2)))


def _heading_at(track: Track, t_s: float) -> float:
    return float(track.heading[min(int(np.searchsorted(track.t_s, t_s)), len(track.t_s) - 1)])


def _distinct(n: int, place: Ints, thing: Ints) -> Ints:
    """Return how many different things each of ``n`` places is paired with."""
    pairs = np.unique(np.column_stack((place, thing)), axis=0)
    return np.bincount(pairs[:, 0], minlength=n)
