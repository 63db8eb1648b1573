"""Hail and ride: on a stretch of some ways people get on and off wherever they like, and no place is a stop."""

from __future__ import annotations

import numpy as np

from collectors.simulator.chance import stream
from collectors.simulator.network import Pattern
from collectors.simulator.settings import RideSettings
from mapping_service.records import Floats

LENGTH_SHARE = 0.3  # of the way from the first stop to the last


def hail_stretch(pattern: Pattern, settings: RideSettings) -> tuple[float, float] | None:
    """From where to where along the pattern (metres) riders hail the vehicle; ``None`` where it keeps to its stops."""
    rng = stream(settings.seed, "hail", pattern.name)
    if rng.random() >= settings.hail_share:
        return None
    start_m, end_m = pattern.stops_along_m[[0, -1]].tolist()
    length_m = (end_m - start_m) * LENGTH_SHARE
    from_m = start_m + length_m + rng.random() * (end_m - start_m - 3 * length_m)
    return float(from_m), float(from_m + length_m)


def halting_places(pattern: Pattern, settings: RideSettings, rng: np.random.Generator) -> tuple[Floats, list[bool]]:
    """Where this ride may halt (metres along the pattern), and which of these places are stops.

    On a hail-and-ride stretch as many places as it has stops, anew for every ride.
    """
    stretch = hail_stretch(pattern, settings)
    at_m = pattern.stops_along_m
    if stretch is None:
        return at_m, [True] * len(at_m)
    hailed = (at_m >= stretch[0]) & (at_m <= stretch[1])
    places = np.where(hailed, rng.uniform(*stretch, len(at_m)), at_m)
    order = np.argsort(places, kind="stable")
    return places[order], (~hailed[order]).tolist()
