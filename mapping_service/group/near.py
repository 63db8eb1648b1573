"""Which runs have much in common, and how much of each lies along the other. Pure.

Being near is a matter of two runs alone: whatever else a city holds, and in whatever order it came, two runs are as
near as they were. Everything that grouping decides rests on this relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from mapping_service.group.shares import Laid, laid, shares
from mapping_service.group.trail import Trail, squares, trail_of
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Ride

# So that the memory of a large city stays small.
_RUNS_AT_ONCE = 256
_PAIRS_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Pairs:
    """Pairs of runs that are near, one row each: ``one`` and ``other`` by position in the input.

    ``cover`` holds the shares of ``one`` that lie along ``other`` in the same direction and of ``other`` along
    ``one``, (n, 2); ``back`` the same for ``one`` ridden backwards. 0 stands for a share that says nothing.
    """

    one: Ints
    other: Ints
    cover: Floats
    back: Floats


@dataclass(frozen=True)
class Near:
    """The same as two sparse (n, n) matrices: row i, column j is the share of run i that lies along run j."""

    cover: sparse.csr_array
    back: sparse.csr_array


def near(trails: Sequence[Trail], p: Parameters) -> Near:
    """Compare all trails with each other."""
    return matrices(near_pairs(trails, p), len(trails))


def near_rides(rides: Sequence[Ride], p: Parameters) -> Near:
    """Compare rides by where they went."""
    return near([trail_of(ride.xy, p) for ride in rides], p)


def near_pairs(trails: Sequence[Trail], p: Parameters) -> Pairs:
    """Return all pairs of runs that are near."""
    if not trails:
        return joined([])
    one, other = (np.concatenate(side) for side in zip(*_meetings([squares(trail) for trail in trails], p)))
    runs = laid(trails)
    return joined([
        _compared(runs, one[at:at + _PAIRS_AT_ONCE], other[at:at + _PAIRS_AT_ONCE], p)
        for at in range(0, len(one), _PAIRS_AT_ONCE)
    ])


def matrices(pairs: Pairs, n: int) -> Near:
    """Return pairs as matrices over n runs; each run covers itself."""
    rows = np.concatenate((pairs.one, pairs.other))
    columns = np.concatenate((pairs.other, pairs.one))

    def matrix(shares: Floats, itself: float) -> sparse.csr_array:
        values = np.concatenate((shares[:, 0], shares[:, 1]))
        made = sparse.csr_array((values, (rows, columns)), shape=(n, n))
        return sparse.csr_array(made + itself * sparse.eye_array(n))

    return Near(matrix(pairs.cover, 1.0), matrix(pairs.back, 0.0))


def _meetings(passed: Sequence[Ints], p: Parameters) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of runs with enough squares in common, the earlier run first, in ascending order."""
    sizes = np.array([len(one) for one in passed])
    columns, index = np.unique(np.concatenate(passed), return_inverse=True)
    first = np.concatenate(([0], np.cumsum(sizes)))
    table = sparse.csr_array((np.ones(len(index), dtype=np.int32), index, first), shape=(len(passed), len(columns)))
    turned = table.T.tocsr()
    for start in range(0, len(passed), _RUNS_AT_ONCE):
        met = sparse.triu(table[start:start + _RUNS_AT_ONCE] @ turned, start + 1, format="csr")
        met.sort_indices()
        one, other = met.nonzero()
        one += start
        enough = met.data >= np.maximum(1, p.near_squares_share * np.minimum(sizes[one], sizes[other]))
        yield one[enough], other[enough]


def compare(mine: Trail, others: Sequence[Trail], p: Parameters) -> Pairs:
    """Return the pairs that one run, as number 0, makes with those of others that are near it, by their position."""
    if not others:
        return joined([])
    at = np.arange(len(others))
    found = _compared(laid([mine, *others]), np.zeros_like(at), at + 1, p)
    return replace(found, other=found.other - 1)


def _compared(runs: Laid, one: Ints, other: Ints, p: Parameters) -> Pairs:
    """Return those pairs that are near: each has ``near_share`` of itself in common with the other, or one lies within
    the other."""
    cover, back = (np.where(share >= p.near_share, share, 0.0) for share in shares(runs, one, other))
    cover[~((cover.min(axis=1) > 0) | (cover.max(axis=1) >= p.contain_share))] = 0.0
    back[back.min(axis=1) == 0] = 0.0
    kept = (cover.max(axis=1) > 0) | (back.max(axis=1) > 0)
    return Pairs(one[kept], other[kept], cover[kept], back[kept])


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Return all pairs of several parts, in their order."""
    none = Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros((0, 2)))
    all_ = (none, *parts)
    return Pairs(
        np.concatenate([one.one for one in all_]),
        np.concatenate([one.other for one in all_]),
        np.concatenate([one.cover for one in all_]),
        np.concatenate([one.back for one in all_]),
    )
