"""The headways of every way of a city, band by band, with what each rests on. Pure.

The rate of a band leans on that of its direction at all hours, that on its route's, that on the city's
(``fuse/rates.py``). Rides themselves, which collectors chose to take, say how often only at least: ``n`` that set out
in one band of one day mean ``n`` vehicles or more. What is published names what it rests on: ``observed`` (reports of
this direction in this band), ``own_waits`` (at other hours), ``route_waits`` (of the other direction), ``city_waits``
(of the city), ``seen`` (nothing but rides). All but the first are estimates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mapping_service.fuse.clock import Band, bands_between
from mapping_service.fuse.rates import Evidence, Habits, Heard, evidence, habits, irregularity
from mapping_service.parameters import Parameters
from mapping_service.records import Headway

Start = tuple[Band, str]
"""When a ride set out: the band, and its local day."""


def headways(
    city: Sequence[Heard], starts: Sequence[Sequence[Sequence[Start]]], p: Parameters
) -> list[list[tuple[Headway, ...]]]:
    """Return the headways of each way of each direction, through the bands in which rides were seen.

    ``starts`` hold for each direction of ``city``, and each of its ways, when rides set out. ``low_s`` and ``high_s``
    hold the true headway in four cases of five.
    """
    common = habits(city, p)
    own = [evidence(one, None, common.dispersion, p) for one in city]
    routes: dict[int, Evidence] = {}
    for one, told in zip(city, own, strict=True):
        routes[one.route] = routes.get(one.route, Evidence()) + told
    total = sum(own, Evidence())
    total = total if total.reports >= p.city_waits else Evidence()
    made = []
    for one, told, ways in zip(city, own, starts, strict=True):
        by_band = _by_band(one, (told, routes[one.route], total), common, p)
        made.append([_of_way(by_band, way) for way in ways])
    return made


def _by_band(
    heard: Heard, lines: tuple[Evidence, Evidence, Evidence], common: Habits, p: Parameters
) -> dict[Band, Headway]:
    """Return the headway of a direction in every band; empty where neither it nor its relatives were heard of.

    ``lines`` is what was said of the direction, its route and its city, each holding the one before.
    """
    own, route, city = lines
    of_city, of_route, of_side = common.strengths
    relatives = (route - own + (city - route).as_parent(of_city)).as_parent(of_route)
    named = zip(("own_waits", "route_waits", "city_waits"), lines, strict=True)
    elsewhere = next(((method, told) for method, told in named if told.reports), None)
    if elsewhere is None:
        return {}
    squared = irregularity([heard], common.dispersion, p)
    cv = round(float(np.sqrt(squared)), 2) if own.reports > 1 else None
    made = {}
    for band, stretch in common.profile.items():
        here = evidence(heard, band, common.dispersion, p)
        method, told = ("observed", here) if here.reports else elsewhere
        rated = here + (own - here + relatives).as_parent(of_side, stretch)
        made[band] = _headway(band, rated, told, method, common.dispersion, cv)
    return made


def _headway(
    band: Band, rated: Evidence, told: Evidence, method: str, dispersion: float, cv: float | None
) -> Headway:
    usual_s, (low_s, high_s) = rated.gap_s(dispersion) or 0.0, rated.range_s(dispersion)
    usual_s, low_s, high_s = (round(one, 1) for one in (usual_s, min(low_s, usual_s), max(high_s, usual_s)))
    return Headway(*band, usual_s, low_s, high_s, told.reports, len(told.people) or None, cv, method)


def _of_way(by_band: dict[Band, Headway], starts: Sequence[Start]) -> tuple[Headway, ...]:
    """Return the headways of one way; bands of its service in a row that say the same by estimate are one."""
    seen = _most_a_day(starts)
    if not by_band:
        return tuple(_seen(band, n) for band, n in sorted(seen.items()))
    made: list[Headway] = []
    for band in bands_between(list(seen)):
        one = _at_most(by_band[band], (band[1] - band[0]) / seen.get(band, 1))
        last = made[-1] if made else None
        if last and last.method != "observed" and replace(last, band_start_s=band[0], band_end_s=band[1]) == one:
            made[-1] = replace(last, band_end_s=band[1])
        else:
            made.append(one)
    return tuple(made)


def _most_a_day(starts: Sequence[Start]) -> dict[Band, int]:
    """Return how many rides set out in a band on the day when most did."""
    most: dict[Band, int] = {}
    for (band, _), rides in Counter(starts).items():
        most[band] = max(rides, most.get(band, 0))
    return most


def _at_most(one: Headway, most_s: float) -> Headway:
    """Return a headway cut to what the rides seen in one band of one day allow."""
    usual_s, low_s, high_s = (round(min(value, most_s), 1) for value in (one.headway_s, one.low_s, one.high_s))
    return replace(one, headway_s=usual_s, low_s=low_s, high_s=high_s)


def _seen(band: Band, rides: int) -> Headway:
    length_s = float(band[1] - band[0])
    return Headway(*band, length_s / rides, length_s / rides, length_s, rides, None, None, "seen")
