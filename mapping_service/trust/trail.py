"""A run once a second, with the jitter of single fixes taken out: what all tests of a trace look at. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mapping_service.records import Floats

# Jitter of 5 m from fix to fix leaves 1 m after this, and a vehicle's stops and starts are still there.
_CALM_S = 5.0
# A hole counts as this long at most, so that a clock that leaps by years does not fill the memory.
_LONGEST_STEP_S = 10.0


@dataclass(frozen=True)
class Trail:
    """Where a run was: ``t_s`` (n), strictly increasing, and ``at`` (n, 2) in the units that went in."""

    t_s: Floats
    at: Floats


def trail(t_s: Floats, at: Floats) -> Trail:
    """Return a run at moments a second apart (farther in holes), calmed along time.

    ``t_s`` is strictly increasing; ``at`` (n, 2) may be metres or degrees.
    """
    active_s = np.concatenate(([0.0], np.cumsum(np.minimum(np.diff(t_s), _LONGEST_STEP_S))))
    moments = np.interp(np.arange(0.0, active_s[-1] + 0.5), active_s, t_s)
    there = np.column_stack([np.interp(moments, t_s, at[:, axis]) for axis in (0, 1)])
    return Trail(moments, gaussian_filter1d(there, _CALM_S, axis=0, mode="nearest"))
