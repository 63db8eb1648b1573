"""The line that never falls and lies nearest to weighted points in the sum of absolute distances. Pure.

Pool adjacent violators with weighted medians, exact for this norm (Robertson, Wright & Dykstra 1988, Order Restricted
Statistical Inference, section 1.2). Absolute distances, since a bad report should cost no more than it is off.
"""

from __future__ import annotations

import numpy as np

from mapping_service.records import Floats, Ints


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value with half the weight on each side; the middle between two where each could be it."""
    order = np.argsort(values, kind="stable")
    heavy = np.cumsum(weights[order])
    half = heavy[-1] / 2.0
    low = int(np.searchsorted(heavy, half * (1.0 - 1e-9)))
    high = min(int(np.searchsorted(heavy, half * (1.0 + 1e-9))), len(values) - 1)
    return float(values[order[low]] + values[order[high]]) / 2.0


def isotonic(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return where levels begin, along ``x``, and the levels, which rise.

    A level begins half way between the last ``x`` of the level below and its own first; the first at -infinity.
    """
    order = np.lexsort((y, x))
    cuts = np.flatnonzero(np.diff(x[order]) > 0) + 1
    blocks: list[tuple[int, int]] = []
    levels: list[float] = []
    for start, end in zip((0, *cuts.tolist()), (*cuts.tolist(), len(x)), strict=True):
        blocks.append((start, end))
        levels.append(_level(y, weights, order[start:end]))
        while len(blocks) > 1 and levels[-2] >= levels[-1]:
            (first, _), (_, last) = blocks.pop(-2), blocks.pop()
            del levels[-2:]
            blocks.append((first, last))
            levels.append(_level(y, weights, order[first:last]))
    along = x[order]
    begins = [-np.inf, *((along[start - 1] + along[start]) / 2.0 for start, _ in blocks[1:])]
    return np.array(begins), np.array(levels)


def _level(y: Floats, weights: Floats, rows: Ints) -> float:
    return weighted_median(y[rows], weights[rows])


def level_at(begins: Floats, levels: Floats, x: Floats) -> Floats:
    """Return the level at each ``x``."""
    return np.asarray(levels[np.searchsorted(begins, x, side="right") - 1])
