"""Rides drawn on a straight street that leads east, and the positions that a phone has of them."""

from __future__ import annotations

import numpy as np

from mapping_service.geo import M_PER_DEG
from mapping_service.live.lines import Lines
from mapping_service.live.passages import Passage, passage
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

P = Parameters()
M = 1 / M_PER_DEG  # degrees of a metre, at the equator
NOON_S = 1_711_972_800.0
LENGTH_M = 6000.0
VEHICLE_MPS, WALK_MPS = 8.0, 1.4


def place(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    return east_m * M, north_m * M


STREET = {"P1": [place(0), place(LENGTH_M)]}
# Leaves the street at 3 km for the north.
BRANCH = {"P2": [place(0), place(3000), place(3000, 3000)]}
BACK = {"P3": [place(LENGTH_M), place(0)]}


def way(*corners: tuple[float, float, float], every_s: float = 5.0, start_s: float = NOON_S) -> tuple[Floats, Floats]:
    """The positions of a phone that goes from corner to corner: (metres east, metres north, m/s on the way there)."""
    times, places = [start_s], [corners[0][:2]]
    for (x0, y0, _), (x1, y1, speed_mps) in zip(corners, corners[1:]):
        takes_s = np.hypot(x1 - x0, y1 - y0) / speed_mps if speed_mps else 60.0
        for share in np.arange(every_s, takes_s + every_s, every_s) / takes_s:
            share = min(share, 1.0)
            times.append(times[-1] + every_s)
            places.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return np.array(times), np.array(places) * M


def watched(t_s: Floats, lonlat: Floats, lines: Lines, p: Parameters = P, every_s: float = 10.0) -> list[Passage]:
    """All that somebody learns who looks every ten seconds from the first position until long after the last."""
    found = []
    for now_s in np.arange(t_s[0], t_s[-1] + 200, every_s):
        so_far = t_s <= now_s
        told = passage(t_s[so_far], lonlat[so_far], lines, float(now_s), p)
        if told is not None:
            assert 0 <= now_s - told.t_s <= p.live_age_s
            found.append(told)
    return found


def commute(on_m: float, off_m: float, every_s: float = 5.0, side_m: float = 300.0) -> tuple[Floats, Floats]:
    """Walk from home, ``side_m`` off the street, ride from ``on_m`` to ``off_m``, walk home to the other side."""
    return way((on_m, side_m, 0), (on_m, 0, WALK_MPS), (off_m, 0, VEHICLE_MPS), (off_m, -side_m, WALK_MPS),
               every_s=every_s)
