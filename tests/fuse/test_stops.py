"""Stops along one street that runs 3 km east. Calls are drawn as (ride, metres along, name said or None)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from mapping_service.fuse.calls import Call
from mapping_service.fuse.density import dense_places
from mapping_service.fuse.progress import track_of
from mapping_service.fuse.stops import LineStop, OnLine, Served, between_ends, line_stops, on_line, place_traits
from mapping_service.fuse.surroundings import Surroundings
from mapping_service.fuse.traits import TRAITS
from mapping_service.records import Floats
from mapping_service.street_records import Streets
from tests.sketch import ORIGIN, P, drive, noisy, ride

STREET = np.array([[0.0, 0.0], [3000.0, 0.0]])
Said = tuple[int, float, str | None]
START_S, SPEED_MPS = 1000.0, 10.0


def found(
    *said: Said,
    rides: int = 2,
    reported: bool = True,
    standing_s: float = 20.0,
    off_m: float = 5.0,
    partial_to_m: float = 3000.0,
    streets: Streets | None = None,
) -> Served:
    """Return what a pattern of ``rides`` rides serves, the last of which rode from the start to ``partial_to_m``."""
    line, around = pattern_of(said, rides, reported, standing_s, off_m, partial_to_m, streets)
    return line_stops(line, around, P)


def pattern_of(
    said: Sequence[Said], rides: int, reported: bool = True, standing_s: float = 20.0, off_m: float = 5.0,
    partial_to_m: float = 3000.0, streets: Streets | None = None,
) -> tuple[OnLine, Surroundings]:
    """Return the rides on the street, and nothing around it."""
    calls = [
        [
            Call(ORIGIN + [x, off_m], START_S + x / SPEED_MPS, (name,) if name else (), reported, standing_s)
            for r, x, name in said
            if r == one
        ]
        for one in range(rides)
    ]
    ends = [3000.0] * (rides - 1) + [partial_to_m]
    tracks = [track_of(ride(k, *_driven(end, k)), P) for k, end in enumerate(ends)]
    line = on_line(STREET + ORIGIN, range(rides), tracks, calls, P)
    return line, Surroundings(tracks, calls, streets, P)


def _driven(to_m: float, seed: int) -> tuple[Floats, Floats]:
    t_s, xy = drive(np.array([[0.0, 0.0], [to_m, 0.0]]), start_s=START_S, speed_mps=SPEED_MPS)
    return t_s, noisy(xy, seed, 1.0)


def inner(found: Sequence[LineStop]) -> list[float]:
    return [round(stop.dist_m) for stop in found if stop.method != "terminal"]


def test_the_two_ends_are_always_stops() -> None:
    first, last = found().stops
    assert [first.dist_m, last.dist_m] == pytest.approx([0.0, 3000.0])
    assert (first.method, last.method) == ("terminal", "terminal")
    assert first.called == last.called == (0, 1)


def test_calls_of_two_rides_near_each_other_are_one_stop_at_their_middle() -> None:
    stops = found((0, 985.0, "Mill"), (1, 1015.0, "mill")).stops
    assert inner(stops) == [pytest.approx(1000, abs=3)]
    assert (stops[1].called, stops[1].past) == ((0, 1), (0, 1))
    assert (stops[1].said, stops[1].method) == ((("Mill", 0), ("mill", 1)), "reported")
    assert (stops[1].xy - ORIGIN).tolist() == pytest.approx([1000, 0], abs=3)


def test_two_stops_300_m_apart_stay_two() -> None:
    stops = found((0, 800.0, None), (1, 800.0, None), (0, 1100.0, None), (1, 1100.0, None)).stops
    assert inner(stops) == [pytest.approx(800, abs=3), pytest.approx(1100, abs=3)]


def test_a_row_of_calls_does_not_grow_into_one_long_stop() -> None:
    served = found(*[(k % 2, 600.0 + 50 * k, None) for k in range(10)])
    places = [one.dist_m for one in (*served.stops, *served.candidates) if one.method != "terminal"]
    assert len(places) >= 3 or served.stretches


def test_a_call_far_beside_the_line_is_not_on_it() -> None:
    assert inner(found((0, 1000.0, None), (1, 1000.0, None), off_m=P.stop_side_m + 10).stops) == []


def test_calls_near_an_end_belong_to_the_terminal_and_name_it() -> None:
    stops = found((0, 60.0, "Harbour"), (1, 2950.0, "Airport")).stops
    assert inner(stops) == []
    assert (stops[0].said, stops[-1].said) == ((("Harbour", 0),), (("Airport", 1),))


@pytest.mark.parametrize(("standing", "expected"), [(1, []), (7, [1000])])
def test_without_any_report_one_halt_among_eight_rides_is_no_stop_and_seven_are(
    standing: int, expected: list[int]
) -> None:
    stops = found(*[(one, 1000.0, None) for one in range(standing)], rides=8, reported=False).stops
    assert inner(stops) == [pytest.approx(at, abs=3) for at in expected]
    assert all(stop.method == "dwell" for stop in stops[1:-1])


def test_where_some_rides_report_and_others_keep_silent_the_halts_of_all_count() -> None:
    silent = [Call(ORIGIN + [2000.0, 0.0], START_S + 200, (), False, 20.0)] * 4
    spoken = Call(ORIGIN + [1000.0, 0.0], START_S + 100, (), True, 20.0)
    tracks = [track_of(ride(k, *_driven(3000.0, k)), P) for k in range(4)]
    calls = [[spoken, silent[0]], *([one] for one in silent[1:])]
    line = on_line(STREET + ORIGIN, range(4), tracks, calls, P)
    served = line_stops(line, Surroundings(tracks, calls, None, P), P)
    assert inner(served.stops) == [pytest.approx(1000, abs=3), pytest.approx(2000, abs=3)]
    assert (served.stops[1].called, served.stops[1].past) == ((0,), (0, 1, 2, 3))
    assert served.stops[2].called == (0, 1, 2, 3)


def test_a_report_makes_a_place_likelier_to_be_a_stop() -> None:
    told, silent = (
        {round(s.dist_m): s.probability for s in (*served.stops, *served.candidates)}
        for served in (found((0, 1000.0, None), (1, 1000.0, None), reported=said) for said in (True, False))
    )
    assert told[1000] > silent.get(1000, 0.0)


def test_a_stop_of_a_pattern_lies_between_its_ends_and_distances_grow() -> None:
    stops = found(*[(k, at, None) for k in range(3) for at in (500.0, 900.0, 1500.0, 2200.0)], rides=3).stops
    assert len(stops) == 6
    assert all(a.dist_m < b.dist_m for a, b in pairwise(stops))


def test_a_ride_that_ended_before_a_stop_did_not_come_past_it() -> None:
    said = [(k, at, None) for k in (0, 1) for at in (600.0, 2500.0)]
    stops = found(*said, rides=3, partial_to_m=1500.0).stops
    assert [(stop.called, stop.past) for stop in stops] == [
        ((0, 1, 2), (0, 1, 2)), ((0, 1), (0, 1, 2)), ((0, 1), (0, 1)), ((0, 1), (0, 1))
    ]


def test_a_stop_knows_the_heading_of_the_line() -> None:
    stops = found((0, 1000.0, None), (1, 1000.0, None)).stops
    assert [round(float(np.degrees(stop.heading))) for stop in stops] == [0, 0, 0]


def test_the_same_calls_in_another_order_give_the_same_stops() -> None:
    said: list[Said] = [(0, 985.0, None), (1, 1015.0, None), (0, 1800.0, None), (1, 1790.0, None)]
    assert repr(found(*said)) == repr(found(*reversed(said)))


def test_rides_that_halt_everywhere_and_never_twice_at_one_place_are_hailed() -> None:
    said: list[Said] = [(k, 800.0 + 300.0 * i + 60.0 * k, None) for k in range(5) for i in range(5)]
    (stretch,) = found(*said, rides=5, reported=False).stretches
    assert 700 <= stretch.from_m <= 1000 and 2000 <= stretch.to_m <= 2400
    assert stretch.runs == 5


def test_rides_that_keep_to_their_stops_are_not_hailed() -> None:
    said: list[Said] = [(k, at, None) for k in range(5) for at in (700.0, 1000.0, 1300.0, 1600.0)]
    assert found(*said, rides=5).stretches == ()


@pytest.mark.parametrize("rides", [1, 3])
def test_too_few_rides_are_never_hailed(rides: int) -> None:
    said: list[Said] = [(k, 800.0 + 300.0 * i + 60.0 * k, None) for k in range(rides) for i in range(5)]
    assert found(*said, rides=rides, reported=False).stretches == ()


def trait(name: str, at_m: float, *said: Said, rides: int) -> float:
    """Return a trait of the place nearest to ``at_m``."""
    line, around = pattern_of(said, rides)
    inner = between_ends(line, P)
    places, owner = dense_places(line.halts.at_m[inner], np.ones(len(inner)), P)
    found = place_traits(line, places, owner, inner, around)
    return float(found[np.argmin(np.abs(places - at_m)), TRAITS.index(name)])


def test_around_a_stop_halts_gather_and_around_a_halt_of_a_hailed_vehicle_they_are_strewn() -> None:
    gathered: list[Said] = [(k, at, None) for k in range(4) for at in (800.0, 1200.0, 1600.0)]
    strewn: list[Said] = [(k, 800.0 + 60.0 * k + 240.0 * i, None) for k in range(4) for i in range(4)]
    assert trait("gathered", 1200, *gathered, rides=4) == pytest.approx(1.0)
    assert trait("gathered", 1280, *strewn, rides=4) == pytest.approx(0.25)
    # Of each ride two other halts within 500 m each way, against almost four.
    assert trait("strewn", 1200, *gathered, rides=4) == pytest.approx(2.0)
    assert trait("strewn", 1280, *strewn, rides=4) > 3.5
