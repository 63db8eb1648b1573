"""The streets of an invented town: main ways bent by chance, and a cellular web of side streets between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import Voronoi, cKDTree

from collectors.simulator.chance import stream
from collectors.simulator.network import along_m, point_at, resampled
from mapping_service.records import Floats

ROUGHNESS = 0.07  # how far a road strays from the straight line at each halving, relative to its length
STRAY_MAX = 0.12  # the most it strays: no hairpins
HALVINGS = 4
BLOCK_M = 170.0  # side of a block between side streets
VERGE_M = 55.0  # half the depth of the plots along a main way
BUILT_M = 900.0  # the town reaches this far from its main ways
DROPPED_SHARE = 0.2  # side streets that were never opened
SMOOTHINGS = 2  # corners are cut this often


def bent(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    """A road between two points (metres): midpoints displaced by chance (Fournier 1982), corners cut (Chaikin)"""
    line = np.array([start, end], dtype=np.float64)
    for _ in range(HALVINGS):
        step = np.diff(line, axis=0)
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        stray = np.clip(rng.normal(0, ROUGHNESS, (len(step), 1)), -STRAY_MAX, STRAY_MAX)
        middle = line[:-1] + step / 2 + normal * stray
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    for _ in range(SMOOTHINGS):
        near, far = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        line = np.concatenate([line[:1], np.column_stack([near, far]).reshape(-1, 2), line[-1:]])
    return line


def beside(line: Floats, offset_m: float) -> Floats:
    """The line (n, 2; metres) shifted to its left; to its right where ``offset_m`` is negative."""
    step = np.gradient(line, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    return np.asarray(line + offset_m * normal, dtype=np.float64)


def side_streets(main: Sequence[Floats], shore: Floats, seed: int) -> list[Floats]:
    """Side streets between the main ways (metres), on the land side of ``shore`` (running south to north).

    They are the borders of Voronoi cells, as unplanned quarters have them. Pairs of seeds that mirror each other across
    the main ways make cells end there, so that side streets meet a main way at a junction.
    """
    rng = stream(seed, "side streets")
    ways = np.concatenate([resampled(line, 10.0) for line in main])
    kerb = np.concatenate([_plots(line, rng) for line in main])
    scattered = _scattered(ways, kerb, rng)
    cells = Voronoi(np.concatenate([kerb, scattered]))
    tree = cKDTree(ways)
    streets = []
    for ridge in cells.ridge_vertices:
        if -1 in ridge:
            continue
        street = cells.vertices[ridge]
        middle = street.mean(axis=0)
        reach = tree.query(np.vstack([street, middle]))[0]
        along = reach[2] < VERGE_M / 2 and reach[:2].max() < VERGE_M / 2
        if not along and reach.max() < BUILT_M and _ashore(street, shore) and rng.random() >= DROPPED_SHARE:
            streets.append(np.asarray(street, dtype=np.float64))
    return streets


def _plots(line: Floats, rng: np.random.Generator) -> Floats:
    length_m = float(along_m(line)[-1])
    at_m = np.arange(BLOCK_M / 2, length_m, BLOCK_M)
    at_m = np.clip(at_m + rng.normal(0, BLOCK_M / 8, len(at_m)), 0, length_m)
    ahead, behind = point_at(line, at_m + 5), point_at(line, at_m - 5)
    step = ahead - behind
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    middle = point_at(line, at_m)
    return np.concatenate([middle + VERGE_M * normal, middle - VERGE_M * normal])


def _scattered(ways: Floats, kerb: Floats, rng: np.random.Generator) -> Floats:
    """Seeds at least most of a block apart, off the plots of the main ways."""
    low, high = ways.min(axis=0) - BUILT_M, ways.max(axis=0) + BUILT_M
    candidates = rng.uniform(low, high, (int(np.prod((high - low) / BLOCK_M) * 3), 2))
    candidates = candidates[cKDTree(ways).query(candidates)[0] > VERGE_M * 2]
    candidates = candidates[cKDTree(kerb).query(candidates)[0] > BLOCK_M * 0.6]
    kept = np.ones(len(candidates), dtype=bool)
    for one, other in sorted(cKDTree(candidates).query_pairs(BLOCK_M * 0.75)):
        kept[other] &= not kept[one]
    return np.asarray(candidates[kept], dtype=np.float64)


def _ashore(points: Floats, shore: Floats) -> bool:
    return bool(np.all(points[:, 0] > np.interp(points[:, 1], shore[:, 1], shore[:, 0])))


def joined(parts: Sequence[Floats]) -> Floats:
    """Roads that follow one another as one line."""
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
