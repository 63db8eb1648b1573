from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.parameters import Parameters
from mapping_service.virtual_stops import Hailed, Passing, Place, place_virtual_stops

P = Parameters()


def east(pattern_id: str = "P1", north_m: float = 0.0, *, stops_m: Sequence[float] = (0.0, 1200.0, 2000.0),
         stretch: tuple[float, float] = (0.0, 2000.0)) -> Hailed:
    """A pattern two kilometres to the east."""
    xy = np.array([[0.0, north_m], [2000.0, north_m]])
    return Hailed(pattern_id, xy, 2000.0, stops_m, (stretch,))


def west(pattern_id: str) -> Hailed:
    """The same way back."""
    return Hailed(pattern_id, np.array([[2000.0, 8.0], [0.0, 8.0]]), 2000.0, (0.0, 800.0, 2000.0), ((0.0, 2000.0),))


def found(*patterns: Hailed, known: Sequence[Place] = ()) -> list[Passing]:
    return place_virtual_stops(patterns, known, P)


def dists_m(passings: Sequence[Passing], pattern_id: str = "P1") -> list[float]:
    return [round(one.dist_m) for one in passings if one.pattern_id == pattern_id]


def test_a_hailed_way_has_a_place_about_every_three_hundred_metres_between_its_stops() -> None:
    assert dists_m(found(east())) == [300, 600, 900, 1467, 1733]


def test_there_are_none_off_the_hailed_stretch_or_between_stops_that_are_near_anyway() -> None:
    assert dists_m(found(east(stretch=(500.0, 1000.0)))) == [600, 900]
    assert dists_m(found(east(stops_m=(0.0, 400.0, 800.0, 1200.0, 1600.0, 2000.0)))) == []


def test_patterns_on_one_street_in_one_direction_share_their_places() -> None:
    both = found(east("P1"), east("P2", 12.0))
    ids = {name: [one.place.stop_id for one in both if one.pattern_id == name] for name in ("P1", "P2")}
    assert ids["P1"] == ids["P2"] == ["~1", "~2", "~3", "~4", "~5"]


def test_the_way_back_has_places_of_its_own() -> None:
    both = found(east("P1"), west("P2"))
    assert not {one.place.stop_id for one in both if one.pattern_id == "P1"} & {
        one.place.stop_id for one in both if one.pattern_id == "P2"
    }


def test_places_stay_where_they_were_when_a_stop_moves_a_little() -> None:
    before = [one.place for one in found(east())]
    after = found(east(stops_m=(0.0, 1230.0, 2000.0)), known=before)
    assert [one.place for one in after] == before


def test_a_stop_that_comes_up_next_to_a_place_takes_its_part() -> None:
    before = [one.place for one in found(east())]
    after = found(east(stops_m=(0.0, 650.0, 1200.0, 2000.0)), known=before)
    assert [one.place.stop_id for one in after] == ["~1", "~3", "~4", "~5"]


def test_a_pattern_measured_in_other_metres_than_its_line_has_places_at_its_own() -> None:
    long = Hailed("P1", np.array([[0.0, 0.0], [2000.0, 0.0]]), 2200.0, (0.0, 2200.0), ((0.0, 2200.0),))
    assert [(round(one.dist_m), round(one.place.x)) for one in found(long)][0] == (314, 286)


@given(st.lists(st.floats(0, 2000), min_size=2, max_size=8, unique=True), st.floats(0, 1000), st.floats(0, 1000))
def test_no_place_is_near_a_stop_or_off_its_stretch_and_placing_again_changes_nothing(
    stops_m: list[float], from_m: float, length_m: float
) -> None:
    pattern = east(stops_m=sorted(stops_m), stretch=(from_m, from_m + length_m))
    once = found(pattern)
    for one in once:
        assert from_m <= one.dist_m <= from_m + length_m
        assert min(abs(one.dist_m - stop_m) for stop_m in stops_m) >= P.virtual_apart_m
    again = found(pattern, known=[one.place for one in once])
    assert [one.place.stop_id for one in again] == [one.place.stop_id for one in once]
    assert dists_m(again) == pytest.approx(dists_m(once), abs=1)
