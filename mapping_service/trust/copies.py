"""Is a run a copy of an earlier one: shifted in time, cropped, resampled, jittered, moved, backwards, or pasted. Pure.

Two runs that shingles align are laid over each other; the shift in time and a shift in place are fitted. What remains
tells: the positions of an independent ride on the same streets drift apart by tens of metres within a minute, and those
of a second phone on the same vehicle wander by several, but a copy's stay together but for the noise that was added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from mapping_service.trust.shingles import Alignment
from mapping_service.trust.trail import Trail

Mask = NDArray[np.bool_]

_ROUNDS = 3
_AROUND_S = 20.0  # around a shingle that speaks for a copy: where fitting begins
_FIT_M = 10.0  # from then on all positions that already agree as well as this
_EXACT_OVER_S = 15
_NEAR_OVER_S = 45


@dataclass(frozen=True)
class Likeness:
    """How much of a run's way repeats another run.

    ``exact`` is the share of its metres within ``copy_exact_m``, ``stretch_m`` the longest such stretch; ``near`` the
    share within ``copy_near_m`` of the mean over a longer while, which jitter does not change. ``shift_s`` and
    ``backwards`` are those of ``Alignment``; ``moved_m`` how far the copy lies beside the other.
    """

    exact: float
    stretch_m: float
    near: float
    shift_s: float
    backwards: bool
    moved_m: float


def likeness(run: Trail, other: Trail, aligned: Alignment, p: Parameters) -> Likeness:
    """Return how much of ``run`` repeats ``other``; both in metres of one projection."""
    shift_s, moved = aligned.shift_s, np.zeros(2)
    start = np.searchsorted(aligned.at_s, run.t_s + _AROUND_S) > np.searchsorted(aligned.at_s, run.t_s - _AROUND_S)
    for step in range(_ROUNDS):
        apart, common = _apart(run, other, shift_s, aligned.backwards)
        close = np.hypot(*(apart - moved).T) <= _FIT_M
        use = common & (close if step and np.sum(close & common) > _AROUND_S else start)
        if np.sum(use) < _AROUND_S:
            return Likeness(0.0, 0.0, 0.0, shift_s, aligned.backwards, 0.0)
        moved, more_s = _fitted(run, apart, use)
        shift_s += more_s
    apart, common = _apart(run, other, shift_s, aligned.backwards)
    ridden_m = np.hypot(*np.gradient(run.at, axis=0).T)
    exact = common & _within(apart - moved, _EXACT_OVER_S, p.copy_exact_m)
    near = common & _within(apart - moved, _NEAR_OVER_S, p.copy_near_m)
    all_m = max(float(ridden_m.sum()), 1e-9)
    return Likeness(
        exact=float(ridden_m[exact].sum()) / all_m,
        stretch_m=_longest(exact, ridden_m),
        near=float(ridden_m[near].sum()) / all_m,
        shift_s=shift_s,
        backwards=aligned.backwards,
        moved_m=float(np.hypot(*moved)),
    )


def _apart(run: Trail, other: Trail, shift_s: float, backwards: bool) -> tuple[Floats, Mask]:
    """Return the vectors from the other run to this one at each moment, and where both were under way."""
    then = shift_s - run.t_s if backwards else run.t_s - shift_s
    common = (then >= other.t_s[0]) & (then <= other.t_s[-1])
    there = np.column_stack([np.interp(then, other.t_s, other.at[:, axis]) for axis in (0, 1)])
    return run.at - there, common


def _fitted(run: Trail, apart: Floats, use: Mask) -> tuple[Floats, float]:
    """Return the shift in place and the further shift in time that explain most of ``apart`` (least squares)."""
    pace = np.column_stack([np.gradient(run.at[:, axis], run.t_s) for axis in (0, 1)])[use]
    one, none = np.ones(len(pace)), np.zeros(len(pace))
    matrix = np.column_stack((np.concatenate((one, none)), np.concatenate((none, one)), -pace.T.ravel()))
    east_m, north_m, more_s = np.linalg.lstsq(matrix, apart[use].T.ravel(), rcond=None)[0]
    return np.array([east_m, north_m]), float(more_s)


def _within(apart: Floats, over_s: int, most_m: float) -> Mask:
    mean = uniform_filter1d(apart, over_s, axis=0, mode="nearest")
    return np.asarray(np.hypot(*mean.T) <= most_m)


def _longest(alike: Mask, ridden_m: Floats) -> float:
    """Return the length of the longest stretch without a break."""
    along = np.concatenate(([0.0], np.cumsum(ridden_m)))
    edges = np.diff(np.concatenate(([0], alike.astype(np.int8), [0])))
    lengths = along[np.flatnonzero(edges == -1)] - along[np.flatnonzero(edges == 1)]
    return float(lengths.max(initial=0.0))


@dataclass(frozen=True)
class Copy:
    """That a run repeats an earlier one: the ``share`` of its way, and how it was changed (see ``Likeness``)."""

    share: float
    shift_s: float
    backwards: bool
    moved_m: float


def copy_of(run: Trail, other: Trail, aligned: Alignment, p: Parameters) -> Copy | None:
    """Return how ``run`` repeats ``other`` more than two rides ever do; ``None`` where it does not.

    At the same moment it is no copy but the same ride, from another phone or saved twice: ``intake.twins`` tells those.
    """
    found = likeness(run, other, aligned, p)
    pasted = found.exact >= p.copy_exact_share and found.stretch_m >= p.copy_stretch_m
    together = not found.backwards and abs(found.shift_s) <= p.twin_clock_s
    if together or not (pasted or found.near >= p.copy_near_share):
        return None
    share = max(found.exact, found.near)
    return Copy(round(share, 3), round(found.shift_s, 1), found.backwards, round(found.moved_m, 1))
