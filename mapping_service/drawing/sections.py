"""The network of merged ways as sections, stretches on which the same routes run, and how routes turn at their ends.

Which route lies beside which on a section is settled so that lines seldom cross (after LOOM's pairwise rule). Rules:
1. Two routes on a section are followed both ways to where they part: whichever turns off to the left lies to the left.
2. Where they come to a section that is settled before they part, they keep the sides that they have there.
3. Sections with most routes are settled first; where nothing tells, the first route lies to the left.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mapping_service.drawing.merging import Merged
from mapping_service.records import Floats

End = tuple[int, int]
"""One end of a section: its number, and 0 for where it starts or 1 for where it ends."""
_MOST_SECTIONS = 60  # two routes are followed so far
_LOOK_MM = 3.0


@dataclass(frozen=True)
class Section:
    """Nodes from junction to junction, and the routes on it, from left to right as seen along it."""

    nodes: Sequence[int]
    routes: Sequence[int]


@dataclass(frozen=True)
class Network:
    """Sections with their lines (millimetres), and the ends that each route joins, turning from one to the other."""

    sections: Sequence[Section]
    lines: Sequence[Floats]
    turns: Mapping[int, Sequence[tuple[End, End]]]


def network(merged: Merged, routes: Sequence[int]) -> Network:
    """Cut merged ways into sections; ``routes`` are the routes of the ways, as numbers from 0."""
    on = _routes_on(merged, routes)
    sections = list(_sections(on))
    lines = [merged.nodes[list(one.nodes)] for one in sections]
    found = Network(sections, lines, _turns(merged, routes, sections))
    return replace(found, sections=_settled(found))


def _edge(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _routes_on(merged: Merged, routes: Sequence[int]) -> dict[tuple[int, int], set[int]]:
    on: dict[tuple[int, int], set[int]] = defaultdict(set)
    for path, route in zip(merged.paths, routes, strict=True):
        for one, other in zip(path, path[1:], strict=False):
            on[_edge(one, other)].add(route)
    return on


def _sections(on: Mapping[tuple[int, int], set[int]]) -> Iterator[Section]:
    """Walk from every junction along edges of the same routes to the next; what is left are rings."""
    beside: dict[int, list[int]] = defaultdict(list)
    for one, other in sorted(on):
        beside[one].append(other)
        beside[other].append(one)

    def is_junction(node: int) -> bool:
        around = beside[node]
        return len(around) != 2 or on[_edge(node, around[0])] != on[_edge(node, around[1])]

    gone: set[tuple[int, int]] = set()
    junctions = [node for node in sorted(beside) if is_junction(node)]
    for start in [*junctions, *sorted(beside)]:
        for then in beside[start]:
            if _edge(start, then) in gone:
                continue
            nodes = [start, then]
            gone.add(_edge(start, then))
            while not is_junction(nodes[-1]) and nodes[-1] != start:
                ahead = next(node for node in beside[nodes[-1]] if node != nodes[-2])
                nodes.append(ahead)
                gone.add(_edge(nodes[-2], ahead))
            yield Section(nodes, sorted(on[_edge(start, then)]))


def _turns(
    merged: Merged, routes: Sequence[int], sections: Sequence[Section]
) -> dict[int, list[tuple[End, End]]]:
    of: dict[tuple[int, int], tuple[int, bool]] = {}  # of an edge: its section, and whether it is walked upwards
    for number, one in enumerate(sections):
        for here, there in zip(one.nodes, one.nodes[1:], strict=False):
            of[_edge(here, there)] = number, here < there
    found: dict[int, set[tuple[End, End]]] = defaultdict(set)
    for path, route in zip(merged.paths, routes, strict=True):
        steps = [(of[_edge(here, there)], here < there) for here, there in zip(path, path[1:], strict=False)]
        for ((before, up), goes_up), ((after, next_up), next_goes_up) in zip(steps, steps[1:], strict=False):
            if before != after:
                ends = (before, 1 if up == goes_up else 0), (after, 0 if next_up == next_goes_up else 1)
                found[route].add((min(ends), max(ends)))
    return {route: sorted(turns) for route, turns in sorted(found.items())}


def _settled(found: Network) -> list[Section]:
    ahead: dict[tuple[int, End], list[End]] = defaultdict(list)
    for route, turns in found.turns.items():
        for one, other in turns:
            ahead[route, one].append(other)
            ahead[route, other].append(one)
    sides = _Sides(found, ahead)
    for number in sorted(range(len(found.sections)), key=lambda k: (-len(found.sections[k].routes), k)):
        sides.settle(number)
    return [replace(one, routes=sides.order[k]) for k, one in enumerate(found.sections)]


class _Sides:
    """Which routes lie to the left of which, section after section."""

    def __init__(self, found: Network, ahead: Mapping[tuple[int, End], Sequence[End]]) -> None:
        self.order: dict[int, list[int]] = {}
        self._rank: dict[int, dict[int, int]] = {}
        self._sections = found.sections
        self._into = {(k, end): _into(line[::-1] if end else line) for k, line in enumerate(found.lines)
                      for end in (0, 1)}
        self._ahead = {
            key: min(ends, key=lambda to: (abs(self._turn(key[1], to)), to)) for key, ends in ahead.items()
        }

    def settle(self, number: int) -> None:
        """Order the routes of a section: first whoever lies to the left of most others (rule 3)."""
        routes = self._sections[number].routes
        won = dict.fromkeys(routes, 0)
        for k, one in enumerate(routes):
            for other in routes[k + 1:]:
                side = self._ahead_side(number, 1, one, other) - self._ahead_side(number, 0, one, other)
                won[one if side >= 0 else other] += 1
        self.order[number] = sorted(routes, key=lambda route: (-won[route], route))
        self._rank[number] = {route: k for k, route in enumerate(self.order[number])}

    def _ahead_side(self, number: int, end: int, one: int, other: int) -> int:
        """1 where ``one`` turns out to be to the left of ``other`` beyond an end, -1 to the right, 0 unknown."""
        at: End = number, end
        for _ in range(_MOST_SECTIONS):
            first, second = self._ahead.get((one, at)), self._ahead.get((other, at))
            if first is None or second is None:
                return 0
            if first != second:
                return 1 if self._turn(at, first) < self._turn(at, second) else -1
            section, entered = first
            if (rank := self._rank.get(section)) is not None:
                is_left = rank[one] < rank[other]
                return 1 if is_left == (entered == 0) else -1
            at = section, 1 - entered
        return 0

    def _turn(self, at: End, to: End) -> float:
        """By how much a vehicle turns (radians, to the right) that leaves one section at an end and enters another."""
        (x, y), (u, v) = self._into[at], self._into[to]
        return math.atan2(-x * v + y * u, -x * u - y * v)


def _into(line: Floats) -> tuple[float, float]:
    """The direction from the first place of a line to where it is some millimetres on."""
    reached = np.flatnonzero(np.hypot(*(line - line[0]).T) >= _LOOK_MM)
    x, y = (line[reached[0] if len(reached) else -1] - line[0]).tolist()
    return x, y
