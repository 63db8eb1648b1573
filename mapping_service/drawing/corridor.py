"""One route on a map: its ways, its stops with their names, the streets under it.

Rules: 1. Stops that would touch are one dot; the ends of ways come first, then the stops at which most vehicles stop.
2. A name stands once where both directions have a stop of it near. 3. The ends' names choose their place first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from mapping_service.drawing.frame import Area, Frame, bar_m, fit
from mapping_service.drawing.labels import Name, around, place
from mapping_service.drawing.labels import width_mm as text_mm
from mapping_service.drawing.model import INK, PAPER, SOFT, Box, Dot, Drawing, Mark, Path, Text
from mapping_service.records import Floats

MARGIN_MM, HEAD_MM, FOOT_MM = 8.0, 22.0, 7.0
LEAST_METRES_PER_MM = 5.0
# Streets of a rank are drawn on maps of at most so many metres to the millimetre, so wide, in this colour.
STREETS = {1: (400.0, 1.0, "#e4dcca"), 2: (90.0, 0.65, "#e9e2d2"), 3: (30.0, 0.35, "#ece6d8"), 4: (9.0, 0.2, "#ece6d8")}
_CASING_MM, _LINE_MM = 2.4, 1.5
_END_MM, _STOP_MM = (1.7, 0.7), (0.9, 0.4)  # radius and rim of a dot
_SAME_NAME_MM = 20.0
_BAR_MM = 35.0
_SIMPLER_MM = 0.08


@dataclass(frozen=True)
class Way:
    """One way of riding the route: places (lon, lat), and whether it rests on a single ride or none."""

    lon_lat: Floats
    single: bool


@dataclass(frozen=True)
class Halt:
    """A stop; ``weight`` is how many of the vehicles that pass stop, ``end`` whether a way begins or ends there."""

    lon: float
    lat: float
    name: str | None
    end: bool
    weight: float


@dataclass(frozen=True)
class Captions:
    """The words on a map, and how its language writes lengths (of metres)."""

    title: str
    badge: str
    lines: Sequence[str]
    north: str
    credit: str
    length: Callable[[float], str]


def area(width_mm: float, height_mm: float, head_mm: float = HEAD_MM) -> Area:
    """The part of a sheet on which the map lies, its head and foot apart."""
    top = MARGIN_MM + head_mm
    return Area(MARGIN_MM, top, width_mm - 2 * MARGIN_MM, height_mm - top - MARGIN_MM - FOOT_MM)


def frame(ways: Sequence[Way], halts: Sequence[Halt], within: Area) -> Frame:
    """Fit a route into an area, with room for the names around it."""
    aside = min(21.0, 0.22 * within.width)
    room = Area(within.left + aside, within.top + 6, within.width - 2 * aside, within.height - 12)
    places = [one.lon_lat for one in ways] + [np.array([[one.lon, one.lat] for one in halts]).reshape(-1, 2)]
    return fit(np.concatenate(places), room, LEAST_METRES_PER_MM)


def draw(
    ways: Sequence[Way], halts: Sequence[Halt], streets: Sequence[tuple[int, Floats]], colour: str, captions: Captions,
    width_mm: float, height_mm: float, *, head: bool = True,
) -> Drawing:
    """Draw a route on a sheet. ``streets`` are ranks with lines of (lon, lat); ``head`` is the badge and the title."""
    within = area(width_mm, height_mm, HEAD_MM if head else 0.0)
    scale = frame(ways, halts, within)
    lines = [scale.mm(one.lon_lat) for one in ways]
    marks: list[Mark] = [*street_marks(streets, scale, within)]
    marks.append(Path(lines, PAPER, _CASING_MM))
    for single in (True, False):
        if drawn := [line for one, line in zip(ways, lines, strict=True) if one.single is single]:
            marks.append(Path(drawn, colour, _LINE_MM, dashed=single))
    dots, names = _stops(halts, scale)
    marks += dots
    marks += place(names, lines, around(dots), within)[0]
    marks += _head(captions, colour, width_mm) if head else []
    return Drawing(width_mm, height_mm, captions.title, [*marks, *foot_marks(captions, scale, width_mm, height_mm)])


def least_street(metres_per_mm: float) -> int:
    """The least rank of streets that a map of this scale shows."""
    return max((rank for rank, (most, *_) in STREETS.items() if metres_per_mm <= most), default=0)


def street_marks(streets: Sequence[tuple[int, Floats]], scale: Frame, within: Area) -> list[Mark]:
    """The streets in an area: the smaller first, those of each rank as one path; none that the scale would clutter."""
    marks: list[Mark] = []
    for rank in sorted(STREETS, reverse=True):
        most, width, colour = STREETS[rank]
        drawn = [scale.mm(line) for of, line in streets if of == rank]
        if drawn and scale.metres_per_mm <= most:
            simple = shapely.simplify([shapely.linestrings(line) for line in drawn], _SIMPLER_MM)
            cut = shapely.clip_by_rect(simple, within.left, within.top, within.right, within.bottom)
            left = [part for part in shapely.get_parts(cut) if part.length > 0]
            marks += [Path([shapely.get_coordinates(part) for part in left], colour, width)] if left else []
    return marks


def _stops(halts: Sequence[Halt], scale: Frame) -> tuple[list[Dot], list[Name]]:
    dots: list[Dot] = []
    names: list[Name] = []
    for halt in sorted(halts, key=lambda one: (not one.end, -one.weight, one.name is None, one.lon, one.lat)):
        x, y = scale.mm(np.array([[halt.lon, halt.lat]]))[0].tolist()
        radius, rim = _END_MM if halt.end else _STOP_MM
        if not any(np.hypot(x - one.x, y - one.y) < one.radius_mm + _STOP_MM[0] for one in dots):
            dots.append(Dot(x, y, radius, "#ffffff", INK, rim))
        if halt.name and not any(one.says_near(halt.name, x, y, _SAME_NAME_MM) for one in names):
            size = 3.6 if halt.end else 2.6
            rank = -1.0 if halt.end else 1 - halt.weight
            names.append(Name(x, y, radius + rim / 2, halt.name, size, rank, halt.end))
    return dots, names


def _head(captions: Captions, colour: str, sheet_mm: float) -> list[Mark]:
    marks: list[Mark] = []
    left = MARGIN_MM
    if captions.badge:
        wide = max(text_mm(captions.badge, 6.0, True) + 4.0, 11.0)
        marks += [
            Box(left, MARGIN_MM, wide, 9.0, colour, 1.5),
            Text(left + wide / 2, MARGIN_MM + 6.6, captions.badge, 6.0, "#ffffff", "middle", True),
        ]
        left += wide + 3.5
    room = sheet_mm - left - MARGIN_MM
    size = min(6.0, 6.0 * room / max(text_mm(captions.title, 6.0, True), 1.0))
    marks.append(Text(left, MARGIN_MM + 4.5 + size * 0.36, captions.title, size, INK, bold=True))
    said = [line for line in captions.lines if line]
    room = sheet_mm - 2 * MARGIN_MM
    for k, line in enumerate(said):
        size = min(3.4, 3.4 * room / text_mm(line, 3.4))
        marks.append(Text(MARGIN_MM, MARGIN_MM + 13.0 + 4.2 * k, line, size, SOFT))
    return marks


def foot_marks(captions: Captions, scale: Frame, width_mm: float, height_mm: float) -> list[Mark]:
    """The scale bar and the north arrow at the left, whom to thank at the right, or below where that is too long."""
    y = height_mm - MARGIN_MM
    metres = bar_m(scale.metres_per_mm, _BAR_MM)
    x, length = MARGIN_MM + 7.0, metres / scale.metres_per_mm
    arrow = np.array([[0, -5.0], [1.5, 0.0], [0, -1.2], [-1.5, 0.0], [0, -5.0]]) + (MARGIN_MM + 1.5, y)
    bar = np.array([[x, y - 1.5], [x, y], [x + length, y], [x + length, y - 1.5]])
    said = captions.length(metres)
    room = width_mm - MARGIN_MM - (x + length + 4.0 + text_mm(said, 2.8))
    below = 0.0 if text_mm(captions.credit, 2.6) < room else 4.5
    return [
        Path([arrow], INK, 0.3),
        Text(MARGIN_MM + 1.5, y - 6.0, captions.north, 2.8, INK, "middle", True),
        Path([bar], INK, 0.4),
        Text(x + length + 2.0, y, said, 2.8, INK),
        Text(width_mm - MARGIN_MM, y + below, captions.credit, 2.6, SOFT, "end"),
    ]
