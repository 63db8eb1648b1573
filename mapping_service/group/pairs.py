"""Which two groups are the two directions of one route. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from mapping_service.group.line import Line
from mapping_service.parameters import Parameters


def pair(
    ways: Sequence[Sequence[int]], lines: Sequence[Line], back: sparse.csr_array, p: Parameters
) -> tuple[tuple[int, int], ...]:
    """Match each group with the way back that runs beside it most, one to one, best first.

    ``ways`` are the runs of the most ridden way of each group; ``back`` the shares as in ``Near``.
    """
    names = [min(lines[i].digest for i in way) for way in ways]
    fits = [
        (-share, sorted((names[a], names[b])), a, b)
        for a, b in _meeting(ways, back)
        if (share := way_back_share(ways[a], ways[b], lines, back, p)) >= p.reverse_share
    ]
    taken: set[int] = set()
    pairs = []
    for _, _, a, b in sorted(fits):
        if not taken & {a, b}:
            taken |= {a, b}
            pairs.append((a, b))
    return tuple(sorted(pairs))


def _meeting(ways: Sequence[Sequence[int]], back: sparse.csr_array) -> list[tuple[int, int]]:
    """Return the groups, the first before the second, of which any run goes back along any of the other."""
    of_run = np.full(back.shape[0], -1)
    for g, way in enumerate(ways):
        of_run[list(way)] = g
    met = back.tocoo()
    a, b = of_run[met.row], of_run[met.col]
    kept = (a >= 0) & (b > a)
    return [(int(x), int(y)) for x, y in np.unique(np.column_stack((a[kept], b[kept])), axis=0)]


def way_back_share(
    out: Sequence[int], home: Sequence[int], lines: Sequence[Line], back: sparse.csr_array, p: Parameters
) -> float:
    """Return how much two groups run beside each other in opposite directions, less where their ends do not meet."""
    there, again = (back[list(a)][:, list(b)].toarray() for a, b in ((out, home), (home, out)))
    share = float(np.median(np.minimum(there, again.T)))
    if share < p.reverse_share:
        return 0.0
    ends = (np.median([(lines[i].start, lines[i].end) for i in way], axis=0) for way in (out, home))
    (a_start, a_end), (b_start, b_end) = ends
    apart_m = max(np.hypot(*(a_start - b_end)), np.hypot(*(a_end - b_start)))
    far_m = p.far_end_share * float(np.median([lines[i].length_m for i in (*out, *home)]))
    return share - p.far_end_penalty * min(1.0, float(apart_m) / far_m)
