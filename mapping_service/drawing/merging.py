"""Ways that run along the same street become one street: what is nearer on the sheet than lines are wide is the same.

After the first stage of LOOM (Bast, Brosi and Storandt 2018, Efficient generation of geographically accurate transit
maps), in millimetres of the sheet, so that a small map is simpler than a large one. Rules: 1. Ways are walked in
equal steps, the longest first; a step that comes near a node of an earlier way is at that node, else it makes one.
2. From node to node a way follows the edges that are there, where they are hardly longer. 3. A node lies in the middle
of all steps that came to it. 4. The whole is done twice: the second time on the lines that the first has made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mapping_service.geo import resample
from mapping_service.records import Floats

_ROUNDS = 2
_REACH = 1.12  # of the nearness: half a step along and as far aside as ways may lie that are one
_OWN_STEPS = 12  # a way that comes back after so many steps is on a street where it has been
_MOST_HOPS, _LONGER = 4, 1.6


@dataclass(frozen=True)
class Merged:
    """Nodes as an (n, 2) array in millimetres, and the nodes that each way passes, in the order of the ways."""

    nodes: Floats
    paths: Sequence[Sequence[int]]


def merge(ways: Sequence[Floats], near_mm: float) -> Merged:
    """Merge ways, each an (n, 2) array of at least two places in millimetres."""
    lines = list(ways)
    for _ in range(_ROUNDS):
        streets = _Streets(near_mm)
        order = sorted(range(len(lines)), key=lambda k: (-_length(ways[k]), k))
        walked = {k: streets.walk(lines[k]) for k in order}
        nodes = streets.middles()
        paths = [walked[k] for k in range(len(lines))]
        lines = [nodes[path] if len(path) > 1 else line for path, line in zip(paths, lines, strict=True)]
    return Merged(nodes if lines else np.zeros((0, 2)), paths if lines else [])


def _length(line: Floats) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


@dataclass
class _Streets:
    """The streets that the ways so far have made. Places are looked up where a node was made, not where it moved to."""

    near_mm: float
    places: list[tuple[float, float]] = field(default_factory=list)
    sums: list[tuple[float, float, int]] = field(default_factory=list)
    beside: list[set[int]] = field(default_factory=list)
    cells: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def walk(self, line: Floats) -> list[int]:
        """Walk along a way and return its nodes, making those that are not there (rules 1 and 2)."""
        made: dict[int, int] = {}
        steps: list[int] = []
        for number, (x, y) in enumerate(resample(line, self.near_mm).tolist()):
            node = self._find(x, y, made, number)
            if node is None:
                node = self._make(x, y)
                made[node] = number
            total_x, total_y, count = self.sums[node]
            self.sums[node] = total_x + x, total_y + y, count + 1
            if not steps or steps[-1] != node:
                steps.append(node)
        path = steps[:1]
        for node in _without_spikes(steps)[1:]:
            path += self._follow(path[-1], node)
        for one, other in zip(path, path[1:], strict=False):
            self.beside[one].add(other)
            self.beside[other].add(one)
        return _without_spikes(path)

    def middles(self) -> Floats:
        """Where the nodes lie in the end (rule 3)."""
        found = np.array(self.sums, dtype=np.float64).reshape(-1, 3)
        return found[:, :2] / np.maximum(found[:, 2:], 1)

    def _find(self, x: float, y: float, made: dict[int, int], number: int) -> int | None:
        """The nearest node in reach that is not one of the last that this way has made itself."""
        cell_x, cell_y = self._cell(x, y)
        best, best_mm = None, _REACH * self.near_mm
        for column in (cell_x - 1, cell_x, cell_x + 1):
            for row in (cell_y - 1, cell_y, cell_y + 1):
                for node in self.cells.get((column, row), ()):
                    away = math.hypot(self.places[node][0] - x, self.places[node][1] - y)
                    if away < best_mm and number - made.get(node, -_OWN_STEPS) >= _OWN_STEPS:
                        best, best_mm = node, away
        return best

    def _make(self, x: float, y: float) -> int:
        node = len(self.places)
        self.places.append((x, y))
        self.sums.append((0.0, 0.0, 0))
        self.beside.append(set())
        self.cells.setdefault(self._cell(x, y), []).append(node)
        return node

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        size = _REACH * self.near_mm
        return int(x // size), int(y // size)

    def _away(self, one: int, other: int) -> float:
        (x, y), (u, v) = self.places[one], self.places[other]
        return math.hypot(x - u, y - v)

    def _follow(self, start: int, end: int) -> list[int]:
        """The nodes after ``start`` on the shortest way along few edges to ``end``; straight there if that is far."""
        if start == end:
            return []
        most = _LONGER * self._away(start, end)
        found: list[tuple[float, list[int]]] = [(0.0, [start])]
        best: tuple[float, list[int]] | None = None
        for _ in range(_MOST_HOPS):
            longer = []
            for gone, path in found:
                for node in sorted(self.beside[path[-1]]):
                    length = gone + self._away(path[-1], node)
                    if length > most or node in path:
                        continue
                    if node == end and (best is None or length < best[0]):
                        best = length, [*path[1:], node]
                    longer.append((length, [*path, node]))
            found = longer
        return best[1] if best else [end]


def _without_spikes(path: Sequence[int]) -> list[int]:
    """A path without single nodes to which it went only to come back at once."""
    kept: list[int] = []
    for k, node in enumerate(path):
        is_tip = 0 < k < len(path) - 1 and path[k - 1] == path[k + 1]
        goes_on = k < 2 or k > len(path) - 3 or path[k - 2] != path[k + 2]
        if not (is_tip and goes_on) and (not kept or kept[-1] != node):
            kept.append(node)
    return kept
