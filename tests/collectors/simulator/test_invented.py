from __future__ import annotations

from dataclasses import replace

import numpy as np

from collectors.simulator import RideSettings, simulate
from collectors.simulator.chance import stream
from collectors.simulator.hail import hail_stretch, halting_places
from collectors.simulator.plan import fabricators, planned

from .conftest import CENTRE, fixes_of, marks_of, straight_network


def test_an_invented_ride_goes_at_one_speed_with_noise_that_forgets_itself(plain: RideSettings) -> None:
    rides = list(simulate(straight_network(), replace(plain, fabricated_share=1.0)))
    lies = [ride for ride in rides if ride.truth.kind == "fabricated"]
    assert len(lies) == len(rides) / 2
    for ride in lies:
        t_s, lonlat = fixes_of(ride.gpx)
        xy = CENTRE.to_m(lonlat)
        assert np.ptp(np.diff(t_s)) < 1
        off_m = xy[:, 1]
        assert 1 < off_m.std() < 6
        assert abs(np.corrcoef(off_m[1:], off_m[:-1])[0, 1]) < 0.3
        steps_m = np.abs(np.diff(xy[:, 0])) / np.diff(t_s)
        assert steps_m.std() < 6


def test_those_who_invent_rides_tell_one_fare_and_are_nobody_else(plain: RideSettings) -> None:
    settings = replace(plain, fabricated_share=1.0, departure_note_share=1.0, fare_slip_share=0.0)
    rides = list(simulate(straight_network(), settings))
    honest = {ride.truth.fare for ride in rides if ride.truth.kind == "full"}
    lies = {ride.truth.fare for ride in rides if ride.truth.kind == "fabricated"}
    assert {float(fare) for fare in lies} == {2 * float(fare) for fare in honest}
    assert {ride.hint.surveyor for ride in rides if ride.truth.kind == "fabricated"} <= {
        one.name for one in fabricators(settings)}
    assert not {ride.hint.surveyor for ride in rides if ride.truth.kind == "full"} & {
        one.name for one in fabricators(settings)}


def test_inventions_change_nothing_about_the_true_rides(plain: RideSettings) -> None:
    honest = {(ride.pattern.name, ride.ride): ride.contributor.name for ride in planned(
        straight_network().patterns, plain)}
    among = [ride for ride in planned(straight_network().patterns, replace(plain, fabricated_share=0.5))]
    assert {(r.pattern.name, r.ride): r.contributor.name for r in among if r.kind != "fabricated"} == honest


def test_on_a_hail_stretch_every_ride_halts_elsewhere_and_at_its_ends_at_the_stops(plain: RideSettings) -> None:
    settings = replace(plain, hail_share=1.0)
    pattern = straight_network(12_000, 31).patterns[0]
    stretch = hail_stretch(pattern, settings)
    assert stretch is not None and 3_000 < stretch[0] < stretch[1] < 9_000
    one, is_stop = halting_places(pattern, settings, stream(1, "one"))
    other, _ = halting_places(pattern, settings, stream(1, "other"))
    inside = ~np.array(is_stop)
    assert 5 < inside.sum() < 15
    assert np.all(np.diff(one) >= 0)
    assert np.all((one[inside] >= stretch[0]) & (one[inside] <= stretch[1]))
    assert not np.intersect1d(one[inside], other[inside]).size
    assert np.array_equal(one[~inside], pattern.stops_along_m[~inside])


def test_nobody_names_a_stop_where_there_is_none(plain: RideSettings) -> None:
    settings = replace(plain, hail_share=1.0, generic_share=0.0, misspelt_share=0.0, press_share=1.0, mistake_share=0.0)
    network = straight_network(12_000, 31)
    hailed = [hail_stretch(pattern, settings) for pattern in network.patterns]
    names = 31 - 2 - 9  # terminals, and about a third of the rest
    for ride in simulate(network, settings):
        stops = [text for text in marks_of(ride.gpx) if not text.startswith(("Arriv", "Depart", "Terminus"))]
        named = {text for text in stops if "Mango" in text}
        assert all(hailed) and len(named) <= names + 3
