"""How much of each run lies along each other run, in the same direction. Pure; one sparse product for a whole city.

Every run is sampled at equal steps and written as cells of a square grid together with the octant of its heading. A
run covers another where the other's cell, or one of its neighbours in place and heading, is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from scipy import sparse

from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints

OCTANTS = 8
# The heading at a sample is taken over this many samples to each side: at 20 m a step, over 80 m.
_HEADING_SPAN = 2
# Columns of the grid per row of it: wider than any city in cells.
_GRID_WIDTH = 1 << 20


def headings(xy: Floats) -> Floats:
    """Return the heading at each sample in radians, counter-clockwise from east."""
    at = np.arange(len(xy))
    ahead = xy[np.minimum(at + _HEADING_SPAN, len(xy) - 1)] - xy[np.maximum(at - _HEADING_SPAN, 0)]
    return np.asarray(np.arctan2(ahead[:, 1], ahead[:, 0]))


def _cells(xy: Floats, reverse: bool, p: Parameters) -> Ints:
    """Return (n, 3) whole numbers: column, row and octant of each sample, as ridden or as if ridden backwards."""
    heading = headings(xy) + (np.pi if reverse else 0.0)
    octant = np.floor(heading / (2 * np.pi) * OCTANTS).astype(np.int64) % OCTANTS
    return np.column_stack((np.floor(xy / p.cell_m).astype(np.int64), octant))


def _keys(cells: Ints) -> Ints:
    return np.asarray((cells[:, 0] * _GRID_WIDTH + cells[:, 1]) * OCTANTS + cells[:, 2] % OCTANTS)


def _with_neighbours(cells: Ints) -> Ints:
    shifts = np.array(list(product((-1, 0, 1), repeat=3)))
    spread = (cells[:, None, :] + shifts[None, :, :]).reshape(-1, 3)
    return np.unique(_keys(spread))


def coverage(lines: Sequence[Floats], p: Parameters, *, reverse: bool = False) -> Floats:
    """Return the (n, n) share of line i, by length, that lies along line j.

    ``lines`` are samples in metres at steps of ``p.step_m``. With ``reverse``, line i is compared as if it had been
    ridden backwards: a high value says that j is the way back of i.
    """
    own = [_keys(_cells(xy, reverse, p)) for xy in lines]
    wide = [_with_neighbours(_cells(xy, False, p)) for xy in lines]
    columns, index = np.unique(np.concatenate(own + wide), return_inverse=True)
    total_own = sum(len(keys) for keys in own)
    mine = _matrix(own, index[:total_own], len(columns))
    others = _matrix(wide, index[total_own:], len(columns))
    lengths = np.array([len(keys) for keys in own], dtype=np.float64)
    return np.asarray((mine @ others.T).toarray() / lengths[:, None])


def _matrix(keys: Sequence[Ints], index: Ints, width: int) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(keys)), [len(k) for k in keys])
    return sparse.csr_matrix((np.ones(len(index)), (rows, index)), shape=(len(keys), width))
