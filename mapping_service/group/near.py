"""Which runs have much in common, and how much of each lies along the other. Pure.

Being near is a matter of two runs alone: whatever else a city holds, and in whatever order it came, two runs are as
near as they were. Everything that grouping decides rests on this relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from mapping_service.group.trail import Trail, backward, reach, squares, trail_of
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Ride


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


@dataclass(frozen=True)
class Trails:
    """Where a run went on the ground, and on the streets; ``None`` where it was not matched to any."""

    ground: Trail
    streets: Trail | None


def trails_of(ride: Ride, p: Parameters) -> Trails:
    """Return the trails of a ride."""
    streets = None if ride.match is None else trail_of(ride.xy, ride.match, p)
    return Trails(trail_of(ride.xy, None, p), streets)


def near(trails: Sequence[Trail], p: Parameters) -> Near:
    """Compare all trails with each other."""
    return matrices(_pairs(trails, p), len(trails))


def near_rides(rides: Sequence[Ride], p: Parameters) -> Near:
    """Compare rides on the streets where both were matched, and by where they went on the ground where not."""
    return matrices(near_pairs([trails_of(ride, p) for ride in rides], p), len(rides))


def near_pairs(runs: Sequence[Trails], p: Parameters) -> Pairs:
    """Return all pairs of runs that are near: on the streets where both were matched, on the ground where not."""
    matched = np.array([run.streets is not None for run in runs], dtype=bool)
    ground = _pairs([run.ground for run in runs], p)
    streets = _pairs([run.streets for run in runs if run.streets is not None], p)
    at = np.flatnonzero(matched)
    unmatched = ~(matched[ground.one] & matched[ground.other])
    on_ground = Pairs(ground.one[unmatched], ground.other[unmatched], ground.cover[unmatched], ground.back[unmatched])
    return joined([on_ground, Pairs(at[streets.one], at[streets.other], streets.cover, streets.back)])


def _pairs(trails: Sequence[Trail], p: Parameters) -> Pairs:
    passed = [squares(trail) for trail in trails]
    return joined([compare(i, trails[i], js, trails, p) for i, js in _meetings(passed, p)] if trails else [])


def matrices(pairs: Pairs, n: int) -> Near:
    """Return pairs as matrices over n runs; each run covers itself."""
    rows = np.concatenate((pairs.one, pairs.other))
    columns = np.concatenate((pairs.other, pairs.one))

    def matrix(shares: Floats, itself: float) -> sparse.csr_array:
        values = np.concatenate((shares[:, 0], shares[:, 1]))
        made = sparse.csr_array((values, (rows, columns)), shape=(n, n))
        return sparse.csr_array(made + itself * sparse.eye_array(n))

    return Near(matrix(pairs.cover, 1.0), matrix(pairs.back, 0.0))


def _meetings(passed: Sequence[Ints], p: Parameters) -> Iterator[tuple[int, Ints]]:
    """Yield for each run those after it with enough squares in common."""
    sizes = np.array([len(one) for one in passed])
    columns, index = np.unique(np.concatenate(passed), return_inverse=True)
    rows = np.repeat(np.arange(len(passed)), sizes)
    table = sparse.csr_array((np.ones(len(rows), dtype=np.int32), (rows, index)), shape=(len(passed), len(columns)))
    turned = table.T.tocsc()
    for i in range(len(passed)):
        common = np.asarray((table[[i]] @ turned).todense()).ravel()
        enough = common >= np.maximum(1, p.near_squares_share * np.minimum(sizes[i], sizes))
        yield i, np.flatnonzero(enough[i + 1:]) + i + 1


def compare(i: int, mine: Trail, js: Ints, trails: Sequence[Trail], p: Parameters) -> Pairs:
    """Return the pairs of run ``i`` with those of the runs ``js`` that are near it; ``trails`` are found by position.

    A pair is near where each has ``near_share`` of itself in common with the other, or one lies within the other.
    """
    others = [trails[j] for j in js]
    cover = _shares(mine, others, p)
    back = _shares(backward(mine), others, p)
    cover[~((cover.min(axis=1) > 0) | (cover.max(axis=1) >= p.contain_share))] = 0.0
    back[back.min(axis=1) == 0] = 0.0
    kept = (cover.max(axis=1) > 0) | (back.max(axis=1) > 0)
    return Pairs(np.full(int(kept.sum()), i), np.asarray(js)[kept], cover[kept], back[kept])


def _shares(mine: Trail, others: Sequence[Trail], p: Parameters) -> Floats:
    """Return for each other run the share of mine along it and of it along mine; those below ``near_share`` are 0."""
    if not others:
        return np.zeros((0, 2))
    keys = np.concatenate([other.keys for other in others])
    weights = np.concatenate([other.weight_dm for other in others])
    run = np.repeat(np.arange(len(others)), [len(other.keys) for other in others])
    near_mine, of = reach(mine)
    first, last = np.searchsorted(near_mine, keys), np.searchsorted(near_mine, keys, side="right")
    met = last > first
    theirs = np.bincount(run[met], weights[met], minlength=len(others)) / [other.length_dm for other in others]
    counts = (last - first)[met]
    hits = np.repeat(first[met] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) + np.arange(counts.sum())
    touched = np.zeros((len(others), len(mine.keys)), dtype=bool)
    touched[np.repeat(run[met], counts), of[hits]] = True
    shares = np.column_stack((touched @ mine.weight_dm / mine.length_dm, theirs))
    return np.where(shares >= p.near_share, shares, 0.0)


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
