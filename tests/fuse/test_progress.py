"""Rides on lines that pass one place twice. One square is 200 m; ``along`` is said in metres."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.calls import Call
from mapping_service.fuse.progress import Guide, track_of
from mapping_service.fuse.stops import on_line
from mapping_service.geo import along_m
from mapping_service.records import Floats
from tests.sketch import ORIGIN, P, drive, noisy, places, ride, way

TOWN = places(
    """
            D-----C
            |     |
            |     |
            |     |
    A-------B-----E
            |
            |
            F
    """,
    200.0,
)
LOLLIPOP = way(TOWN, "ABDCEBA")
KNOT = way(TOWN, "ABDCEBF")


def progress(shape: Floats, ridden: Floats, *, halts: dict[float, float] | None = None, seed: int = 1) -> Floats:
    """Return where along a shape each second of a drawn ride lies."""
    t_s, xy = drive(ridden, halts=halts)
    track = track_of(ride(1, t_s, noisy(xy, seed, 2.0)), P)
    return np.interp(t_s, track.t_s, Guide(shape + ORIGIN, P).progress(track))


@pytest.mark.parametrize("shape", [LOLLIPOP, KNOT, way(TOWN, "ABF"), way(TOWN, "BDCEB")])
def test_a_ride_along_the_whole_line_goes_from_its_start_to_its_end_and_never_jumps(shape: Floats) -> None:
    along = progress(shape, shape)
    assert along[0] == pytest.approx(0, abs=15) and along[-1] == pytest.approx(along_m(shape)[-1], abs=25)
    assert np.all(np.diff(along) > -25) and np.all(np.diff(along) < 60)


def test_the_way_home_on_a_stem_is_not_the_way_out() -> None:
    home = progress(LOLLIPOP, way(TOWN, "BA"))
    assert home.min() > along_m(LOLLIPOP)[-2] - 30


def test_a_ride_along_another_street_is_not_on_the_line() -> None:
    t_s, xy = drive(way(TOWN, "BF"))
    assert np.isnan(Guide(way(TOWN, "AB") + ORIGIN, P).progress(track_of(ride(1, t_s, xy), P))[5:]).all()


def test_a_ride_against_the_line_is_not_on_it() -> None:
    t_s, xy = drive(way(TOWN, "BA"))
    assert np.isnan(Guide(way(TOWN, "AB") + ORIGIN, P).progress(track_of(ride(1, t_s, xy), P))).all()


@pytest.mark.parametrize("at_m", [400.0, float(along_m(LOLLIPOP)[-1]) - 400.0])
def test_a_call_at_a_place_passed_twice_belongs_to_the_passing_at_its_time(at_m: float) -> None:
    t_s, xy = drive(LOLLIPOP)
    track = track_of(ride(1, t_s, noisy(xy, 1, 2.0)), P)
    call = Call(ORIGIN + LOLLIPOP[0] + [400.0, 0.0], float(t_s[0]) + at_m / 10, (), True, 0.0)
    (found_m,) = on_line(LOLLIPOP + ORIGIN, [1], [track], [[call]], P).halts.at_m
    assert found_m == pytest.approx(at_m, abs=15)


def test_the_moving_clock_stands_still_while_the_vehicle_does() -> None:
    t_s, xy = drive(way(TOWN, "AB"), halts={400.0: 60.0})
    track = track_of(ride(1, t_s, noisy(xy, 1, 0.5)), P)
    assert track.t_s[-1] - track.t_s[0] == pytest.approx(220, abs=3)
    assert track.moving_s[-1] - track.moving_s[0] == pytest.approx(160, abs=8)
