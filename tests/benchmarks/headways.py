"""How far inferred headways are from the truth, for counts and for waits, and whether their ranges hold it.

    python -m tests.benchmarks.headways

Vehicles come in a renewal process whose gaps have a gamma distribution, with headways of 5, 10 and 20 minutes and a
coefficient of variation of 0.6 or 1. Somebody counts them in windows of 30 to 60 minutes that begin at any time, or
notes how long a vehicle that has just left had waited. ``alone`` is a line without relatives; ``in a city`` are sixty
routes of which nothing is known but the reports. Baselines: counts as they are, the mean of the gaps that begin and
end within the windows, and twice the wait for the first vehicle of a window over 1 + cv².
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mapping_service.fuse.clock import BANDS
from mapping_service.fuse.headways import headways
from mapping_service.fuse.rates import Count, Heard, Wait
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Headway
from tests.benchmarks.report import write_table

SEED = 7
CITIES, ROUTES = 20, 60
HEADWAYS_MIN = (5.0, 10.0, 20.0)
BAND = BANDS[3]
P = Parameters()


@dataclass(frozen=True)
class Watched:
    """One line: the true headway, and in each window its length and the moments at which vehicles came, seconds."""

    truth_s: float
    windows_s: Floats
    seen_s: Sequence[Floats]


def main() -> None:
    """Measure and write the tables."""
    rows = [row for cv in (0.6, 1.0) for vehicles in (18, 36, 72) for row in _count_rows(cv, vehicles)]
    title = f"Headways from counts: {CITIES * ROUTES} lines each, seed {SEED}"
    write_table("headways-counts", title, ("cv", "vehicles", "estimator", "error", "/ floor", "bias", "in range"), rows)
    rows = [row for cv in (0.6, 1.0) for waits in (1, 3, 6) for row in _wait_rows(cv, waits)]
    title = f"Headways from waits of vehicles at their terminal: {CITIES * ROUTES} lines each, seed {SEED}"
    write_table("headways-waits", title, ("cv", "waits", "estimator", "error", "/ floor", "bias", "in range"), rows)


def _count_rows(cv: float, vehicles: int) -> Iterator[tuple[object, ...]]:
    floor = 0.8 * cv / np.sqrt(vehicles)
    rng = np.random.default_rng([SEED, int(cv * 10), vehicles])
    cities = [[_watched(rng, cv, vehicles) for _ in range(ROUTES)] for _ in range(CITIES)]
    truth = [one.truth_s for city in cities for one in city]
    simple = np.array([_simple(one, cv) for city in cities for one in city])
    for name, guess in zip(("counts as they are", "gaps seen", "first waits"), simple.T, strict=True):
        yield cv, vehicles, name, *_score(guess, truth, floor), None
    alone = [found for city in cities for one in city for found in _ours([one])]
    yield cv, vehicles, "ours, alone", *_judged(alone, truth, floor)
    yield cv, vehicles, "ours, in a city", *_judged([found for city in cities for found in _ours(city)], truth, floor)


def _watched(rng: np.random.Generator, cv: float, vehicles: int) -> Watched:
    """Return a line watched in windows of 30–60 minutes until so many vehicles are to be expected."""
    truth_s = 60.0 * float(rng.choice(HEADWAYS_MIN))
    windows: list[float] = []
    seen: list[Floats] = []
    while sum(windows) < vehicles * truth_s:
        window_s = min(60.0 * float(rng.uniform(30, 60)), vehicles * truth_s - sum(windows))
        gaps = rng.gamma(1 / cv**2, truth_s * cv**2, int(20 + 3 * (window_s / truth_s + 20)))
        came = np.cumsum(gaps) - 20 * truth_s
        windows.append(window_s)
        seen.append(came[(came >= 0) & (came < window_s)])
    return Watched(truth_s, np.array(windows), seen)


def _simple(one: Watched, cv: float) -> tuple[float, float, float]:
    counted = sum(len(came) for came in one.seen_s)
    gaps = np.concatenate([np.diff(came) for came in one.seen_s])
    first = [came[0] for came in one.seen_s if len(came)]
    return (
        float(one.windows_s.sum()) / max(counted, 1),
        float(gaps.mean()) if len(gaps) else float(one.windows_s.mean()),
        2.0 * float(np.mean(first)) / (1 + cv**2) if first else float(one.windows_s.mean()),
    )


def _ours(city: Sequence[Watched]) -> list[Headway]:
    heard = [
        Heard(i, (), [Count(len(came), float(s), BAND) for came, s in zip(one.seen_s, one.windows_s, strict=True)])
        for i, one in enumerate(city)
    ]
    return _estimates(heard)


def _estimates(heard: Sequence[Heard]) -> list[Headway]:
    return [ways[0][0] for ways in headways(heard, [[[(BAND, "a day")]]] * len(heard), P)]


def _wait_rows(cv: float, waits: int) -> Iterator[tuple[object, ...]]:
    floor = 0.8 * cv / np.sqrt(waits)
    rng = np.random.default_rng([SEED, int(cv * 10), waits, 1])
    truth_s = 60.0 * rng.choice(HEADWAYS_MIN, CITIES * ROUTES)
    gaps = rng.gamma(1 / cv**2, cv**2, (CITIES * ROUTES, waits)) * truth_s[:, None]
    yield cv, waits, "median", *_score(np.median(gaps, axis=1), truth_s, floor), None
    yield cv, waits, "mean", *_score(gaps.mean(axis=1), truth_s, floor), None
    heard = [Heard(i, [Wait(float(s), BAND) for s in own]) for i, own in enumerate(gaps)]
    alone = [found for one in heard for found in _estimates([one])]
    yield cv, waits, "ours, alone", *_judged(alone, truth_s, floor)
    cities = [heard[k:k + ROUTES] for k in range(0, len(heard), ROUTES)]
    yield cv, waits, "ours, in a city", *_judged([f for city in cities for f in _estimates(city)], truth_s, floor)


def _judged(found: Sequence[Headway], truth: Sequence[float] | Floats, floor: float) -> tuple[float, ...]:
    inside = [one.low_s <= true_s <= one.high_s for one, true_s in zip(found, truth, strict=True)]
    return *_score([one.headway_s for one in found], truth, floor), float(np.mean(inside))


def _score(guess: Sequence[float] | Floats, truth: Sequence[float] | Floats, floor: float) -> tuple[float, ...]:
    off = np.asarray(guess) / np.asarray(truth) - 1
    error = float(np.abs(off).mean())
    return error, error / floor, float(off.mean())


if __name__ == "__main__":
    main()
