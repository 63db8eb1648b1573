"""How far a line is bent by people who agree on a lie: two of ten riders, honest rides only beside it, and no defence.

    python -m tests.benchmarks.collusion [--data ../shared/data] [--ways 20]

Each way is that of a real ride of Abidjan, thinned; eight people ride it, as far off as receivers wander (5 m for 20 s,
and from fix to fix as much as the real ones of that survey), and two claim a detour of 150 m in its middle third: one
invents the ride (speeds that vary, errors of 3 to 8 m that last), the other sends a copy of that one, jittered, of
another day. They come in after half of the honest ones. The error is the mean distance from the line to the true way,
at every 10 m.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from shapely import LineString

from mapping_service.fuse.shape import fuse_shape
from mapping_service.geo import along_m, points_at, resample
from mapping_service.records import Floats
from mapping_service.trust.copies import copy_of
from mapping_service.trust.judge import Judgement, Usual, doubt_of_copy, doubts_of_look, judge
from mapping_service.trust.shingles import alignment
from tests.benchmarks.attacks import Recorded, jittered, realistic
from tests.benchmarks.report import write_table
from tests.benchmarks.trust import SEED, City, P, abidjan, known

HONEST_BEFORE, HONEST_AFTER = 4, 4
DETOUR_M = 150.0


@dataclass(frozen=True)
class Told:
    """What all ten sent, in order, and which of it is honest."""

    runs: Sequence[Recorded]
    honest: Sequence[bool]


def honest_ride(way: Floats, rng: np.random.Generator) -> Recorded:
    """Return a ride along a way once a second, halting now and then, as far off as receivers wander."""
    lengths = rng.uniform(150, 600, int(along_m(way)[-1] / 150) + 1).cumsum()
    ends = lengths[lengths < along_m(way)[-1]]
    speed = np.interp(np.arange(0, along_m(way)[-1], 5.0), np.append(0, ends), rng.uniform(5, 12, len(ends) + 1))
    t_s = np.concatenate(([0.0], np.cumsum(5.0 / speed)))
    for at in ends:
        t_s[int(at / 5.0):] += rng.uniform(5, 45)
    moments = np.arange(0, t_s[-1], 1.0)
    along = np.interp(moments, t_s, np.arange(len(t_s)) * 5.0)
    knots = rng.normal(0, 5, (int(moments[-1] / 20) + 3, 2))
    wander = np.column_stack([np.interp(moments / 20, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)])
    # Neighbours share half of what moves them: as rough as real receivers, and their errors remember.
    white = rng.normal(0, 0.44, (len(moments) + 1, 2))
    wander += (white[1:] + white[:-1]) / 2
    start_s = float(rng.integers(0, 90)) * 86400 + float(rng.integers(20000, 70000))
    return Recorded(moments + start_s, points_at(way, along_m(way), along) + wander)


def detour(way: Floats) -> Floats:
    """Return the lie: the middle third moved aside."""
    line = resample(way, 20.0)
    third = len(line) // 3
    across = line[-1] - line[0]
    aside = np.array([-across[1], across[0]]) / max(float(np.hypot(*across)), 1.0) * DETOUR_M
    line[third:2 * third] += aside
    return line


def told(way: Floats, rng: np.random.Generator) -> Told:
    """Return what eight honest people and two who agreed on a detour sent."""
    false = detour(way)
    lie = realistic(Recorded(np.arange(float(len(false))), false), rng)
    lies = [lie, jittered(lie, lie, rng)]
    honest = [honest_ride(way, rng) for _ in range(HONEST_BEFORE + HONEST_AFTER)]
    runs = [*honest[:HONEST_BEFORE], *lies, *honest[HONEST_BEFORE:]]
    return Told(runs, [True] * HONEST_BEFORE + [False] * 2 + [True] * HONEST_AFTER)


def judged(runs: Sequence[Recorded], usual: Usual, srid: int) -> list[Judgement]:
    """Return what the service thinks of each, in the order in which they came."""
    all_known = [known(str(i), run, srid) for i, run in enumerate(runs)]
    found = []
    for i, run in enumerate(all_known):
        doubts = doubts_of_look(run.look, usual, P)
        for other in all_known[:i]:
            aligned = alignment(run.shingles, other.shingles, P)
            copied = None if aligned is None else copy_of(run.trail, other.trail, aligned, P)
            doubts += [] if copied is None else [doubt_of_copy(copied, other.name)]
        found.append(judge(doubts, P))
    return found


def error_m(runs: Sequence[Recorded], weights: Sequence[float], way: Floats) -> float:
    """Return how far the line of some rides lies from the true way; the first ride is its base."""
    line = resample(fuse_shape(runs[0].xy, [run.xy for run in runs[1:]], P, np.array(weights)), 10.0)
    return float(np.mean(cKDTree(resample(way, 1.0)).query(line)[0]))


def main() -> None:
    """Compare the errors on some ways, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--ways", type=int, default=20)
    options = arguments.parse_args()
    city: City = abidjan(options.data)
    rng = np.random.default_rng(SEED)
    errors: dict[str, list[float]] = {"honest only": [], "no defence, lie first": [], "no defence": [], "ours": []}
    caught = doubted = 0
    for i in rng.choice(len(city.runs), options.ways, replace=False):
        way = np.asarray(LineString(city.runs[i].run.xy).simplify(15).coords)
        sent = told(way, rng)
        found = judged(sent.runs, city.usual, city.srid)
        honest = [run for run, good in zip(sent.runs, sent.honest, strict=True) if good]
        kept = [(run, one.weight) for run, one in zip(sent.runs, found, strict=True) if not one.aside]
        caught += sum(one.weight < 1 for one, good in zip(found, sent.honest, strict=True) if not good)
        doubted += sum(one.weight < 1 for one, good in zip(found, sent.honest, strict=True) if good)
        errors["honest only"].append(error_m(honest, [1.0] * len(honest), way))
        lies_first = sorted(range(len(sent.runs)), key=lambda k: sent.honest[k])
        first = [sent.runs[k] for k in lies_first]
        errors["no defence, lie first"].append(error_m(first, [1.0] * len(first), way))
        errors["no defence"].append(error_m(sent.runs, [1.0] * len(sent.runs), way))
        errors["ours"].append(error_m([run for run, _ in kept], [weight for _, weight in kept], way))
    base = float(np.mean(errors["honest only"]))
    rows: list[tuple[object, ...]] = [
        (name, float(np.mean(values)), float(np.mean(values)) / base) for name, values in errors.items()
    ]
    rows += [("lies that were doubted", caught, None), ("honest rides that were doubted", doubted, None)]
    title = f"Two of ten agree on a detour of {DETOUR_M:g} m: {options.ways} ways, seed {SEED}"
    write_table("collusion", title, ("lines from", "mean error, m", "times honest only"), rows)


if __name__ == "__main__":
    main()
