"""The likeliest sequence of places for the fixes of a run, and how likely. Compiled by Numba and kept on disk.

A *state* is a place with a direction: state ``2 * c + d`` is place ``c`` ridden along edge ``2 * street[c] + d``.
After the states of all places stands one for each fix: off the streets. What the numbers mean is said in ``matcher``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mapping_service.match.cheapest import Graph, Work, spread
from mapping_service.records import Floats, Ints

NEVER = 1e18


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
    _spread_from(graph, work, places, rules, pair, gap_m)
    while work.before[edges[count - 1]] != edge:
        edges[count] = work.before[edges[count - 1]]
        count += 1
    return count


@njit(cache=True)
def without_hops(
    graph: Graph, work: Work, places: Places, rules: Rules, states: Ints, xy: Floats, least_m: float
) -> NDArray[np.bool_]:
    """Return which fixes stay when short stretches off the streets are dropped where a street leads past as shortly.

    A few wild positions look like a way of their own. "As shortly" is within the ``least_m`` that a stretch must have.
    """
    kept = np.ones(len(states), np.bool_)
    off = 2 * len(places.street)
    for i in range(2, len(states)):
        if states[i] >= off or states[i - 1] < off:
            continue
        ridden_m = 0.0
        for before in range(i - 1, -1, -1):
            ridden_m += np.hypot(xy[before + 1, 0] - xy[before, 0], xy[before + 1, 1] - xy[before, 1])
            if ridden_m > least_m:
                break
            if states[before] >= off:
                continue
            gap_m = np.hypot(xy[i, 0] - xy[before, 0], xy[i, 1] - xy[before, 1])
            pair = (states[before], states[i])
            if _way_m(graph, work, places, rules, pair, gap_m) <= ridden_m + least_m / 2:
                kept[before + 1:i] = False
                break
    return kept


@njit(cache=True)
def _way_m(graph: Graph, work: Work, places: Places, rules: Rules, pair: tuple[int, int], gap_m: float) -> float:
    """Return what the way along the streets from one state to another costs in metres; endless where there is none."""
    start, end = pair
    edge, to = (2 * places.street[start // 2] + start % 2), (2 * places.street[end // 2] + end % 2)
    from_m, to_m = _along(places, graph.length_m, start), _along(places, graph.length_m, end)
    if edge == to and to_m >= from_m - rules.slack_m:
        return to_m - from_m
    _spread_from(graph, work, places, rules, pair, gap_m)
    return work.cost_m[to] + to_m if work.mark[to] == work.stamp[0] and to != edge ^ 1 else NEVER


@njit(cache=True)
def _spread_from(graph: Graph, work: Work, places: Places, rules: Rules, pair: tuple[int, int], gap_m: float) -> None:
    """Fill ``work`` with the ways from one state as far as they may lead to another."""
    start, end = pair
    edge = 2 * places.street[start // 2] + start % 2
    beta_m = rules.beta_m + rules.beta_share * gap_m
    here, there = places.xy[start // 2], places.xy[end // 2]
    bound_m = np.hypot(there[0] - here[0], there[1] - here[1]) + beta_m * rules.beam + 0.001  # none is out of reach
    price_m = (rules.turn * beta_m, rules.back * beta_m, rules.against * beta_m)
    spread(graph, work, edge, graph.length_m[edge] - _along(places, graph.length_m, start), bound_m, price_m)
