"""Where a run went, as whole numbers that can be compared, kept and looked up. Pure.

Without streets a run is written as cells of a square grid, each together with the octant of the heading. On matched
streets it is written as the directed edges that it took; what it rode off the streets is cells again. Cells are not
negative, edges are: both stand in one trail, and the same code compares either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from mapping_service.geo import along_m, resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ints, Match

OCTANTS = 8
# The heading at a sample is taken over this many samples to each side: at 20 m a step, over 80 m.
_HEADING_SPAN = 2
# Rows of the grid per column of it: higher than the earth in cells. The middle keeps every cell from being negative.
_GRID_HEIGHT = 1 << 20
_MIDDLE = _GRID_HEIGHT // 2
# A square is so many cells wide: at 25 m a cell, 400 m.
_SQUARE_CELLS = 16
_BESIDE = np.array([column * _GRID_HEIGHT + row for column, row in product((-1, 0, 1), repeat=2)])


@dataclass(frozen=True)
class Trail:
    """The keys of a run in ascending order, each once, and the decimetres that it rode on each.

    Whole numbers, so that sums come out the same in whatever order they are made.
    """

    keys: Ints
    weight_dm: Ints

    @property
    def length_dm(self) -> int:
        """The length of the whole run."""
        return int(self.weight_dm.sum())


def trail_of(xy: Floats, match: Match | None, p: Parameters) -> Trail:
    """Return the trail of a run from its positions in metres, or, where it was matched, from the streets it took."""
    if match is None:
        return _summed([_cells(xy, p)])
    on = match.edge >= 0
    ridden = np.rint((match.to_m - match.from_m)[on] * 10).astype(np.int64)
    return _summed([(-1 - match.edge[on], ridden), *(_cells(line, p) for line in match.off_road)])


def headings(xy: Floats) -> Floats:
    """Return the heading at each sample in radians, counter-clockwise from east."""
    at = np.arange(len(xy))
    ahead = xy[np.minimum(at + _HEADING_SPAN, len(xy) - 1)] - xy[np.maximum(at - _HEADING_SPAN, 0)]
    return np.asarray(np.arctan2(ahead[:, 1], ahead[:, 0]))


def _cells(xy: Floats, p: Parameters) -> tuple[Ints, Ints]:
    samples = resample(xy, p.step_m)
    octant = np.floor(headings(samples) / (2 * np.pi) * OCTANTS).astype(np.int64) % OCTANTS
    place = np.floor(samples / p.cell_m).astype(np.int64) + _MIDDLE
    each_dm = max(1, round(float(along_m(samples)[-1]) * 10 / len(samples)))
    keys = (place[:, 0] * _GRID_HEIGHT + place[:, 1]) * OCTANTS + octant
    return np.asarray(keys), np.full(len(samples), each_dm, dtype=np.int64)


def _summed(pieces: Sequence[tuple[Ints, Ints]]) -> Trail:
    keys, where = np.unique(np.concatenate([k for k, _ in pieces]), return_inverse=True)
    weight_dm = np.zeros(len(keys), dtype=np.int64)
    np.add.at(weight_dm, where, np.concatenate([w for _, w in pieces]))
    return Trail(keys, weight_dm)


def places_of(keys: Ints) -> tuple[Ints, NDArray[np.uint8]]:
    """Return where each key is, and the direction there.

    That is the cell and the octant, or the street, which is negative, and which of its two directions.
    """
    cells, edges = keys >= 0, -1 - keys
    direction = np.where(cells, keys % OCTANTS, edges & 1).astype(np.uint8)
    return np.where(cells, keys // OCTANTS, -1 - (edges >> 1)), direction


def around(place: Ints) -> Ints:
    """Return for each place the nine that count as near it: a cell and its neighbours; a street is near itself alone.

    Positions are off by some metres, and a street may run along the edge of a cell. Shape (n, 9).
    """
    return np.asarray(place[:, None] + np.where(place[:, None] >= 0, _BESIDE, 0))


def squares(trail: Trail) -> Ints:
    """Return the large squares that a trail passes, by which runs that may have much in common are looked up.

    The heading is left out, so that the way back is found as well. A matched street stands for itself.
    """
    place, _ = places_of(trail.keys)
    column, row = np.divmod(place, _GRID_HEIGHT)
    large = (column // _SQUARE_CELLS) * _GRID_HEIGHT + row // _SQUARE_CELLS
    return np.unique(np.where(place >= 0, large, place))
