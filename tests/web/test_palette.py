"""The colours of routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping_service.web.palette import COLOURS, colour_index

STYLES = Path(__file__).resolve().parents[2] / "mapping_service" / "web" / "static" / "app.css"
AA_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("background", COLOURS)
def test_white_text_can_be_read_on_every_colour(background: str) -> None:
    assert 1.05 / (luminance(background) + 0.05) >= AA_CONTRAST


def test_the_style_sheet_has_the_same_colours() -> None:
    styles = STYLES.read_text("utf-8")
    for index, value in enumerate(COLOURS):
        assert f".line-{index} {{ --line: {value}; }}" in styles


def test_a_route_keeps_its_colour_and_its_neighbours_have_others() -> None:
    assert colour_index("R7") == 7 == colour_index("R19")
    assert len({colour_index(f"R{number}") for number in range(1, 13)}) == 12
    assert colour_index("north") in range(len(COLOURS))
