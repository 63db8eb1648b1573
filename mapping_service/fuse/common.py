"""Lines that share a street are drawn along one line of it. Pure.

Each line was made from its own runs. Where several lines follow one street in one direction, all their runs together
know better where it is: each line moves sideways to the mean of them, weighted by runs and less the farther they are
(mean shift). And vehicles keep to one side: where the two directions of a street run as near as the two lanes of one
roadway, both move to the middle between them, which is where maps draw a street. Roadways apart, as on both sides of
a median strip, stay apart.

The lines are first gathered into small cells, so that a street with two hundred lines costs no more than one with ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.spatial import cKDTree
from shapely import LineString

from mapping_service.fuse.bend import headings, left_of
from mapping_service.geo import resample
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

_HEADING_SPAN = 3
_SECTORS = 16  # of the compass: lines that cross must not be gathered into one cell
_NEIGHBOURS = 24  # cells of one step each within reach of a point, both directions
_GRID_WIDTH = 1 << 20  # columns of the grid for each row of it: wider than any city in cells


@dataclass(frozen=True)
class _Traffic:
    """All lines gathered by place and heading: mean positions and headings, the runs behind them, and their index."""

    xy: Floats
    heading: Floats
    runs: Floats
    tree: cKDTree


def on_common_streets(
    shapes: Sequence[Floats], runs: Sequence[int], laid: Sequence[bool], p: Parameters
) -> list[Floats]:
    """Return the shapes (metres), each moved sideways to the middle of its street.

    ``runs`` says on how many runs each rests. One that was ``laid`` on streets of a map draws others, and stays.
    """
    lines = [resample(shape, p.shape_step_m) for shape in shapes]
    if len(lines) < 2:
        return list(shapes)
    traffic = _gathered(lines, runs, p)
    return [
        shape if stays else _moved(line, traffic, p) for shape, line, stays in zip(shapes, lines, laid, strict=True)
    ]


def _gathered(lines: Sequence[Floats], runs: Sequence[int], p: Parameters) -> _Traffic:
    xy = np.concatenate(lines)
    heading = np.concatenate([headings(line, _HEADING_SPAN) for line in lines])
    weight = np.repeat(np.asarray(runs, dtype=np.float64), [len(line) for line in lines])
    sector = np.floor(np.arctan2(heading[:, 1], heading[:, 0]) / (2 * np.pi) * _SECTORS).astype(np.int64) % _SECTORS
    column, row = np.floor(xy / p.shape_step_m).astype(np.int64).T
    key = (column * _GRID_WIDTH + row) * _SECTORS + sector
    order = np.lexsort((weight, xy[:, 1], xy[:, 0], key))  # sums must not depend on the order of the lines
    _, first = np.unique(key[order], return_index=True)
    sums = np.add.reduceat((np.column_stack((xy, heading, np.ones(len(xy)))) * weight[:, None])[order], first)
    mean = sums[:, :4] / sums[:, 4:]
    return _Traffic(mean[:, :2], mean[:, 2:], sums[:, 4], cKDTree(mean[:, :2]))


def _moved(line: Floats, traffic: _Traffic, p: Parameters) -> Floats:
    heading = headings(line, _HEADING_SPAN)
    left = left_of(heading)
    middle, other = _beside(line, heading, left, traffic, p)
    apart = other - middle
    known = np.flatnonzero(np.isfinite(apart))
    if len(known):
        # Whether a street is divided does not change from point to point.
        all_along = np.interp(np.arange(len(line)), known, apart[known])
        lasting = median_filter(all_along, _odd(p.divided_along_m, p), mode="nearest")
        one_roadway = np.isfinite(apart) & (np.maximum(np.abs(lasting), np.abs(apart)) <= p.divided_m)
        middle = np.where(one_roadway, middle + apart / 2, middle)
    # A median first: where a line joins or leaves the street, the move must not make a step.
    width = _odd(p.smooth_m, p)
    calm = uniform_filter1d(median_filter(middle, width, mode="nearest"), width, mode="nearest")
    moved = LineString(line + left * calm[:, None]).simplify(p.simplify_m)
    return np.asarray(moved.coords)[:, :2]


def _odd(length_m: float, p: Parameters) -> int:
    return max(3, int(length_m / p.shape_step_m) | 1)


def _beside(line: Floats, heading: Floats, left: Floats, traffic: _Traffic, p: Parameters) -> tuple[Floats, Floats]:
    """Return how far left of each point the traffic in its direction is, and that in the other (NaN for none)."""
    far_m, cell = traffic.tree.query(line, k=_NEIGHBOURS, distance_upper_bound=p.carriageways_m)
    found = np.isfinite(far_m)
    cell = np.where(found, cell, 0)
    away = traffic.xy[cell] - line[:, None]
    ahead_m = np.sum(away * heading[:, None], axis=2)
    along = np.sum(traffic.heading[cell] * heading[:, None], axis=2)
    across = np.sum(traffic.heading[cell] * left[:, None], axis=2)
    parallel = found & (np.abs(ahead_m) <= 1.5 * p.shape_step_m) & (np.abs(across) < np.abs(along) * np.tan(
        np.radians(p.common_angle_deg)))
    # Where that traffic crosses the normal of this line.
    aside_m = np.sum(away * left[:, None], axis=2) - ahead_m * across / np.where(parallel, along, 1.0)
    runs = traffic.runs[cell]
    near = np.where(parallel & (along > 0), np.maximum(0.0, 1.0 - (aside_m / p.common_m) ** 2), 0.0)
    return _mean(aside_m, runs * near), _median(aside_m, np.where(parallel & (along < 0), runs, 0.0))


def _mean(values: Floats, weights: Floats) -> Floats:
    """Return the weighted mean of each row; 0 where nothing weighs."""
    return np.asarray(np.sum(values * weights, axis=1) / np.maximum(weights.sum(axis=1), 1e-9))


def _median(values: Floats, weights: Floats) -> Floats:
    """Return the weighted median of each row; NaN where nothing weighs."""
    order = np.argsort(values, axis=1, kind="stable")
    values, weights = (np.take_along_axis(one, order, axis=1) for one in (values, weights))
    half = np.cumsum(weights, axis=1)
    at = np.argmax(half >= half[:, -1:] / 2, axis=1)
    return np.where(half[:, -1] > 0, values[np.arange(len(values)), at], np.nan)
