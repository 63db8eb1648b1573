"""Which of two sets of lines go the same way, so that rides find the pattern that somebody else drew. Pure.

Two lines are one way where nearly all of each lies near the other and heads as it does there. Points every
``STEP_M`` stand for the lines; what is drawn and what is ridden lie apart by lanes and by the errors of phones.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.geo import resample, to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, NetworkDraft

STEP_M = 50.0
Fit = tuple[float, str, str]
"""How badly a new element (second) fits a known one (third): the lower the better."""


def ways_of(draft: NetworkDraft, srid: int) -> dict[str, Floats]:
    """Return the line of each pattern of a draft in metres."""
    return in_metres({one.pattern_id: one.lon_lat for route in draft.routes for one in route.patterns}, srid)


def in_metres(lines: Mapping[str, Floats], srid: int) -> dict[str, Floats]:
    """Return lines of (lon, lat) in metres."""
    return {key: to_metres(line[:, 0], line[:, 1], srid) for key, line in lines.items()}


def same_ways(ours: Mapping[str, Floats], theirs: Mapping[str, Floats], p: Parameters) -> list[Fit]:
    """Return each pair of lines (n, 2; metres) that go the same way, with the share of both that lies apart."""
    if not ours or not theirs:
        return []
    keys = sorted(theirs)
    points, heads, owner = _sampled([theirs[key] for key in keys])
    sizes = np.bincount(owner, minlength=len(keys))
    tree = cKDTree(points)
    found: list[Fit] = []
    for name in sorted(ours):
        mine, my_heads, _ = _sampled([ours[name]])
        near = tree.query_ball_point(mine, p.same_way_m)
        at = np.repeat(np.arange(len(mine)), [len(some) for some in near])
        hit = np.concatenate([np.asarray(some, dtype=np.int64) for some in near])
        alike = np.einsum("ij,ij->i", my_heads[at], heads[hit]) > 0
        at, hit = at[alike], hit[alike]
        pairs = np.unique(owner[hit] * np.int64(len(mine)) + at)
        cover_mine = np.bincount(pairs // len(mine), minlength=len(keys)) / len(mine)
        cover_theirs = np.bincount(owner[np.unique(hit)], minlength=len(keys)) / sizes
        both = np.minimum(cover_mine, cover_theirs)
        found += [(round(1.0 - float(cover_mine[k] * cover_theirs[k]), 6), name, keys[k])
                  for k in np.flatnonzero(both >= p.same_way_share)]
    return found


def _sampled(lines: list[Floats]) -> tuple[Floats, Floats, Ints]:
    """Points along lines, the direction of each, and which line it is of."""
    points = [resample(line, STEP_M) for line in lines]
    heads = [np.gradient(one, axis=0) if len(one) > 1 else np.zeros_like(one) for one in points]
    owner = np.repeat(np.arange(len(points)), [len(one) for one in points])
    return np.concatenate(points), np.concatenate(heads), owner
