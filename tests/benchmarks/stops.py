"""How many stops of invented lines are found, by the number of rides: baselines and ours in one table.

    python -m tests.benchmarks.stops [--lines 40]

Lines as in ``tests.benchmarks.stop_lines``: stops every 250–650 m, three in ten beside signals, a hail-and-ride
stretch, jams; reports on 30 % of the halts at which people get on, and none. Seeds are others than those of the
training. Signals and jams are as many as bring the support rule near the figures of the research notes for rides
from 10 on, whose own lines are not kept. F1 is within 30 m, one to one. Baselines see the same halts: ``dwell`` takes
places at which half of the rides stood 10 s or longer (reports, where there are any, make stops alone), ``support``
those at which three in ten stood or told, ``DBSCAN`` clusters of the halts' positions (25 m) with 35 % support.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mapping_service.fuse.density import dense_places
from mapping_service.fuse.stops import OnLine, between_ends, line_stops
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, HailStretch, Ints
from tests.benchmarks.report import write_table
from tests.benchmarks.scoring import inversions, matched
from tests.benchmarks.stop_lines import Habits, InventedLine, invented_line, on_axis, placed

FIRST_SEED = 500_000
RIDES = (1, 3, 5, 10, 20)
NEAR_M = 30.0
SETTINGS = {
    "reports, streets": Habits(0),
    "reports, no streets": Habits(0, streets=False),
    "no reports, streets": Habits(0, told_share=0.0),
    "no reports, no streets": Habits(0, told_share=0.0, streets=False),
}
RESEARCH = {("reports, streets", 3): 0.69, ("reports, streets", 5): 0.76, ("reports, streets", 10): 0.85,
            ("reports, streets", 20): 0.90, ("no reports, streets", 3): 0.68, ("no reports, streets", 5): 0.75,
            ("no reports, streets", 10): 0.83, ("no reports, streets", 20): 0.88,
            ("no reports, no streets", 3): 0.62, ("no reports, no streets", 5): 0.73,
            ("no reports, no streets", 10): 0.79, ("no reports, no streets", 20): 0.86}


@dataclass
class Count:
    """Stops there are, found and right, and how far the right ones are off; pairs in the wrong order; hailed metres."""

    truth: int = 0
    found: int = 0
    right: int = 0
    off_m: tuple[float, ...] = ()
    swapped: int = 0
    hailed_m: tuple[float, float] = (0.0, 0.0)

    def add(self, truth_m: Floats, found_m: Floats) -> None:
        """Count the stops of one line."""
        pairs, away = matched(on_axis(truth_m), on_axis(found_m), NEAR_M)
        self.truth += len(truth_m)
        self.found += len(found_m)
        self.right += len(pairs)
        self.off_m += tuple(away.tolist())
        self.swapped += inversions([j for _, j in sorted(pairs)])

    def add_hailed(self, truth: tuple[float, float] | None, found: Sequence[HailStretch]) -> None:
        """Count the hailed metres that truth and found share, and that either has."""
        grid = np.arange(0.0, 20_000.0, 10.0)
        there = (grid >= truth[0]) & (grid <= truth[1]) if truth else np.zeros(len(grid), dtype=bool)
        said = np.zeros(len(grid), dtype=bool)
        for one in found:
            said |= (grid >= one.from_m) & (grid <= one.to_m)
        both, either = self.hailed_m
        self.hailed_m = both + float(np.sum(there & said)), either + float(np.sum(there | said))

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(1, self.truth + self.found)


def main() -> None:
    """Measure every setting and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--lines", type=int, default=40)
    lines, p = arguments.parse_args().lines, Parameters()
    rows = [_row(name, habits, rides, lines, p) for name, habits in SETTINGS.items() for rides in RIDES]
    head = ("setting", "rides", "stops", "dwell F1", "DBSCAN F1", "support F1", "research F1", "ours F1", "precision",
            "recall", "error median, m", "order inversions", "hailed IoU")
    write_table("stops", f"Stops of {lines} invented lines of 10 km for each row, within {NEAR_M:.0f} m", head, rows)


def _row(name: str, habits: Habits, rides: int, lines: int, p: Parameters) -> tuple[object, ...]:
    ours, others = Count(), {rule: Count() for rule in RULES}
    for k in range(lines):
        line = invented_line(FIRST_SEED + 1000 * rides + k, replace(habits, rides=rides))
        on, surroundings = placed(line, p)
        found = line_stops(on, surroundings, p)
        ours.add(_inner(line, p), np.array([stop.dist_m for stop in found.stops[1:-1]]))
        ours.add_hailed(line.hail_m, found.stretches)
        for rule, its in others.items():
            its.add(_inner(line, p), RULES[rule](on, p))
    shares = ours.right / max(1, ours.found), ours.right / max(1, ours.truth)
    theirs = *(its.f1 for its in others.values()), RESEARCH.get((name, rides))
    error_m = float(np.median(ours.off_m))
    hailed = ours.hailed_m[0] / max(1.0, ours.hailed_m[1])
    return name, rides, ours.truth, *theirs, ours.f1, *shares, error_m, ours.swapped, hailed


def _inner(line: InventedLine, p: Parameters) -> Floats:
    """The stops that are not terminals, as which every rule takes the ends."""
    return line.stops_m[line.stops_m > p.terminal_stop_m]


def _dwell_rule(line: OnLine, p: Parameters) -> Floats:
    halts, inner = line.halts, between_ends(line, p)
    told = inner[halts.told[inner] > 0]
    if len(told):
        return _shared(line, told, 0.0)
    return _shared(line, inner[halts.standing_s[inner] >= p.silent_dwell_s], 0.5)


def _support_rule(line: OnLine, p: Parameters) -> Floats:
    inner = between_ends(line, p)
    places, owner = dense_places(line.halts.at_m[inner], np.ones(len(inner)), p)
    runs = [len(set(line.halts.ride[inner[owner == k]].tolist())) for k in range(len(places))]
    return places[np.array(runs) >= _least(line, 0.3)] if len(places) else places


def _shared(line: OnLine, chosen: Ints, share: float) -> Floats:
    """Cut the halts where the line is bare for 50 m or a cluster grows over 100 m; keep what enough rides share."""
    clusters: list[list[int]] = []
    at_m = line.halts.at_m
    for i in chosen.tolist():
        if clusters and at_m[i] - at_m[clusters[-1][-1]] <= 50 and at_m[i] - at_m[clusters[-1][0]] <= 100:
            clusters[-1].append(i)
        else:
            clusters.append([i])
    kept = [c for c in clusters if len({int(line.halts.ride[i]) for i in c}) >= _least(line, share)]
    return np.array([float(np.median(at_m[c])) for c in kept])


def _least(line: OnLine, share: float) -> float:
    return max(1.0, share * len(line.rides))


def _dbscan_rule(line: OnLine, p: Parameters) -> Floats:
    """Halts of 10 s and longer, and reports, linked where they lie within 25 m of each other in the plane."""
    inner = between_ends(line, p)
    halts = line.halts
    inner = inner[(halts.standing_s[inner] >= p.silent_dwell_s) | (halts.told[inner] > 0)]
    if not len(inner):
        return np.zeros(0)
    pairs = cKDTree(np.array([line.calls[i].xy for i in inner])).query_pairs(25.0, output_type="ndarray")
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(inner), len(inner)))
    _, label = connected_components(graph, directed=False)
    clusters = [inner[label == k] for k in range(label.max() + 1)]
    kept = [c for c in clusters if len(set(halts.ride[c].tolist())) >= _least(line, 0.35)]
    return np.sort(np.array([float(np.median(halts.at_m[c])) for c in kept]))


RULES: dict[str, Callable[[OnLine, Parameters], Floats]] = {
    "dwell": _dwell_rule, "DBSCAN": _dbscan_rule, "support": _support_rule,
}


if __name__ == "__main__":
    main()
