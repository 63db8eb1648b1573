"""A drawing written as SVG and as HTML: well formed, safe, small, the same each time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from mapping_service.drawing.model import Box, Dot, Drawing, Mark, Path, Text
from mapping_service.drawing.svg import write_html, write_svg

HOSTILE = "</text><script>alert(1)</script> & \"quotes\""
SVG = "{http://www.w3.org/2000/svg}"


def drawing(*marks: Mark) -> Drawing:
    return Drawing(100.0, 50.0, HOSTILE, marks)


def test_every_mark_is_written_in_millimetres_in_its_order() -> None:
    line = np.array([(0, 0), (10.004, 0), (10.001, 0.001), (10, 12.345)])
    root = ElementTree.fromstring(write_svg(drawing(
        Path([line], "#123456", 1.5, dashed=True), Dot(5, 6, 1, "#fff", "#000", 0.4), Box(1, 2, 3, 4, "#eee", 1),
        Text(50, 25, "Mill", 3.0, anchor="middle", bold=True, halo=True),
    ), "en"))
    assert root.attrib["viewBox"] == "0 0 100 50" and "width" not in root.attrib
    title, paper, path, circle, rect, text = root
    assert (title.text, paper.tag, circle.attrib["cx"], rect.attrib["rx"]) == (HOSTILE, f"{SVG}rect", "5", "1")
    assert path.attrib["d"] == "M0 0L10 0L10 12.35" or path.attrib["d"] == "M0 0L10 0L10 12.34"
    assert path.attrib["stroke-dasharray"] == "2.4 2.85"
    assert (text.text, text.attrib["text-anchor"], text.attrib["font-weight"]) == ("Mill", "middle", "700")
    assert text.attrib["paint-order"] == "stroke"


def test_a_line_that_falls_together_is_still_a_dot() -> None:
    assert 'd="M1 1L1 1"' in write_svg(drawing(Path([np.array([(1, 1), (1.001, 1)])], "#000", 1)), "en")


@pytest.mark.parametrize("write", [write_svg, write_html])
def test_no_text_becomes_markup(write: object) -> None:
    assert callable(write)
    written = write(drawing(Text(1, 1, HOSTILE, 3)), 'en"><script>')
    assert "<script>" not in written and "&lt;script&gt;" in written


def test_on_a_printed_page_texts_lie_above_the_lines_where_the_drawing_has_them() -> None:
    written = write_html(drawing(Text(50, 25, "محطة", 3, anchor="end", halo=True), Text(50, 25, "Mill", 3)), "ar")
    assert "width:100mm;height:50mm" in written and "<text" not in written
    assert "right:50mm;top:22.34mm" in written and "left:50mm;top:22.34mm" in written
    assert "<bdi style" in written and ">محطة</bdi>" in written
