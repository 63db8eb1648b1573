"""One line from the runs of one way, without a street network. Pure; works from one run on.

The run that agrees best with the others is the base. Standing is taken out of it, so that a wandering position draws
no tangle, and its jitter is smoothed. Every other run that goes beside it says how far to the left or right of the
base it was; the median of these offsets, the base's own zero among them, moves the base sideways. A run votes only
where it ran, and a detour farther away than ``vote_m`` does not pull. Medians keep one bad run from bending the line;
a second round starts from the first one's result.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter, uniform_filter1d
from scipy.spatial import cKDTree
from shapely import LineString

from mapping_service.geo import along_m, points_at, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

ROUNDS = 2


def without_standing(t_s: Floats, xy: Floats, dwell_start_s: Floats, dwell_end_s: Floats) -> Floats:
    """Return the positions of a run with each halt reduced to one point, its median; its two ends stay."""
    points, at = [xy[:1]], 1
    for start, end in zip(dwell_start_s, dwell_end_s, strict=True):
        a, b = int(np.searchsorted(t_s, start)), int(np.searchsorted(t_s, end, side="right"))
        points.append(xy[at:a])
        points.append(np.median(xy[a:b], axis=0, keepdims=True))
        at = max(at, b)
    points.append(xy[at:] if at < len(xy) else xy[-1:])
    return np.concatenate(points)


def fuse_shape(base: Floats, others: Sequence[Floats], p: Parameters) -> Floats:
    """Return the shape in metres: ``base`` moved to the middle of ``others``, thinned to ``p.simplify_m``."""
    line = _calmed(resample(base, p.shape_step_m), p)
    for _ in range(ROUNDS if others else 0):
        line = _moved(line, others, p)
    thinned = np.asarray(LineString(line).simplify(p.simplify_m).coords)
    return thinned[:, :2]


def _calmed(line: Floats, p: Parameters) -> Floats:
    """Take the jitter out of one run's line; its ends stay where they are."""
    if not p.calm_m:
        return line
    calm = gaussian_filter1d(line, p.calm_m / p.shape_step_m, axis=0, mode="nearest")
    calm[[0, -1]] = line[[0, -1]]
    return np.asarray(calm)


def _normals(line: Floats) -> Floats:
    """Return the unit vector to the left of the line at each point."""
    ahead = np.gradient(line, axis=0)
    size = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    return np.column_stack((-ahead[:, 1], ahead[:, 0])) / size[:, None]


def _moved(line: Floats, others: Sequence[Floats], p: Parameters) -> Floats:
    normals = _normals(line)
    votes = [np.zeros(len(line)), *(_offsets(line, normals, other, p) for other in others)]
    middle = np.nanmedian(np.array(votes), axis=0)
    width = max(3, int(round(p.smooth_m / p.shape_step_m)) | 1)
    # A median first: where a run joins or leaves the vote, its offset must not make a step.
    calm = uniform_filter1d(median_filter(middle, width, mode="nearest"), width, mode="nearest")
    return resample(line + normals * calm[:, None], p.shape_step_m)


def _offsets(line: Floats, normals: Floats, other: Floats, p: Parameters) -> Floats:
    """Return how far left of each point of ``line`` the other run passed; NaN where it did not pass beside it."""
    samples = resample(other, p.shape_step_m / 2)
    far_m, nearest = cKDTree(samples).query(line, distance_upper_bound=p.vote_m)
    beside = np.isfinite(far_m)
    nearest = np.where(beside, nearest, 0)
    same_way = np.sum(_normals(samples)[nearest] * normals, axis=1) > np.cos(np.radians(p.vote_angle_deg))
    offset = np.sum((samples[nearest] - line) * normals, axis=1)
    return np.where(beside & same_way, offset, np.nan)


def spread_m(shape: Floats, runs: Sequence[Floats], p: Parameters) -> float | None:
    """Return the median distance of the runs from the shape where they pass beside it; ``None`` for one run."""
    if len(runs) < 2:
        return None
    line = resample(shape, p.shape_step_m)
    normals = _normals(line)
    offsets = np.abs(np.array([_offsets(line, normals, run, p) for run in runs]))
    return float(np.nanmedian(offsets)) if np.isfinite(offsets).any() else None


def locate(shape: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Return for each point its distance along the shape and its distance from it, in metres."""
    s = along_m(shape)
    fine = np.unique(np.concatenate((s, np.arange(0.0, s[-1], 5.0))))
    far_m, nearest = cKDTree(points_at(shape, s, fine)).query(points)
    return fine[nearest], np.asarray(far_m)
