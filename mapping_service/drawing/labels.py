"""Names beside their places, none upon another. Pure; the widths of letters are estimates that lean to the wide side.

Rules: 1. Names are placed in the order of their rank, each where it costs least. 2. A name never lies on another name,
on a dot or beyond the sheet's area. 3. To the right is best, then above and below to the right, then the left; lines
under a name cost more than any of that. 4. A name that fits nowhere is left out.
After Imhof (1975), Positioning names on maps; greedy as in Christensen, Marks and Shieber (1995).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping_service.drawing.frame import Area
from mapping_service.drawing.model import INK, Dot, Text
from mapping_service.records import Floats

Bools = NDArray[np.bool_]

LINE_HEIGHT = 1.2  # of the size
BOLD = 1.08
_NARROW, _SLIM, _BROAD = frozenset("iljI.,:;'’|!()[]‘· "), frozenset("ftrJ-–/\"“”*"), frozenset("mwMWQO@%&—ŒœÆæ")
_GAP_MM = 0.5
_STEP_MM = 1.0
_LINE_COST = 2.0  # of each millimetre or so of line under a name
_MOST_CROSSED = 4.0  # so many of them and a name is no longer read
# Right of the place, above it …: where the name's box begins, as shares of the reach, and what that costs.
_SIDES = np.array([
    (1, 0, 0.0), (0.72, -0.72, 0.3), (0.72, 0.72, 0.4), (-1, 0, 0.6), (-0.72, -0.72, 0.8), (-0.72, 0.72, 0.9),
    (0, -1, 1.1), (0, 1, 1.2),
])


@dataclass(frozen=True)
class Name:
    """A name that wants to stand at a place, outside a dot of ``reach_mm``; the lowest ``rank`` chooses first."""

    x: float
    y: float
    reach_mm: float
    text: str
    size_mm: float
    rank: float
    bold: bool = False

    def says_near(self, text: str, x: float, y: float, within_mm: float) -> bool:
        """True where this name tells a text, in capitals or not, near a place: it need not be told again."""
        return text.casefold() == self.text.casefold() and math.hypot(x - self.x, y - self.y) < within_mm


def width_mm(text: str, size_mm: float, bold: bool = False) -> float:
    """Estimate how wide a text is: after the letters of Noto Sans, and one width for each other kind of script."""
    return sum(_em(letter) for letter in text) * size_mm * (BOLD if bold else 1.0)


def _em(letter: str) -> float:
    plain = unicodedata.normalize("NFD", letter)[0]
    for letters, em in ((_NARROW, 0.31), (_SLIM, 0.42), (_BROAD, 0.9)):
        if plain in letters:
            return em
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if plain.isascii():
        return 0.66 if plain.isupper() else 0.58
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.78


def wrap(text: str, most_mm: float, size_mm: float, bold: bool = False) -> list[str]:
    """Break a long name in two at the space nearest to its middle; a short one stays whole."""
    spaces = [k for k, letter in enumerate(text) if letter == " "]
    if width_mm(text, size_mm, bold) <= most_mm or not spaces:
        return [text]
    at = min(spaces, key=lambda k: abs(2 * k - len(text)))
    return [text[:at], text[at + 1:]]


def place(
    names: Sequence[Name], lines: Sequence[Floats], taken: Floats, area: Area, wrap_mm: float = 30.0
) -> tuple[list[Text], Floats]:
    """Place names among ``lines`` ((n, 2) arrays) where nothing is ``taken`` (left, top, right, bottom: millimetres).

    Returns the texts, those that were placed first first, and what is taken then.
    """
    pieces = [shapely.linestrings(piece) for line in lines for piece in _pieces(line)]
    tree = shapely.STRtree(pieces)
    placed: list[Text] = []
    for name in sorted(names, key=lambda one: (one.rank, one.text, one.x, one.y)):
        rows = wrap(name.text, wrap_mm, name.size_mm, name.bold)
        boxes, costs = _choices(name, rows)
        crossed = np.bincount(tree.query(shapely.box(*boxes.T), predicate="intersects")[0], minlength=len(boxes))
        free = _inside(boxes, area) & ~overlaps(boxes, taken).any(axis=1) & (crossed < _MOST_CROSSED)
        if free.any():
            best = int(np.argmin(np.where(free, costs + _LINE_COST * crossed, np.inf)))
            taken = np.vstack((taken, boxes[best]))
            placed += _texts(name, rows, boxes[best])
    return placed, taken


def around(dots: Sequence[Dot]) -> Floats:
    """The boxes that dots take up."""
    found = np.array([(one.x, one.y, one.radius_mm) for one in dots]).reshape(-1, 3)
    return np.column_stack((found[:, :2] - found[:, 2:], found[:, :2] + found[:, 2:]))


def _pieces(line: Floats) -> list[Floats]:
    """Cut a line at its vertices, and long stretches every millimetre or so: what a name crosses can be counted."""
    cut = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), 2 * _STEP_MM))
    return list(np.stack((cut[:-1], cut[1:]), axis=1)[np.any(np.diff(cut, axis=0) != 0, axis=1)])


def _choices(name: Name, rows: Sequence[str]) -> tuple[Floats, Floats]:
    """The boxes (left, top, right, bottom) in which a name may stand, near the place and a little off, with costs."""
    width = max(width_mm(row, name.size_mm, name.bold) for row in rows)
    height = name.size_mm * LINE_HEIGHT * len(rows)
    found, costs = [], []
    for extra in (0.0, 1.0, 2.2):
        reach = name.reach_mm + _GAP_MM + extra
        x, y = name.x + _SIDES[:, 0] * reach, name.y + _SIDES[:, 1] * reach
        left = x - width * (1 - np.sign(_SIDES[:, 0])) / 2
        top = y - height * (1 - np.sign(_SIDES[:, 1])) / 2
        found.append(np.column_stack((left, top, left + width, top + height)))
        costs.append(_SIDES[:, 2] + 1.5 * extra)
    return np.concatenate(found), np.concatenate(costs)


def _inside(boxes: Floats, area: Area) -> Bools:
    return np.asarray(
        (boxes[:, 0] >= area.left) & (boxes[:, 1] >= area.top)
        & (boxes[:, 2] <= area.right) & (boxes[:, 3] <= area.bottom)
    )


def overlaps(boxes: Floats, others: Floats) -> Bools:
    """Which boxes lie on which others, as an (n, m) array."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.all(low < high, axis=2))


def _texts(name: Name, rows: Sequence[str], box: Floats) -> list[Text]:
    left, top, right, _ = box.tolist()
    anchor = "start" if left >= name.x else "end" if right <= name.x else "middle"
    x = {"start": left, "end": right, "middle": (left + right) / 2}[anchor]
    step = name.size_mm * LINE_HEIGHT
    return [
        Text(x, top + k * step + 0.92 * name.size_mm, row, name.size_mm, INK, anchor, name.bold, halo=True)
        for k, row in enumerate(rows)
    ]
