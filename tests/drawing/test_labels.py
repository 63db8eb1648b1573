"""Names on a map: none upon another, none on a dot, the first ranks first."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.drawing.frame import Area
from mapping_service.drawing.labels import LINE_HEIGHT, Name, around, place, width_mm, wrap
from mapping_service.drawing.model import Dot, Text

SHEET = Area(0.0, 0.0, 100.0, 60.0)
NOTHING = np.zeros((0, 4))
ACROSS = np.array([(0.0, 30.0), (100.0, 30.0)])


def name(x: float, y: float, text: str = "Mill", rank: float = 0.0) -> Name:
    return Name(x, y, 1.0, text, 3.0, rank)


def box(one: Text) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a line of text as it was reckoned."""
    width = width_mm(one.text, one.size_mm, one.bold)
    left = one.x - {"start": 0.0, "middle": width / 2, "end": width}[one.anchor]
    top = one.y - 0.92 * one.size_mm
    return left, top, left + width, top + one.size_mm * LINE_HEIGHT


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    slack = 1e-6
    return all(
        max(one[k], other[k]) + slack < min(one[k + 2], other[k + 2]) for k in (0, 1)
    )


def test_a_name_stands_to_the_right_of_its_place_where_that_is_free() -> None:
    (text,), taken = place([name(50, 30)], [], NOTHING, SHEET)
    assert taken.shape == (1, 4)
    assert (text.x, text.anchor) == (51.5, "start") and 30 < text.y < 31.5


def test_a_name_makes_way_for_the_line_through_its_place() -> None:
    (text,), _ = place([name(50, 30)], [ACROSS], NOTHING, SHEET)
    assert not overlap(box(text), (0, 29.99, 100, 30.01))


def test_at_the_right_edge_a_name_stands_to_the_left() -> None:
    (text,), _ = place([name(99, 30)], [], NOTHING, SHEET)
    assert text.anchor == "end" and text.x < 98


def test_the_first_rank_stays_where_there_is_room_for_one() -> None:
    narrow = Area(45.0, 28.0, 11.0, 4.0)
    placed, _ = place([name(45.5, 30, "Quay", 2), name(45.5, 30, "Port", 1)], [], NOTHING, narrow)
    assert [one.text for one in placed] == ["Port"]


def test_a_long_name_is_broken_near_its_middle_and_a_long_word_stays_whole() -> None:
    assert wrap("Gare lagunaire Treichville", 20.0, 3.0) == ["Gare lagunaire", "Treichville"]
    assert wrap("Donaudampfschifffahrt", 20.0, 3.0) == ["Donaudampfschifffahrt"]
    assert wrap("Mill", 20.0, 3.0) == ["Mill"]


def test_letters_of_every_script_have_a_width_and_signs_upon_them_none() -> None:
    assert width_mm("漢字", 1.0) > width_mm("ab", 1.0) > width_mm("il", 1.0) > 0
    assert width_mm("e\u0301", 1.0) == width_mm("e", 1.0) == width_mm("é", 1.0)
    assert width_mm("Mill", 2.0, bold=True) > width_mm("Mill", 2.0)


PLACES = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0, 60), st.sampled_from(["Mill", "North End", "Gare du Nord Treichville"])),
    max_size=25,
)


@settings(deadline=None, max_examples=40)
@given(PLACES)
def test_no_name_lies_on_another_on_a_dot_or_beyond_the_sheet(places: list[tuple[float, float, str]]) -> None:
    dots = around([Dot(x, y, 1.0, "#fff", "#000", 0.4) for x, y, _ in places])
    names = [name(x, y, text, rank) for rank, (x, y, text) in enumerate(places)]
    placed, _ = place(names, [ACROSS], dots, SHEET)
    boxes = [box(one) for one in placed]
    for one, other in combinations(boxes, 2):
        assert not overlap(one, other)
    for one in boxes:
        assert not any(overlap(one, tuple(dot)) for dot in dots.tolist())
        assert one[0] >= -1e-6 and one[1] >= -1e-6 and one[2] <= 100 + 1e-6 and one[3] <= 60 + 1e-6
    assert placed == place(list(reversed(names)), [ACROSS], dots, SHEET)[0]
