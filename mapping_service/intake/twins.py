"""Two phones on one vehicle, or one recording saved twice with other notes: the same ride. Pure."""

from __future__ import annotations

import numpy as np

from mapping_service.parameters import Parameters
from mapping_service.records import Floats

# Positions are compared this often; a vehicle does not get far in between.
_EVERY_S = 10.0
# Clocks are tried against each other in steps of this size: half of it is 12 m of driving.
_SHIFT_S = 2.0


def same_ride(t_s: Floats, xy: Floats, other_t_s: Floats, other_xy: Floats, p: Parameters) -> bool:
    """True where two runs moved as one for nearly all of the time that they share.

    They must share most of the shorter one; then both are compared at regular moments, positions between fixes taken
    on the straight line. The clocks of two phones may differ by up to ``twin_clock_s``: all differences up to it are
    tried. A vehicle that follows another at a distance is not mistaken for it, since it stops at other moments.
    """
    shifts = np.arange(-p.twin_clock_s, p.twin_clock_s + _SHIFT_S, _SHIFT_S)
    return any(_together(t_s, xy, other_t_s + shift, other_xy, p) for shift in sorted(shifts, key=abs))


def _together(t_s: Floats, xy: Floats, other_t_s: Floats, other_xy: Floats, p: Parameters) -> bool:
    start, end = max(t_s[0], other_t_s[0]), min(t_s[-1], other_t_s[-1])
    shorter_s = min(t_s[-1] - t_s[0], other_t_s[-1] - other_t_s[0])
    if end - start < max(p.twin_overlap_share * shorter_s, p.min_fixes):
        return False
    at = np.arange(start, end, _EVERY_S)
    here = np.column_stack([np.interp(at, t_s, xy[:, k]) for k in (0, 1)])
    there = np.column_stack([np.interp(at, other_t_s, other_xy[:, k]) for k in (0, 1)])
    return bool(np.mean(np.hypot(*(here - there).T) <= p.twin_distance_m) >= p.twin_share)
