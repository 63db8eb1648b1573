"""Fares by the distance ridden, from what riders say they paid. Pure.

A fare grows with the way, in steps: each route has the line that never falls and is nearest to its reports
(``fuse/isotonic.py``). A report that is off by a factor of ten is a slip of the finger and is put right. A person whose
reports are often off counts less, at most three times more or less than the usual person; both are settled in a few
rounds over the whole city. A fare that nobody named, half way between two, is rounded to the coin of the city, which
the reports show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mapping_service.fuse.clock import Band
from mapping_service.fuse.isotonic import isotonic, level_at
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

ROUNDS = 5  # of weighing people; weights settle in three [M8]
SLIPS = (0.1, 10.0, 0.01)
SLIP_LOG = 1.5  # |log| of a report over what is usual, beyond which it may be a slip [M8]; a factor of 4.5
COINS = tuple(sorted((n * 10.0**k for k in range(-2, 6) for n in (1.0, 2.0, 2.5, 5.0)), reverse=True))


@dataclass(frozen=True)
class Paid:
    """What somebody says a ride costs: metres ridden, amount, the band, who, how much that counts, epoch seconds."""

    ridden_m: float
    amount: float
    band: Band
    person: str | None
    weight: float
    t_s: float


@dataclass(frozen=True)
class Fares:
    """The fares of one route: levels from ``begins_m`` ridden on, the reports as understood, and the city's coin."""

    begins_m: Floats
    levels: Floats
    told: Sequence[Paid]
    coin: float = 0.0

    def at(self, ridden_m: Sequence[float] | Floats) -> Floats:
        """Return the fare for each distance, in the city's currency."""
        return level_at(self.begins_m, self.levels, np.asarray(ridden_m, dtype=np.float64))


def fares(city: Sequence[Sequence[Paid]], p: Parameters) -> list[Fares | None]:
    """Return the fares of each route of a city from its reports, ``None`` for a route without any."""
    known = [route for route in city if route]
    if not known:
        return [None] * len(city)
    reports = [one for route in known for one in route]
    general = _fit(reports, {})
    fitted = [_fit(route, {}) if len(route) >= p.route_fares else general for route in known]
    told = [_put_right(route, fit) for route, fit in zip(known, fitted, strict=True)]
    people: Mapping[str, float] = {}
    for _ in range(ROUNDS):
        fitted = [_fit(route, people) for route in told]
        people = _reliability(fitted, p)
    step = coin([one.amount for route in told for one in route], p)
    made = iter(_rounded(_fit(route, people), step) for route in told)
    return [next(made) if route else None for route in city]


def _fit(reports: Sequence[Paid], people: Mapping[str, float]) -> Fares:
    weights = np.array([one.weight * people.get(one.person or "", 1.0) for one in reports])
    ridden_m, amounts = (np.array(column) for column in zip(*((one.ridden_m, one.amount) for one in reports)))
    return Fares(*isotonic(ridden_m, amounts, weights), reports)


def _put_right(reports: Sequence[Paid], usual: Fares) -> list[Paid]:
    """Put right the amounts that are off by a factor of ten or a hundred: slips of a finger, or another unit."""
    expected = usual.at([one.ridden_m for one in reports]).tolist()
    return [replace(one, amount=_likely(one.amount, usual_amount)) for one, usual_amount in zip(reports, expected)]


def _likely(amount: float, expected: float) -> float:
    def off(value: float) -> float:
        return abs(float(np.log(value / expected))) if value > 0 and expected > 0 else 0.0

    if off(amount) <= SLIP_LOG:
        return amount
    best = min((round(amount * slip, 6) for slip in SLIPS), key=off)
    return best if off(best) <= np.log(2.0) else amount


def _reliability(fitted: Sequence[Fares], p: Parameters) -> dict[str, float]:
    """Return how much each person counts: 1 is usual; the share of far-off reports decides, at most threefold."""
    held: dict[str, list[bool]] = {}
    for route in fitted:
        for one, expected in zip(route.told, route.at([one.ridden_m for one in route.told]), strict=True):
            if one.person:
                held.setdefault(one.person, []).append(abs(one.amount - expected) > p.fare_off_share * expected)
    scores = {person: (len(off) + 8) / (sum(off) + 1) for person, off in held.items()}
    middle = float(np.median(list(scores.values()))) if scores else 1.0
    return {person: float(np.clip(score / middle, 1 / 3, 3)) for person, score in scores.items()}


def coin(amounts: Sequence[float], p: Parameters) -> float:
    """Return the largest coin of which nearly all amounts are multiples; 0 where there is none."""
    values = np.array(amounts)
    for step in COINS:
        times = np.round(values / step)
        if np.mean((times > 0) & np.isclose(times * step, values)) >= p.coin_share:
            return step
    return 0.0


def _rounded(fit: Fares, step: float) -> Fares:
    """Round the levels that nobody named; too dear rather than too cheap where a coin lies on both sides."""
    named = np.isin(fit.levels, [one.amount for one in fit.told])
    whole = np.floor(fit.levels / step + 0.5) * step if step else fit.levels
    levels = np.maximum.accumulate(np.where(named, fit.levels, whole))
    first = np.concatenate(([True], np.diff(levels) > 0))
    return Fares(fit.begins_m[first], levels[first], fit.told, step)
