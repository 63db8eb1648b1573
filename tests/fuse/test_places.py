"""Which stops of different patterns are one place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.places import merge
from mapping_service.fuse.stops import LineStop
from tests.sketch import P

EAST, NORTH, WEST = 0.0, 90.0, 180.0


def stop(x: float, y: float, degrees: float = EAST, method: str = "reported") -> LineStop:
    return LineStop(0.0, np.array([x, y]), float(np.radians(degrees)), method, (), (), ())


def labels(*stops: LineStop) -> list[int]:
    return [int(label) for label in merge(stops, P)]


def test_no_stops_have_no_places() -> None:
    assert labels() == []


def test_the_same_kerb_served_by_two_routes_is_one_stop() -> None:
    assert labels(stop(0, 0), stop(25, 0), stop(500, 0)) == [0, 0, 1]


def test_the_two_kerbs_of_one_street_stay_two_stops() -> None:
    assert labels(stop(0, 0, EAST), stop(0, 12, WEST)) == [0, 1]


def test_stops_of_crossing_streets_stay_two() -> None:
    assert labels(stop(0, 0, EAST), stop(10, 10, NORTH)) == [0, 1]


def test_headings_on_both_sides_of_180_degrees_are_near_each_other() -> None:
    assert labels(stop(0, 0, 179.0), stop(10, 0, -179.0)) == [0, 0]


def test_terminals_are_one_whatever_their_direction_and_a_little_farther_apart() -> None:
    assert labels(stop(0, 0, EAST, "terminal"), stop(60, 0, WEST, "terminal")) == [0, 0]
    assert labels(stop(0, 0, EAST), stop(60, 0, EAST)) == [0, 1]


def test_a_chain_of_near_stops_does_not_grow_along_the_street() -> None:
    found = merge([stop(30.0 * k, 0) for k in range(12)], P)
    for label in np.unique(found):
        along = 30.0 * np.flatnonzero(found == label)
        assert np.ptp(along) <= 2 * P.same_stop_m
    assert len(np.unique(found)) < 12


def test_labels_count_up_in_order_of_first_appearance() -> None:
    assert labels(stop(900, 0), stop(0, 0), stop(900, 5), stop(300, 0), stop(0, 5)) == [0, 1, 0, 2, 1]


def test_the_two_kerbs_stay_apart_where_turning_routes_stop_between_them() -> None:
    found = labels(stop(0, 0, 0.0), stop(5, 4, 58.0), stop(5, 8, 116.0), stop(0, 12, 174.0))
    assert found[0] != found[-1]


spots = st.lists(
    st.builds(
        stop,
        st.integers(0, 200),
        st.integers(0, 60),
        st.sampled_from([0, 45, 90, 180]),
        st.sampled_from(["reported", "terminal"]),
    ),
    max_size=15,
)


@given(spots)
def test_any_stops_get_labels_without_holes_and_none_is_far_from_all_of_its_place(stops: list[LineStop]) -> None:
    found = merge(stops, P)
    assert len(found) == len(stops)
    assert sorted(set(found.tolist())) == list(range(len(set(found.tolist()))))
    for label in set(found.tolist()):
        members = [stops[i].xy for i in np.flatnonzero(found == label)]
        for one in members:
            others = [np.hypot(*(one - other)) for other in members if other is not one]
            assert not others or min(others) <= P.same_terminal_m
