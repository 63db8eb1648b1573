"""How much of a run lies along another, for many pairs at once. Compiled by Numba on first use and kept on disk.

Each place that any run passes has a number. To see what lies along one run, the places near it are marked with the
directions that count as its own, one bit each, and each other run is walked over the marks. A byte above holds the
directions of the way back, so that one walk answers both. All sums are of whole numbers: their order says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mapping_service.group.trail import OCTANTS, Trail, around, places_of
from mapping_service.records import Floats, Ints


class Laid(NamedTuple):
    """Trails one after the other: those of run ``i`` are ``first[i]:first[i + 1]`` of ``place`` and what follows it.

    ``beside`` are the nine places near each place, itself one of them; the last one is no run's.
    """

    first: Ints
    place: NDArray[np.int32]
    direction: NDArray[np.uint8]
    weight_dm: NDArray[np.int32]
    beside: NDArray[np.int32]


def laid(trails: Sequence[Trail]) -> Laid:
    """Return trails ready to be compared."""
    first = np.cumsum([0, *(len(trail.keys) for trail in trails)])
    where = [places_of(trail.keys) for trail in trails]
    known = np.unique(np.concatenate([place for place, _ in where]))
    beside = np.full((len(known) + 1, around(known).shape[1]), len(known), dtype=np.int32)
    for side, near in enumerate(around(known).T):
        at = np.minimum(np.searchsorted(known, near), len(known) - 1)
        beside[:-1, side] = np.where(known[at] == near, at, len(known))
    return Laid(
        first,
        np.concatenate([np.searchsorted(known, place).astype(np.int32) for place, _ in where]),
        np.concatenate([direction for _, direction in where]),
        np.concatenate([trail.weight_dm.astype(np.int32) for trail in trails]),
        beside,
    )


def shares(runs: Laid, one: Ints, other: Ints) -> tuple[Floats, Floats]:
    """Return for pairs of runs the shares of ``one`` along ``other`` and of ``other`` along ``one``, (n, 2).

    The second array is the same for ``one`` ridden backwards.
    """
    order = np.argsort(other, kind="stable")
    theirs, mine = _along(runs, one, other), np.empty((len(one), 2), dtype=np.int64)
    mine[order] = _along(runs, other[order], one[order])
    length_dm = np.add.reduceat(runs.weight_dm, runs.first[:-1], dtype=np.int64)
    both = np.stack((mine / length_dm[one, None], theirs / length_dm[other, None]), axis=1)
    return both[:, :, 0], both[:, :, 1]


@njit(cache=True)
def _along(runs: Laid, one: Ints, other: Ints) -> Ints:
    """Return the decimetres of each ``other`` that lie along ``one``, and along ``one`` ridden backwards.

    Pairs with the same ``one`` stand together.
    """
    marks = np.zeros(len(runs.beside), np.uint16)
    found = np.zeros((len(one), 2), np.int64)
    for pair in range(len(one)):
        if pair == 0 or one[pair] != one[pair - 1]:
            if pair > 0:
                _mark(runs, one[pair - 1], marks, False)
            _mark(runs, one[pair], marks, True)
        ahead, back = 0, 0
        for k in range(runs.first[other[pair]], runs.first[other[pair] + 1]):
            seen = marks[runs.place[k]] >> runs.direction[k]
            ahead += (seen & 1) * runs.weight_dm[k]
            back += (seen >> OCTANTS & 1) * runs.weight_dm[k]
        found[pair, 0], found[pair, 1] = ahead, back
    return found


@njit(cache=True)
def _mark(runs: Laid, run: int, marks: NDArray[np.uint16], seen: bool) -> None:
    """Mark what is near a run, or wipe it off. The heading in a cell is an octant off at most."""
    for k in range(runs.first[run], runs.first[run + 1]):
        place, direction = runs.place[k], runs.direction[k]
        bits = 0
        for octant in range(direction + OCTANTS - 1, direction + OCTANTS + 2):
            bits |= 1 << octant % OCTANTS | 1 << OCTANTS + (octant + OCTANTS // 2) % OCTANTS
        for near in runs.beside[place]:
            marks[near] = marks[near] | bits if seen else 0
