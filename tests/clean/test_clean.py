"""Traces to runs. Most traces here run east along one street: x metres after so many seconds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mapping_service.clean.clean import CleanRun, clean
from mapping_service.geo import along_m, to_metres
from mapping_service.records import Fixes, Floats
from tests.sketch import MONDAY_7H, SRID, P, drawn, drive, fixes, noisy, places, way

TOWN = places("A" + 18 * "-" + "B" + 20 * "-" + "C")
STREET = way(TOWN, "AC")


def cleaned(t_s: Floats, xy: Floats, accuracy_m: Floats | None = None) -> list[CleanRun]:
    return clean(fixes(t_s, xy, accuracy_m), SRID, P)


def only(runs: list[CleanRun]) -> CleanRun:
    (run,) = runs
    return run


def test_a_plain_ride_comes_through_whole() -> None:
    t_s, xy = drive(STREET)
    run = only(cleaned(t_s, xy))
    assert run.t_s.tolist() == t_s.tolist()
    assert run.length_m == pytest.approx(4000, abs=3)
    assert (run.lead_in_s, run.lead_out_s) == (0.0, 0.0)
    assert set(run.dropped.values()) == {0}
    assert len(run.dwells.start_s) == 0


def test_a_wild_fix_between_two_good_ones_is_dropped() -> None:
    t_s, xy = drive(STREET)
    xy[100] += (0.0, 900.0)
    run = only(cleaned(t_s, xy))
    assert run.t_s.tolist() == np.delete(t_s, 100).tolist()
    assert run.dropped["wild"] == 1


def test_a_wild_stretch_is_dropped_as_a_whole() -> None:
    t_s, xy = drive(STREET)
    xy[100:130] += (0.0, 900.0)
    run = only(cleaned(t_s, xy))
    assert run.t_s.tolist() == np.delete(t_s, np.s_[100:130]).tolist()
    assert run.dropped["wild"] == 30


def test_a_wild_stretch_of_a_slow_recorder_is_dropped_though_it_lasts_a_minute() -> None:
    """Two impossible hops, out and back, weigh more than the seventy seconds between them."""
    t_s, xy = (column[::10] for column in drive(way(TOWN, "AC"), speed_mps=5.0))
    xy[20:28] += (0.0, 5000.0)
    assert only(cleaned(t_s, xy)).t_s.tolist() == np.delete(t_s, np.s_[20:28]).tolist()


def test_a_good_stretch_between_two_wild_ones_is_kept() -> None:
    t_s, xy = drive(STREET)
    for wild in (np.s_[100:103], np.s_[113:116]):
        xy[wild] += (0.0, 900.0)
    assert only(cleaned(t_s, xy)).t_s.tolist() == np.delete(t_s, np.r_[100:103, 113:116]).tolist()


def test_a_fix_off_to_the_side_is_wild_where_no_bus_could_turn_so_hard() -> None:
    """At five seconds a fix, 150 m aside is 30 m/s: only the jerk there and back gives it away."""
    t_s, xy = (column[::5] for column in drive(STREET))
    xy[40] += (0.0, 150.0)
    assert only(cleaned(t_s, xy)).t_s.tolist() == np.delete(t_s, 40).tolist()


@pytest.mark.parametrize("wild", [np.s_[:3], np.s_[-3:]], ids=["first", "last"])
def test_wild_fixes_at_either_end_are_dropped(wild: slice) -> None:
    t_s, xy = drive(STREET)
    xy[wild] += (0.0, 5000.0)
    run = only(cleaned(t_s, xy))
    assert run.t_s.tolist() == np.delete(t_s, wild).tolist()


def test_a_jump_after_which_the_trace_goes_on_for_long_is_a_real_move() -> None:
    t_s, xy = drive(STREET)
    xy[200:] += (0.0, 900.0)
    assert only(cleaned(t_s, xy)).dropped["wild"] == 0


def test_of_two_fixes_of_one_time_the_first_in_the_file_is_kept() -> None:
    t_s, xy = drive(STREET)
    t_s, xy = np.insert(t_s, 51, t_s[50]), np.insert(xy, 51, xy[50] + (0.0, 5.0), axis=0)
    run = only(cleaned(t_s, xy))
    assert run.dropped["repeated_time"] == 1
    assert drawn(run.lon_lat)[:, 1] == pytest.approx(0.0, abs=0.01)


def test_fixes_in_any_order_give_the_same_run() -> None:
    t_s, xy = drive(STREET, halts={1500.0: 20.0})
    shuffled = np.random.default_rng(1).permutation(len(t_s))
    straight, mixed = only(cleaned(t_s, xy)), only(cleaned(t_s[shuffled], xy[shuffled]))
    assert mixed.t_s.tolist() == straight.t_s.tolist()
    assert mixed.lon_lat.tolist() == straight.lon_lat.tolist()
    assert mixed.dwells.start_s.tolist() == straight.dwells.start_s.tolist()


def test_inaccurate_and_untimed_fixes_are_dropped_and_an_unknown_accuracy_is_not_held_against_a_fix() -> None:
    t_s, xy = drive(STREET)
    accuracy_m = np.full(len(t_s), np.nan)
    accuracy_m[10:15] = P.max_accuracy_m + 1
    accuracy_m[15:20] = P.max_accuracy_m
    timed = t_s.copy()
    timed[30:32] = np.nan
    run = only(cleaned(timed, xy, accuracy_m))
    assert run.t_s.tolist() == np.delete(t_s, [10, 11, 12, 13, 14, 30, 31]).tolist()
    assert (run.dropped["inaccurate"], run.dropped["untimed"]) == (5, 2)


def test_a_hole_that_is_long_and_far_splits_the_trace() -> None:
    t_s, xy = drive(STREET)
    seen = (xy[:, 0] < 1300) | (xy[:, 0] > 2600)
    first, second = cleaned(t_s[seen], xy[seen])
    assert drawn(first.lon_lat)[-1, 0] < 1300 < 2600 < drawn(second.lon_lat)[0, 0]
    assert first.t_s[-1] < second.t_s[0]


def test_a_hole_that_is_long_but_near_does_not_split() -> None:
    t_s, xy = drive(STREET, halts={1500.0: 400.0})
    seen = (xy[:, 0] < 1400) | (xy[:, 0] > 1600)
    assert only(cleaned(t_s[seen], xy[seen])).length_m == pytest.approx(4000, abs=3)


def test_a_hole_that_is_far_but_short_does_not_split() -> None:
    t_s, xy = drive(STREET, speed_mps=20.0)
    seen = (xy[:, 0] < 1300) | (xy[:, 0] > 2600)
    assert only(cleaned(t_s[seen], xy[seen])).length_m == pytest.approx(4000, abs=3)


def test_standing_at_both_terminals_is_cut_and_kept_as_seconds() -> None:
    t_s, xy = drive(STREET, halts={0.0: 300.0, 4000.0: 90.0})
    run = only(cleaned(t_s, xy))
    assert run.lead_in_s == pytest.approx(300, abs=5)
    assert run.lead_out_s == pytest.approx(90, abs=5)
    assert run.lead_in_s + run.lead_out_s + run.t_s[-1] - run.t_s[0] == t_s[-1] - t_s[0]
    assert run.length_m == pytest.approx(4000, abs=40)
    assert len(run.dwells.start_s) == 0


def test_creeping_inside_the_terminal_counts_as_waiting_there() -> None:
    t_s, xy = drive(STREET, halts={0.0: 60.0, 40.0: 60.0, 90.0: 60.0})
    run = only(cleaned(t_s, xy))
    assert run.lead_in_s == pytest.approx(189, abs=5)
    assert drawn(run.lon_lat)[0, 0] == pytest.approx(90, abs=10)


def test_a_halt_becomes_a_dwell_where_and_when_it_was() -> None:
    t_s, xy = drive(STREET, halts={1500.0: 30.0})
    run = only(cleaned(t_s, xy))
    assert run.dwells.start_s.tolist() == pytest.approx([MONDAY_7H + 150], abs=4)
    assert run.dwells.end_s.tolist() == pytest.approx([MONDAY_7H + 180], abs=4)
    assert drawn(run.dwells.lon_lat)[0].tolist() == pytest.approx([1500, 0], abs=1)


def test_a_halt_is_found_in_a_trace_of_one_fix_each_five_seconds() -> None:
    t_s, xy = drive(STREET, halts={1500.0: 30.0})
    run = only(cleaned(t_s[::5], xy[::5]))
    assert drawn(run.dwells.lon_lat)[0].tolist() == pytest.approx([1500, 0], abs=10)


def test_a_halt_shorter_than_boarding_takes_is_no_dwell() -> None:
    t_s, xy = drive(STREET, halts={1500.0: 4.0})
    assert len(only(cleaned(t_s, xy)).dwells.start_s) == 0


def test_two_halts_that_nearly_touch_are_one_and_two_stops_are_two() -> None:
    touching = only(cleaned(*drive(STREET, halts={1500.0: 20.0, 1515.0: 20.0})))
    apart = only(cleaned(*drive(STREET, halts={1500.0: 20.0, 1600.0: 20.0})))
    assert len(touching.dwells.start_s) == 1
    assert touching.dwells.end_s[0] - touching.dwells.start_s[0] == pytest.approx(41, abs=6)
    assert len(apart.dwells.start_s) == 2


@pytest.mark.parametrize("count", [0, 1, 2, P.min_fixes - 1])
def test_a_trace_of_too_few_fixes_holds_no_run(count: int) -> None:
    t_s, xy = drive(STREET)
    assert cleaned(t_s[:count], xy[:count]) == []


def test_a_phone_that_only_stood_about_holds_no_run() -> None:
    t_s = MONDAY_7H + np.arange(1800.0)
    assert cleaned(t_s, noisy(np.zeros((1800, 2)), 1, 6.0)) == []


def test_a_trace_without_times_holds_no_run() -> None:
    t_s, xy = drive(STREET)
    assert cleaned(np.full(len(t_s), np.nan), xy) == []


def test_cleaning_leaves_the_trace_itself_alone() -> None:
    t_s, xy = drive(STREET, halts={0.0: 60.0})
    trace = fixes(t_s[::-1].copy(), xy[::-1])
    before = trace.t_s.tolist(), trace.lon.tolist(), trace.lat.tolist()
    clean(trace, SRID, P)
    assert (trace.t_s.tolist(), trace.lon.tolist(), trace.lat.tolist()) == before


def test_cleaning_a_cleaned_run_changes_almost_nothing() -> None:
    t_s, xy = drive(STREET, halts={0.0: 120.0, 900.0: 20.0, 1900.0: 40.0, 4000.0: 60.0})
    xy = noisy(xy, 3, 1.0)
    xy[200] += (0.0, 3000.0)
    once = only(cleaned(t_s, xy))
    twice = only(cleaned(once.t_s, drawn(once.lon_lat)))
    assert abs(len(twice.t_s) - len(once.t_s)) <= 5
    assert twice.length_m == pytest.approx(once.length_m, rel=0.01)
    assert len(twice.dwells.start_s) == len(once.dwells.start_s) == 2


moments = st.integers(-(10**12), 2 * 10**12).map(lambda ms: ms / 1000)
traces = st.integers(0, 60).flatmap(
    lambda n: st.tuples(
        arrays.arrays(np.float64, n, elements=st.one_of(st.integers(0, 900).map(float), moments, st.just(np.nan))),
        arrays.arrays(np.float64, (n, 2), elements=st.floats(-3000, 3000)),
        arrays.arrays(np.float64, n, elements=st.one_of(st.just(np.nan), st.floats(0, 100))),
    )
)


def assert_sound(runs: list[CleanRun], source: Fixes) -> None:
    given_fixes = set(zip(source.t_s.tolist(), source.lon.tolist(), source.lat.tolist(), strict=True))
    for run in runs:
        assert np.all(np.diff(run.t_s) > 0)
        assert set(zip(run.t_s.tolist(), *run.lon_lat.T.tolist(), strict=True)) <= given_fixes
        xy = to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], SRID)
        assert run.length_m == pytest.approx(along_m(xy)[-1])
        assert run.length_m >= P.min_run_m
        assert run.lead_in_s >= 0 and run.lead_out_s >= 0
        assert np.all(run.dwells.end_s - run.dwells.start_s >= P.min_dwell_s)
        assert np.all((run.dwells.start_s >= run.t_s[0]) & (run.dwells.end_s <= run.t_s[-1]))
    for one, other in zip(runs, runs[1:], strict=False):
        assert one.t_s[-1] < other.t_s[0]


@given(traces)
def test_any_positions_at_any_times_give_sound_runs(trace: tuple[Floats, Floats, Floats]) -> None:
    t_s, xy, accuracy_m = trace
    source = fixes(t_s, xy.reshape(-1, 2), accuracy_m)
    assert_sound(clean(source, SRID, P), source)


@given(st.data())
def test_a_ride_with_any_damage_done_to_it_gives_sound_runs(data: st.DataObject) -> None:
    t_s, xy = drive(STREET, halts={1500.0: 30.0})
    for _ in range(data.draw(st.integers(0, 4))):
        a = data.draw(st.integers(0, len(t_s) - 1))
        b = data.draw(st.integers(a, len(t_s)))
        xy[a:b] += (data.draw(st.floats(-5000, 5000)), data.draw(st.floats(-5000, 5000)))
        t_s[b:] += data.draw(st.floats(-100, 1000))
    source = fixes(t_s, xy)
    assert_sound(clean(source, SRID, P), source)


@pytest.mark.parametrize("count", [1, 3, 90])
def test_positions_on_the_far_side_of_the_earth_never_make_a_length_that_is_no_number(count: int) -> None:
    t_s, xy = drive(STREET)
    trace = fixes(t_s, xy)
    trace.lon[100:100 + count], trace.lat[100:100 + count] = 127.0, -0.5
    runs = clean(trace, SRID, P)
    assert runs
    assert all(np.isfinite(run.length_m) for run in runs)
