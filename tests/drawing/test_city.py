"""All routes on one sheet: two that share a street, and one on a single ride.

    Quay ═══════ Mill ───── Port       46, 102 to Mill; 46 goes on
"""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.drawing.city import Line, Way, draw, sheet_mm, shortened
from mapping_service.drawing.corridor import Captions
from mapping_service.drawing.labels import width_mm
from mapping_service.drawing.model import Box, Dot, Drawing, Path, Text

CAPTIONS = Captions("Drawn Town", "", ["3 routes", ""], "N", "Release 1", lambda metres: f"{metres:.0f} m")
EAST = np.array([(36.80, -1.30), (36.83, -1.30), (36.86, -1.30)])
LINES = [
    Line("46", "Quay – Port", "#0b5fa5", [Way(EAST, "Quay", "Port"), Way(EAST[::-1], "Port", "QUAY")], False),
    Line("102", "Quay – Mill", "#b5471b", [Way(EAST[:2], "Quay", "Mill")], False),
    Line("", "A name that is far too long for its column of the index", "#0a7a62", [Way(EAST[1:], None, "Port")], True),
]


def texts(drawing: Drawing) -> list[str]:
    return [one.text for one in drawing.marks if isinstance(one, Text)]


def test_the_map_names_places_and_puts_numbers_on_the_lines_and_in_the_index() -> None:
    said = texts(draw(LINES, [], CAPTIONS))
    assert [said.count(name) for name in ("Quay", "Mill", "Port", "QUAY")] == [1, 1, 1, 0]
    assert said.count("46") >= 2 and said.count("102") >= 2  # on the line, in the index
    assert {"Drawn Town", "3 routes", "Quay – Port", "Release 1", "N"} <= set(said) and "" not in said


def test_routes_on_one_street_lie_side_by_side_in_their_colours() -> None:
    made = draw(LINES, [], CAPTIONS)
    lines = {one.colour: np.concatenate(list(one.lines)) for one in made.marks if isinstance(one, Path)}
    assert lines["#0b5fa5"][:, 1].mean() != pytest.approx(lines["#b5471b"][:, 1].mean(), abs=0.2)


def test_places_are_dots_where_the_lines_end() -> None:
    assert len([one for one in draw(LINES, [], CAPTIONS).marks if isinstance(one, Dot)]) == 3


def test_a_number_that_rests_on_one_ride_is_in_outline() -> None:
    single = [Line("7", "Quay – Port", "#0b5fa5", [Way(EAST, "Quay", "Port")], True)]
    sevens = [one for one in draw(single, [], CAPTIONS).marks if isinstance(one, Text) and one.text == "7"]
    assert sevens and {one.colour for one in sevens} == {"#0b5fa5"}


@pytest.mark.parametrize(("routes", "size"), [(3, (420.0, 297.0)), (41, (594.0, 420.0)), (300, (841.0, 594.0))])
def test_the_sheet_grows_with_the_routes_and_turns_with_the_city(routes: int, size: tuple[float, float]) -> None:
    many = [LINES[0]] * routes
    assert sheet_mm(many) == size
    turned = [Line("1", "", "#000000", [Way(EAST[:, ::-1] + (38.0, -38.0), None, None)], False)] * routes
    assert sheet_mm(turned) == size[::-1]


def test_everything_lies_on_the_sheet_even_the_index_of_three_hundred() -> None:
    made = draw([LINES[k % 3] for k in range(300)], [], CAPTIONS)
    for mark in made.marks:
        if isinstance(mark, Box | Text):
            assert 0 <= mark.x <= made.width_mm and 0 <= mark.y <= made.height_mm


def test_the_same_city_is_drawn_the_same() -> None:
    one, other = draw(LINES, [], CAPTIONS), draw(LINES, [], CAPTIONS)
    assert texts(one) == texts(other) and len(one.marks) == len(other.marks)


def test_what_is_too_long_is_cut_with_a_sign_of_it() -> None:
    cut = shortened("Gare lagunaire Treichville – Gare Koumassi", 30.0, 2.6)
    assert cut.startswith("Gare lagunaire") and cut.endswith("…") and width_mm(cut, 2.6) <= 30.0
    assert shortened("Mill", 30.0, 2.6) == "Mill"
