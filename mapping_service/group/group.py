"""Which runs are one route in one direction, which of its ways each took, and which way back belongs to it. Pure.

First runs that rode about the same way are put together: two runs differ by the share of the longer one that the
other does not cover, and a bit more the farther apart their ends lie. Average linkage on that difference makes the
groups, so that the order of the runs does not matter, and no group reaches beyond the runs that are linked by
differences below the cut: each such cluster of runs can be grouped alone. Where both sides of a finer cut have runs
enough to be sure that they are two, they are two.

Then partial rides find their route. Where few runs agree on where a way begins and ends, none or, beside those that
agree on the ends of the way that it lies on, no more than chance has it, its runs may all be partial: each belongs to
the group on one of whose ways it lies, or, where several fit alike, stays open with all of them named; one that lies
nowhere else is a group of its own. Labels play no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage, to_tree
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from mapping_service.geo import along_m
from mapping_service.group.line import Line, agreeing, apart_m, line_of
from mapping_service.group.near import Near, near_rides
from mapping_service.group.pairs import pair
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Ride


@dataclass(frozen=True)
class Group:
    """Runs of one route in one direction, by their position in the input.

    ``variants`` are the ways taken, the most ridden first, each a tuple of full runs; ``strays`` took a way of their
    own that too few took; ``partial`` rode a part; ``maybe`` are partial rides that fit other groups as well.
    """

    variants: tuple[tuple[int, ...], ...]
    strays: tuple[int, ...]
    partial: tuple[int, ...]
    maybe: tuple[int, ...]

    @property
    def full(self) -> tuple[int, ...]:
        """All full runs, the strays included."""
        return tuple(sorted(i for variant in (*self.variants, self.strays) for i in variant))


@dataclass(frozen=True)
class Grouping:
    """All groups of a city in the order of their first run, and the pairs of them that are two directions of one route.

    ``cover`` says how much of each run lies along each other, as ``Near`` does.
    """

    groups: tuple[Group, ...]
    pairs: tuple[tuple[int, int], ...]
    cover: sparse.csr_array


def group(lines: Sequence[Line], known: Near, p: Parameters) -> Grouping:
    """Group the runs of a city. The same runs in any order give the same groups."""
    if not lines:
        return Grouping((), (), known.cover)
    order = np.array(sorted(range(len(lines)), key=lambda i: lines[i].digest), dtype=np.int64)
    sorted_lines = [lines[i] for i in order]
    cover, back = (sparse.csr_array(m[order][:, order]) for m in (known.cover, known.back))
    cores = cores_of(sorted_lines, cover, p)
    groups = [_in_given_order(one, order) for one in _groups(sorted_lines, cores, cover, p)]
    groups.sort(key=lambda one: one.full[0])
    return Grouping(tuple(groups), pair([one.variants[0] for one in groups], lines, known.back, p), known.cover)


def group_rides(rides: Sequence[Ride], p: Parameters) -> Grouping:
    """Group the rides of a city by where they went and when; nothing that anybody said of them counts."""
    return group([line_of(ride) for ride in rides], near_rides(rides, p), p)


def _in_given_order(one: Group, order: Ints) -> Group:
    """Return a group of reordered runs in terms of the runs as they were given."""

    def given(runs: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(int(order[i]) for i in runs))

    return Group(tuple(given(way) for way in one.variants), given(one.strays), given(one.partial), given(one.maybe))


def block(shares: sparse.csr_array, rows: Sequence[int] | Ints, columns: Sequence[int] | Ints) -> Floats:
    """Return the shares of some runs along others, (rows, columns)."""
    return np.asarray(shares[np.asarray(rows)][:, np.asarray(columns)].toarray())


def cores_of(lines: Sequence[Line], cover: sparse.csr_array, p: Parameters) -> list[Ints]:
    """Return the runs put together by average linkage; each cluster of linked runs is taken alone.

    ``lines`` are in the order of their digests.
    """
    both = sparse.coo_array(cover.minimum(cover.T))
    linked = are_linked(lines, both.row, both.col, both.data, p)
    graph = sparse.coo_array((both.data[linked], (both.row[linked], both.col[linked])), shape=both.shape)
    count, component = connected_components(graph, directed=False)
    members = np.split(np.argsort(component, kind="stable"), np.cumsum(np.bincount(component, minlength=count))[:-1])
    cores = []
    for runs in members:
        cores += [runs[at] for at in _routes(_square(lines, runs, cover, p), p)]
    return sorted(cores, key=lambda runs: int(runs[0]))


def _routes(difference: Floats, p: Parameters) -> list[Ints]:
    """Return runs by route: average linkage, cut lower where both sides of a cut have runs enough to be sure of it."""
    if len(difference) == 1:
        return [np.zeros(1, dtype=np.int64)]
    found, waiting = [], [to_tree(linkage(squareform(difference, checks=False), "average"))]
    while waiting:
        node = waiting.pop()
        sure = not node.is_leaf() and min(node.left.count, node.right.count) >= p.sure_runs
        if not node.is_leaf() and node.dist > (p.sure_cut if sure else p.group_cut):
            waiting += [node.left, node.right]
        else:
            found.append(np.array(sorted(node.pre_order()), dtype=np.int64))
    return found


def are_linked(lines: Sequence[Line], one: Ints, other: Ints, shared: Floats, p: Parameters) -> NDArray[np.bool_]:
    """Return pair by pair whether two runs differ so little that they must be grouped in one go."""
    return np.asarray(_difference(lines, one, other, shared, p) <= p.group_cut)


def _square(lines: Sequence[Line], runs: Ints, cover: sparse.csr_array, p: Parameters) -> Floats:
    both = block(cover, runs, runs)
    rows, columns = np.indices(both.shape)
    its = [lines[i] for i in runs]
    return _difference(its, rows.ravel(), columns.ravel(), np.minimum(both, both.T).ravel(), p).reshape(both.shape)


def _difference(lines: Sequence[Line], one: Ints, other: Ints, shared: Floats, p: Parameters) -> Floats:
    """Return the difference between runs pair by pair, 0 for equal ones, from the share that both have in common."""
    length_m = np.array([line.length_m for line in lines])
    far_m = p.far_end_share * np.maximum(length_m[one], length_m[other])
    far = np.minimum(1.0, apart_m([lines[i] for i in one], [lines[i] for i in other]) / far_m)
    return np.asarray(np.where(one == other, 0.0, np.maximum(0.0, 1.0 - shared) + p.far_end_penalty * far))


def _cut(difference: Floats, at: float) -> Ints:
    """Return a label per run by average linkage cut at a difference of ``at``."""
    if len(difference) == 1:
        return np.zeros(1, dtype=np.int64)
    tree = linkage(squareform(difference, checks=False), "average")
    return np.asarray(fcluster(tree, at, "distance"), dtype=np.int64)


@dataclass(frozen=True)
class _Core:
    """Runs that rode about the same way: the ways told apart, the most ridden first, and lone parts of a way."""

    ways: tuple[Ints, ...]
    parts: tuple[int, ...]

    @property
    def runs(self) -> list[int]:
        return sorted([*(int(i) for way in self.ways for i in way), *self.parts])


def _groups(lines: Sequence[Line], cores: Sequence[Ints], cover: sparse.csr_array, p: Parameters) -> Iterator[Group]:
    """Settle the cores one by one: whatever might hold one, more agreed runs or a longer way, has been settled before.

    With many rides of a way, some that rode a part of it agree by chance. How many do grows with the rides: so must the
    number that makes a short turn.
    """
    told = [_ways_of(lines, runs, cover, p) for runs in cores]
    agreed = [agreeing([lines[i] for i in core.runs], p) for core in told]
    length_m = [max(lines[i].length_m for i in core.runs) for core in told]
    hosts: dict[int, _Core] = {}
    of_run: dict[int, int] = {}
    partial: dict[int, list[int]] = {}
    maybe: dict[int, list[int]] = {}
    for k in sorted(range(len(told)), key=lambda k: (-agreed[k], -length_m[k], k)):
        chosen = _chosen(told[k].runs, hosts, of_run, cover, p)
        most = max((agreed[host] for found in chosen.values() for host in found), default=0)
        if chosen and (agreed[k] == 1 or agreed[k] < p.short_turn_share * most):
            for i, found in chosen.items():
                for host in found:
                    (partial if len(found) == 1 else maybe).setdefault(host, []).append(i)
        else:
            hosts[k] = told[k]
            of_run |= dict.fromkeys(told[k].runs, k)
    for k, core in hosts.items():
        yield _group(core, partial.get(k, []), maybe.get(k, []), p)


def _chosen(
    runs: Sequence[int],
    hosts: Mapping[int, _Core],
    of_run: Mapping[int, int],
    cover: sparse.csr_array,
    p: Parameters,
) -> dict[int, list[int]]:
    """Return for each run of a core the groups on one of whose ways it lies; nothing where one of them has none."""
    chosen = {}
    for i in runs:
        chosen[i] = _hosts_of(i, hosts, of_run, cover, p)
        if not chosen[i]:
            return {}
    return chosen


def _hosts_of(
    run: int, hosts: Mapping[int, _Core], of_run: Mapping[int, int], cover: sparse.csr_array, p: Parameters
) -> list[int]:
    """Return the groups on one of whose ways a run lies: one, or several that fit alike, or none."""
    row = slice(cover.indptr[run], cover.indptr[run + 1])
    along = cover.indices[row][cover.data[row] >= p.contain_share]
    met = sorted({of_run[j] for j in along.tolist() if j in of_run})
    fits = {k: max(float(np.median(block(cover, [run], way))) for way in hosts[k].ways) for k in met}
    best = max(fits.values(), default=0.0)
    return [k for k, share in fits.items() if share >= p.contain_share and share > best - p.ambiguity]


def _ways_of(lines: Sequence[Line], runs: Ints, cover: sparse.csr_array, p: Parameters) -> _Core:
    """Tell the ways apart that some runs took.

    A lone run that only rode a part of another way is a partial ride of it.
    """
    missed = np.maximum(0.0, 1.0 - block(cover, runs, runs))
    missed_m = missed * np.array([lines[i].length_m for i in runs])[:, None]
    apart = np.maximum(missed / p.variant_cut, missed_m / p.variant_cut_m)
    apart = np.maximum(apart, apart.T)
    np.fill_diagonal(apart, 0.0)
    labels = _cut(apart, 1.0)
    ways = [runs[labels == label] for label in np.unique(labels)]
    parts = [int(way[0]) for way in ways if len(way) == 1 and _is_part(lines, int(way[0]), ways, cover, p)]
    whole = [way for way in ways if way[0] not in parts]
    return _Core(tuple(sorted(whole, key=lambda way: (-len(way), int(way[0])))), tuple(parts))


def _is_part(lines: Sequence[Line], run: int, ways: Sequence[Ints], cover: sparse.csr_array, p: Parameters) -> bool:
    """True where a run lies within another way and is clearly shorter."""
    others = [way for way in ways if run not in way]
    within = (float(np.median(block(cover, [run], way))) >= p.contain_share for way in others)
    longer = (lines[run].length_m < p.contain_share * np.median([lines[i].length_m for i in way]) for way in others)
    return any(a and b for a, b in zip(within, longer, strict=True))


def _group(core: _Core, partial: list[int], maybe: list[int], p: Parameters) -> Group:
    """Return a core and the partial rides on it as a group; ways that too few took are strays."""
    enough = p.variant_share * len(core.runs)
    kept = [way for k, way in enumerate(core.ways) if k == 0 or len(way) > enough]
    strays = [int(i) for k, way in enumerate(core.ways) if k and len(way) <= enough for i in way]
    variants = tuple(tuple(int(i) for i in way) for way in kept)
    return Group(variants, tuple(strays), (*partial, *core.parts), tuple(maybe))


def medoid(members: Sequence[int], cover: sparse.csr_array, lines: Sequence[Floats]) -> int:
    """Return the run that covers and is covered by the others best.

    Of equals, as two runs alone always are, it is the shortest: a wrong turn makes a run longer, never shorter.
    """
    among = block(cover, members, members)
    both = np.round((among + among.T).sum(axis=1), 9)
    best = [members[int(i)] for i in np.flatnonzero(both == both.max())]
    return min(best, key=lambda i: (round(float(along_m(lines[i])[-1]), 3), lines[i].tobytes()))
