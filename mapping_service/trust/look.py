"""How the positions of a run look: what real receivers write, and what people and programs make up. Pure.

A receiver's filter lets positions wander slowly: from fix to fix they go nearly straight. Noise that was added to a
drawn line jumps from fix to fix, and without noise a drawn line is straighter than any receiver's. Both show in how far
each fix lies beside the middle of its neighbours while the vehicle moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mapping_service.records import Floats
from mapping_service.trust.trail import Trail, trail

Mask = NDArray[np.bool_]

_MOVING_MPS = 3.0  # slower, and heading and speed are mostly error
_EVEN = 0.6  # of the usual interval that a step may differ from it
_FEWEST = 20  # fixes amid even steps on the move; fewer tell nothing
_STRAIGHT_M = 0.01
_FINE_M = 0.2  # six decimals of a degree are 0.11 m; coarser steps hide more than a drawn line would
_APART_S = 10.0  # a receiver wanders farther than fine steps in this time; a drawn line still does not
_REACH = 3  # fixes to each side from which the heading is taken
_STEADY = 0.15  # of the median speed
_SD_OF_MAD = 1.4826
_OUTER = 4.0  # standard deviations beyond which a value does not weigh more


@dataclass(frozen=True)
class Look:
    """What the positions of one run look like; all ``None`` where too little of it moves to tell.

    ``roughness`` is how far a fix lies beside the middle of its neighbours, in metres per root second of their
    interval: a random walk has the same at any interval. ``whiteness`` is the correlation of that from fix to fix, -2/3
    for noise without memory. ``straight_share`` is the share of fixes exactly between their neighbours,
    ``steady_share`` the share of time at nearly the median speed.
    """

    roughness: float | None
    whiteness: float | None
    straight_share: float | None
    steady_share: float | None


NO_LOOK = Look(None, None, None, None)


def look(t_s: Floats, xy: Floats, quantum_m: float) -> Look:
    """Return the look of a run in metres; ``quantum_m`` is the step in which its recorder writes positions."""
    seen = _look(t_s, xy, quantum_m)
    if seen is None and len(t_s) > 1 and quantum_m <= _FINE_M:
        every = max(1, round(_APART_S / float(np.median(np.diff(t_s)))))
        seen = _look(t_s[::every], xy[::every], quantum_m, hidden=True)
    return replace(seen, steady_share=_steady_share(trail(t_s, xy))) if seen else NO_LOOK


def _look(t_s: Floats, xy: Floats, quantum_m: float, hidden: bool = False) -> Look | None:
    """Return the look of fixes but for their steadiness; ``None`` where they are too few, or their rounding hides it.

    With ``hidden`` fixes that rounding hides count as straight: for fixes so far apart that only a drawn line is.
    """
    beside, even, interval_s = _beside(t_s, xy)
    if np.sum(even) < _FEWEST:
        return None
    usual_m = float(np.median(np.abs(beside[even])))
    drowned = quantum_m > usual_m + _STRAIGHT_M
    if drowned and not hidden:
        return None
    sd = _SD_OF_MAD * usual_m
    return Look(
        roughness=sd / float(np.sqrt(interval_s)),
        whiteness=_whiteness(beside, even, sd),
        straight_share=float(np.mean(np.abs(beside[even]) < _STRAIGHT_M + drowned * quantum_m)),
        steady_share=None,
    )


def _beside(t_s: Floats, xy: Floats) -> tuple[Floats, Mask, float]:
    """Return for each inner fix how far left of where its neighbours lead it lies, which of them can be judged, and the
    usual interval."""
    step_s = np.diff(t_s)
    interval_s = float(np.median(step_s)) if len(step_s) else 1.0
    pace = np.diff(xy, axis=0) / step_s[:, None]
    near = np.abs(step_s - interval_s) <= _EVEN * interval_s
    moving = np.hypot(*pace.T) > _MOVING_MPS
    good = near & moving
    at = np.arange(1, len(t_s) - 1)
    heading = xy[np.minimum(at + _REACH, len(t_s) - 1)] - xy[np.maximum(at - _REACH, 0)]
    heading = heading / np.maximum(np.hypot(*heading.T), 1e-9)[:, None]
    turn = (pace[1:] - pace[:-1]) * interval_s
    return turn[:, 1] * heading[:, 0] - turn[:, 0] * heading[:, 1], good[1:] & good[:-1], interval_s


def _steady_share(run: Trail) -> float:
    pace = np.hypot(*np.gradient(run.at, axis=0).T) / np.gradient(run.t_s)
    usual = float(np.median(pace))
    return float(np.mean(np.abs(pace - usual) < _STEADY * usual))


def _whiteness(beside: Floats, even: Mask, sd: float) -> float:
    pair = even[1:] & even[:-1]
    bound = max(_OUTER * sd, 1e-9)
    one, then = (np.clip(part[pair], -bound, bound) for part in (beside[:-1], beside[1:]))
    return float(2 * np.sum(one * then) / max(float(np.sum(one**2 + then**2)), 1e-12))


def quantum_deg(lon_lat: Floats) -> float:
    """Return the decimal step (1e-7 … 1e-3 degrees) in which all positions are written; 0 where it is finer."""
    for decimals in range(3, 8):
        if np.allclose(lon_lat, np.round(lon_lat, decimals), rtol=0, atol=1e-9):
            return float(10.0**-decimals)
    return 0.0
