"""How far inferred fares are from the truth, with honest and bad reporters, and how well real reports foretell others.

    python -m tests.benchmarks.fares

Four routes of 15 stages; the fare grows with the way in steps of 5. Of 25 reporters the honest err by 2 to 15 % (each
in a way of their own), the bad ones ask 1.5 or 2 times the fare, give or take half of it; one report in twenty is typed
ten times too high or too low. What is paid is rounded to 5. Beside ours: the mean and the median of the reports of a
pair of stages.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mapping_service.fuse.clock import BANDS
from mapping_service.fuse.fares import Paid, fares
from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from tests.benchmarks.report import write_table

SEED = 8
REPEATS, REPORTERS, ROUTES, STAGES = 60, 25, 4, 15
COIN = 5.0
P = Parameters()


def main() -> None:
    """Measure and write the table."""
    rows = [row for bad in (0.0, 0.15, 0.3) for reports in (3, 5, 10) for row in _rows(bad, reports)]
    title = f"Fares between stages: {REPEATS} repeats, {ROUTES} routes of {STAGES} stages, seed {SEED}"
    write_table("fares", title, ("bad reporters", "reports per pair", "estimator", "error", "within a coin"), rows)


def _rows(bad: float, reports: int) -> Iterator[tuple[object, ...]]:
    rng = np.random.default_rng([SEED, int(bad * 100), reports])
    off: dict[str, list[Floats]] = {"mean": [], "median": [], "ours": []}
    truths = []
    for _ in range(REPEATS):
        city, truth = _city(rng, bad, reports)
        found = fares([route for route, _ in city], P)
        for (route, pairs_m), fitted, true in zip(city, found, truth, strict=True):
            assert fitted is not None
            said = np.array([one.amount for one in route]).reshape(len(true), reports)
            for name, guess in (("mean", said.mean(axis=1)), ("median", np.median(said, axis=1)),
                                ("ours", fitted.at(pairs_m))):
                off[name].append(np.abs(guess - true))
            truths.append(true)
    true = np.concatenate(truths)
    for name, values in off.items():
        miss = np.concatenate(values)
        yield bad, reports, name, float(np.mean(miss / true)), float(np.mean(miss <= COIN))


def _city(
    rng: np.random.Generator, bad: float, reports: int
) -> tuple[list[tuple[list[Paid], Floats]], list[Floats]]:
    """Return for each route its reports and the length of each pair of stages, and beside them the true fares."""
    is_bad = np.arange(REPORTERS) < round(bad * REPORTERS)
    spread = rng.uniform(0.02, 0.15, REPORTERS)
    city, truth = [], []
    for _ in range(ROUTES):
        at_m = np.concatenate(([0.0], np.cumsum(rng.uniform(400, 2000, STAGES - 1))))
        first, last = np.triu_indices(STAGES, 1)
        pairs_m = at_m[last] - at_m[first]
        true = COIN * np.round((rng.uniform(20, 40) + rng.uniform(0.003, 0.006) * pairs_m) / COIN)
        reports_of = []
        for ridden_m, fare in zip(pairs_m, true, strict=True):
            for who in rng.integers(REPORTERS, size=reports).tolist():
                amount = _said(rng, float(fare), bool(is_bad[who]), float(spread[who]))
                reports_of.append(Paid(float(ridden_m), amount, BANDS[3], f"r{who}", 1.0, 0.0))
        city.append((reports_of, pairs_m))
        truth.append(true)
    return city, truth


def _said(rng: np.random.Generator, fare: float, is_bad: bool, spread: float) -> float:
    if is_bad:
        paid = fare * float(rng.choice((1.5, 2.0))) * max(0.1, 1 + 0.5 * rng.normal())
    else:
        paid = fare * (1 + spread * rng.normal())
    slip = float(rng.choice((0.1, 10.0))) if rng.random() < 0.05 else 1.0
    return max(COIN, COIN * round(paid / COIN)) * slip


if __name__ == "__main__":
    main()
