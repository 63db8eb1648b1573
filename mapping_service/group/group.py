"""Which runs are one route in one direction, which of its ways each took, and which way back belongs to it. Pure.

Two runs differ by the share of the longer one that the other does not cover; a bit less where both began and both
ended at the same place, a bit more the farther apart their ends lie. Average linkage on that difference makes the
groups, so that the order of the runs does not matter. A lone run that lies inside a group, and that begins or ends
where no terminal is known, is a partial ride: it belongs to that group, or, where several fit alike, stays open with
all of them named. Labels play no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from mapping_service.geo import along_m
from mapping_service.group.overlap import coverage
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints


@dataclass(frozen=True)
class Line:
    """A run as grouping sees it: samples in metres, and whether it began and ended at a known terminal."""

    xy: Floats
    starts_at_terminal: bool
    ends_at_terminal: bool


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
    """All groups of a city, and the pairs of groups that are two directions of one route."""

    groups: tuple[Group, ...]
    pairs: tuple[tuple[int, int], ...]
    cover: Floats


def group(lines: Sequence[Line], p: Parameters) -> Grouping:
    """Group the runs of a city. The same runs in any order give the same groups."""
    if not lines:
        return Grouping((), (), np.zeros((0, 0)))
    # Ties are decided by the runs themselves, never by the order in which they came.
    order = np.array(sorted(range(len(lines)), key=lambda i: lines[i].xy.tobytes()))
    return _in_given_order(_group([lines[i] for i in order], p), order)


def _in_given_order(made: Grouping, order: Ints) -> Grouping:
    """Return a grouping of reordered runs in terms of the runs as they were given; groups by their first run."""
    groups = [
        Group(
            variants=tuple(tuple(sorted(int(order[i]) for i in way)) for way in one.variants),
            strays=tuple(sorted(int(order[i]) for i in one.strays)),
            partial=tuple(sorted(int(order[i]) for i in one.partial)),
            maybe=tuple(sorted(int(order[i]) for i in one.maybe)),
        )
        for one in made.groups
    ]
    by_first = sorted(range(len(groups)), key=lambda g: min(groups[g].full))
    place = {g: at for at, g in enumerate(by_first)}
    back = np.argsort(order)
    pairs = sorted((min(place[a], place[b]), max(place[a], place[b])) for a, b in made.pairs)
    return Grouping(tuple(groups[g] for g in by_first), tuple(pairs), made.cover[np.ix_(back, back)])


def _group(lines: Sequence[Line], p: Parameters) -> Grouping:
    samples = [line.xy for line in lines]
    cover = coverage(samples, p)
    labels = _cut(_difference(samples, cover, p), p.group_cut)
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    members.sort(key=lambda m: int(m[0]))
    full, partial, maybe = _settle_partials(lines, members, cover, p)
    groups = tuple(
        _with_variants(lines, m, partial.get(k, []), maybe.get(k, []), cover, p) for k, m in full.items()
    )
    back = coverage(samples, p, reverse=True)
    return Grouping(groups, _pair(groups, samples, back, p), cover)


def _difference(samples: Sequence[Floats], cover: Floats, p: Parameters) -> Floats:
    """Return the symmetric (n, n) difference between runs, 0 for equal ones."""
    starts = np.array([xy[0] for xy in samples])
    ends = np.array([xy[-1] for xy in samples])
    apart_m = np.maximum(_distances(starts), _distances(ends))
    missed = 1.0 - np.minimum(cover, cover.T)
    same_ends = apart_m <= p.same_end_m
    near = np.where(same_ends, p.same_end_factor, 1.0)
    far = np.where(same_ends, 0.0, p.far_end_penalty * np.minimum(1.0, apart_m / p.far_end_m))
    difference = missed * near + far
    np.fill_diagonal(difference, 0.0)
    return difference


def _distances(points: Floats) -> Floats:
    return np.asarray(np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)))


def _cut(difference: Floats, at: float) -> Ints:
    """Return a label per run by average linkage cut at a difference of ``at``."""
    if len(difference) == 1:
        return np.zeros(1, dtype=np.int64)
    tree = linkage(squareform(difference, checks=False), "average")
    return np.asarray(fcluster(tree, at, "distance"), dtype=np.int64)


def _settle_partials(
    lines: Sequence[Line], members: Sequence[Ints], cover: Floats, p: Parameters
) -> tuple[dict[int, Ints], dict[int, list[int]], dict[int, list[int]]]:
    """Return the groups that stay, and for each the partial rides that surely and perhaps belong to it."""
    lone = [k for k, m in enumerate(members) if len(m) == 1 and not _whole(lines[m[0]])]
    hosts = {k: m for k, m in enumerate(members) if k not in lone}
    partial: dict[int, list[int]] = {}
    maybe: dict[int, list[int]] = {}
    for k in lone:
        run = int(members[k][0])
        fits = {h: float(np.median(cover[run, m])) for h, m in hosts.items() if len(m) > 1 or _whole(lines[m[0]])}
        best = max(fits.values(), default=0.0)
        if best < p.contain_share:
            hosts[k] = members[k]
            continue
        chosen = [h for h, share in fits.items() if share > best - p.ambiguity and share >= p.contain_share]
        for h in chosen:
            (partial if len(chosen) == 1 else maybe).setdefault(h, []).append(run)
    return dict(sorted(hosts.items())), partial, maybe


def _whole(line: Line) -> bool:
    return line.starts_at_terminal and line.ends_at_terminal


def _with_variants(
    lines: Sequence[Line], members: Ints, partial: list[int], maybe: list[int], cover: Floats, p: Parameters
) -> Group:
    """Tell the ways apart that the runs of one group took; ways that too few took are strays.

    A lone run that only rode a part of another way, and not from terminal to terminal, is a partial ride of it.
    """
    missed = 1.0 - np.minimum(cover, cover.T)[np.ix_(members, members)]
    np.fill_diagonal(missed, 0.0)
    labels = _cut(missed, p.variant_cut)
    ways = [members[labels == label] for label in np.unique(labels)]
    parts = [way for way in ways if len(way) == 1 and _is_part(lines, int(way[0]), ways, cover, p)]
    ways = [way for way in ways if not any(way is part for part in parts)]
    ways.sort(key=lambda way: (-len(way), int(way[0])))
    kept = [w for i, w in enumerate(ways) if i == 0 or len(w) >= p.variant_share * len(members)]
    strays = [int(i) for w in ways if not any(w is k for k in kept) for i in w]
    return Group(
        variants=tuple(tuple(int(i) for i in w) for w in kept),
        strays=tuple(sorted(strays)),
        partial=(*partial, *(int(part[0]) for part in parts)),
        maybe=tuple(maybe),
    )


def _is_part(lines: Sequence[Line], run: int, ways: Sequence[Ints], cover: Floats, p: Parameters) -> bool:
    """True where a run lies within another way and is clearly shorter, and did not ride from terminal to terminal."""
    if _whole(lines[run]):
        return False
    others = [way for way in ways if run not in way]
    within = (float(np.median(cover[run, way])) >= p.contain_share for way in others)
    longer = (len(lines[run].xy) < p.contain_share * np.median([len(lines[i].xy) for i in way]) for way in others)
    return any(a and b for a, b in zip(within, longer, strict=True))


def medoid(members: Sequence[int], cover: Floats, lines: Sequence[Floats]) -> int:
    """Return the run that covers and is covered by the others best.

    Of equals, as two runs alone always are, it is the shortest: a wrong turn makes a run longer, never shorter.
    """
    both = np.round((cover + cover.T)[np.ix_(members, members)].sum(axis=1), 9)
    best = [members[int(i)] for i in np.flatnonzero(both == both.max())]
    return min(best, key=lambda i: (round(float(along_m(lines[i])[-1]), 3), lines[i].tobytes()))


def _pair(
    groups: Sequence[Group], samples: Sequence[Floats], back: Floats, p: Parameters
) -> tuple[tuple[int, int], ...]:
    """Match each group with the way back that runs beside it most, one to one, best first."""
    fits: list[tuple[float, int, int]] = []
    for a, one in enumerate(groups):
        for b in range(a + 1, len(groups)):
            share = _way_back_share(one.variants[0], groups[b].variants[0], samples, back, p)
            if share >= p.reverse_share:
                fits.append((-share, a, b))
    taken: NDArray[np.bool_] = np.zeros(len(groups), dtype=bool)
    pairs = []
    for _, a, b in sorted(fits):
        if not (taken[a] or taken[b]):
            taken[[a, b]] = True
            pairs.append((a, b))
    return tuple(sorted(pairs))


def _way_back_share(
    out: Sequence[int], home: Sequence[int], samples: Sequence[Floats], back: Floats, p: Parameters
) -> float:
    """Return how much two groups run beside each other in opposite directions, less where their ends do not meet."""
    share = float(np.median(np.minimum(back[np.ix_(out, home)], back[np.ix_(home, out)].T)))
    if share < p.reverse_share:
        return 0.0
    a, b = samples[out[0]], samples[home[0]]
    apart_m = max(np.hypot(*(a[0] - b[-1])), np.hypot(*(a[-1] - b[0])))
    return share - p.far_end_penalty * min(1.0, float(apart_m) / p.far_end_m)
