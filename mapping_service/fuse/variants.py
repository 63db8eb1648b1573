"""Why a way is kept beside the main way of its direction: where the two part, and how much they share. Pure.

Both lines become points at equal steps, and the longest common subsequence of them, in which two points are equal
where they lie on one street in one direction, is what the two ways share in order of riding (Hunt & Szymanski 1977:
the longest increasing sequence of equal pairs). What it leaves out between two shared parts is a difference, as in
``diff``; so a street that a way takes twice, or there and back, is told apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.fuse.bend import headings
from mapping_service.geo import along_m, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Notice

_HEADING_SPAN = 2


@dataclass(frozen=True)
class NamedLine:
    """A way in metres, (n, 2), and its named stops: how far along it each lies, and its name."""

    shape: Floats
    stops: Sequence[tuple[float, str]]


@dataclass(frozen=True)
class _Gap:
    """A part of a way that is not on the main way, and the part of the main way that it stands for, in metres along
    each. ``first`` and ``last`` say that nothing shared comes before or after it."""

    own_m: tuple[float, float]
    main_m: tuple[float, float]
    first: bool
    last: bool

    @property
    def own_length_m(self) -> float:
        return self.own_m[1] - self.own_m[0]

    @property
    def length_m(self) -> float:
        return max(self.own_length_m, self.main_m[1] - self.main_m[0])


def variant_reason(own: NamedLine, main: NamedLine, runs: int, of: int, p: Parameters) -> Notice:
    """Return what sets a way apart from the main way, which ``runs`` of the ``of`` rides in its direction took.

    The code is that of the greatest difference: ``variant_branch`` leaves the main way and does not come back,
    ``variant_short_turn`` ends on it before its end, ``variant_detour`` leaves and rejoins it,
    ``variant_starts_elsewhere`` joins it from elsewhere, ``variant_starts_later`` begins on it after its beginning,
    ``variant_alike`` differs in nothing longer than ``p.variant_apart_m`` and ``variant_apart`` shares nothing.

    ``details`` holds the ``share`` (0–1) of the way that lies along the main way, ``runs``, ``of``, and
    ``differences``, the greatest first, each with its ``code``, the place on the main way as metres along it, ``at_m``,
    and as the name of a stop near by, ``at`` (``None`` where none is named), for a detour also that where it rejoins.
    """
    gaps = _gaps(own.shape, main.shape, p)
    length_m = float(along_m(own.shape)[-1])
    share = 1 - sum(gap.own_length_m for gap in gaps) / length_m
    told = [_told(gap, own, main, p) for gap in gaps if not (gap.first and gap.last)]
    code = str(told[0]["code"]) if told else "variant_apart" if gaps else "variant_alike"
    details = {"share": round(min(1.0, max(0.0, share)), 3), "runs": runs, "of": of, "differences": told}
    return Notice(code, details)


def _gaps(own: Floats, main: Floats, p: Parameters) -> list[_Gap]:
    """Return where two ways differ for longer than ``p.variant_apart_m``, the longest difference first."""
    points, others = resample(own, p.shape_step_m), resample(main, p.shape_step_m)
    shared = _shared(points, others, p)
    steps = np.array([len(points) - 1, len(others) - 1])
    length_m = np.array([along_m(own)[-1], along_m(main)[-1]])
    bounds = np.vstack((np.zeros((1, 2)), shared / steps * length_m, length_m))
    wide = np.flatnonzero((np.diff(bounds, axis=0) > p.variant_apart_m).any(axis=1)).tolist()
    joined: list[tuple[int, int]] = []
    for k in wide:
        # Two ways that touch on a crossing have not met again.
        if joined and bounds[k, 0] - bounds[joined[-1][1], 0] < p.variant_apart_m:
            joined[-1] = joined[-1][0], k + 1
        else:
            joined.append((k, k + 1))
    found = [_gap(bounds, a, b) for a, b in joined]
    return sorted(found, key=lambda gap: (-round(gap.length_m, 3), gap.own_m))


def _gap(bounds: Floats, a: int, b: int) -> _Gap:
    (own_from, main_from), (own_to, main_to) = bounds[a].tolist(), bounds[b].tolist()
    return _Gap((own_from, own_to), (main_from, main_to), a == 0, b == len(bounds) - 1)


def _shared(points: Floats, others: Floats, p: Parameters) -> Ints:
    """Return the pairs (own, main) of points that two ways share in order of riding, (n, 2)."""
    near = cKDTree(others).query_ball_point(points, p.stop_side_m)
    own = np.repeat(np.arange(len(points)), [len(found) for found in near])
    main = np.array([j for found in near for j in found], dtype=np.int64)
    ahead, main_ahead = headings(points, _HEADING_SPAN)[own], headings(others, _HEADING_SPAN)[main]
    alike = np.flatnonzero(np.sum(ahead * main_ahead, axis=1) >= np.cos(np.radians(p.common_angle_deg)))
    # Backwards for each point of its own, so that none is taken twice.
    alike = alike[np.lexsort((-main[alike], own[alike]))]
    tails: list[int] = []  # of the best sequence of each length, its last point on the main way
    ends: list[int] = []  # and the pair that it ends with
    pairs: list[tuple[int, int, int]] = []  # own, main, the pair before
    for i, j in zip(own[alike].tolist(), main[alike].tolist(), strict=True):
        k = bisect_left(tails, j)
        pairs.append((i, j, ends[k - 1] if k else -1))
        tails[k:k + 1], ends[k:k + 1] = [j], [len(pairs) - 1]
    chain, at = [], ends[-1] if ends else -1
    while at >= 0:
        i, j, at = pairs[at]
        chain.append((i, j))
    return np.array(chain[::-1], dtype=np.int64).reshape(-1, 2)


def _told(gap: _Gap, own: NamedLine, main: NamedLine, p: Parameters) -> Mapping[str, Any]:
    leaves = {"at": _name(gap.own_m[0], gap.main_m[0], own, main, p), "at_m": round(gap.main_m[0], 1)}
    rejoins = {"at": _name(gap.own_m[1], gap.main_m[1], own, main, p), "at_m": round(gap.main_m[1], 1)}
    elsewhere = gap.own_length_m > p.variant_apart_m
    if gap.first:
        return {"code": "variant_starts_elsewhere" if elsewhere else "variant_starts_later", **rejoins}
    if gap.last:
        return {"code": "variant_branch" if elsewhere else "variant_short_turn", **leaves}
    return {"code": "variant_detour", **leaves, "rejoins": rejoins["at"], "rejoins_m": rejoins["at_m"]}


def _name(own_m: float, main_m: float, own: NamedLine, main: NamedLine, p: Parameters) -> str | None:
    """Return the name of the nearest stop of either way that lies near a place on both; ``None`` without one."""
    away = [(round(abs(dist_m - at_m), 1), name)
            for line, at_m in ((own, own_m), (main, main_m)) for dist_m, name in line.stops]
    far_m, name = min(away, default=(np.inf, ""))
    return name if far_m <= p.variant_named_m else None
