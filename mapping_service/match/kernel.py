"""The loops that NumPy cannot express: cheapest ways along streets, and the most likely sequence of places.

Compiled by Numba on first use and kept on disk. Plain arrays in named tuples; what the numbers mean is said in
``matcher``. A *state* is a place with a direction: state ``2 * c + d`` is place ``c`` ridden along edge
``2 * street[c] + d``. After the states of all places stands one for each fix: off the streets.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mapping_service.records import Floats, Ints

NEVER = 1e18


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


class Places(NamedTuple):
    """Places on streets near the fixes. ``side`` and ``over`` are the error across and along the street in sigmas."""

    first: Ints
    street: Ints
    at_m: Floats
    xy: Floats
    ahead: Floats
    side: Floats
    over: Floats


class Rules(NamedTuple):
    """The costs; nats except where the name says metres or seconds. ``edge`` is a cost of each edge for every fix."""

    tau_s: float
    tail: float
    beta_m: float
    beta_share: float
    turn: float
    back: float
    against: float
    slack_m: float
    beam: float
    off: float
    switch: float
    edge: Floats


class Arcs(NamedTuple):
    """Transitions in order of time; those that end at fix ``i`` are ``first[i]:first[i + 1]``."""

    first: Ints
    start: Ints
    end: Ints
    cost: Floats


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


@njit(cache=True)
def _along(places: Places, length_m: Floats, state: int) -> float:
    """Return how far along its directed edge a state is."""
    place = state // 2
    edge = 2 * places.street[place] + state % 2
    return places.at_m[place] if state % 2 == 0 else length_m[edge] - places.at_m[place]


@njit(cache=True)
def _robust(squared: float, tail: float) -> float:
    """Return the cost of an error, Student's t with ``tail`` degrees of freedom: far ones cost less than squares."""
    return (tail + 1.0) / 2.0 * np.log(1.0 + squared / tail)


@njit(cache=True)
def _first_seen(places: Places, place: int, tail: float) -> float:
    return _robust(places.side[place] ** 2 + places.over[place] ** 2, tail)


@njit(cache=True)
def _seen(places: Places, one: int, place: int, rho: float, tail: float) -> float:
    """Return the cost of the error at ``place``, given the one at the fix before.

    Errors wander: of the part that lies across the street now, ``rho`` times what was across the street before is
    still there; what lay along the street then is not known.
    """
    same = rho * (places.ahead[place, 0] * places.ahead[one, 0] + places.ahead[place, 1] * places.ahead[one, 1])
    left = 1.0 - same**2
    moved = (places.side[place] - same * places.side[one]) ** 2 / left + places.over[place] ** 2
    return _robust(moved, tail) + 0.5 * np.log(left / (1.0 - rho**2))


@njit(cache=True)
def _reach(graph: Graph, work: Work, places: Places, rules: Rules, here: Ints, pair: tuple[int, int, int],
           budget: float, rho: float, beta_m: float, out: tuple[Ints, Floats], count: int) -> int:
    """Append to ``out`` the states that can follow one, each with its cost; return how many there are now."""
    state, begin, stop = pair
    one = state // 2
    edge = 2 * places.street[one] + state % 2
    from_m = _along(places, graph.length_m, state)
    far_m = 0.0
    for place in range(begin, stop):
        far_m = max(far_m, np.hypot(places.xy[place, 0] - places.xy[one, 0], places.xy[place, 1] - places.xy[one, 1]))
    price_m = (rules.turn * beta_m, rules.back * beta_m, rules.against * beta_m)
    found = spread(graph, work, edge, graph.length_m[edge] - from_m, far_m + beta_m * budget, price_m)
    for k in range(-2, found):
        to = edge if k == -2 else edge ^ 1 if k == -1 else work.found[k]
        place = here[to]
        if place < 0 or (k >= 0 and to == edge ^ 1):
            continue
        to_m = _along(places, graph.length_m, 2 * place + to % 2)
        ridden_m = work.cost_m[to] + to_m
        if k == -2:
            if to_m < from_m - rules.slack_m:
                continue
            # Going back costs as if the vehicle had gone there and come again.
            ridden_m = max(to_m - from_m, 2.0 * (from_m - to_m))
        elif k == -1:
            ridden_m = abs(graph.length_m[to] - to_m - from_m) + price_m[1]
        chord_m = np.hypot(places.xy[place, 0] - places.xy[one, 0], places.xy[place, 1] - places.xy[one, 1])
        longer = max(0.0, ridden_m - chord_m) / beta_m
        if longer > budget:
            continue
        cost = longer + _seen(places, one, place, rho, rules.tail) + rules.edge[to]
        out[0][count] = 2 * place + to % 2
        out[1][count] = cost
        count += 1
    return count


@njit(cache=True)
def _first_costs(places: Places, rules: Rules, fixes: int) -> Floats:
    """Return the cost of beginning in each state; all but those of the first fix are unreachable yet."""
    cost = np.full(2 * len(places.street) + fixes, NEVER)
    for state in range(2 * places.first[0], 2 * places.first[1]):
        edge = 2 * places.street[state // 2] + state % 2
        cost[state] = _first_seen(places, state // 2, rules.tail) + rules.edge[edge]
    cost[2 * len(places.street)] = rules.off
    return cost


@njit(cache=True)
def _step(graph: Graph, work: Work, places: Places, rules: Rules, here: Ints, cost: Floats, i: int,
          moment: tuple[float, float], out: tuple[Ints, Ints, Floats]) -> int:
    """Append to ``out`` all transitions from fix ``i - 1`` to fix ``i``; return how many."""
    dt_s, gap_m = moment
    rho = np.exp(-dt_s / rules.tau_s)
    beta_m = rules.beta_m + rules.beta_share * gap_m
    begin, stop = places.first[i], places.first[i + 1]
    off_before = 2 * len(places.street) + i - 1
    best = cost[off_before]
    for state in range(2 * places.first[i - 1], 2 * begin):
        best = min(best, cost[state])
    count = 0
    for state in range(2 * places.first[i - 1], 2 * begin):
        left = best + rules.beam - cost[state]
        if left > 0:
            at = count
            count = _reach(graph, work, places, rules, here, (state, begin, stop), left, rho, beta_m,
                           (out[1], out[2]), count)
            out[1][count] = off_before + 1
            out[2][count] = rules.off + rules.switch
            count += 1
            out[0][at:count] = state
    for state in range(2 * begin, 2 * stop):
        out[1][count] = state
        edge = 2 * places.street[state // 2] + state % 2
        out[2][count] = rules.switch + _first_seen(places, state // 2, rules.tail) + rules.edge[edge]
        out[0][count] = off_before
        count += 1
    out[0][count], out[1][count], out[2][count] = off_before, off_before + 1, rules.off
    return count + 1


@njit(cache=True)
def _more(values: NDArray[Any], size: int) -> NDArray[Any]:
    more = np.empty(size, values.dtype)
    more[:len(values)] = values
    return more


@njit(cache=True)
def most_likely(
    graph: Graph, work: Work, places: Places, rules: Rules, dt_s: Floats, gap_m: Floats
) -> tuple[Floats, Ints, Arcs]:
    """Return the least cost of each state, the state before it (-1 at the start), and all transitions (Viterbi)."""
    fixes = len(places.first) - 1
    cost = _first_costs(places, rules, fixes)
    back = np.full(len(cost), -1)
    first = np.zeros(fixes + 1, np.int64)
    start, end, price = np.empty(4096, np.int64), np.empty(4096, np.int64), np.empty(4096)
    here = np.full(len(graph.length_m), -1)
    for i in range(1, fixes):
        first[i + 1] = first[i]
        begin, stop = places.first[i], places.first[i + 1]
        room = first[i] + (2 * (begin - places.first[i - 1]) + 1) * (2 * (stop - begin) + 3)
        if room > len(start):
            start, end, price = _more(start, 2 * room), _more(end, 2 * room), _more(price, 2 * room)
        for c in range(begin, stop):
            here[2 * places.street[c]] = here[2 * places.street[c] + 1] = c
        rest = slice(first[i], room)
        count = _step(graph, work, places, rules, here, cost, i, (dt_s[i], gap_m[i]),
                      (start[rest], end[rest], price[rest]))
        for c in range(begin, stop):
            here[2 * places.street[c]] = here[2 * places.street[c] + 1] = -1
        first[i + 1] = first[i] + count
        for k in range(first[i], first[i + 1]):
            total = cost[start[k]] + price[k]
            if total < cost[end[k]]:
                cost[end[k]] = total
                back[end[k]] = start[k]
    return cost, back, Arcs(first, start[:first[fixes]], end[:first[fixes]], price[:first[fixes]])


@njit(cache=True)
def _log_sum(one: float, other: float) -> float:
    high = max(one, other)
    return high if high <= -NEVER else high + np.log(np.exp(one - high) + np.exp(other - high))


@njit(cache=True)
def likelihood(places: Places, rules: Rules, arcs: Arcs) -> Floats:
    """Return the probability of each state given the whole run (forward and backward over the transitions)."""
    fixes = len(places.first) - 1
    ahead = -_first_costs(places, rules, fixes)
    for k in range(len(arcs.start)):
        ahead[arcs.end[k]] = _log_sum(ahead[arcs.end[k]], ahead[arcs.start[k]] - arcs.cost[k])
    behind = np.full(len(ahead), -NEVER)
    last = len(ahead) - 1
    behind[last] = 0.0
    whole = ahead[last]
    for state in range(2 * places.first[fixes - 1], 2 * places.first[fixes]):
        behind[state] = 0.0
        whole = _log_sum(whole, ahead[state])
    for k in range(len(arcs.start) - 1, -1, -1):
        behind[arcs.start[k]] = _log_sum(behind[arcs.start[k]], behind[arcs.end[k]] - arcs.cost[k])
    return np.exp(np.minimum(ahead + behind - whole, 0.0))


@njit(cache=True)
def trail(
    graph: Graph, work: Work, places: Places, rules: Rules, states: Ints, gap_m: Floats
) -> tuple[Ints, Ints]:
    """Return the edges ridden from each state to the next, and where those to state ``i`` begin among them.

    The edge of the state itself is the last of its own; it is left out where the ride stayed on it. Off the streets
    there are none, and coming from there only the edge of arrival.
    """
    off = 2 * len(places.street)
    first = np.zeros(len(states) + 1, np.int64)
    edges = np.empty(len(states), np.int64)
    count = 0
    for i in range(len(states)):
        first[i] = count
        if count + len(graph.length_m) + 1 > len(edges):
            edges = _more(edges, 2 * len(edges) + len(graph.length_m) + 1)
        if states[i] >= off:
            continue
        to = 2 * places.street[states[i] // 2] + states[i] % 2
        at = count
        if i == 0 or states[i - 1] >= off:
            edges[count] = to
            count += 1
        else:
            count = _between(graph, work, places, rules, (states[i - 1], states[i]), gap_m[i], edges, count)
        edges[at:count] = edges[at:count][::-1].copy()
    first[len(states)] = count
    return edges[:count], first


@njit(cache=True)
def _between(graph: Graph, work: Work, places: Places, rules: Rules, pair: tuple[int, int], gap_m: float,
             edges: Ints, count: int) -> int:
    """Append the edges from one state to the next, last one first; nothing where both are on one edge in order."""
    start, end = pair
    edge, to = (2 * places.street[start // 2] + start % 2), (2 * places.street[end // 2] + end % 2)
    from_m, to_m = _along(places, graph.length_m, start), _along(places, graph.length_m, end)
    if edge == to and to_m >= from_m - rules.slack_m:
        return count
    edges[count] = to
    count += 1
    if to == edge ^ 1:
        return count
    beta_m = rules.beta_m + rules.beta_share * gap_m
    here, there = places.xy[start // 2], places.xy[end // 2]
    bound_m = np.hypot(there[0] - here[0], there[1] - here[1]) + beta_m * rules.beam + 0.001  # none is out of reach
    price_m = (rules.turn * beta_m, rules.back * beta_m, rules.against * beta_m)
    spread(graph, work, edge, graph.length_m[edge] - from_m, bound_m, price_m)
    while work.before[edges[count - 1]] != edge:
        edges[count] = work.before[edges[count - 1]]
        count += 1
    return count
