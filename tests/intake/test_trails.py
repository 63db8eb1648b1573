"""The points of a recorder into rides: whatever the order, the batches and the repeats."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from collectors.trackers.points import Point
from mapping_service.intake.trails import rides, united
from mapping_service.parameters import Parameters

P = Parameters()
T_MS = 1_748_845_800_000
_points = st.builds(
    Point,
    st.integers(0, 30).map(lambda k: T_MS + k * 60_000),
    st.sampled_from([36.8, 36.81, 37.8]),
    st.just(-1.3),
    st.sampled_from([None, 5.0, 9.0]),
    st.sampled_from([None, 3.0]),
)


def drive(start_s: int, seconds: int, lon: float = 36.8) -> list[Point]:
    """A point each ten seconds, 55 m apart, eastwards."""
    return [Point(T_MS + 1000 * (start_s + s), round(lon + 0.00005 * s, 7), -1.3) for s in range(0, seconds, 10)]


def cut(points: Sequence[Point]) -> list[list[Point]]:
    return [list(part) for part in rides(united(points)[0], P)]


@given(st.lists(_points, max_size=40), st.integers())
def test_order_and_repeats_say_nothing(points: list[Point], seed: int) -> None:
    shuffled = points * 2
    random.Random(seed).shuffle(shuffled)
    assert united(shuffled) == united(points)
    assert cut(shuffled) == cut(points)


@given(st.lists(_points, max_size=40))
def test_every_moment_has_one_point_and_the_most_accurate_one(points: list[Point]) -> None:
    found, others = united(points)
    assert [point.t_ms for point in found] == sorted({point.t_ms for point in points})
    for point in found:
        rivals = [one for one in points if one.t_ms == point.t_ms]
        assert point in rivals
        assert (point.accuracy_m or 1e9) == min(one.accuracy_m or 1e9 for one in rivals)
    assert others == len({(one.t_ms, one.lon) for one in points}) - len(found)


@given(st.lists(_points, max_size=40))
def test_no_point_is_lost_but_lone_ones(points: list[Point]) -> None:
    found = united(points)[0]
    kept = [point for part in cut(points) for point in part]
    assert kept == [point for point in found if point in kept]
    assert all(len(part) > 1 for part in cut(points))


def test_a_pause_parts_two_rides_and_a_tunnel_does_not() -> None:
    first, second = drive(0, 300), drive(300 + 590, 300, lon=36.83)
    assert cut([*first, *second]) == [[*first, *second]]
    later = drive(300 + 601, 300, lon=36.83)
    assert cut([*later, *first]) == [first, later]


def test_a_jump_that_lasts_parts_two_rides() -> None:
    here, there = drive(0, 300), drive(300, 300, lon=37.8)
    assert cut([*here, *there]) == [here, there]


def test_a_jump_and_back_is_left_for_cleaning() -> None:
    way = drive(0, 600)
    wild = [point._replace(lon=point.lon + 1) if 25 <= i < 30 else point for i, point in enumerate(way)]
    assert cut(wild) == [wild]


def test_a_wild_start_or_end_cuts_nothing() -> None:
    way = drive(0, 600)
    wild = [point._replace(lon=point.lon + 1) if i < 4 or i > 56 else point for i, point in enumerate(way)]
    assert cut(wild) == [wild]


def test_a_lone_point_is_no_ride() -> None:
    assert cut([]) == cut(drive(0, 10)) == []
