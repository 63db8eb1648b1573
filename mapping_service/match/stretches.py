"""From the likeliest place of every fix to the stretches that were ridden, and how sure they are. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapping_service.geo import along_m, points_at
from mapping_service.match.index import Nearby, StreetIndex
from mapping_service.match.likeliest import Arcs, Places, Rules, likelihood
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

Stretch = tuple[int, float, float]


@dataclass(frozen=True)
class Track:
    """The fixes of a run that are matched, ``fix`` among all of them, with the streets near each."""

    fix: Ints
    t_s: Floats
    xy: Floats
    near: Nearby


@dataclass(frozen=True)
class Found:
    """What a search found: the state of each fix, and the edges ridden to it, ``edges[first[i]:first[i + 1]]``."""

    track: Track
    sigma_m: Floats
    index: StreetIndex
    places: Places
    rules: Rules
    arcs: Arcs
    states: Ints
    edges: Ints
    first: Ints

    def on_street(self) -> Ints:
        """Return the fixes that lie on streets."""
        return np.flatnonzero(self.states < 2 * len(self.places.street))

    def own_sigma_m(self) -> Floats:
        """Return the size of the run's errors across the streets it was found on (median absolute, scaled)."""
        fix = self.on_street()
        if not len(fix):
            return np.asarray(np.median(self.sigma_m))
        side_m = self.places.side[self.states[fix] // 2] * self.sigma_m[fix]
        return np.asarray(1.4826 * np.median(np.abs(side_m)))

    def confidence(self) -> float:
        """Return how sure the streets are, 0–1: their probability, fix by fix, weighted by the way between fixes."""
        chance = likelihood(self.places, self.rules, self.arcs)
        off = 2 * len(self.places.street)
        sure = chance[self.states] + np.where(self.states < off, chance[np.minimum(self.states ^ 1, off - 1)], 0.0)
        gap_m = np.diff(along_m(self.track.xy), prepend=0.0)
        weight = gap_m + np.append(gap_m[1:], 0.0)
        return float(np.average(np.minimum(sure, 1.0), weights=weight if weight.sum() > 0 else None))


def stretches(found: Found, p: Parameters) -> tuple[Ints, Floats, Floats, tuple[Floats, ...]]:
    """Return edges, from and to in metres, and the lines as ridden, as a ``Match`` holds them."""
    off = 2 * len(found.places.street)
    rows: list[Stretch] = []
    lines: list[Floats] = []
    for i, state in enumerate(found.states.tolist()):
        if state < off:
            _ride(found, rows, i, state)
        elif i == 0 or found.states[i - 1] < off:
            lines.append(_as_ridden(found, i))
            rows.append((-1, 0.0, 0.0))
    _drop_stubs(found.index, rows, lines, p.match_stub_m)
    length_m = iter([float(along_m(line)[-1]) for line in lines])
    rows = [(edge, from_m, to_m if edge >= 0 else next(length_m)) for edge, from_m, to_m in rows]
    edge, from_m, to_m = zip(*rows, strict=True)
    return np.array(edge, dtype=np.int64), np.array(from_m), np.array(to_m), tuple(lines)


def _ride(found: Found, rows: list[Stretch], i: int, state: int) -> None:
    """Add to the stretches what was ridden to reach the state of fix ``i``."""
    place, length_m = state // 2, found.index.length_m
    edges = found.edges[found.first[i]:found.first[i + 1]].tolist()
    here = 2 * int(found.places.street[place]) + state % 2
    at_m = float(found.places.at_m[place] if state % 2 == 0 else length_m[here] - found.places.at_m[place])
    if not rows or rows[-1][0] < 0:
        rows.append((here, at_m, at_m))
        return
    edge, from_m, to_m = rows[-1]
    if not edges:
        rows[-1] = edge, from_m, max(to_m, at_m)
    elif edges == [edge ^ 1]:
        turned_m = max(to_m, float(length_m[edge]) - at_m)
        rows[-1] = edge, from_m, turned_m
        rows.append((here, float(length_m[edge]) - turned_m, at_m))
    else:
        rows[-1] = edge, from_m, float(length_m[edge])
        rows += [(e, 0.0, float(length_m[e])) for e in edges[:-1]]
        rows.append((here, 0.0, at_m))


def _as_ridden(found: Found, i: int) -> Floats:
    """Return the line from fix ``i`` on until the streets are reached again, joined to them at both ends."""
    off = 2 * len(found.places.street)
    back = np.flatnonzero(found.states[i:] < off)
    stop = i + int(back[0]) if len(back) else len(found.states)
    ends = [found.places.xy[[found.states[at] // 2]] for at in (i - 1, stop) if 0 <= at < len(found.states)]
    parts = [found.track.xy[i:stop]]
    if i > 0:
        parts.insert(0, ends[0])
    if stop < len(found.states):
        parts.append(ends[-1])
    return np.concatenate(parts)


def _drop_stubs(index: StreetIndex, rows: list[Stretch], lines: list[Floats], stub_m: float) -> None:
    """Give what is shorter than a stub, beside a stretch off the streets, to that stretch.

    Where a run leaves the map at a junction, its first metres lie beside some other street as well.
    """
    for number in range(len(lines)):
        for side in (-1, 1):
            at = [k for k, row in enumerate(rows) if row[0] < 0][number] + side
            if 0 <= at < len(rows) and rows[at][0] >= 0 and rows[at][2] - rows[at][1] < stub_m:
                edge, from_m, to_m = rows.pop(at)
                line = index.line(edge)
                join = points_at(line, along_m(line), np.array([from_m if side < 0 else to_m]))
                both = (join, lines[number]) if side < 0 else (lines[number], join)
                lines[number] = np.concatenate(both)
