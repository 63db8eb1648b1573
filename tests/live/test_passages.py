"""What is told of a ride, and what nobody learns of it however long they watch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.live.lines import Lines
from mapping_service.live.passages import passage
from tests.live.drawn import BACK, BRANCH, NOON_S, STREET, VEHICLE_MPS, WALK_MPS, M, P, commute, watched, way

LINES = Lines(STREET | BACK)


def marks(on_m: float, off_m: float, **how: float) -> list[float]:
    return sorted({one.dist_m for one in watched(*commute(on_m, off_m, **how), LINES)})


def test_a_ride_is_told_mark_by_mark_on_its_line_and_in_its_direction() -> None:
    told = watched(*commute(0, 5000), LINES)
    assert {one.line.line_id for one in told} == {"P1"}
    assert sorted({one.dist_m for one in told}) == [float(m) for m in range(400, 5000, 200)]
    assert all(one.speed_mps == pytest.approx(VEHICLE_MPS, abs=0.3) for one in told if one.dist_m > 400)
    passed = {one.dist_m: one.t_s for one in told}
    assert passed[2000.0] - passed[1000.0] == pytest.approx(1000 / VEHICLE_MPS, abs=2)


def test_the_way_back_is_told_on_the_line_back() -> None:
    t_s, lonlat = way((5000, 0, 0), (1000, 0, VEHICLE_MPS))
    assert {one.line.line_id for one in watched(t_s, lonlat, LINES)} == {"P3"}


@pytest.mark.parametrize("on_m", [1001, 1090, 1150, 1199])
def test_wherever_somebody_gets_on_in_one_stretch_the_first_mark_is_the_same(on_m: float) -> None:
    """Watched for a month, the first marks say no more than on which 200 m of the street somebody gets on."""
    assert marks(on_m, 4000)[0] == 1600.0


@pytest.mark.parametrize("off_m", [4002, 4050, 4120, 4198])
def test_wherever_somebody_gets_off_in_one_stretch_the_last_mark_is_the_same_and_far_before(off_m: float) -> None:
    assert marks(0, off_m)[-1] == 3800.0


@settings(max_examples=25)
@given(on_m=st.floats(0, 2500), ride_m=st.floats(50, 3500), every_s=st.sampled_from([1.0, 5.0, 10.0, 30.0]),
       error_m=st.floats(0, 10), seed=st.integers(0, 99))
def test_whatever_a_phone_measures_only_marks_far_from_both_ends_are_told(
    on_m: float, ride_m: float, every_s: float, error_m: float, seed: int
) -> None:
    t_s, lonlat = commute(on_m, on_m + ride_m, every_s)
    lonlat = lonlat + np.random.default_rng(seed).normal(0, error_m, lonlat.shape) * M
    for one in watched(t_s, lonlat, LINES):
        assert one.dist_m % P.live_mark_m == 0
        assert on_m + P.live_start_m - 3 * error_m - 40 <= one.dist_m <= on_m + ride_m - P.live_end_m + 3 * error_m + 40


def test_a_ride_that_passes_the_house_where_it_began_is_not_told_there() -> None:
    """A loop: recording begins at home on the street, the ride goes out and comes by again."""
    lines = Lines({"loop": [(x * M, y * M) for x, y in
                            [(0, 0), (2000, 0), (2000, 1000), (-2000, 1000), (-2000, -1000), (2000, -1000)]]})
    t_s, lonlat = way((1000, 900, 0), (1000, 0, VEHICLE_MPS), (2000, 0, VEHICLE_MPS), (2000, 1000, VEHICLE_MPS),
                      (-2000, 1000, VEHICLE_MPS), (-2000, 0, VEHICLE_MPS))
    told = watched(t_s, lonlat, lines)
    places = np.array([one.line.at(one.dist_m) for one in told])
    home = lines.plane(lonlat[:1])[0]
    away_m = np.hypot(*(places - home).T)
    assert len(told) > 10 and away_m.min() >= P.live_start_m
    assert any(one.dist_m > 4200 for one in told)  # told again once it has gone by


def test_the_way_back_is_told_also_right_after_the_way_out() -> None:
    told = watched(*way((0, 0, 0), (4000, 0, VEHICLE_MPS), (0, 0, VEHICLE_MPS)), LINES)
    lines = [one.line.line_id for one in told]
    assert lines == sorted(lines) and set(lines) == {"P1", "P3"}


def test_nobody_is_told_who_walks_along_the_street() -> None:
    assert watched(*way((0, 0, 0), (3000, 0, WALK_MPS)), LINES) == []


def test_a_phone_that_lies_beside_the_street_is_not_told() -> None:
    assert watched(*way((2000, 10, 0), (2000, 10, 0), (2000, 10, 0), (2000, 10, 0)), LINES) == []


def test_a_ride_on_another_street_is_not_told() -> None:
    assert watched(*way((0, 60, 0), (5000, 60, VEHICLE_MPS)), LINES) == []


def test_a_ride_that_leaves_the_line_is_not_told_any_longer() -> None:
    t_s, lonlat = way((0, 0, 0), (3000, 0, VEHICLE_MPS), (3000, 2000, VEHICLE_MPS))
    assert max(one.dist_m for one in watched(t_s, lonlat, LINES)) <= 3000 - P.live_end_m


def test_two_lines_on_one_street_are_told_apart_where_they_part_and_not_before() -> None:
    both = Lines(STREET | BRANCH)
    t_s, lonlat = way((0, 0, 0), (3000, 0, VEHICLE_MPS), (3000, 2500, VEHICLE_MPS))
    told = watched(t_s, lonlat, both)
    assert {one.line.line_id for one in told} == {"P2"} and min(one.dist_m for one in told) >= 2800
    straight = watched(*way((0, 0, 0), (5500, 0, VEHICLE_MPS)), both)
    assert {one.line.line_id for one in straight} == {"P1"} and min(one.dist_m for one in straight) >= 2800


def test_twins_on_the_same_streets_are_never_told_apart() -> None:
    assert watched(*commute(0, 5000), Lines(STREET | {"P9": STREET["P1"]})) == []


def test_a_ride_on_a_line_that_crosses_itself_is_not_told_on_another_one() -> None:
    """A line that goes round a block and over its own beginning, and a straight one over the same street."""
    block = [(0, 0), (3000, 0), (3000, 600), (1500, 600), (1500, 0), (6000, 0)]
    lines = Lines(STREET | {"P8": [(x * M, y * M) for x, y in block]})
    t_s, lonlat = way(*((x, y, VEHICLE_MPS) for x, y in block))
    assert {one.line.line_id for one in watched(t_s, lonlat, lines)} <= {"P8"}


def test_an_old_position_is_not_told_and_a_long_hole_begins_anew() -> None:
    t_s, lonlat = commute(0, 5000)
    hole = (t_s < t_s[0] + 400) | (t_s > t_s[0] + 600)
    told = watched(t_s[hole], lonlat[hole], LINES)
    after = min(one.dist_m for one in told if one.t_s > t_s[0] + 500)
    resumed_m = (600 - 300 / WALK_MPS) * VEHICLE_MPS
    assert after >= resumed_m + P.live_start_m - 50


def test_a_bus_in_a_jam_is_not_told_until_it_moves() -> None:
    t_s, lonlat = way((0, 0, 0), (2000, 0, VEHICLE_MPS), (2000, 0, 0), (2000, 0, 0), (2000, 0, 0), (4500, 0, 8.0))
    told = watched(t_s, lonlat, LINES)
    times = sorted({one.t_s for one in told})
    assert max(np.diff(times)) > 180 and max(one.dist_m for one in told) == 4200


def test_what_is_told_does_not_show_how_often_a_phone_measures() -> None:
    """Phones that begin a second apart and measure at other moments pass the marks at the same times."""
    often = {one.dist_m: one.t_s for one in watched(*commute(0, 4000, 1.0), LINES)}
    seldom = {one.dist_m: one.t_s for one in watched(*commute(0, 4000, 15.0), LINES)}
    shared = set(often) & set(seldom)
    assert len(shared) > 10
    assert max(abs(often[m] - seldom[m] - (often[2000.0] - seldom[2000.0])) for m in shared) <= 2


def test_the_distances_that_keep_people_safe_are_those_of_the_parameters() -> None:
    wide = replace(P, live_start_m=1000)
    assert min(one.dist_m for one in watched(*commute(100, 5000), LINES, wide)) == 1200


def test_positions_of_the_future_are_no_positions() -> None:
    t_s, lonlat = way((0, 0, 0), (3000, 0, VEHICLE_MPS), start_s=NOON_S + 3600)
    assert passage(t_s, lonlat, LINES, NOON_S, P) is None
