"""One line from the runs of one way, without a street network. Pure; works from one run on.

The run that agrees best with the others is the base. Standing is taken out of it, so that a wandering position draws
no tangle, and its jitter is smoothed. Then every run that goes beside the line says how the line must bend to lie on
it; the robust middle of what they say bends the line, and of all lines as near as that the one is taken that turns
least. A run votes only where it ran, and a detour farther away than ``vote_m`` does not pull. Each round starts from
the result of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree
from shapely import LineString

from mapping_service.fuse.bend import Track, bent, calmed, headings, left_of, middle, steady, track
from mapping_service.geo import along_m, points_at, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

ROUNDS = 3


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


def fuse_shape(base: Floats, others: Sequence[Floats], p: Parameters, votes: Floats | None = None) -> Floats:
    """Return the shape in metres: ``base`` bent to the middle of itself and ``others``, thinned to ``p.simplify_m``.

    ``votes`` says how much ``base`` weighs, and then each of the others; all the same without it.
    """
    line = calmed(base, p.shape_step_m, p.calm_m)
    tracks = [track(run, p) for run in (base, *others)] if others else []
    for _ in range(ROUNDS if others else 0):
        line = resample(_settled(line, tracks, p, votes), p.shape_step_m)
    return np.asarray(LineString(line).simplify(p.simplify_m).coords)[:, :2]


def _settled(line: Floats, tracks: Sequence[Track], p: Parameters, votes: Floats | None) -> Floats:
    moves, beside = zip(*(bent(line, run, p) for run in tracks), strict=True)
    found = middle(np.array(moves), np.array(beside), p, votes)
    # Errors wander: points nearer to each other than ``wander_m`` share one. The ends were measured on their own.
    shared = np.full(len(line), max(1.0, p.wander_m / p.shape_step_m))
    shared[[0, -1]] = 1.0
    weight = np.maximum(found.runs, 0.5) / (shared * found.error_m**2)
    return steady(line + found.move, weight, p.turn_cost)


def spread_m(shape: Floats, runs: Sequence[Floats], p: Parameters) -> float | None:
    """Return the median distance of the runs from the shape where they pass beside it; ``None`` for one run."""
    if len(runs) < 2:
        return None
    line = resample(shape, p.shape_step_m)
    left = left_of(headings(line, 1))
    found = [bent(line, track(run, p), p) for run in runs]
    off_m = np.concatenate([np.abs(np.sum(move * left, axis=1))[beside] for move, beside in found])
    return float(np.median(off_m)) if len(off_m) else None


def locate(shape: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Return for each point its distance along the shape and its distance from it, in metres."""
    s = along_m(shape)
    fine = np.unique(np.concatenate((s, np.arange(0.0, s[-1], 5.0))))
    far_m, nearest = cKDTree(points_at(shape, s, fine)).query(points)
    return fine[nearest], np.asarray(far_m)
