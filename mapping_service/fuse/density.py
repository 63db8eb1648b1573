"""Places along a line at which calls are dense. Pure.

A kernel density (Gaussian) over the distances along the line of all calls has a peak wherever vehicles halt more than
beside it. A call belongs to the nearest peak.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

_GRID_M = 2.0


def dense_places(at_m: Floats, weight: Floats, p: Parameters) -> tuple[Floats, Ints]:
    """Return the peaks (metres along, in order), and for each call the peak to which it belongs.

    Peaks are at least ``p.stop_apart_m`` from each other: the higher one stays. The place of a peak is the weighted
    median of its calls.
    """
    if not len(at_m):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    low = float(at_m.min()) - 4 * p.halt_spread_m
    cells = np.round((at_m - low) / _GRID_M).astype(np.int64)
    raw = np.bincount(cells, weight, minlength=int(cells.max()) + int(4 * p.halt_spread_m / _GRID_M) + 1)
    density = gaussian_filter1d(raw, p.halt_spread_m / _GRID_M, mode="constant")
    tops = np.flatnonzero((density > 0) & (density >= np.r_[0, density[:-1]]) & (density > np.r_[density[1:], 0]))
    kept: list[int] = []
    for top in sorted(tops.tolist(), key=lambda i: (-density[i], i)):
        if all(abs(top - other) * _GRID_M >= p.stop_apart_m for other in kept):
            kept.append(top)
    peaks = low + np.sort(np.array(kept)) * _GRID_M
    return _settled(peaks, at_m, weight)


def _settled(peaks: Floats, at_m: Floats, weight: Floats) -> tuple[Floats, Ints]:
    """Give each call to its nearest peak, and put the peaks amid their calls; peaks without a call go."""
    borders = (peaks[1:] + peaks[:-1]) / 2
    owner = np.searchsorted(borders, at_m)
    used, owner = np.unique(owner, return_inverse=True)
    middle = np.array([weighted_median(at_m[owner == k], weight[owner == k]) for k in range(len(used))])
    return middle, owner.astype(np.int64)


def weighted_median(values: Floats, weight: Floats) -> float:
    """Return the value below and above which half of the weight lies; amid two where it lies between them."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    half = total[-1] / 2
    low, high = np.searchsorted(total, half), np.searchsorted(total, half, side="right")
    return float(values[order][low] + values[order][min(high, len(values) - 1)]) / 2
