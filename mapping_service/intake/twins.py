"""Two phones on one vehicle, or one recording saved twice with other notes: the same ride. Pure."""

from __future__ import annotations

import numpy as np

from mapping_service.parameters import Parameters
from mapping_service.records import Floats


def same_ride(t_s: Floats, xy: Floats, other_t_s: Floats, other_xy: Floats, p: Parameters) -> bool:
    """True where two runs were in one place for nearly all of the time that they share.

    They must share most of the shorter one; then both are compared at the moments of the first, the second one's
    position between its fixes taken on the straight line. Two clocks may differ by up to ``twin_clock_s``.
    """
    shifts = np.linspace(-p.twin_clock_s, p.twin_clock_s, 5)
    return any(_together(t_s, xy, other_t_s + shift, other_xy, p) for shift in shifts)


def _together(t_s: Floats, xy: Floats, other_t_s: Floats, other_xy: Floats, p: Parameters) -> bool:
    start, end = max(t_s[0], other_t_s[0]), min(t_s[-1], other_t_s[-1])
    shorter_s = min(t_s[-1] - t_s[0], other_t_s[-1] - other_t_s[0])
    if end - start < p.twin_overlap_share * shorter_s or end <= start:
        return False
    at = t_s[(t_s >= start) & (t_s <= end)]
    if len(at) < p.min_fixes:
        return False
    here = np.column_stack([np.interp(at, t_s, xy[:, k]) for k in (0, 1)])
    there = np.column_stack([np.interp(at, other_t_s, other_xy[:, k]) for k in (0, 1)])
    return bool(np.mean(np.hypot(*(here - there).T) <= p.twin_distance_m) >= p.twin_share)
