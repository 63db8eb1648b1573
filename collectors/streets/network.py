"""Ways that share nodes become streets between junctions: split where ways meet, joined where nothing happens.

Two ways that cross without a common node, as a bridge over a street, do not meet. The same ways in any order give the
same streets: junctions stand in the order of their OpenStreetMap ids, streets in that of their junctions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collectors.streets.rules import Rule
from mapping_service.records import Floats, Ints
from mapping_service.street_records import StreetMap

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Way:
    """One way of a map: its id, the ids of its nodes in the order in which it is drawn, and how it may be driven."""

    way_id: int
    nodes: Sequence[int]
    rule: Rule


@dataclass(frozen=True)
class _Pieces:
    """Straight pieces between neighbouring nodes, each once.

    Half-edge ``2i`` leads along piece ``i`` from its lower to its higher node (rows of the node table), ``2i + 1``
    back; ``start`` is where a half-edge begins, ``against`` whether cars may not drive it.
    """

    start: Ints
    against: Bools
    kind: NDArray[np.str_]
    way_id: Ints

    def end(self) -> Ints:
        """Where each half-edge ends."""
        return np.asarray(self.start[np.arange(len(self.start)) ^ 1])


def make_streets(
    ways: Sequence[Way], places: Mapping[int, tuple[float, float]], signals: Floats, stops: Floats
) -> StreetMap:
    """Return the streets of ways whose nodes lie at ``places`` (lon, lat); a piece with an unknown end is left out."""
    nodes = np.array(sorted(places), dtype=np.int64)
    lon_lat = np.array([places[int(node)] for node in nodes], dtype=np.float64).reshape(-1, 2)
    pieces = _pieces(ways, nodes)
    chains = _chains(pieces, _onward(pieces))
    lengths = np.array([len(chain) for chain in chains], dtype=np.int64)
    halves = np.array([half for chain in chains for half in chain], dtype=np.int64)
    begins = np.concatenate(([0], np.cumsum(lengths)))
    end = pieces.end()
    # Each street has one vertex more than pieces: where its first half-edge begins, then where each one ends.
    vertices = np.insert(end[halves], begins[:-1], pieces.start[halves[begins[:-1]]])
    from_node, to_node = pieces.start[halves[begins[:-1]]], end[halves[begins[1:] - 1]]
    junctions, ends = np.unique(np.concatenate((from_node, to_node)), return_inverse=True)
    lead = halves[begins[:-1]]
    return StreetMap(
        tail=ends[: len(chains)].astype(np.int64),
        head=ends[len(chains):].astype(np.int64),
        against_out=pieces.against[lead],
        against_back=pieces.against[lead ^ 1],
        way_id=_longest_way(pieces, halves, begins, lon_lat),
        kind=pieces.kind[lead // 2],
        first=(begins + np.arange(len(begins))).astype(np.int64),
        lon_lat=lon_lat[vertices],
        signal_lon_lat=_in_order(signals),
        stop_lon_lat=_in_order(stops),
    )


def _pieces(ways: Sequence[Way], nodes: Ints) -> _Pieces:
    """Return the pieces of all ways; where two ways draw the same piece, the lower id names it and both rules help."""
    counts = np.array([len(way.nodes) for way in ways], dtype=np.int64)
    of_way = np.repeat(np.arange(len(ways)), counts)
    ids = np.array([node for way in ways for node in way.nodes], dtype=np.int64)
    row = np.minimum(np.searchsorted(nodes, ids), max(0, len(nodes) - 1))
    known = nodes[row] == ids if len(nodes) else np.zeros(len(ids), dtype=bool)
    pair = (of_way[:-1] == of_way[1:]) & known[:-1] & known[1:] & (ids[:-1] != ids[1:])
    a, b, way = row[:-1][pair], row[1:][pair], of_way[:-1][pair]
    way_id = np.array([one.way_id for one in ways], dtype=np.int64)[way]
    out = np.array([one.rule.against_out for one in ways], dtype=bool)[way]
    back = np.array([one.rule.against_back for one in ways], dtype=bool)[way]
    kind = np.array([one.rule.kind for one in ways], dtype=np.str_)[way]
    low, high, upward = np.minimum(a, b), np.maximum(a, b), a < b
    order = np.lexsort((way_id, high, low))
    low, high, upward = low[order], high[order], upward[order]
    new = np.ones(len(low), dtype=bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    at = np.flatnonzero(new)
    up, down = np.where(upward, out[order], back[order]), np.where(upward, back[order], out[order])
    return _Pieces(
        start=np.column_stack((low[at], high[at])).ravel(),
        against=np.column_stack((_all_of(up, at), _all_of(down, at))).ravel(),
        kind=kind[order][at],
        way_id=way_id[order][at],
    )


def _all_of(flags: Bools, at: Ints) -> Bools:
    return np.logical_and.reduceat(flags, at) if len(at) else flags


def _onward(pieces: _Pieces) -> list[int]:
    """Return for each half-edge the one that goes on where nothing but it does; -1 where a junction ends it.

    A node is none where two pieces meet that are driven alike, each way.
    """
    order = np.argsort(pieces.start, kind="stable")
    node = pieces.start[order]
    begins = np.flatnonzero(np.diff(node, prepend=-1))
    two = begins[np.diff(begins, append=len(node)) == 2]
    one, other = order[two], order[two + 1]
    alike = (
        (pieces.kind[one // 2] == pieces.kind[other // 2])
        & (pieces.against[one ^ 1] == pieces.against[other])
        & (pieces.against[other ^ 1] == pieces.against[one])
    )
    onward = np.full(len(pieces.start), -1, dtype=np.int64)
    onward[one[alike] ^ 1] = other[alike]
    onward[other[alike] ^ 1] = one[alike]
    return [int(half) for half in onward]


def _chains(pieces: _Pieces, onward: list[int]) -> list[list[int]]:
    """Return each street as the half-edges along it, in the way in which it may be driven; streets in order."""
    start, against = pieces.start.tolist(), pieces.against.tolist()
    order = np.argsort(pieces.start, kind="stable").tolist()
    taken = [False] * len(start)
    chains = []
    # From the junctions first; what is left then are rings without one, which begin at their lowest node.
    for first in [h for h in order if onward[h ^ 1] == -1] + order:
        if taken[first]:
            continue
        chain = _follow(first, onward)
        for half in chain:
            taken[half] = taken[half ^ 1] = True
        back = [half ^ 1 for half in reversed(chain)]
        chains.append(min(chain, back, key=lambda c: (against[c[0]], start[c[0]], c[0])))
    ends = pieces.end().tolist()
    return sorted(chains, key=lambda chain: (start[chain[0]], ends[chain[-1]], chain[0]))


def _follow(first: int, onward: list[int]) -> list[int]:
    chain = [first]
    while (half := onward[chain[-1]]) not in (-1, first):
        chain.append(half)
    return chain


def _longest_way(pieces: _Pieces, halves: Ints, begins: Ints, lon_lat: Floats) -> Ints:
    """Return the way that makes up most of each street, the lowest id of equals."""
    street = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    way = pieces.way_id[halves // 2]
    step = lon_lat[pieces.end()[halves]] - lon_lat[pieces.start[halves]]
    length = np.hypot(step[:, 0] * np.cos(np.radians(lon_lat[pieces.start[halves], 1])), step[:, 1])
    both, where = np.unique(np.column_stack((street, way)), axis=0, return_inverse=True)
    total = np.bincount(where.ravel(), weights=length, minlength=len(both)).round(9)
    order = np.lexsort((both[:, 1], -total, both[:, 0]))
    return np.asarray(both[order[np.flatnonzero(np.diff(both[order, 0], prepend=-1))], 1])


def _in_order(lon_lat: Floats) -> Floats:
    """Return points once each, in an order of their own."""
    return np.unique(np.asarray(lon_lat, dtype=np.float64).reshape(-1, 2), axis=0)
