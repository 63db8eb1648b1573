"""Wild positions put into invented rides: how many of them cleaning drops, and how many good ones with them.

    python -m tests.benchmarks.cleaning [--tuning] [--rides 30]

Rides on the street graph of Chicago (``tests/benchmarks/chicago.py``), every 1, 2, 5 and 10 s, positions off by 8 m on
each axis and three times as far in 15 % of all squares of 100 m; errors last 15 s and grow and fade as slowly. About
one position in a hundred is thrown off, alone or with up to nine after it, in any direction by 100–300 m, 300–2,000 m
or 2–20 km. Counted between the first and the last position that each method keeps. Compared: dropping whatever cannot
be reached from the last kept position at 40 m/s (one pass forward); our cleaning. What could be a vehicle's own way,
as 200 m in ten seconds, cannot be told without streets. ``--tuning`` takes the seed on which settings were tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.simulator.phone import correlated
from mapping_service.clean.clean import clean
from mapping_service.geo import to_lon_lat
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes, Floats, Ints
from mapping_service.street_records import Streets
from tests.benchmarks import chicago
from tests.benchmarks.report import write_table

SRID = 32616
TUNING_SEED, TABLE_SEED = 5, 77
INTERVALS_S = (1.0, 2.0, 5.0, 10.0)
THROWS_M = ((100.0, 300.0), (300.0, 2000.0), (2000.0, 20000.0))
SHARE = 0.01
P = Parameters()
Kept = NDArray[np.bool_]
Method = Callable[[Floats, Floats], Kept]


def main() -> None:
    """Clean every ride with each method, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=chicago.MAP)
    arguments.add_argument("--rides", type=int, default=30)
    arguments.add_argument("--tuning", action="store_true")
    options = arguments.parse_args()
    seed = TUNING_SEED if options.tuning else TABLE_SEED
    streets = chicago.load_streets(options.data)
    rows: list[tuple[object, ...]] = []
    for every_s in INTERVALS_S:
        for low_m, high_m in THROWS_M:
            rng = np.random.default_rng(seed)
            edges = chicago.routes(streets, options.rides, rng)
            trips = [ride(streets, one, every_s, rng) for one in edges]
            thrown = [throw(xy, low_m, high_m, rng) for _, xy in trips]
            for name, method in METHODS.items():
                kept = [method(t_s, xy) for (t_s, _), (xy, _) in zip(trips, thrown, strict=True)]
                told = figures(kept, [wild for _, wild in thrown])
                rows.append((f"{every_s:.0f} s", f"{low_m:.0f}–{high_m:.0f} m", name, *told))
    head = ("every", "thrown", "method", "positions", "wild", "found", "good ones lost")
    title = f"Wild positions: {options.rides} rides, seed {seed}"
    write_table(f"cleaning{'-tuning' if options.tuning else ''}", title, head, rows)


def ride(streets: Streets, edges: Ints, every_s: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return times and positions of one ride as a phone records it."""
    trip = chicago.ride(streets, edges, rng, 0.0, 1.0)
    column, row = np.floor(trip.xy / 100.0).astype(np.int64).T
    rough = (column * 73856093 ^ row * 19349663) % 100 < 15
    xy = trip.xy + correlated(np.where(rough, 24.0, 8.0), 15.0, rng)
    return trip.t_s[:: int(every_s)], xy[:: int(every_s)]


def throw(xy: Floats, low_m: float, high_m: float, rng: np.random.Generator) -> tuple[Floats, Kept]:
    """Return a ride's positions with some thrown off together, and which."""
    thrown, wild = xy.copy(), np.zeros(len(xy), dtype=bool)
    for start in np.flatnonzero(rng.random(len(xy)) < SHARE / 2).tolist():
        end = start + (1 if rng.random() < 0.7 else int(rng.integers(2, 11)))
        angle, far_m = rng.uniform(0, 2 * np.pi), rng.uniform(low_m, high_m)
        thrown[start:end] = xy[start:end] + far_m * np.array([np.cos(angle), np.sin(angle)])
        wild[start:end] = True
    return thrown, wild


def figures(kept: list[Kept], wild: list[Kept]) -> tuple[int, int, float, float]:
    """Return how many positions were judged, how many of them wild, the share found, and of good ones lost."""
    inside = [np.arange(len(k))[slice(np.argmax(k), len(k) - np.argmax(k[::-1]))] for k in kept]
    keep = np.concatenate([k[i] for k, i in zip(kept, inside, strict=True)])
    bad = np.concatenate([w[i] for w, i in zip(wild, inside, strict=True)])
    return len(keep), int(bad.sum()), float(np.mean(~keep[bad])), float(np.mean(~keep[~bad]))


def by_speed(t_s: Floats, xy: Floats) -> Kept:
    """Keep what can be reached from the last kept position."""
    kept = np.zeros(len(t_s), dtype=bool)
    last = 0
    kept[0] = True
    for i in range(1, len(t_s)):
        if np.hypot(*(xy[i] - xy[last])) <= 40.0 * (t_s[i] - t_s[last]):
            kept[i], last = True, i
    return kept


def ours(t_s: Floats, xy: Floats) -> Kept:
    """Keep what cleaning keeps."""
    lon, lat = to_lon_lat(xy, SRID).T
    none = np.full(len(lon), np.nan)
    runs = clean(Fixes(t_s + 1.7e9, lon, lat, none, none, none, np.array([0])), SRID, P)
    return np.isin(t_s + 1.7e9, np.concatenate([run.t_s for run in runs]))


METHODS: dict[str, Method] = {"reachable at 40 m/s": by_speed, "ours": ours}

if __name__ == "__main__":
    main()
