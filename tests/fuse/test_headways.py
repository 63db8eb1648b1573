"""How often vehicles leave: what was reported, and what stands in its place, marked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.fuse.clock import BANDS, Band
from mapping_service.fuse.headways import Start, headways
from mapping_service.fuse.rates import Count, Heard, Wait
from mapping_service.records import Headway
from tests.sketch import P

EARLY, MORNING, LATE, NOON = BANDS[1:5]
MONDAY, TUESDAY = "2024-03-04", "2024-03-05"


def waits(band: Band, *minutes: float, person: str | None = None) -> list[Wait]:
    return [Wait(60.0 * m, band, person) for m in minutes]


def of_first(*city: Heard, starts: list[Start]) -> tuple[Headway, ...]:
    """Return the headways of the only way of the first direction of a city."""
    return headways(city, [[starts], *[[[]]] * (len(city) - 1)], P)[0][0]


def told(found: tuple[Headway, ...]) -> list[tuple[int, int, str]]:
    return [(h.band_start_s // 3600, h.band_end_s // 3600, h.method) for h in found]


def test_a_wait_speaks_for_its_own_band_and_elsewhere_is_an_estimate() -> None:
    heard = Heard(1, [*waits(MORNING, 10, person="a"), *waits(MORNING, 20, person="b")])
    observed, later = of_first(heard, starts=[(MORNING, MONDAY), (NOON, MONDAY)])
    assert (observed.headway_s, observed.observations, observed.people, observed.method) == (900.0, 2, 2, "observed")
    assert told((later,)) == [(9, 15, "own_waits")]
    assert later.headway_s == pytest.approx(900.0)


def test_each_band_leans_on_the_whole_day_and_the_more_so_the_less_was_said_in_it() -> None:
    heard = Heard(1, [*waits(MORNING, *[10] * 12), *waits(NOON, 30)])
    morning, between, noon = of_first(heard, starts=[(MORNING, MONDAY), (NOON, MONDAY)])
    assert 600 <= morning.headway_s < 660
    assert morning.headway_s < between.headway_s < noon.headway_s < 1800
    assert told((morning, between, noon)) == [(7, 9, "observed"), (9, 12, "own_waits"), (12, 15, "observed")]


def test_waits_of_the_other_direction_go_before_those_of_the_city_and_are_named() -> None:
    city = (Heard(1), Heard(1, waits(NOON, 12, 12)), *(Heard(k, waits(NOON, 60)) for k in range(2, 9)))
    (one,) = of_first(*city, starts=[(MORNING, MONDAY)])
    assert (one.method, one.observations) == ("route_waits", 2)
    assert 720 < one.headway_s < 3600
    (other,) = of_first(Heard(9), *city, starts=[(MORNING, MONDAY)])
    assert (other.method, other.observations) == ("city_waits", 9)


def test_a_citys_waits_need_to_be_enough() -> None:
    (seen,) = of_first(Heard(1), Heard(2, waits(NOON, 5, 6, 7, 8)), starts=[(MORNING, MONDAY)])
    assert seen.method == "seen"
    (one,) = of_first(Heard(1), Heard(2, waits(NOON, 5, 6, 7, 8, 9)), starts=[(MORNING, MONDAY)])
    assert one.method == "city_waits"


def test_vehicles_counted_weigh_more_than_a_wait_that_was_typed() -> None:
    heard = Heard(1, waits(MORNING, 60), [Count(30, 10 * 1800, MORNING)])
    (one,) = of_first(heard, starts=[(MORNING, MONDAY)])
    assert (one.observations, one.method) == (2, "observed")
    assert 550 < one.headway_s < 720


def test_where_nobody_reported_anything_the_rides_of_one_day_say_how_often_at_least() -> None:
    found = of_first(Heard(1), starts=[(MORNING, MONDAY), (NOON, MONDAY), (NOON, MONDAY)])
    assert [(h.band_start_s // 3600, h.headway_s, h.observations, h.method) for h in found] == [
        (7, 7200.0, 1, "seen"), (12, 5400.0, 2, "seen")
    ]


def test_rides_of_different_days_are_not_added_up() -> None:
    (one,) = of_first(Heard(1), starts=[(NOON, MONDAY), (NOON, TUESDAY)])
    assert (one.headway_s, one.observations) == (10800.0, 1)


def test_rides_seen_in_one_band_of_one_day_are_the_least_that_left_whatever_was_reported() -> None:
    heard = Heard(1, waits(NOON, 120, 120))
    (one,) = of_first(heard, starts=[(NOON, MONDAY)] * 6)
    assert one.headway_s == one.high_s == 1800.0


def test_irregular_service_is_told_by_its_waits_and_by_two_at_the_least() -> None:
    (even,) = of_first(Heard(1, waits(NOON, *[20] * 12)), starts=[(NOON, MONDAY)])
    (wild,) = of_first(Heard(1, waits(NOON, *[2, 60] * 6)), starts=[(NOON, MONDAY)])
    (lone,) = of_first(Heard(1, waits(NOON, 20)), starts=[(NOON, MONDAY)])
    assert even.cv is not None and wild.cv is not None and even.cv < 0.7 < wild.cv
    assert lone.cv is None


def test_a_way_that_nobody_was_seen_on_has_no_headway() -> None:
    assert headways([Heard(1, waits(NOON, 5))], [[[]]], P) == [[()]]


heard = st.builds(
    Heard,
    st.integers(0, 3),
    st.lists(st.builds(Wait, st.floats(60, 7200), st.sampled_from(BANDS)), max_size=6),
    st.lists(st.builds(Count, st.integers(0, 30), st.floats(600, 7200), st.sampled_from(BANDS)), max_size=4),
)
starts = st.lists(st.tuples(st.sampled_from(BANDS), st.sampled_from([MONDAY, TUESDAY])), min_size=1, max_size=6)


@settings(max_examples=60)
@given(st.lists(heard, min_size=1, max_size=5), starts)
def test_bands_stand_in_order_without_overlap_inside_the_hours_of_service(
    city: list[Heard], seen: list[Start]
) -> None:
    found = of_first(*city, starts=seen)
    assert found
    edges = [edge for h in found for edge in (h.band_start_s, h.band_end_s)]
    assert edges == sorted(edges)
    assert edges[0] == min(band for band, _ in seen)[0] and edges[-1] == max(band for band, _ in seen)[1]
    for h in found:
        assert 0 < h.low_s <= h.headway_s <= h.high_s and h.observations > 0
        assert h.headway_s <= h.band_end_s - h.band_start_s
    assert {h.method for h in found} <= {"observed", "own_waits", "route_waits", "city_waits", "seen"}


@settings(max_examples=30)
@given(st.lists(heard, min_size=1, max_size=5), starts, st.sampled_from([0.5, 2.0, 3.0]))
def test_twice_the_waits_and_windows_are_twice_the_headway(
    city: list[Heard], seen: list[Start], factor: float
) -> None:
    def stretched(one: Heard) -> Heard:
        return Heard(
            one.route, [Wait(w.wait_s * factor, w.band) for w in one.waits],
            [Count(c.vehicles, c.window_s * factor, c.band) for c in one.counts],
        )

    one_day = [(band, MONDAY) for band in {band for band, _ in seen}]
    plain, wide = of_first(*city, starts=one_day), of_first(*map(stretched, city), starts=one_day)
    # Bands that say the same are one: what a ride cuts may be cut in one city only, and end another band there.
    for a, b in ((a, b) for a in plain for b in wide if a.band_start_s <= b.band_start_s < a.band_end_s):
        if a.method != "seen" and max(a.high_s, b.high_s) < 7000:
            assert b.headway_s == pytest.approx(a.headway_s * factor, rel=0.01, abs=1)
