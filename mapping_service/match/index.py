"""The streets of a city made ready for matching: where each is found, which follow each other at what turn. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from mapping_service.records import Floats, Ints
from mapping_service.street_records import Streets


@dataclass(frozen=True)
class StreetIndex:
    """Streets with what matching looks up again and again.

    ``length_m`` is that of each directed edge. The edges that can follow edge ``e`` are
    ``after[after_first[e]:after_first[e + 1]]``, the way back among them; ``turn`` is 0 straight on and 1 straight
    back for each of them. ``tree`` finds straight pieces of streets; piece ``i`` belongs to street ``piece_street[i]``
    (edges ``2k`` and ``2k + 1`` are street ``k``), begins at ``piece_from[i]``, ``piece_at_m[i]`` along edge ``2k``,
    and goes ``piece_step[i]``.
    """

    streets: Streets
    length_m: Floats
    after_first: Ints
    after: Ints
    turn: Floats
    tree: STRtree
    piece_street: Ints
    piece_from: Floats
    piece_step: Floats
    piece_at_m: Floats

    def line(self, edge: int) -> Floats:
        """Return the vertices of a directed edge."""
        first = self.streets.first
        return self.streets.xy[first[edge]:first[edge + 1]]


@dataclass(frozen=True)
class Nearby:
    """The nearest place on every street near each fix, ordered by fix and then by distance.

    Those of fix ``i`` stand at ``first[i]:first[i + 1]``; ``at_m`` is along edge ``2 * street``, ``ahead`` the unit
    vector that way; ``error`` is the way from the place to the fix.
    """

    first: Ints
    street: Ints
    at_m: Floats
    xy: Floats
    ahead: Floats
    error: Floats


def index_streets(streets: Streets) -> StreetIndex:
    """Return the index of a network; an empty network has an index that finds nothing."""
    step = np.diff(streets.xy, axis=0, append=streets.xy[-1:]) if len(streets.xy) else np.zeros((0, 2))
    size = np.hypot(step[:, 0], step[:, 1])
    last = streets.first[1:] - 1
    size[last] = 0.0
    along = np.cumsum(size) - size
    along = along - np.repeat(along[streets.first[:-1]], np.diff(streets.first))
    edge = np.repeat(np.arange(len(streets.tail)), np.diff(streets.first))
    piece = np.flatnonzero((edge % 2 == 0) & (size > 0))
    lines = shapely.linestrings(np.stack((streets.xy[piece], streets.xy[piece] + step[piece]), axis=1))
    after_first, after, turn = _turns(streets)
    return StreetIndex(
        streets=streets,
        length_m=along[last],
        after_first=after_first,
        after=after,
        turn=turn,
        tree=STRtree(lines),
        piece_street=edge[piece] // 2,
        piece_from=streets.xy[piece],
        piece_step=step[piece],
        piece_at_m=along[piece],
    )


def _turns(streets: Streets) -> tuple[Ints, Ints, Floats]:
    """Return which edges follow each edge, as rows of a compressed table, and how sharp each turn is, 0–1."""
    count = len(streets.tail)
    by_tail = np.argsort(streets.tail, kind="stable")
    begins = np.searchsorted(streets.tail[by_tail], streets.head, side="left")
    ends = np.searchsorted(streets.tail[by_tail], streets.head, side="right")
    first = np.concatenate(([0], np.cumsum(ends - begins))).astype(np.int64)
    edge = np.repeat(np.arange(count), ends - begins)
    after = by_tail[np.arange(first[-1]) - first[edge] + begins[edge]]
    leaving = _unit(streets.xy[streets.first[1:] - 1] - streets.xy[streets.first[1:] - 2])
    entering = _unit(streets.xy[streets.first[:-1] + 1] - streets.xy[streets.first[:-1]])
    turn = (1.0 - np.sum(leaving[edge] * entering[after], axis=1)) / 2.0
    return first, after.astype(np.int64), np.clip(turn, 0.0, 1.0)


def _unit(steps: Floats) -> Floats:
    return steps / np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None]


def nearby(index: StreetIndex, xy: Floats, radius_m: float, most: int) -> Nearby:
    """Return the streets within ``radius_m`` of each fix, at most ``most`` for one."""
    fix, piece = index.tree.query(shapely.points(xy), predicate="dwithin", distance=radius_m)
    start, step = index.piece_from[piece], index.piece_step[piece]
    size = np.hypot(step[:, 0], step[:, 1])
    part = np.clip(np.sum((xy[fix] - start) * step, axis=1) / size**2, 0.0, 1.0)
    place = start + part[:, None] * step
    error = xy[fix] - place
    far_m = np.hypot(error[:, 0], error[:, 1])
    street = index.piece_street[piece]
    order = np.lexsort((piece, far_m, street, fix))
    nearest = order[_first_of(fix[order], street[order])]
    nearest = nearest[np.lexsort((street[nearest], far_m[nearest], fix[nearest]))]
    rank = np.arange(len(nearest)) - np.searchsorted(fix[nearest], fix[nearest])
    kept = nearest[rank < most]
    return Nearby(
        first=np.searchsorted(fix[kept], np.arange(len(xy) + 1)).astype(np.int64),
        street=street[kept],
        at_m=index.piece_at_m[piece[kept]] + part[kept] * size[kept],
        xy=place[kept],
        ahead=step[kept] / size[kept, None],
        error=error[kept],
    )


def _first_of(*keys: Ints) -> Ints:
    """Return where a new combination of sorted keys begins."""
    new = np.zeros(len(keys[0]), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= np.diff(key) != 0
    return np.flatnonzero(new)
