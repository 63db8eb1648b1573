"""One line from several runs, drawn on a street that runs east with a bend to the north."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mapping_service.fuse.shape import fuse_shape, locate, spread_m, without_standing
from mapping_service.geo import along_m, resample
from mapping_service.records import Floats
from tests.sketch import P, drive, noisy, places, way

TOWN = places(
    """
                             Z
                             |
                             |
                             |
              C----D         |
              |    |         |
    A---------B----E---------F
    """,
)
TRUTH = way(TOWN, "AFZ")


def run(letters: str, seed: int, *, wander_m: float = 10.0, shift_m: tuple[float, float] = (0.0, 0.0)) -> Floats:
    """Return a ride whose positions wander slowly, as a phone's do: one error for each 200 m."""
    xy = resample(way(TOWN, letters), 5.0)
    knots = np.random.default_rng(seed).normal(0.0, wander_m, (len(xy) // 40 + 2, 2))
    at = np.arange(len(xy)) / 40.0
    wander = np.column_stack([np.interp(at, np.arange(len(knots)), knots[:, k]) for k in (0, 1)])
    return np.asarray(xy + wander + shift_m)


def error_m(shape: Floats) -> float:
    """Return the mean distance of a shape from the true street."""
    return float(np.mean(locate(TRUTH, resample(shape, 10.0))[1]))


def north_at(shape: Floats, east_m: float) -> float:
    """Return how far north of the street a shape passes, in its part that runs east."""
    line = resample(shape, 2.0)
    flat = line[line[:, 0] < 2400]
    return float(np.interp(east_m, flat[:, 0], flat[:, 1]))


def test_one_run_gives_a_shape_of_its_own() -> None:
    shape = fuse_shape(run("AFZ", 1), [], P)
    assert error_m(shape) == pytest.approx(error_m(run("AFZ", 1)), abs=2)
    assert len(shape) < len(run("AFZ", 1)) / 2


def test_the_jitter_of_one_run_is_smoothed_without_losing_the_corner_or_the_ends() -> None:
    jittery = noisy(resample(TRUTH, 10.0), 1, 4.0)
    shape = fuse_shape(jittery, [], P)
    assert along_m(jittery)[-1] > 1.05 * along_m(TRUTH)[-1]
    assert along_m(shape)[-1] == pytest.approx(along_m(TRUTH)[-1], rel=0.01)
    assert shape[[0, -1]].tolist() == jittery[[0, -1]].tolist()
    assert float(locate(fuse_shape(TRUTH, [], P), TRUTH)[1].max()) < 12


def test_smoothing_can_be_switched_off() -> None:
    assert fuse_shape(TRUTH, [], replace(P, calm_m=0.0)) == pytest.approx(TRUTH)


@pytest.mark.parametrize("seed", range(5))
def test_nine_runs_together_are_nearer_to_the_street_than_most_of_them_alone(seed: int) -> None:
    runs = [run("AFZ", 100 * seed + k) for k in range(9)]
    alone = [error_m(one) for one in runs]
    assert error_m(fuse_shape(runs[0], runs[1:], P)) < 0.7 * float(np.median(alone))


def test_one_bad_run_does_not_bend_the_line() -> None:
    good = [run("AFZ", k, wander_m=1.0) for k in range(4)]
    bad = run("AFZ", 9, wander_m=1.0, shift_m=(0.0, 30.0))
    assert abs(north_at(fuse_shape(good[0], [*good[1:], bad], P), 500.0)) < 3
    assert error_m(fuse_shape(good[0], [*good[1:], bad], P)) < 3


def test_the_middle_of_the_runs_draws_a_base_that_lies_to_one_side_back() -> None:
    base = run("AFZ", 1, wander_m=0.0, shift_m=(0.0, 20.0))
    others = [run("AFZ", k, wander_m=0.0) for k in (2, 3)]
    assert abs(north_at(fuse_shape(base, others, P), 500.0)) < 1
    assert abs(north_at(fuse_shape(base, [], P), 500.0)) == pytest.approx(20, abs=1)


def test_a_detour_does_not_pull_the_line() -> None:
    straight = [run("AFZ", k, wander_m=0.0) for k in range(2)]
    detours = [run("ABCDEFZ", k, wander_m=0.0) for k in (3, 4, 5)]
    shape = fuse_shape(straight[0], [straight[1], *detours], P)
    assert max(abs(north_at(shape, x)) for x in range(100, 2400, 50)) < 5


def test_a_partial_run_votes_only_where_it_ran() -> None:
    base = run("AFZ", 1, wander_m=0.0)
    partial = [run("AE", k, wander_m=0.0, shift_m=(0.0, 20.0)) for k in (2, 3)]
    shape = fuse_shape(base, partial, P)
    assert north_at(shape, 700.0) == pytest.approx(20, abs=1)
    assert north_at(shape, 2200.0) == pytest.approx(0, abs=2)


def test_runs_that_ended_earlier_do_not_vote_for_staying_where_the_line_is() -> None:
    base = run("AFZ", 1, wander_m=0.0)
    beside = [run("AFZ", k, wander_m=0.0, shift_m=(0.0, 20.0)) for k in (2, 3)]
    ended = [run("AE", k, wander_m=0.0, shift_m=(0.0, 20.0)) for k in (4, 5, 6, 7)]
    assert north_at(fuse_shape(base, [*beside, *ended], P), 2100.0) == pytest.approx(20, abs=2)


def test_the_way_back_on_the_same_street_does_not_vote() -> None:
    base = run("AFZ", 1, wander_m=0.0)
    back = [run("ZFA", k, wander_m=0.0, shift_m=(0.0, 20.0)) for k in (2, 3)]
    assert max(abs(north_at(fuse_shape(base, back, P), x)) for x in range(0, 2300, 50)) < 2


def test_a_tangle_drawn_by_standing_is_reduced_to_one_point() -> None:
    t_s, xy = drive(way(TOWN, "AF"), halts={1000.0: 60.0})
    standing = (t_s >= t_s[0] + 100) & (t_s <= t_s[0] + 160)
    tangled = np.where(standing[:, None], noisy(xy, 1, 8.0), xy)
    line = without_standing(t_s, tangled, t_s[[100]], t_s[[160]])
    assert len(line) == len(xy) - 60
    assert along_m(line)[-1] == pytest.approx(2500, abs=15)
    assert along_m(tangled)[-1] > 2900


def test_a_run_that_never_stood_keeps_all_its_positions() -> None:
    t_s, xy = drive(way(TOWN, "AF"))
    assert without_standing(t_s, xy, np.zeros(0), np.zeros(0)).tolist() == xy.tolist()


def test_spread_is_half_the_width_between_two_runs_and_unknown_for_one() -> None:
    left, right = (run("AF", 1, wander_m=0.0, shift_m=(0.0, side)) for side in (12.0, -12.0))
    middle = run("AF", 1, wander_m=0.0)
    assert spread_m(middle, [left, right], P) == pytest.approx(12, abs=0.5)
    assert spread_m(middle, [left], P) is None


def test_locate_gives_metres_along_and_metres_beside() -> None:
    dist_m, far_m = locate(TRUTH, np.array([[1000.0, 30.0], [2520.0, 400.0]]))
    assert dist_m == pytest.approx([1000, 2900], abs=3)
    assert far_m == pytest.approx([30, 20], abs=0.5)


def shape_of(letters: str, *, bad: Floats | None = None, runs: int = 3) -> tuple[Floats, Floats]:
    """Return the true way and the shape from runs of it with small errors, and a bad one among them."""
    good = [run(letters, k, wander_m=3.0) for k in range(runs)]
    return way(TOWN, letters), fuse_shape(good[0], [*good[1:], *([] if bad is None else [bad])], P)


def farthest_m(true: Floats, shape: Floats) -> float:
    """Return the greatest distance between two lines, from either to the other."""
    return max(float(locate(a, resample(b, 5.0))[1].max()) for a, b in ((true, shape), (shape, true)))


def test_one_run_off_at_a_corner_does_not_cut_it() -> None:
    corner = np.array([TOWN["A"], (2300.0, 0.0), (2500.0, 200.0), TOWN["Z"]])
    true, shape = shape_of("AFZ", bad=resample(corner, 5.0))
    assert farthest_m(true, shape) < 15


def test_two_runs_of_which_one_made_a_detour_follow_the_street_of_the_base() -> None:
    true, shape = shape_of("AFZ", bad=run("ABCDEFZ", 5, wander_m=3.0), runs=1)
    assert farthest_m(true, shape) < 20


def test_a_hole_in_another_run_does_not_straighten_the_way() -> None:
    whole = run("AFZ", 7, wander_m=3.0)
    holed = np.concatenate((whole[:300], whole[-40:]))  # from 1,500 m straight to the last 200 m
    true, shape = shape_of("AFZ", bad=holed)
    assert farthest_m(true, shape) < 15


def test_a_turn_back_at_the_end_of_the_street_is_kept() -> None:
    """Taking the jitter out shortens its tip a little."""
    true, shape = shape_of("AFZF")
    assert farthest_m(true, shape) < 30
    assert along_m(shape)[-1] == pytest.approx(along_m(true)[-1], rel=0.02)


def test_a_loop_that_crosses_itself_keeps_its_order() -> None:
    """North on one street, round a block, and west over the street that it came up."""
    corners = np.array([[1000.0, -800.0], [1000.0, 800.0], [1800.0, 800.0], [1800.0, 0.0], [200.0, 0.0]])
    true = resample(corners, 5.0)
    aside = [true + (dx, dy) for dx, dy in ((4.0, 0.0), (-4.0, 3.0), (0.0, -3.0))]
    shape = fuse_shape(aside[0], aside[1:], P)
    assert farthest_m(true, shape) < 12
    assert along_m(shape)[-1] == pytest.approx(along_m(true)[-1], rel=0.02)


def test_a_lollipop_goes_out_round_and_home() -> None:
    true, shape = shape_of("ABCDEBA")
    assert farthest_m(true, shape) < 20
    assert along_m(shape)[-1] == pytest.approx(along_m(true)[-1], rel=0.02)
