"""How well runs are matched to streets whose truth is known: ``python -m tests.benchmarks.matching``.

Streets, routes and rides are those of ``tests.benchmarks.chicago``: 40 routes of 3–9 km, one ride each. The numbers in
``parameters.py`` were chosen on rides of other seeds (100 and 101). RMF is what was wrongly added and wrongly missed,
as a share of the true length, on undirected streets, the first and last left out. fastmm is told the error (twice
sigma, thinned to four sigma: the best setting known for it) or run with its defaults; ours estimates the error itself.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely

from mapping_service.clean.clean import clean
from mapping_service.geo import to_lon_lat, to_metres
from mapping_service.match.index import StreetIndex, index_streets, nearby
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes, Ints
from mapping_service.street_records import Streets
from tests.benchmarks.chicago import MAP, Trip, lengths_m, load_streets, ride, rmf, routes, without
from tests.benchmarks.report import write_table

SEED = 2026
ROUTES = 40
SRID = 32616
# name: sigma in metres, seconds between fixes, share of streets that are canyons
NOISE = {
    "5 m, 2 s": (5.0, 2.0, 0.0),
    "10 m, 2 s": (10.0, 2.0, 0.0),
    "8 m + canyon, 5 s": (8.0, 5.0, 0.15),
    "20 m, 2 s": (20.0, 2.0, 0.0),
    "10 m, 30 s": (10.0, 30.0, 0.0),
}
Engine = Callable[[Trip, float], Ints]


def nearest(index: StreetIndex) -> Engine:
    """The nearest street of every fix, no more."""
    def run(trip: Trip, _: float) -> Ints:
        found = nearby(index, trip.xy, 200.0, 1).street
        return 2 * found[np.concatenate(([True], np.diff(found) != 0))]
    return run


def ours(index: StreetIndex, p: Parameters) -> Engine:
    """What the service does; it is not told the error."""
    def run(trip: Trip, _: float) -> Ints:
        edge = match(trip.t_s, trip.xy, index, p).edge
        return edge[edge >= 0]
    return run


def fastmm(streets: Streets, cache: Path, tuned: bool) -> Engine:
    """fastmm, with the best setting known for it or with its defaults."""
    import fastmm as engine

    network = engine.Network()
    for edge in range(len(streets.tail)):
        line = streets.xy[streets.first[edge]:streets.first[edge + 1]]
        network.add_edge(edge, int(streets.tail[edge]), int(streets.head[edge]), list(map(tuple, line.tolist())), None)
    network.finalize()
    matcher = engine.FastMapMatch(
        network, engine.TransitionMode.SHORTEST, max_distance_between_candidates=1000, cache_dir=str(cache)
    )

    def run(trip: Trip, sigma_m: float, _alive: Any = network) -> Ints:
        xy, setting = trip.xy, {"max_candidates": 8, "candidate_search_radius": 50.0, "gps_error": 50.0}
        if tuned:
            xy = thinned(trip, 4 * sigma_m)
            setting = {"max_candidates": 16, "candidate_search_radius": max(50.0, 6 * sigma_m),
                       "gps_error": 2 * sigma_m, "reverse_tolerance": 20.0}
        result = matcher.match(engine.Trajectory.from_xy_tuples(list(map(tuple, xy.tolist()))), **setting)
        edges = [e.edge_id for part in result.subtrajectories for segment in part.segments for e in segment.edges]
        kept = [e for i, e in enumerate(edges) if i == 0 or e != edges[i - 1]]
        return np.array(kept, dtype=np.int64)
    return run


def thinned(trip: Trip, step_m: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the first position and each that is a step away from the one kept before it."""
    kept = [trip.xy[0]]
    for place in trip.xy[1:]:
        if np.hypot(*(place - kept[-1])) >= step_m:
            kept.append(place)
    return np.array(kept)


def same_direction(truth: Ints, found: Ints) -> float:
    """Return the share of the streets rightly found that were also found in the right direction."""
    right = np.intersect1d(truth // 2, found // 2)
    both = np.isin(right, np.intersect1d(truth, found) // 2)
    return float(both.mean()) if len(right) else float("nan")


def measure(streets: Streets, trips: list[Trip], sigma_m: float, engine: Engine) -> tuple[float, float, float]:
    """Return RMF, the share of streets in the right direction, and fixes per second of one core."""
    engine(trips[0], sigma_m)
    start = time.process_time()
    found = [engine(trip, sigma_m) for trip in trips]
    spent = time.process_time() - start
    mismatch = float(np.mean([rmf(streets, trip.edges, one) for trip, one in zip(trips, found, strict=True)]))
    right = float(np.nanmean([same_direction(trip.edges, one) for trip, one in zip(trips, found, strict=True)]))
    return mismatch, right, sum(len(trip.t_s) for trip in trips) / spent


def clean_and_match_speed(index: StreetIndex, trips: list[Trip], p: Parameters) -> float:
    """Return fixes per second of one core for cleaning and matching together, from degrees on."""
    traces = []
    for trip in trips:
        lon_lat, none = to_lon_lat(trip.xy, SRID), np.full(len(trip.t_s), np.nan)
        traces.append(Fixes(trip.t_s + 1.6e9, lon_lat[:, 0], lon_lat[:, 1], none, none, none, np.zeros(1, np.int64)))
    start = time.process_time()
    for trace in traces:
        for run in clean(trace, SRID, p):
            match(run.t_s, to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], SRID), index, p)
    return sum(len(trace) for trace in traces) / (time.process_time() - start)


def half_the_streets(streets: Streets, sets: dict[str, list[Trip]], p: Parameters, cache: Path) -> list[list[object]]:
    """Match on half of the streets, chosen at random: how much of a run is put where it was not?"""
    length = lengths_m(streets)[::2]
    gone = np.random.default_rng(SEED).permutation(len(length))[: len(length) // 2]
    fewer, old = without(streets, gone)
    engines: dict[str, Engine] = {"ours": ours(index_streets(fewer), p)}
    if importlib.util.find_spec("fastmm"):
        engines["fastmm, told sigma, thinned"] = fastmm(fewer, cache, True)
    rows: list[list[object]] = []
    for name, engine in engines.items():
        for noise, trips in sets.items():
            wrong = far = kept = there = whole = 0.0
            for trip in trips:
                found = np.unique(old[engine(trip, NOISE[noise][0]) // 2])
                true = np.unique(trip.edges // 2)
                astray = np.setdiff1d(found, true)
                off_m = _away_m(streets, astray, trip)
                wrong += length[astray].sum()
                far += length[astray][off_m > 25].sum()
                kept += length[np.intersect1d(found, true)].sum()
                there += length[np.setdiff1d(true, gone)].sum()
                whole += length[true].sum()
            rows.append([name, noise, wrong / whole, far / whole, kept / there])
    return rows


def _away_m(streets: Streets, found: Ints, trip: Trip) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how far the middle of each street is from where the run really was."""
    lines = [shapely.LineString(streets.xy[streets.first[2 * k]:streets.first[2 * k + 1]]) for k in found]
    middles = shapely.line_interpolate_point(np.array(lines, dtype=object), 0.5, normalized=True)
    return np.asarray(shapely.distance(middles, shapely.LineString(trip.true_xy)), dtype=np.float64)


def main() -> int:
    """Measure and write the tables."""
    if not MAP.exists():
        print(f"{MAP} is absent: nothing measured")
        return 1
    streets, p, rng = load_streets(), Parameters(), np.random.default_rng(SEED)
    index, ways = index_streets(streets), routes(streets, ROUTES, rng)
    sets = {name: [ride(streets, way, rng, *noise) for way in ways] for name, noise in NOISE.items()}
    with TemporaryDirectory() as cache:
        engines = {"nearest street": nearest(index)}
        if importlib.util.find_spec("fastmm"):
            engines["fastmm, defaults"] = fastmm(streets, Path(cache), False)
            engines["fastmm, told sigma, thinned"] = fastmm(streets, Path(cache), True)
        else:
            print("fastmm is not installed: pip install fastmm")
        engines["ours"] = ours(index, p)
        rows = [[name, noise, *measure(streets, trips, NOISE[noise][0], engine)]
                for name, engine in engines.items() for noise, trips in sets.items()]
        rows += [["clean + ours", noise, None, None, clean_and_match_speed(index, trips, p)]
                 for noise, trips in sets.items()]
        half = half_the_streets(streets, {name: sets[name] for name in list(NOISE)[:3]}, p, Path(cache) / "half")
    sizes = ", ".join(f"{name}: {sum(len(trip.t_s) for trip in trips):,}" for name, trips in sets.items())
    write_table(
        "matching", f"Matching {ROUTES} invented rides to the streets of Chicago, seed {SEED}; fixes {sizes}",
        ["engine", "error", "RMF", "direction right", "fixes/s/core"],
        [[*row[:4], f"{row[4]:,.0f}"] for row in rows],
    )
    write_table(
        "matching-half-the-streets", f"The same rides on a random half of the streets, seed {SEED}; shares of length",
        ["engine", "error", "on a street not ridden", "of it more than 25 m away", "ridden streets found"], half,
    )
    if not importlib.util.find_spec("valhalla"):
        print(f"pyvalhalla is not installable here: it needs Python 3.12, this is {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
