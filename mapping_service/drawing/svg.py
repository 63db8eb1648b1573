"""A drawing as SVG, and as HTML for a page that is printed. The same drawing gives the same bytes.

The printer sets the text of an SVG letter by letter, which breaks scripts whose letters join; so on a printed page the
texts lie as HTML above the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mapping_service.drawing.model import PAPER, Box, Dot, Drawing, Mark, Path, Text
from mapping_service.records import Floats

FONTS = "'Noto Sans', 'Avenir Next', Avenir, 'Segoe UI', Ubuntu, 'DejaVu Sans', 'Liberation Sans', sans-serif"
_BASELINE = 0.888  # of the size: where Noto Sans stands in a line as high as its size
_HALO_MM = 0.9


def write_svg(drawing: Drawing, language: str) -> str:
    """Write a drawing as an SVG document that scales to whatever shows it."""
    return _svg(drawing, language, drawing.marks)


def write_html(drawing: Drawing, language: str) -> str:
    """Write a drawing as an element of a page that is to be printed, in its true size."""
    lines = _svg(drawing, language, [one for one in drawing.marks if not isinstance(one, Text)])
    texts = "".join(_span(one, drawing) for one in drawing.marks if isinstance(one, Text))
    size = f"width:{_n(drawing.width_mm)}mm;height:{_n(drawing.height_mm)}mm"
    return f'<div class="drawing" style="position:relative;overflow:hidden;{size}">{lines}{texts}</div>'


def _svg(drawing: Drawing, language: str, marks: Sequence[Mark]) -> str:
    body = "\n".join(_element(one) for one in marks)
    size = f"{_n(drawing.width_mm)} {_n(drawing.height_mm)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" xml:lang="{escape(language)}"'
        f' font-family="{FONTS}" fill="none" stroke-linecap="round" stroke-linejoin="round">\n'
        f"<title>{escape(drawing.title)}</title>\n"
        f'<rect width="{_n(drawing.width_mm)}" height="{_n(drawing.height_mm)}" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def _element(mark: Mark) -> str:
    match mark:
        case Path():
            dashes = f' stroke-dasharray="{_n(mark.width_mm * 1.6)} {_n(mark.width_mm * 1.9)}"' if mark.dashed else ""
            data = "".join(_data(line) for line in mark.lines)
            return f'<path d="{data}" stroke="{mark.colour}" stroke-width="{_n(mark.width_mm)}"{dashes}/>'
        case Dot():
            at = f'cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius_mm)}"'
            return f'<circle {at} fill="{mark.fill}" stroke="{mark.rim}" stroke-width="{_n(mark.rim_mm)}"/>'
        case Box():
            at = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width_mm)}" height="{_n(mark.height_mm)}"'
            return f'<rect {at} rx="{_n(mark.round_mm)}" fill="{mark.fill}"/>'
        case Text():
            return _text(mark)


def _text(mark: Text) -> str:
    anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
    weight = ' font-weight="700"' if mark.bold else ""
    halo = f' stroke="{PAPER}" stroke-width="{_HALO_MM}" paint-order="stroke"' if mark.halo else ""
    at = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size_mm)}" fill="{mark.colour}"'
    return f"<text {at}{anchor}{weight}{halo}>{escape(mark.text)}</text>"


def _span(mark: Text, drawing: Drawing) -> str:
    side = {
        "start": f"left:{_n(mark.x)}mm",
        "middle": f"left:{_n(mark.x - drawing.width_mm)}mm;width:{_n(2 * drawing.width_mm)}mm;text-align:center",
        "end": f"right:{_n(drawing.width_mm - mark.x)}mm",
    }[mark.anchor]
    style = (
        f"position:absolute;{side};top:{_n(mark.y - _BASELINE * mark.size_mm)}mm;font-size:{_n(mark.size_mm)}mm;"
        f"line-height:1;white-space:nowrap;color:{mark.colour}{';font-weight:700' if mark.bold else ''}"
    )
    halo = ' style="background:rgba(255,253,248,.8)"' if mark.halo else ""
    return f'<span style="{style}"><bdi{halo}>{escape(mark.text)}</bdi></span>'


def _data(line: Floats) -> str:
    """Path data of a line, to hundredths of a millimetre, points that fall together told once."""
    points = np.round(line, 2)
    kept = points[np.concatenate(([True], np.any(np.diff(points, axis=0) != 0, axis=1)))]
    if len(kept) == 1:
        kept = np.repeat(kept, 2, axis=0)
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in kept.tolist())


def _n(value: float) -> str:
    """Hundredths of a millimetre, without noughts at the end and never minus nought."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
