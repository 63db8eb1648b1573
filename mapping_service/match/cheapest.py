"""Cheapest ways along streets, turns priced in. Compiled by Numba on first use and kept on disk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mapping_service.records import Floats, Ints


class Graph(NamedTuple):
    """Directed edges: length, wrong way or not, which follow each, and how sharp that turn is (0–1)."""

    length_m: Floats
    against: NDArray[np.bool_]
    after_first: Ints
    after: Ints
    turn: Floats


class Work(NamedTuple):
    """What ``spread`` leaves behind: cost to the beginning of each edge, the edge before it, which edges it found."""

    cost_m: Floats
    before: Ints
    mark: Ints
    found: Ints
    heap_key: Floats
    heap_edge: Ints
    stamp: Ints


def work_for(edges: int) -> Work:
    """Return room for ``spread`` on a network of so many directed edges."""
    whole, real = np.zeros((4, edges), dtype=np.int64), np.zeros((1, edges))
    room = 4 * edges + 16
    return Work(real[0], whole[0], whole[1], whole[2], np.zeros(room), np.zeros(room, np.int64), np.zeros(1, np.int64))


@njit(cache=True)
def _push(work: Work, size: int, key: float, edge: int) -> int:
    at = size
    while at > 0 and work.heap_key[(at - 1) // 2] > key:
        work.heap_key[at] = work.heap_key[(at - 1) // 2]
        work.heap_edge[at] = work.heap_edge[(at - 1) // 2]
        at = (at - 1) // 2
    work.heap_key[at] = key
    work.heap_edge[at] = edge
    return size + 1


@njit(cache=True)
def _drop_first(work: Work, size: int) -> int:
    size -= 1
    key, edge = work.heap_key[size], work.heap_edge[size]
    at, child = 0, 1
    while child < size:
        if child + 1 < size and work.heap_key[child + 1] < work.heap_key[child]:
            child += 1
        if work.heap_key[child] >= key:
            break
        work.heap_key[at] = work.heap_key[child]
        work.heap_edge[at] = work.heap_edge[child]
        at, child = child, 2 * child + 1
    work.heap_key[at] = key
    work.heap_edge[at] = edge
    return size


@njit(cache=True)
def spread(graph: Graph, work: Work, edge: int, to_end_m: float, bound_m: float, price_m: tuple[float, ...]) -> int:
    """Fill ``work`` with the cheapest ways to the beginning of every edge that follows ``edge``; return how many.

    Dijkstra on edges, so that turns can cost: ``price_m`` is that of the sharpest turn, of turning back, and of a
    street against its direction. ``to_end_m`` is what is left of the first edge.
    """
    work.stamp[0] += 1
    now = work.stamp[0]
    count, size = 0, 0
    at, so_far = edge, to_end_m
    while True:
        for k in range(graph.after_first[at], graph.after_first[at + 1]):
            to = graph.after[k]
            cost = so_far + (price_m[1] if to == at ^ 1 else price_m[0] * graph.turn[k])
            cost += price_m[2] if graph.against[to] else 0.0
            new = work.mark[to] != now
            if cost <= bound_m and (new or cost < work.cost_m[to]) and size < len(work.heap_key):
                if new:
                    work.mark[to] = now
                    work.found[count] = to
                    count += 1
                work.cost_m[to] = cost
                work.before[to] = at
                size = _push(work, size, cost, to)
        while size > 0:
            so_far, at = work.heap_key[0], work.heap_edge[0]
            size = _drop_first(work, size)
            if so_far == work.cost_m[at]:
                so_far += graph.length_m[at]
                break
        else:
            return count
