"""Hail-and-ride stretches of a pattern: where riders get on and off wherever they like. Pure.

On such a stretch vehicles halt often and never at the same place twice. A window slides along the line; where the halts
in it that belong to no sure stop are many for the rides that came by, and no place holds a large part of them, it is
part of a stretch. With few rides no place repeats, so nothing is said.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mapping_service.fuse.traits import Halts
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, HailStretch, Ints


def hail_stretches(halts: Halts, loose: Ints, passed: Floats, grid_m: Floats, p: Parameters) -> list[HailStretch]:
    """Return the stretches in order.

    ``loose`` are the halts at no sure stop; ``passed`` (grid, rides) says which rides came by each of ``grid_m``.
    """
    at_m, ride = halts.at_m[loose], halts.ride[loose]
    half = p.hail_window_m / 2
    past = passed.sum(axis=1)
    low, high = np.searchsorted(at_m, grid_m - half), np.searchsorted(at_m, grid_m + half)
    per_km = (high - low) / np.maximum(past, 1) / (p.hail_window_m / 1000.0)
    busy = (per_km >= p.hail_per_km) & (past >= p.hail_runs)
    busy[busy] = ~_held(at_m, low[busy], high[busy], p)
    edges = np.diff(np.concatenate(([0], busy.astype(np.int8), [0])))
    found = []
    for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True):
        inside = (at_m >= grid_m[a] - half / 2) & (at_m <= grid_m[b] + half / 2)
        if not inside.any():
            continue
        from_m, to_m = float(at_m[inside].min()), float(at_m[inside].max())
        if to_m - from_m >= p.hail_length_m:
            found.append(HailStretch(round(from_m, 1), round(to_m, 1), int(inside.sum()), len(np.unique(ride[inside]))))
    return found


def _held(at_m: Floats, low: Ints, high: Ints, p: Parameters) -> NDArray[np.bool_]:
    """True where one place holds a large part of the halts from ``low`` to ``high``: a signal, a jam, a stop unseen."""
    reach = np.searchsorted(at_m, at_m + p.stop_apart_m, side="right") - np.arange(len(at_m))
    held = [reach[a:b].max(initial=0) > max(2.0, p.hail_hold_share * (b - a)) for a, b in zip(low, high, strict=True)]
    return np.array(held, dtype=bool)
