"""One way from several runs, on streets whose truth is known: ``python -m tests.benchmarks.street_shape``.

Streets, routes and rides are those of ``tests.benchmarks.chicago``: 16 routes, 16 rides each, error 10 m that wanders,
three times as much on 15 % of the streets, a fix every 2 s. K rides are taken at a time: 4 times for K = 1–4, twice
for 8, once for 16. Two sets: ``same`` has the same rough streets for all rides, so that no number of rides averages
them out fully; ``drawn`` draws other ones for each ride. Weights were chosen on routes of seed 300. Beside ours:
a single run, and the plain vote: the cheapest way from the commonest first street to the commonest last one, where
a street costs 1 + 20 (1 - votes / (K / 2))² of its length. RMF as in ``tests.benchmarks.matching``.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from mapping_service.fuse.shape import fuse_shape
from mapping_service.group.group import medoid
from mapping_service.match.cheapest import Graph, spread, work_for
from mapping_service.match.consensus import consensus
from mapping_service.match.index import StreetIndex, index_streets
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Ints, Match
from tests.benchmarks.chicago import MAP, Trip, load_streets, ride, rmf, routes
from tests.benchmarks.report import write_table

SEED, ROUTES, RIDES = 2027, 16, 16
SIGMA_M, EVERY_S, CANYON = 10.0, 2.0, 0.15
TAKEN = {1: 4, 2: 4, 4: 4, 8: 2, 16: 1}


def plain_vote(matches: Sequence[Match], index: StreetIndex) -> Ints:
    """Return the cheapest way under the votes of the runs."""
    on = [m.edge[m.edge >= 0] for m in matches]
    took = np.bincount(np.concatenate([np.unique(edges) for edges in on]), minlength=len(index.length_m))
    first, last = (Counter(int(edges[at]) for edges in on).most_common(1)[0][0] for at in (0, -1))
    price = index.length_m * (1 + 20 * (1 - np.minimum(1, took / (len(matches) / 2))) ** 2)
    work = work_for(len(price))
    graph = Graph(price, index.streets.against, index.after_first, index.after, index.turn)
    spread(graph, work, first, 0.0, 1e9, (0.0, 1e5, 0.0))
    way = [last]
    while way[-1] != first:
        way.append(int(work.before[way[-1]]))
    return np.array(way[::-1])


def ours(trips: Sequence[Trip], matches: Sequence[Match], index: StreetIndex, p: Parameters) -> Ints:
    """Return the way as the service finds it."""
    runs = [trip.xy for trip in trips]
    base = medoid(tuple(range(len(runs))), csr_array(_agreement(matches, index)), runs)
    shape = fuse_shape(runs[base], [run for k, run in enumerate(runs) if k != base], p)
    edges = consensus(shape, runs, matches, index, p).edges
    return edges[edges >= 0]


def _agreement(matches: Sequence[Match], index: StreetIndex) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return for each two runs the share of the first one's streets that the second one took."""
    sets = [np.unique(m.edge[m.edge >= 0]) for m in matches]
    return np.array([[index.length_m[np.intersect1d(a, b)].sum() / index.length_m[a].sum() for b in sets]
                     for a in sets])


def main() -> int:
    """Measure and write the table."""
    if not MAP.exists():
        print(f"{MAP} is absent: nothing measured")
        return 1
    streets, p, rng = load_streets(), Parameters(), np.random.default_rng(SEED)
    index, ways = index_streets(streets), routes(streets, ROUTES, rng)
    rows: list[list[object]] = []
    for name in ("same", "drawn"):
        single: dict[int, list[float]] = {k: [] for k in TAKEN}
        voted, found = {k: list[float]() for k in TAKEN}, {k: list[float]() for k in TAKEN}
        for way in ways:
            trips = [ride(streets, way, rng, SIGMA_M, EVERY_S, CANYON, drawn=name == "drawn") for _ in range(RIDES)]
            matches = [match(trip.t_s, trip.xy, index, p) for trip in trips]
            for k, times in TAKEN.items():
                for part in (slice(i * k, (i + 1) * k) for i in range(times)):
                    single[k] += [rmf(streets, way, m.edge[m.edge >= 0]) for m in matches[part]]
                    voted[k].append(rmf(streets, way, plain_vote(matches[part], index)))
                    found[k].append(rmf(streets, way, ours(trips[part], matches[part], index, p)))
        rows += [[name, k, len(found[k]), *(float(np.mean(one[k])) for one in (single, voted, found))] for k in TAKEN]
    write_table(
        "street-shape", f"One way from K invented rides on the streets of Chicago, {ROUTES} routes, seed {SEED}: RMF",
        ["rough streets", "K", "ways", "single run", "plain vote", "ours"], rows,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
