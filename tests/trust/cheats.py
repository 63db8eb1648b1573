"""A drawn ride with the speeds of a real one, and what cheats make of it, for the tests of trust."""

from __future__ import annotations

import numpy as np

from mapping_service.geo import to_lon_lat
from mapping_service.records import Floats
from mapping_service.trust.copies import Copy, copy_of
from mapping_service.trust.shingles import Shingles, alignment, shingles
from mapping_service.trust.trail import trail
from tests.sketch import ORIGIN, SRID, P, drive, places, way

TOWN = places("""
              D---------E
              |
    A---------B---C
""", 200.0)
HALTS = {350.0: 25.0, 1200.0: 40.0, 2100.0: 15.0, 3300.0: 50.0, 4200.0: 20.0}
Trace = tuple[Floats, Floats]


def ridden(seed: int, halts: dict[float, float] | None = None, speed_mps: float = 9.0) -> Trace:
    """One ride A–B–D–E at 1 Hz; what the receiver wandered, 4 m for 20 s, is the seed's own."""
    t_s, xy = drive(way(TOWN, "ABDE"), halts=HALTS if halts is None else halts, speed_mps=speed_mps)
    knots = np.random.default_rng(seed).normal(0, 4, (len(t_s) // 20 + 2, 2))
    at = np.arange(len(t_s)) / 20
    wander = np.column_stack([np.interp(at, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)])
    return t_s, xy + wander


def signed(one: Trace) -> Shingles:
    """The shingles of a drawn trace."""
    return shingles(trail(one[0], to_lon_lat(one[1] + ORIGIN, SRID)))


def copied(late: Trace, early: Trace) -> Copy | None:
    """What the later of two traces is found to be."""
    aligned = alignment(signed(late), signed(early), P)
    return None if aligned is None else copy_of(trail(*late), trail(*early), aligned, P)
