"""What a drawing is made of: a sheet in millimetres, x to the right and y down, lowest marks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapping_service.records import Floats

PAPER, INK, SOFT, RULE = "#fffdf8", "#1c2536", "#586071", "#ded7c7"


@dataclass(frozen=True)
class Path:
    """Lines of one colour and width, each an (n, 2) array; corners and ends are round."""

    lines: Sequence[Floats]
    colour: str
    width_mm: float
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A disc with a rim."""

    x: float
    y: float
    radius_mm: float
    fill: str
    rim: str
    rim_mm: float


@dataclass(frozen=True)
class Box:
    """A filled rectangle; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width_mm: float
    height_mm: float
    fill: str
    round_mm: float = 0.0


@dataclass(frozen=True)
class Text:
    """One line of text; ``y`` is its baseline, ``x`` where it starts, has its middle or ends.

    A ``halo`` keeps it apart from what lies under it.
    """

    x: float
    y: float
    text: str
    size_mm: float
    colour: str = INK
    anchor: str = "start"
    bold: bool = False
    halo: bool = False


Mark = Path | Dot | Box | Text


@dataclass(frozen=True)
class Drawing:
    """A finished sheet; ``title`` says what it shows to those who do not see it."""

    width_mm: float
    height_mm: float
    title: str
    marks: Sequence[Mark]
