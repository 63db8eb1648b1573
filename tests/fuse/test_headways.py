"""How often vehicles leave: what was reported, and what stands in its place, marked."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.clock import BAND_STARTS_S, DAY_S
from mapping_service.fuse.headways import Wait, headways, service_span
from mapping_service.fuse.times import Band
from tests.sketch import P

EARLY, MORNING, LATE, NOON = ((a * 3600, b * 3600) for a, b in ((5, 7), (7, 9), (9, 12), (12, 15)))
BANDS = list(pairwise((*BAND_STARTS_S, DAY_S)))


def waits(band: Band, *minutes: float) -> list[Wait]:
    return [Wait(60.0 * m, band) for m in minutes]


def test_the_service_runs_from_the_first_to_the_last_band_in_which_a_ride_was_seen() -> None:
    assert service_span([NOON, MORNING]) == (7 * 3600, 15 * 3600)


def test_a_wait_speaks_for_its_own_band_and_elsewhere_is_an_estimate() -> None:
    observed, later = headways(waits(MORNING, 10, 20), [], [], [MORNING, NOON], P)
    assert (observed.band_start_s, observed.band_end_s, observed.headway_s) == (*MORNING, 900.0)
    assert (observed.low_s, observed.high_s, observed.observations, observed.method) == (750.0, 1050.0, 2, "observed")
    assert (later.band_start_s, later.band_end_s, later.method) == (9 * 3600, 15 * 3600, "own_waits")


def test_each_band_with_waits_has_a_headway_of_its_own_and_the_rest_takes_all_waits() -> None:
    found = headways([*waits(LATE, 5, 5, 5), *waits(NOON, 30)], [], [], [MORNING, NOON], P)
    hours = [(h.band_start_s // 3600, h.band_end_s // 3600, h.headway_s, h.observations, h.method) for h in found]
    assert hours == [
        (7, 9, 300.0, 4, "own_waits"), (9, 12, 300.0, 3, "observed"), (12, 15, 1800.0, 1, "observed")
    ]


def test_waits_of_the_other_patterns_of_the_route_are_named_as_such_and_go_before_those_of_the_city() -> None:
    (one,) = headways([], waits(NOON, 12), waits(NOON, 1, 1, 1, 1, 1, 1), [MORNING], P)
    assert (one.band_start_s, one.headway_s, one.method) == (7 * 3600, 720.0, "route_waits")


def test_the_citys_median_wait_needs_enough_waits_and_is_named_as_such() -> None:
    (one,) = headways([], [], waits(NOON, 5, 6, 7, 8, 9), [MORNING], P)
    assert (one.headway_s, one.observations, one.method) == (420.0, 5, "city_waits")
    (seen,) = headways([], [], waits(NOON, 5, 6, 7, 8), [MORNING], P)
    assert seen.method == "seen"


def test_where_nobody_reported_a_wait_the_rides_themselves_are_all_that_is_known() -> None:
    found = headways([], [], [], [MORNING, NOON, NOON], P)
    assert [(h.band_start_s // 3600, h.headway_s, h.observations, h.method) for h in found] == [
        (7, 7200.0, 1, "seen"), (12, 5400.0, 2, "seen")
    ]


some_waits = st.lists(st.builds(Wait, st.floats(60, 7200), st.sampled_from(BANDS)), max_size=12)


@given(some_waits, some_waits, some_waits, st.lists(st.sampled_from(BANDS), min_size=1, max_size=6))
def test_bands_stand_in_order_without_overlap_inside_the_hours_of_service(
    own: list[Wait], route: list[Wait], city: list[Wait], bands: list[Band]
) -> None:
    found = headways(own, route, city, bands, P)
    assert found
    start, end = service_span(bands)
    edges = [edge for h in found for edge in (h.band_start_s, h.band_end_s)]
    assert edges == sorted(edges) and start <= edges[0] and edges[-1] <= end
    assert all(0 < h.low_s <= h.headway_s <= h.high_s and h.observations > 0 for h in found)
    assert {h.method for h in found} <= {"observed", "own_waits", "route_waits", "city_waits", "seen"}
