"""Routes that share a street, drawn side by side: each a line of its own, joined at the junctions by curves.

Rules: 1. On a section the lines lie beside each other around its middle, all as wide; many together are thinner: no
street is wider than ``MOST_MM``. 2. They end before a junction, the farther the wider the streets are that meet
there, so that there is room to turn. 3. Where a route goes on, a curve joins its two ends and keeps their directions;
where it ends, it is led into the junction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import substring

from mapping_service.drawing.sections import End, Network
from mapping_service.records import Floats

LINE_MM, MOST_MM = 1.1, 9.0
_GAP = 0.14  # of a line's width: what parts it from the next
_SIMPLER_MM, _ROUNDINGS = 0.35, 2
_LONGEST_TRIM = 0.42  # of a section, at each end
_CURVE = np.linspace(0.0, 1.0, 9)[:, None]


@dataclass(frozen=True)
class Stroke:
    """A piece of a route's line; ``among`` is how many routes are on its section, 0 for a curve between two."""

    route: int
    line: Floats
    width_mm: float
    among: int


@dataclass(frozen=True)
class Strokes:
    """All pieces, those on sections first, and of each section its middle line and the width of all its lines."""

    pieces: Sequence[Stroke]
    beds: Sequence[tuple[Floats, float]]


def spacing_mm(routes: int) -> float:
    """Return the distance between the lines of so many routes on one street (rule 1)."""
    return min(LINE_MM, MOST_MM / routes)


def strokes(network: Network) -> Strokes:
    """Draw every section and every turn of a network."""
    spaces = [spacing_mm(len(one.routes)) for one in network.sections]
    middles = [_round(line) for line in network.lines]
    trimmed = [
        _trim(line, reach) for line, reach in zip(middles, _reaches(network, spaces), strict=True)
    ]
    pieces: list[Stroke] = []
    at: dict[tuple[int, int], Floats] = {}
    for number, (one, line, space) in enumerate(zip(network.sections, trimmed, spaces, strict=True)):
        for place, route in enumerate(one.routes):
            beside = _beside(line, (place - (len(one.routes) - 1) / 2) * space)
            at[route, number] = beside
            pieces.append(Stroke(route, beside, space * (1 - _GAP), len(one.routes)))
    pieces += _joints(network, at, spaces)
    beds = [(line, len(one.routes) * space) for one, line, space in zip(network.sections, trimmed, spaces, strict=True)]
    return Strokes(pieces, beds)


def _joints(network: Network, at: Mapping[tuple[int, int], Floats], spaces: Sequence[float]) -> Iterator[Stroke]:
    """What joins the pieces of a route at the junctions, and leads it to where it ends (rule 3)."""
    goes_on: set[tuple[int, End]] = set()
    for route, turns in network.turns.items():
        for one_end, other_end in turns:
            goes_on |= {(route, one_end), (route, other_end)}
            curve = _curve(at[route, one_end[0]], one_end[1], at[route, other_end[0]], other_end[1])
            width = min(spaces[one_end[0]], spaces[other_end[0]]) * (1 - _GAP)
            yield Stroke(route, curve, width, 0)
    for (route, number), line in at.items():
        for end in (0, 1):
            if (route, (number, end)) not in goes_on:
                rest = np.stack((line[-end], network.lines[number][-end]))
                yield Stroke(route, rest, spaces[number] * (1 - _GAP), 0)


def _reaches(network: Network, spaces: Sequence[float]) -> list[tuple[float, float]]:
    """How far from each end the lines of a section stop (rule 2); 0 where no route goes on."""
    meet: dict[int, list[float]] = defaultdict(list)
    turned = {end for turns in network.turns.values() for turn in turns for end in turn}
    for one, space in zip(network.sections, spaces, strict=True):
        for node in (one.nodes[0], one.nodes[-1]):
            meet[node].append(len(one.routes) * space / 2)

    def reach(end: End) -> float:
        node = network.sections[end[0]].nodes[-end[1]]
        return max(meet[node]) + LINE_MM if end in turned else 0.0

    return [(reach((k, 0)), reach((k, 1))) for k in range(len(network.sections))]


def _round(line: Floats) -> Floats:
    """Take the small zigzags out of a line and round its corners (Chaikin), its ends kept."""
    smooth = shapely.get_coordinates(shapely.simplify(shapely.linestrings(line), _SIMPLER_MM))
    for _ in range(_ROUNDINGS):
        if len(smooth) > 2:
            near, far = 0.75 * smooth[:-1] + 0.25 * smooth[1:], 0.25 * smooth[:-1] + 0.75 * smooth[1:]
            cut = np.stack((near, far), axis=1).reshape(-1, 2)
            smooth = np.concatenate((smooth[:1], cut[1:-1], smooth[-1:]))
    return np.asarray(smooth)


def _trim(line: Floats, reach: tuple[float, float]) -> Floats:
    whole = shapely.LineString(line)
    most = _LONGEST_TRIM * whole.length
    left = substring(whole, min(reach[0], most), whole.length - min(reach[1], most))
    return np.asarray(shapely.get_coordinates(left))


def _beside(line: Floats, right_mm: float) -> Floats:
    """A line so far to the right of another as seen along it (y is down)."""
    if abs(right_mm) < 1e-9:
        return line
    found = shapely.offset_curve(shapely.LineString(line), right_mm, join_style="mitre", mitre_limit=2.0)
    parts = [part for part in shapely.get_parts(found) if part.length > 0]
    if parts:
        return np.asarray(shapely.get_coordinates(max(parts, key=lambda part: part.length)))
    along = line[-1] - line[0]  # bends too sharp for a line so far aside
    return np.asarray(line + np.array((-along[1], along[0])) / max(float(np.hypot(*along)), 1e-9) * right_mm)


def _curve(one: Floats, one_end: int, other: Floats, other_end: int) -> Floats:
    """A cubic curve from an end of one line to an end of another (rule 3)."""
    (start, out), (end, back) = _leaving(one, one_end), _leaving(other, other_end)
    hold = 0.45 * float(np.hypot(*(end - start)))
    first, second = start + out * hold, end + back * hold
    s = _CURVE
    return np.asarray(
        (1 - s) ** 3 * start + 3 * (1 - s) ** 2 * s * first + 3 * (1 - s) * s**2 * second + s**3 * end
    )


def _leaving(line: Floats, end: int) -> tuple[Floats, Floats]:
    """The place at an end of a line, and the direction out of it there."""
    at, before = (line[-1], line[-2]) if end else (line[0], line[1])
    out = at - before
    return at, out / max(float(np.hypot(*out)), 1e-9)
