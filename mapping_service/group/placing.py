"""Which group one run belongs to, from what lies around it alone. Pure.

Placing looks at as little as it can and says what the whole grouping says. Runs are grouped within their cluster of
linked runs, so a run needs its cluster only, unless each run of its core lies along some other as far as it must along
a host. Then they may all be partial rides, and the clusters count of all that covers a run of that core, and, where
those lie along others as well, of what covers their runs. What covers a run is hardly shorter than it, so this ends
soon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.group.group import Grouping, are_linked, cores_of, group
from mapping_service.group.line import Line
from mapping_service.group.near import Near, Pairs, joined, matrices
from mapping_service.parameters import Parameters


@dataclass(frozen=True)
class Around:
    """The pairs that some runs make, by run id, and the lines of all runs in them and of the runs themselves.

    ``pairs.one`` are the runs that were asked for: a pair of two of these is there twice.
    """

    pairs: Pairs
    lines: Mapping[int, Line]


@dataclass(frozen=True)
class Placement:
    """Where a run belongs, by run ids.

    ``role`` is ``full``, ``partial`` or ``maybe``; ``hosts`` are the full runs of its group, or of each group that it
    fits alike, in ascending order; ``looked_at`` is how many runs were grouped to find out.
    """

    role: str
    hosts: tuple[tuple[int, ...], ...]
    looked_at: int


def place(run: int, around: Callable[[Sequence[int]], Around], p: Parameters) -> Placement:
    """Return where a run belongs, as ``group`` over all runs has it. ``around`` looks up what is near some runs."""
    seen = _Seen(around, p)
    within: set[int] = set()
    examined: set[int] = set()
    waiting = {run}
    while waiting:
        member = min(waiting)
        cluster = seen.cluster(member)
        core = seen.core(member, cluster)
        within |= cluster
        examined |= core
        waiting = (waiting | seen.covering(core)) - examined
    ids = sorted(within)
    return _placed(run, ids, group(*seen.known(ids), p))


class _Seen:
    """What has been looked up so far."""

    def __init__(self, around: Callable[[Sequence[int]], Around], p: Parameters) -> None:
        self.lines: dict[int, Line] = {}
        self._around, self._p = around, p
        self._pairs = joined([])
        self._asked: set[int] = set()
        self._linked: dict[int, set[int]] = {}

    def _ask(self, runs: set[int]) -> None:
        new = sorted(runs - self._asked)
        if new:
            found = self._around(new)
            self.lines |= found.lines
            self._pairs = joined([self._pairs, found.pairs])
            self._asked |= set(new)
            pairs, ids = found.pairs, np.array(sorted(found.lines))
            lines = [found.lines[i] for i in ids.tolist()]
            one, other = np.searchsorted(ids, pairs.one), np.searchsorted(ids, pairs.other)
            linked = are_linked(lines, one, other, pairs.cover.min(axis=1), self._p)
            for i, j in zip(pairs.one[linked].tolist(), pairs.other[linked].tolist(), strict=True):
                self._linked.setdefault(i, set()).add(j)

    def cluster(self, run: int) -> set[int]:
        """Return all runs that are linked with one, directly or through others."""
        members: set[int] = set()
        edge = {run}
        while edge:
            self._ask(edge)
            members |= edge
            edge = {j for i in edge for j in self._linked.get(i, ())} - members
        return members

    def core(self, run: int, cluster: set[int]) -> set[int]:
        """Return the runs of a cluster that are put together with one of them."""
        ids = sorted(cluster, key=lambda i: (self.lines[i].digest, i))
        lines, near = self.known(ids)
        (core,) = (core for core in cores_of(lines, near.cover, self._p) if ids.index(run) in core)
        return {ids[i] for i in core.tolist()}

    def covering(self, core: set[int]) -> set[int]:
        """Return the runs along which the runs of a core lie as far as they must along a way of their host.

        The median share along a way is no higher than the highest: a host has such a run. None where a run of the core
        has none: then the core stands alone.
        """
        mine = np.isin(self._pairs.one, list(core)) & (self._pairs.cover[:, 0] >= self._p.contain_share)
        mine &= ~np.isin(self._pairs.other, list(core))
        return set(self._pairs.other[mine].tolist()) if core <= set(self._pairs.one[mine].tolist()) else set()

    def known(self, ids: Sequence[int]) -> tuple[list[Line], Near]:
        """Return the lines of runs that were asked about, and how near they are, by position in ``ids``."""
        order = np.argsort(ids)
        ascending = np.asarray(ids, dtype=np.int64)[order]
        pairs = self._pairs
        inside = np.isin(pairs.one, ids) & np.isin(pairs.other, ids) & (pairs.one < pairs.other)
        one, other = (order[np.searchsorted(ascending, side[inside])] for side in (pairs.one, pairs.other))
        near = matrices(Pairs(one, other, pairs.cover[inside], pairs.back[inside]), len(ids))
        return [self.lines[i] for i in ids], near


def _placed(run: int, ids: Sequence[int], grouping: Grouping) -> Placement:
    at = ids.index(run)
    roles = (("full", [one for one in grouping.groups if at in one.full]),
             ("partial", [one for one in grouping.groups if at in one.partial]),
             ("maybe", [one for one in grouping.groups if at in one.maybe]))
    ((role, found),) = (entry for entry in roles if entry[1])
    return Placement(role, tuple(tuple(ids[i] for i in one.full) for one in found), len(ids))
