"""One route on a map, drawn from a route of four stops:

    A ---- b ---- c ---- D     there (solid), back (a single ride: dashed)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mapping_service.drawing.corridor import HEAD_MM, MARGIN_MM, Captions, Halt, Way, draw, least_street
from mapping_service.drawing.labels import width_mm as text_mm
from mapping_service.drawing.model import Box, Dot, Drawing, Path, Text
from mapping_service.records import Floats

LINE = np.array([(36.80, -1.30), (36.81, -1.30), (36.82, -1.30), (36.83, -1.30)])
CAPTIONS = Captions("A – D", "46", ["every 8–12 min", ""], "N", "Drawn Town", lambda metres: f"{metres:.0f} m")
STREET = np.array([(36.80, -1.301), (36.83, -1.301)])


def halts(names: Sequence[str | None], shift: float = 0.0) -> list[Halt]:
    return [
        Halt(lon, lat + shift, name, k in (0, 3), 0.5)
        for k, ((lon, lat), name) in enumerate(zip(LINE.tolist(), names, strict=True))
    ]


def drawn(
    stops: list[Halt] | None = None, streets: Sequence[tuple[int, Floats]] = (), *, head: bool = True
) -> Drawing:
    ways = [Way(LINE, False), Way(LINE[::-1], True)]
    return draw(ways, stops or halts(["A", "b", None, "D"]), streets, "#0b5fa5", CAPTIONS, 297.0, 210.0, head=head)


def texts(drawing: Drawing) -> list[str]:
    return [one.text for one in drawing.marks if isinstance(one, Text)]


def test_a_map_names_its_stops_and_tells_what_it_shows() -> None:
    made = drawn()
    assert texts(made)[:3] == ["A", "D", "b"]  # the ends choose their place first
    assert {"46", "A – D", "every 8–12 min", "N", "200 m", "Drawn Town"} <= set(texts(made))
    assert [one.radius_mm for one in made.marks if isinstance(one, Dot)] == [1.7, 1.7, 0.9, 0.9]
    assert any(isinstance(one, Box) and one.fill == "#0b5fa5" for one in made.marks)


def test_a_way_that_rests_on_one_ride_is_dashed_and_lies_below() -> None:
    coloured = [one for one in drawn().marks if isinstance(one, Path) and one.colour == "#0b5fa5"]
    assert [one.dashed for one in coloured] == [True, False]


def test_stops_that_touch_are_one_dot_and_a_name_stands_once() -> None:
    twice = halts(["A", "b", None, "D"]) + halts(["a", "B", "c", "D"], shift=1e-5)  # a metre to the north
    made = drawn(twice)
    assert len([one for one in made.marks if isinstance(one, Dot)]) == 4
    assert sorted(text.casefold() for text in texts(made) if len(text) == 1) == ["a", "b", "c", "d", "n"]


def test_streets_lie_below_all_else_and_small_ones_are_not_on_small_maps() -> None:
    made = drawn(streets=[(1, STREET), (4, STREET)])
    assert isinstance(made.marks[0], Path) and made.marks[0].colour == "#e4dcca"
    assert sum(isinstance(one, Path) and one.colour == "#ece6d8" for one in made.marks) == 0
    assert [least_street(scale) for scale in (5.0, 20.0, 60.0, 200.0, 1000.0)] == [4, 3, 2, 1, 0]


def test_streets_end_where_the_map_does() -> None:
    far = np.array([(36.5, -1.5), (37.1, -1.1)])
    (street,) = (one for one in drawn(streets=[(1, far)]).marks if isinstance(one, Path) and one.colour == "#e4dcca")
    points = np.concatenate(list(street.lines))
    assert points[:, 0].min() >= 8.0 and points[:, 1].min() >= 30.0 and points[:, 1].max() <= 195.0


def test_under_a_timetable_the_map_has_no_head_of_its_own() -> None:
    assert "A – D" not in texts(drawn(head=False)) and "D" in texts(drawn(head=False))


def test_on_a_narrow_sheet_thanks_stand_below_the_scale() -> None:
    thanks = replace(CAPTIONS, credit="Streets © OpenStreetMap contributors · Drawn Town")
    made = draw([Way(LINE, False)], halts("AbcD"), [], "#0b5fa5", thanks, 80.0, 110.0, head=False)
    said = {one.text: one.y for one in made.marks if isinstance(one, Text)}
    assert said[thanks.credit] > said["2000 m"] == 102.0
    assert {text for text in said if len(text) == 1} >= {"A", "D"}


def test_everything_lies_on_the_sheet() -> None:
    for mark in drawn().marks:
        if isinstance(mark, Path):
            points = np.concatenate(list(mark.lines))
            assert points.min() >= 0 and points[:, 0].max() <= 297 and points[:, 1].max() <= 210


def test_lines_of_notes_are_as_wide_as_the_sheet_at_most() -> None:
    said = replace(CAPTIONS, lines=["every 8–12 min", "Some letters could not be printed. " * 6, "Dashed: uncertain"])
    made = draw([Way(LINE, False)], halts("AbcD"), [], "#0b5fa5", said, 210.0, 297.0)
    lines = [one for one in made.marks if isinstance(one, Text) and one.text in said.lines]
    assert len(lines) == 3 and len({one.y for one in lines}) == 3
    assert all(one.x + text_mm(one.text, one.size_mm) <= 210 - MARGIN_MM + 1e-6 for one in lines)
    assert all(one.y <= MARGIN_MM + HEAD_MM for one in lines)
