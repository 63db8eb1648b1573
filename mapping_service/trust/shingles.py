"""An index of how runs moved, in which a copy is found without comparing all pairs. Pure.

Lines of longitude and latitude every ``LINE_DEG`` cut the city. A shingle says: from this line to the second one after
it took so many seconds, and from there to the fourth so many. Vehicles that drive the same street at another time
rarely agree in both; a copy does so nearly everywhere, whether its times were shifted, its fixes resampled, jittered or
cropped. A copy that runs backwards has the same shingles, and so has one that was moved by less than a street.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints
from mapping_service.trust.trail import Trail

LINE_DEG = 0.001
BIN_S = 2.0
_APART = 2  # lines between the crossings of one shingle
_BINS = 1024
_LINES = 1 << 20


@dataclass(frozen=True)
class Shingles:
    """The shingles of one run in order of time within each direction: ``keys``, when the middle line was crossed
    (epoch seconds), and whether towards higher degrees (``ahead``)."""

    keys: Ints
    at_s: Floats
    ahead: NDArray[np.bool_]


def shingles(run: Trail) -> Shingles:
    """Return the shingles of a run given in degrees (lon, lat)."""
    parts = [part for axis in (0, 1) for part in _of_axis(run, axis)]
    if not parts:
        return Shingles(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=bool))
    return Shingles(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _of_axis(run: Trail, axis: int) -> Iterator[tuple[Ints, Floats, NDArray[np.bool_]]]:
    line, t_s = _crossings(run, axis)
    count = len(line) - 2 * _APART
    if count <= 0:
        return
    steps = np.diff(line)
    for step in (1, -1):
        straight = np.all([steps[k:k + count] == step for k in range(2 * _APART)], axis=0)
        i = np.flatnonzero(straight)
        first, then = t_s[i + _APART] - t_s[i], t_s[i + 2 * _APART] - t_s[i + _APART]
        low, high = (first, then) if step > 0 else (then, first)
        lowest = np.minimum(line[i], line[i + 2 * _APART])
        yield _keys(axis, lowest, low, high), t_s[i + _APART], np.full(len(i), step > 0)


def _crossings(run: Trail, axis: int) -> tuple[Ints, Floats]:
    """Return which lines were crossed, one after the other, and when."""
    at = run.at[:, axis] / LINE_DEG
    cell = np.floor(at).astype(np.int64)
    i = np.flatnonzero(np.diff(cell))
    line = np.maximum(cell[i], cell[i + 1])
    share = (line - at[i]) / (at[i + 1] - at[i])
    return line, run.t_s[i] + share * (run.t_s[i + 1] - run.t_s[i])


def _keys(axis: int, line: Ints, low_s: Floats, high_s: Floats) -> Ints:
    # The first and the last bin stay empty, so that the bin beside any other is one of this line.
    low, high = (np.clip(np.round(s / BIN_S), 1, _BINS - 2).astype(np.int64) for s in (low_s, high_s))
    return np.asarray((((line + _LINES // 2) * 2 + axis) * _BINS + low) * _BINS + high, dtype=np.int64)


_BESIDE = np.array([low * _BINS + high for low, high in product((-1, 0, 1), repeat=2)], dtype=np.int64)


def beside(keys: Ints) -> Ints:
    """Return keys with those next to them: two times that differ by a bin's width may lie on both sides of a border."""
    return np.unique(keys[:, None] + _BESIDE)


def least_votes(count: int, p: Parameters) -> float:
    """Return how many of a run's shingles must agree with an earlier run before it may be a copy of it."""
    return max(p.copy_vote_share * count, min(float(p.copy_votes), count / 4))


@dataclass(frozen=True)
class Alignment:
    """How one run would have to be a copy of another: its time is the other's plus ``shift_s``, or, ``backwards``,
    ``shift_s`` minus the other's. ``at_s`` are the moments of the one at which shingles say so."""

    shift_s: float
    backwards: bool
    at_s: Floats


def alignment(one: Shingles, other: Shingles, p: Parameters) -> Alignment | None:
    """Return the alignment for which most shingles of ``one`` speak; ``None`` where too few do for a copy."""
    near = (one.keys[:, None] + _BESIDE).ravel()
    order = np.argsort(other.keys, kind="stable")
    known = other.keys[order]
    first, last = np.searchsorted(known, near, "left"), np.searchsorted(known, near, "right")
    hits = last - first
    mine = np.repeat(np.repeat(np.arange(len(one.keys)), len(_BESIDE)), hits)
    theirs = order[np.repeat(first - np.cumsum(hits) + hits, hits) + np.arange(len(mine))]
    found = []
    for backwards in (False, True):
        pick = (one.ahead[mine] != other.ahead[theirs]) == backwards
        at_s, other_s = one.at_s[mine[pick]], other.at_s[theirs[pick]]
        if len(at_s):
            found.append(_densest(at_s + other_s if backwards else at_s - other_s, at_s, backwards, p.copy_clock_s))
    best = max(found, key=lambda one: len(one.at_s), default=None)
    return best if best is not None and len(best.at_s) >= least_votes(len(one.keys), p) else None


def _densest(shift_s: Floats, at_s: Floats, backwards: bool, tolerance_s: float) -> Alignment:
    """Return the alignment within ``tolerance_s`` of which most shifts lie."""
    order = np.lexsort((at_s, shift_s))
    shift_s, at_s = shift_s[order], at_s[order]
    end = np.searchsorted(shift_s, shift_s + tolerance_s, "right")
    start = int(np.argmax(end - np.arange(len(shift_s))))
    within = slice(start, int(end[start]))
    return Alignment(float(np.median(shift_s[within])), backwards, np.unique(at_s[within]))
