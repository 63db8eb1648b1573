"""How a city's ways are served: times, headways, loads and fares, each estimated over all ways together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from mapping_service.fuse.clock import local
from mapping_service.fuse.fare_levels import stage_fares, usual_fare
from mapping_service.fuse.fares import Paid, fares
from mapping_service.fuse.headways import Start, headways
from mapping_service.fuse.loads import Aboard, aboard, loads
from mapping_service.fuse.material import Material
from mapping_service.fuse.paces import Ridden
from mapping_service.fuse.passages import passage
from mapping_service.fuse.patterns import Way, stops_served
from mapping_service.fuse.rates import Heard
from mapping_service.fuse.shape import locate
from mapping_service.fuse.times import running_times
from mapping_service.geo import along_m
from mapping_service.records import Fare, Ride, StageFare

AT_DEPARTURE_S = 60.0  # what is typed within a minute of leaving was meant for the departure

Sides = Sequence[Sequence[Way]]
"""The ways of one route by direction, one or two; those of a direction have their rides in common."""


def with_service(material: Material, routes: Sequence[Sides]) -> list[Sides]:
    """Return the ways of every route with their running times, headways and loads."""
    flat = [way for sides in routes for ways in sides for way in ways]
    ridden = [_ridden(material, way) for way in flat]
    times = iter(running_times(ridden, material.p))
    full = iter(loads([_aboard(material, way, its) for way, its in zip(flat, ridden, strict=True)], material.p))
    directions = [(number, ways) for number, sides in enumerate(routes) for ways in sides]
    heard = [Heard(number, sorted(material.waits_of(ways[0].company), key=repr)) for number, ways in directions]
    starts = [[[_start(material, i) for i in way.members] for way in ways] for _, ways in directions]
    found = (one for ways in headways(heard, starts, material.p) for one in ways)
    return [
        [[replace(way, running_times=next(times), headways=next(found), loads=next(full)) for way in ways]
         for ways in sides]
        for sides in routes
    ]


def _ridden(material: Material, way: Way) -> Ridden:
    m = material
    dist_m = np.array([stop.dist_m for stop in stops_served(way, m.p)])
    return Ridden(
        dist_m,
        [passage(way.shape, dist_m, m.rides[i], m.p) for i in way.company],
        [m.bands[i] for i in way.company],
        [m.rides[i].person for i in way.company],
        [m.rides[i].weight for i in way.company],
    )


def _aboard(material: Material, way: Way, ridden: Ridden) -> list[Aboard]:
    m = material
    told = (
        aboard(passed, m.rides[i], m.bands[i], m.p) for passed, i in zip(ridden.passages, way.company, strict=True)
    )
    return [one for one in told if one is not None]


def _start(material: Material, ride: int) -> Start:
    day = local(float(material.rides[ride].t_s[0]), material.city.timezone).date().isoformat()
    return material.bands[ride], day


def with_fares(material: Material, routes: Sequence[Sides]) -> list[tuple[Fare | None, tuple[StageFare, ...]]]:
    """Return for each route the fare of a whole ride, and the steps by distance where it grows with the way."""
    whole_m = [max(float(along_m(ways[0].shape)[-1]) for ways in sides) for sides in routes]
    told = [
        list(_paid(material, (ways[0] for ways in sides), length_m))
        for sides, length_m in zip(routes, whole_m, strict=True)
    ]
    found = fares(told, material.p)
    return [
        (None, ()) if one is None else (usual_fare(one, length_m), stage_fares(one))
        for one, length_m in zip(found, whole_m, strict=True)
    ]


def _paid(material: Material, ways: Iterable[Way], whole_m: float) -> Iterable[Paid]:
    """Yield what was reported on the rides of a route; an amount that a ride reports twice counts once.

    A fare typed on a ride over the whole way, or before leaving its terminal, is that of the whole ride; one typed on
    the way by somebody who rode a part of it is the fare of that part.
    """
    m = material
    for way in ways:
        for i in way.company:
            ride = m.rides[i]
            part_m = _part_m(material, way, i)
            amounts = {
                (r.amount, whole_m if part_m is None or _at_departure(r.t_s, ride) else part_m)
                for r in ride.reports
                if r.kind == "fare" and r.amount and not r.cancelled
            }
            for amount, ridden_m in sorted(amounts):
                yield Paid(ridden_m, amount, m.bands[i], ride.person, ride.weight, float(ride.t_s[0]))


def _part_m(material: Material, way: Way, ride: int) -> float | None:
    """Return how much of a way a partial ride rode, ``None`` for a ride that is not partial."""
    if ride not in material.grouping.groups[way.group].partial:
        return None
    ends_m = locate(way.shape, material.rides[ride].xy[[0, -1]])[0]
    return max(0.0, float(ends_m[1] - ends_m[0]))


def _at_departure(t_s: float | None, ride: Ride) -> bool:
    return t_s is None or t_s <= ride.t_s[0] + AT_DEPARTURE_S
