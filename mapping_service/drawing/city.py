"""All routes of a city on one sheet: streets as bundles of lines, ends with names, numbers on the lines, an index.

Rules: 1. The sheet is the larger the more routes there are (A3, A2, A1), and turned so that they are drawn largest.
2. Ends that touch are one place, called as most of them are; a name stands once in a neighbourhood. 3. The places
where most routes end choose room for their names first; then the routes' numbers are put on their lines, first where
few others are beside them. 4. The index tells every route, also one whose number found no room.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import shapely

from mapping_service.drawing.corridor import MARGIN_MM, Captions, foot_marks, street_marks
from mapping_service.drawing.frame import Area, Frame, fit
from mapping_service.drawing.labels import Name, around, overlaps, place, width_mm
from mapping_service.drawing.merging import merge
from mapping_service.drawing.model import INK, PAPER, SOFT, Box, Dot, Drawing, Mark, Path, Text
from mapping_service.drawing.sections import network
from mapping_service.drawing.side_by_side import Stroke, Strokes, strokes
from mapping_service.geo import along_m, points_at
from mapping_service.records import Floats

# Up to so many routes: the longer and the shorter side of the sheet.
SHEETS_MM = ((40, 420.0, 297.0), (160, 594.0, 420.0), (10**9, 841.0, 594.0))
NEAR_MM = 1.2
LEAST_METRES_PER_MM = 5.0
_HEAD_MM, _FOOT_MM = 20.0, 14.0
_COLUMN_MM, _ROW_MM, _BADGE_MM = 64.0, 5.0, 10.0
_CASING_MM = 0.9
_SIMPLER_MM = 0.04
_END_TOUCH_MM, _SAME_NAME_MM = 3.5, 25.0
_LINK_MM = 0.5
_NUMBER_MM = 2.5
_NUMBER_EVERY_MM, _NUMBERS_APART_MM, _MOST_NUMBERS = 5.0, 60.0, 4


@dataclass(frozen=True)
class Way:
    """One way of riding a route: places (lon, lat), and what its first and its last stop are called."""

    lon_lat: Floats
    first: str | None
    last: str | None


@dataclass(frozen=True)
class Line:
    """A route: what is painted on its vehicles, its name, its colour, its ways, whether one ride or none is all."""

    badge: str
    name: str
    colour: str
    ways: Sequence[Way]
    single: bool


def sheet_mm(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the width and height of the sheet, turned as the city lies (rule 1)."""
    long, short = next((long, short) for most, long, short in SHEETS_MM if len(lines) <= most)
    return min(((long, short), (short, long)), key=lambda size: frame(lines, area(lines, *size)).metres_per_mm)


def area(lines: Sequence[Line], width_mm: float, height_mm: float) -> Area:
    """The part of the sheet on which the map lies: above the index."""
    top = MARGIN_MM + _HEAD_MM
    below = MARGIN_MM + _FOOT_MM + _rows(lines, width_mm) * _ROW_MM
    return Area(MARGIN_MM, top, width_mm - 2 * MARGIN_MM, height_mm - top - below)


def frame(lines: Sequence[Line], within: Area) -> Frame:
    """Fit all routes into an area, with room for names around them."""
    room = Area(within.left + 24, within.top + 8, within.width - 48, within.height - 16)
    return fit(np.concatenate([way.lon_lat for one in lines for way in one.ways]), room, LEAST_METRES_PER_MM)


def draw(
    lines: Sequence[Line], streets: Sequence[tuple[int, Floats]], captions: Captions
) -> Drawing:
    """Draw the routes of a city, in the order of their index; there is at least one."""
    width, height = sheet_mm(lines)
    within = area(lines, width, height)
    scale = frame(lines, within)
    ways = [(route, way) for route, one in enumerate(lines) for way in one.ways]
    merged = merge([scale.mm(way.lon_lat) for _, way in ways], NEAR_MM)
    drawn = strokes(network(merged, [route for route, _ in ways]))
    links, dots, names = _places([
        (*merged.nodes[path[place]].tolist(), name)
        for path, (_, way) in zip(merged.paths, ways, strict=True) for place, name in ((0, way.first), (-1, way.last))
    ])
    texts, taken = place(names, [line for line, _ in drawn.beds], around(dots), within)
    marks = chain(
        street_marks(streets, scale, within), _bundles(drawn, lines), links, dots, texts,
        _numbers(drawn, lines, taken, within), _head(captions), _index(lines, within, width),
        foot_marks(captions, scale, width, height),
    )
    return Drawing(width, height, captions.title, list(marks))


def _bundles(drawn: Strokes, lines: Sequence[Line]) -> list[Mark]:
    beds: dict[float, list[Floats]] = defaultdict(list)
    for line, bed_mm in drawn.beds:
        beds[round(bed_mm + _CASING_MM, 2)].append(_simple(line))
    pieces: dict[tuple[float, int], list[Floats]] = defaultdict(list)
    for piece in drawn.pieces:
        pieces[round(piece.width_mm, 2), piece.route].append(_simple(piece.line))
    marks: list[Mark] = [Path(found, PAPER, bed_mm) for bed_mm, found in sorted(beds.items(), key=lambda one: one[0])]
    return marks + [
        Path(found, lines[route].colour, width)
        for (width, route), found in sorted(pieces.items(), key=lambda one: one[0])
    ]


def _simple(line: Floats) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(line), _SIMPLER_MM)))


def _places(ends: Sequence[tuple[float, float, str | None]]) -> tuple[list[Path], list[Dot], list[Name]]:
    """The places where ways end, their names, and what links them to the ends that are a little off (rule 2).

    Of each end its x, its y and what it is called is given.
    """
    found: list[tuple[tuple[float, float], list[str]]] = []
    links: list[Floats] = []
    for x, y, name in sorted(ends, key=lambda one: (one[2] is None, one[:2])):
        near = [one for one in found if math.hypot(x - one[0][0], y - one[0][1]) < _END_TOUCH_MM][:1]
        if not near:
            found += (near := [((x, y), [])])
        links.append(np.array([near[0][0], (x, y)]))
        near[0][1].extend([name] if name else [])
    dots: list[Dot] = []
    names: list[Name] = []
    for (x, y), called in sorted(found, key=lambda one: (-len(one[1]), one[0])):
        often = Counter(called)
        radius = 1.0 + min(len(called), 16) / 16
        dots.append(Dot(x, y, radius, "#ffffff", INK, 0.5))
        text = min(often, key=lambda name: (-often[name], name), default="")
        if text and not any(one.says_near(text, x, y, _SAME_NAME_MM) for one in names):
            size = 2.6 + 0.9 * min(len(called), 12) / 12
            names.append(Name(x, y, radius + 0.25, text, size, -len(called), len(called) > 3))
    apart = [one for one in links if (one[0] != one[1]).any()]
    return [Path(apart, INK, _LINK_MM)] if apart else [], dots, names


def _numbers(drawn: Strokes, lines: Sequence[Line], taken: Floats, within: Area) -> list[Mark]:
    """The routes' numbers on their lines (rule 3); a route on one ride alone has its number in outline."""
    pieces: dict[int, list[Stroke]] = defaultdict(list)
    for piece in drawn.pieces:
        if piece.among:
            pieces[piece.route].append(piece)
    marks: list[Mark] = []
    for route, one in enumerate(lines):
        spots = [(piece.among, *at) for piece in pieces[route] for at in _along(piece.line)]
        put: list[tuple[float, float]] = []
        size = _badge_mm(one.badge, _NUMBER_MM)
        for _, x, y in sorted(spots) if one.badge else []:
            if len(put) == _MOST_NUMBERS:
                break
            if any(math.hypot(x - u, y - v) < _NUMBERS_APART_MM for u, v in put):
                continue
            box = np.array([[x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2]])
            if overlaps(box, taken).any() or box[0, 0] < within.left or box[0, 2] > within.right:
                continue
            taken = np.vstack((taken, box))
            put.append((x, y))
            marks += badge_marks(one, x - size[0] / 2, y - size[1] / 2, _NUMBER_MM)
    return marks


def _along(line: Floats) -> list[tuple[float, float]]:
    """Places on a line, every few millimetres, its middle among them."""
    s = along_m(line)
    number = max(1, int(s[-1] / _NUMBER_EVERY_MM) | 1)
    at = (np.arange(number) + 0.5) / number * s[-1]
    return [(x, y) for x, y in points_at(line, s, at).tolist()]


def _badge_mm(badge: str, size_mm: float) -> tuple[float, float]:
    return max(width_mm(badge, size_mm, True) + 0.5 * size_mm, 1.5 * size_mm), 1.3 * size_mm


def badge_marks(line: Line, left: float, top: float, size_mm: float) -> list[Mark]:
    """What is painted on the vehicles, as a label: filled, or in outline where one ride is all there is."""
    width, height = _badge_mm(line.badge, size_mm)
    rim = size_mm * 0.12
    filled = Box(left, top, width, height, line.colour, height / 4)
    inner = Box(left + rim, top + rim, width - 2 * rim, height - 2 * rim, PAPER, height / 4 - rim)
    edge = Box(left - rim, top - rim, width + 2 * rim, height + 2 * rim, PAPER, height / 4 + rim)
    colour = line.colour if line.single else "#ffffff"
    text = Text(left + width / 2, top + height / 2 + 0.36 * size_mm, line.badge, size_mm, colour, "middle", True)
    return [edge, filled, *([inner] if line.single else []), text]


def _head(captions: Captions) -> list[Mark]:
    marks: list[Mark] = [Text(MARGIN_MM, MARGIN_MM + 8.0, captions.title, 9.0, INK, bold=True)]
    said = [line for line in captions.lines if line]
    return marks + [Text(MARGIN_MM, MARGIN_MM + 14.0 + 4.5 * k, line, 3.4, SOFT) for k, line in enumerate(said)]


def _rows(lines: Sequence[Line], width_mm: float) -> int:
    return math.ceil(len(lines) / max(1, int((width_mm - 2 * MARGIN_MM) / _COLUMN_MM)))


def _index(lines: Sequence[Line], within: Area, sheet: float) -> list[Mark]:
    """Every route with its number and its name, in columns from top to bottom (rule 4)."""
    rows = _rows(lines, sheet)
    marks: list[Mark] = []
    for k, one in enumerate(lines):
        left, top = MARGIN_MM + k // rows * _COLUMN_MM, within.bottom + 3.0 + k % rows * _ROW_MM
        badge = replace(one, badge=shortened(one.badge, _BADGE_MM - 1.5, 2.6, bold=True))
        if badge.badge:
            marks += badge_marks(badge, left, top, 2.6)
        else:
            marks.append(Box(left, top + 1.0, 6.0, 1.4, one.colour, 0.7))
        name = shortened(one.name, _COLUMN_MM - _BADGE_MM - 2.0, 2.6)
        marks.append(Text(left + _BADGE_MM, top + 2.7, name, 2.6, INK))
    return marks


def shortened(text: str, most_mm: float, size_mm: float, bold: bool = False) -> str:
    """Cut a text so that it fits, with an ellipsis where it was cut."""
    if width_mm(text, size_mm, bold) <= most_mm:
        return text
    kept = text
    while kept and width_mm(f"{kept}…", size_mm, bold) > most_mm:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
