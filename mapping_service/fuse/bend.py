"""How a line has to be bent to lie on runs, and which bent line turns no more than the runs demand. Pure.

A run says across the line where it passed, not where along. Its error wanders slowly, though, so what it says at one
place holds nearby: the move of the line onto a run is the field of vectors that meets all it says and changes as
little as it can from point to point (non-rigid registration, point to line). A corner then moves both ways by what
its two streets say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.spatial import cKDTree

from mapping_service.geo import along_m, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

Mask = NDArray[np.bool_]
# Both iterations settle within these; more change the line by centimetres.
_ROBUST_ROUNDS = 5
_STEADY_ROUNDS = 15
_CLOSE_M = 0.05


@dataclass(frozen=True)
class Track:
    """A run ready to be compared: calmed positions at half steps, unit headings there, and their index."""

    xy: Floats
    heading: Floats
    tree: cKDTree


@dataclass(frozen=True)
class Middle:
    """Where the runs are together: the move of each point (n, 2), the error of one run there, how many runs spoke."""

    move: Floats
    error_m: Floats
    runs: Floats


def calmed(line: Floats, step_m: float, calm_m: float) -> Floats:
    """Return a line at equal steps without its jitter (Gaussian along it); its ends stay where they are."""
    even = resample(line, step_m)
    if not calm_m:
        return even
    calm = gaussian_filter1d(even, calm_m / step_m, axis=0, mode="nearest")
    calm[[0, -1]] = even[[0, -1]]
    return np.asarray(calm)


def headings(line: Floats, span: int) -> Floats:
    """Return the unit vector along the line at each point, taken over ``span`` points to both sides."""
    at = np.arange(len(line))
    ahead = line[np.minimum(at + span, len(line) - 1)] - line[np.maximum(at - span, 0)]
    return np.asarray(ahead / np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None])


def left_of(heading: Floats) -> Floats:
    """Return the unit vectors to the left of headings."""
    return np.column_stack((-heading[:, 1], heading[:, 0]))


def track(run: Floats, p: Parameters) -> Track:
    """Return a run ready to be compared."""
    half_m = p.shape_step_m / 2
    xy = calmed(run, half_m, half_m)
    return Track(xy, headings(xy, 6), cKDTree(xy))


def bent(line: Floats, run: Track, p: Parameters) -> tuple[Floats, Mask]:
    """Return the move (n, 2) of each point of a line onto a run, and where the run passed beside it."""
    heading = headings(line, 2)
    left = left_of(heading)
    far_m, nearest = run.tree.query(line, distance_upper_bound=p.vote_m)
    inside = np.isfinite(far_m) & (nearest > 0) & (nearest < len(run.xy) - 1)
    nearest = np.where(inside, nearest, 0)
    beside: Mask = inside & (np.sum(run.heading[nearest] * heading, axis=1) > np.cos(np.radians(p.vote_angle_deg)))
    aside = np.sum((run.xy[nearest] - line) * left, axis=1)
    pull = np.where(beside[:, None, None], left[:, :, None] * left[:, None, :], 0.0)
    towards = np.where(beside[:, None], left * aside[:, None], 0.0)
    for end in (0, -1):
        # Ends within one terminal are the same place: here a run says where along as well.
        apart = run.xy[end] - line[end]
        if np.hypot(*apart) <= p.terminal_join_m:
            pull[end] += p.end_pull * np.eye(2)
            towards[end] += p.end_pull * apart
            beside[end] = True
    return _field(pull, towards, p.stiffness), beside


def _field(pull: Floats, towards: Floats, stiffness: float) -> Floats:
    """Solve for the field e that minimises e'·pull·e − 2 e'·towards + stiffness · |e(i+1) − e(i)|² over all points."""
    n = len(pull)
    held = np.full(n, 2.0 * stiffness + 1e-6)
    held[[0, -1]] -= stiffness
    bands = np.zeros((3, 2 * n))
    bands[2, 0::2] = pull[:, 0, 0] + held
    bands[2, 1::2] = pull[:, 1, 1] + held
    bands[1, 1::2] = pull[:, 0, 1]
    bands[0, 2:] = -stiffness
    return np.asarray(solveh_banded(bands, towards.ravel())).reshape(n, 2)


def middle(moves: Floats, beside: Mask, p: Parameters, votes: Floats | None = None) -> Middle:
    """Return the robust middle of the moves (runs, n, 2) of a line onto its runs, where each passed ``beside``.

    Each run weighs as its ``votes`` (runs) say, all the same without them.

    Tukey's biweight, begun from the median: a run clearly elsewhere does not pull. The error of one run is what the
    runs show nearby, and ``run_error_m`` as if ``run_error_runs`` more had shown that: two alone say little of it.
    """
    runs = np.sum(beside, axis=0).astype(np.float64)
    said = np.where(beside[:, :, None], moves, np.nan)
    said[:, runs == 0] = 0.0
    at = np.nanmedian(said, axis=0)
    # The median length of a vector of two normal errors is 1.177 times their deviation.
    shown = np.nanmedian(np.hypot(*(said - at).transpose(2, 0, 1)), axis=0) / 1.177
    near = max(3, int(p.smooth_m / p.shape_step_m) | 1)
    several = runs > 1
    squares = uniform_filter1d(np.where(several, shown**2 * runs, 0.0), near, mode="nearest")
    freedom = uniform_filter1d(np.where(several, runs - 1.0, 0.0), near, mode="nearest")
    error_m = np.sqrt((squares + p.run_error_runs * p.run_error_m**2) / (freedom + p.run_error_runs))
    for _ in range(_ROBUST_ROUNDS):
        off = np.hypot(*(said - at).transpose(2, 0, 1)) / error_m
        heed = np.where(np.isnan(off), 0.0, np.maximum(0.0, 1.0 - (off / p.outlier_errors) ** 2) ** 2)
        weight = heed if votes is None else heed * votes[:, None]
        heard = weight.sum(axis=0)[:, None]
        mean = np.sum(weight[:, :, None] * np.nan_to_num(said), axis=0) / np.maximum(heard, 1e-9)
        at = np.where(heard > 0, mean, at)
    return Middle(_bridged(at, runs > 0), error_m, runs)


def _bridged(move: Floats, known: Mask) -> Floats:
    """Fill in the move where no run spoke from what is known before and after."""
    if known.all() or not known.any():
        return move
    at = np.arange(len(move))
    return np.column_stack([np.interp(at, at[known], move[known, axis]) for axis in (0, 1)])


def steady(line: Floats, weight: Floats, turn_cost: float) -> Floats:
    """Return the line near ``line`` that turns least in total: corners stay, wiggles go, the ends hold as weighted.

    Minimises half the weighted squared distance (weight in 1/m², one per point) plus ``turn_cost`` for each radian
    of turning, by iteratively reweighted least squares on second differences (ℓ1 trend filtering, Kim et al. 2009).
    """
    n, step_m = len(line), float(along_m(line)[-1]) / max(1, len(line) - 1)
    if n < 3 or step_m <= 0:
        return line
    found = line
    for _ in range(_STEADY_ROUNDS):
        turn = np.diff(found, 2, axis=0)
        cost = turn_cost / step_m / np.maximum(np.hypot(turn[:, 0], turn[:, 1]), _CLOSE_M)
        bands = np.zeros((3, n))
        bands[2] = weight
        bands[2, :-2] += cost
        bands[2, 1:-1] += 4 * cost
        bands[2, 2:] += cost
        bands[1, 1:-1] -= 2 * cost
        bands[1, 2:] -= 2 * cost
        bands[0, 2:] += cost
        found = np.asarray(solveh_banded(bands, weight[:, None] * line))
    return found
