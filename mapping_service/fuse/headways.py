"""Headways from the waits that collectors reported at terminals. Pure.

Vehicles leave when full: the time one stands at its stage is the time until the next may load, so a reported wait is
one observation of the headway in the band of the day in which it was made. The hours of service are those between the
first and the last band in which a ride was seen. Where nobody reported a wait the headway stays unobserved, and what
stands in its place is marked: ``own_waits`` (the same pattern at other hours), ``route_waits`` (the other patterns of
the route), ``city_waits`` (the city's median), or ``seen`` (nothing but the rides themselves: one in a band means at
least one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.times import Band, band_counts
from mapping_service.parameters import Parameters
from mapping_service.records import Headway


@dataclass(frozen=True)
class Wait:
    """A reported wait in seconds and the band of the day in which the vehicle then left."""

    wait_s: float
    band: Band


def service_span(bands: Sequence[Band]) -> Band:
    """Return the hours from the first to the last band in which rides set out."""
    return min(b[0] for b in bands), max(b[1] for b in bands)


def headways(
    own: Sequence[Wait], route: Sequence[Wait], city: Sequence[Wait], bands: Sequence[Band], p: Parameters
) -> tuple[Headway, ...]:
    """Return the headways of a pattern: observed by band, else estimated with the method named."""
    if own:
        return _observed(own, service_span(bands))
    if route:
        return (_from_waits(service_span(bands), route, "route_waits"),)
    if len(city) >= p.city_waits:
        return (_from_waits(service_span(bands), city, "city_waits"),)
    return tuple(
        Headway(*b, (b[1] - b[0]) / n, (b[1] - b[0]) / n, b[1] - b[0], n, "seen")
        for b, n in band_counts(bands).items()
    )


def _observed(own: Sequence[Wait], span: Band) -> tuple[Headway, ...]:
    """Return one headway for each band with waits of its own, and for the hours between them the median of all."""
    apart = {b: [w for w in own if w.band == b] for b in {w.band for w in own}}
    made, at = [], span[0]
    for b in sorted(b for b in apart if span[0] <= b[0] and b[1] <= span[1]):
        if at < b[0]:
            made.append(_from_waits((at, b[0]), own, "own_waits"))
        made.append(_from_waits(b, apart[b], "observed"))
        at = b[1]
    if at < span[1]:
        made.append(_from_waits((at, span[1]), own, "own_waits"))
    return tuple(made)


def _from_waits(hours: Band, waits: Sequence[Wait], method: str) -> Headway:
    low, middle, high = np.quantile([w.wait_s for w in waits], (0.25, 0.5, 0.75))
    return Headway(hours[0], hours[1], float(middle), float(low), float(high), len(waits), method)
