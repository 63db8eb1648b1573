"""One line from K invented rides without a street network: how far it is from the street that was ridden.

    python -m tests.benchmarks.line_shape [--tuning] [--routes 30]

Routes and rides on the street graph of Chicago (``tests/benchmarks/chicago.py``), positions off by 10 m on each axis
(first order, 15 s), three times as far on 15 % of the streets, every 2 s, cleaned by our own cleaning. Compared: the
ride that agrees best with the others as it is; the point-wise median after banded dynamic time warping (DTW), three
rounds; our former line (that ride moved sideways by the median of the others); ours. Distances are from line to line
at steps of 10 m, both ways, pooled over all routes. ``--tuning`` takes the seed on which settings were tried.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter, uniform_filter1d
from scipy.spatial import cKDTree
from shapely import LineString, distance, points

from mapping_service.clean.clean import clean
from mapping_service.fuse.shape import fuse_shape, without_standing
from mapping_service.geo import resample, to_lon_lat, to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes, Floats, Ints
from mapping_service.street_records import Streets
from tests.benchmarks import chicago
from tests.benchmarks.report import write_table

SRID = 32616
TUNING_SEED, TABLE_SEED = 11, 2024
COUNTS = (1, 2, 4, 8, 16)
P = Parameters()
Method = Callable[[Floats, Sequence[Floats]], Floats]


def main() -> None:
    """Fuse every route from its first K rides with each method, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=chicago.MAP)
    arguments.add_argument("--routes", type=int, default=30)
    arguments.add_argument("--tuning", action="store_true")
    options = arguments.parse_args()
    seed = TUNING_SEED if options.tuning else TABLE_SEED
    cases = make_cases(options.data, options.routes, max(COUNTS), seed)
    rows = [(count, name, *figures(cases, count, method)) for count in COUNTS for name, method in METHODS.items()]
    metres = sum(len(resample(true, 10.0)) for true, _ in cases) / 100
    title = f"One line from K rides without streets: {len(cases)} routes, {metres:.0f} km, seed {seed}"
    head = ("K", "method", "mean, m", "p95, m", "Hausdorff (mean of routes), m", "ms per line")
    write_table(f"line-shape{'-tuning' if options.tuning else ''}", title, head, rows)


Case = tuple[Floats, list[Floats]]


def make_cases(path: Path, routes: int, rides: int, seed: int) -> list[Case]:
    """Return for each route its true line and its rides as fusing gets them."""
    streets = chicago.load_streets(path)
    rng = np.random.default_rng(seed)
    cases = []
    for edges in chicago.routes(streets, routes, rng):
        parts = [streets.xy[streets.first[e]:streets.first[e + 1]] for e in edges]
        true = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
        cases.append((true, [_ride(streets, edges, rng) for _ in range(rides)]))
    return cases


def _ride(streets: Streets, edges: Ints, rng: np.random.Generator) -> Floats:
    trip = chicago.ride(streets, edges, rng, 10.0, 2.0, canyon=0.15)
    lon, lat = to_lon_lat(trip.xy, SRID).T
    none = np.full(len(lon), np.nan)
    (run,) = clean(Fixes(trip.t_s + 1.7e9, lon, lat, none, none, none, np.array([0])), SRID, P)
    xy = to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], SRID)
    return without_standing(run.t_s, xy, run.dwells.start_s, run.dwells.end_s)


def figures(cases: Sequence[Case], count: int, method: Method) -> tuple[float, ...]:
    """Return mean, 95th percentile, mean Hausdorff distance (metres) and milliseconds for each line."""
    pooled, worst, spent = [], [], 0.0
    for true, runs in cases:
        base = most_alike(runs[:count])
        others = [run for i, run in enumerate(runs[:count]) if i != base]
        started = time.perf_counter()
        shape = method(runs[base], others)
        spent += time.perf_counter() - started
        apart = np.concatenate((_away_m(shape, true), _away_m(true, shape)))
        pooled.append(apart)
        worst.append(float(apart.max()))
    every = np.concatenate(pooled)
    return float(every.mean()), float(np.percentile(every, 95)), float(np.mean(worst)), 1000 * spent / len(cases)


def most_alike(runs: Sequence[Floats]) -> int:
    """Return the run that is nearest to the others on the whole."""
    samples = [resample(run, 20.0) for run in runs]
    trees = [cKDTree(one) for one in samples]
    apart = np.array([[tree.query(one)[0].mean() for tree in trees] for one in samples])
    return int(np.argmin((apart + apart.T).sum(axis=1)))


def _away_m(line: Floats, other: Floats) -> Floats:
    return np.asarray(distance(points(resample(line, 10.0)), LineString(other)))


def single(base: Floats, others: Sequence[Floats]) -> Floats:
    """The ride that agrees best with the others, as it was recorded."""
    return base


def warped(base: Floats, others: Sequence[Floats]) -> Floats:
    """The point-wise median of all rides aligned by dynamic time warping within 150 m, steps of 20 m, three rounds."""
    line = resample(base, 20.0)
    runs = [resample(one, 20.0) for one in (base, *others)]
    for _ in range(3):
        votes = np.array([_aligned(line, run) for run in runs])
        line = np.median(votes, axis=0)
    return line


def _aligned(line: Floats, run: Floats) -> Floats:
    """Return for each point of the line the mean of the points of a run that warping puts beside it."""
    apart = np.hypot(*(line[:, None] - run[None]).transpose(2, 0, 1))
    cost = np.where(apart > 150.0, 1e4 + apart, apart)
    total = np.full((len(line) + 1, len(run) + 1), np.inf)
    total[0, 0] = 0.0
    for d in range(2, len(line) + len(run) + 1):  # along one diagonal no cell depends on another
        i = np.arange(max(1, d - len(run)), min(len(line), d - 1) + 1)
        before = np.minimum(np.minimum(total[i - 1, d - i], total[i, d - i - 1]), total[i - 1, d - i - 1])
        total[i, d - i] = cost[i - 1, d - i - 1] + before
    at = (len(line), len(run))
    sums, counts = np.zeros_like(line), np.zeros(len(line))
    while min(at) > 0:
        row, column = at
        sums[row - 1] += run[column - 1]
        counts[row - 1] += 1
        at = min(((row - 1, column - 1), (row - 1, column), (row, column - 1)), key=lambda cell: float(total[cell]))
    return np.asarray(sums / np.maximum(counts, 1)[:, None])


def former(base: Floats, others: Sequence[Floats]) -> Floats:
    """Our first method: the base without its jitter, moved sideways twice by the median offset of the others."""
    line = gaussian_filter1d(resample(base, 10.0), 2.0, axis=0, mode="nearest")
    for _ in range(2 if others else 0):
        normals = _normals(line)
        votes = [np.zeros(len(line)), *(_offsets(line, normals, other) for other in others)]
        calm = median_filter(np.nanmedian(np.array(votes), axis=0), 7, mode="nearest")
        line = resample(line + normals * uniform_filter1d(calm, 7, mode="nearest")[:, None], 10.0)
    return np.asarray(LineString(line).simplify(2.0).coords)


def _normals(line: Floats) -> Floats:
    ahead = np.gradient(line, axis=0)
    size = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    return np.column_stack((-ahead[:, 1], ahead[:, 0])) / size[:, None]


def _offsets(line: Floats, normals: Floats, other: Floats) -> Floats:
    samples = resample(other, 5.0)
    far_m, nearest = cKDTree(samples).query(line, distance_upper_bound=35.0)
    beside = np.isfinite(far_m)
    nearest = np.where(beside, nearest, 0)
    same_way = np.sum(_normals(samples)[nearest] * normals, axis=1) > np.cos(np.radians(45.0))
    return np.where(beside & same_way, np.sum((samples[nearest] - line) * normals, axis=1), np.nan)


def ours(base: Floats, others: Sequence[Floats]) -> Floats:
    """What the service does."""
    return fuse_shape(base, others, P)


METHODS: dict[str, Method] = {
    "one raw ride": single, "DTW median": warped, "former": former, "ours": ours,
}

if __name__ == "__main__":
    main()
