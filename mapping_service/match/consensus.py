"""One way along the streets from several runs of one route and direction. Pure.

The averaged line of the runs is far nearer to the truth than any of them, so it is the line that is matched, as if it
were one good run. What each run was matched to votes besides: a street that few of those took that came by needs
better proof, and so does leaving the streets. A run votes only where it ran. The averaged line knows loops, holes and
unmapped stretches; these stay as they are. A detour that enough runs took is told beside the way, not mixed into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.geo import along_m, points_at, resample
from mapping_service.match.index import StreetIndex
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Match


@dataclass(frozen=True)
class Alternative:
    """A detour: its directed edges between those of the way that it leaves and joins, and how many runs took it."""

    leaves: int
    edges: tuple[int, ...]
    joins: int
    runs: int


@dataclass(frozen=True)
class Path:
    """The way of several runs: its line in metres, its directed edges in order (-1 off the streets).

    ``took`` of the ``covered`` runs that came by rode each edge; off the streets, left them at all. ``confidence`` is
    that of the match, 0–1.
    """

    line: Floats
    edges: Ints
    covered: Ints
    took: Ints
    alternatives: tuple[Alternative, ...]
    confidence: float


def consensus(
    shape: Floats, runs: Sequence[Floats], matches: Sequence[Match], index: StreetIndex, p: Parameters
) -> Path:
    """Return the way of some runs along the streets.

    ``shape`` is their averaged line (``fuse_shape``), ``runs`` their positions, all (n, 2) in metres; ``matches`` is
    where each went. One run is enough.
    """
    took, covered = _votes(runs, matches, index, p)
    made = matches[0] if len(matches) == 1 else _matched(shape, took, covered, index, p)
    lone = made.edge < 0
    on = np.maximum(made.edge, 0)
    return Path(
        line=line_of(made, index),
        edges=made.edge,
        covered=np.where(lone, len(matches), covered[on]),
        took=np.where(lone, sum(bool(np.any(m.edge < 0)) for m in matches), took[on]),
        alternatives=_alternatives(matches, made.edge, p),
        confidence=made.confidence,
    )


def _votes(
    runs: Sequence[Floats], matches: Sequence[Match], index: StreetIndex, p: Parameters
) -> tuple[Ints, Ints]:
    """Return for every directed edge how many runs took it and how many came by, those included."""
    took = np.zeros(len(index.length_m), dtype=np.int64)
    covered = took.copy()
    taken = np.unique(np.concatenate([m.edge[m.edge >= 0] for m in matches]))
    ends = index.streets.node_xy[np.concatenate((index.streets.tail[taken], index.streets.head[taken]))]
    for xy, made in zip(runs, matches, strict=True):
        own = np.isin(taken, made.edge)
        by = np.isfinite(cKDTree(xy).query(ends, distance_upper_bound=p.cover_m)[0]).reshape(2, -1).all(axis=0)
        took[taken] += own
        covered[taken] += own | by
    return took, covered


def _matched(shape: Floats, took: Ints, covered: Ints, index: StreetIndex, p: Parameters) -> Match:
    """Return the match of the averaged line, the votes of the runs in mind."""
    share = (took + 0.5) / (covered + 0.5)
    against = np.where(covered > 0, np.minimum(-np.log(share), p.vote_most), p.vote_most)
    xy = resample(shape, p.match_step_m)
    # Leaving the streets costs what the streets cost that nobody took, or all doubt would lead off them.
    strict = replace(p, match_off=p.match_off + p.vote_nats * p.vote_most)
    return match(along_m(xy) / p.unknown_speed_mps, xy, index, strict, edge_cost=p.vote_nats * np.maximum(against, 0.0))


def line_of(made: Match, index: StreetIndex) -> Floats:
    """Return the line of a match in metres, (n, 2): along the streets, and as ridden beside them."""
    off = iter(made.off_road)
    parts = []
    for edge, from_m, to_m in zip(made.edge.tolist(), made.from_m.tolist(), made.to_m.tolist(), strict=True):
        if edge < 0:
            parts.append(next(off))
            continue
        xy = index.line(edge)
        s = along_m(xy)
        parts.append(points_at(xy, s, np.concatenate(([from_m], s[(s > from_m) & (s < to_m)], [to_m]))))
    line = np.concatenate(parts)
    moved = np.hypot(np.diff(line[:, 0]), np.diff(line[:, 1])) > 0.01
    return line[np.concatenate(([True], moved))]


def _alternatives(matches: Sequence[Match], edges: Ints, p: Parameters) -> tuple[Alternative, ...]:
    """Return the detours that enough runs took, the most ridden first."""
    on_way = set(edges[edges >= 0].tolist())
    seen: Counter[tuple[int, tuple[int, ...], int]] = Counter()
    for made in matches:
        seen.update(set(_detours(made.edge.tolist(), on_way)))
    least = max(p.detour_runs, p.detour_share * len(matches))
    ranked = sorted(seen.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Alternative(*detour, runs) for detour, runs in ranked if runs >= least)


def _detours(edges: list[int], on_way: set[int]) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """Yield where a run left the way and came back to it, with the edges between; not what it rode off the streets."""
    last = -1
    for at, edge in enumerate(edges):
        if edge in on_way:
            if 0 <= last < at - 1 and -1 not in edges[last:at]:
                yield edges[last], tuple(edges[last + 1:at]), edge
            last = at
