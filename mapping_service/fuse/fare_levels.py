"""What is published of a route's fares: the whole ride, the steps by distance, the rush hours. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import mannwhitneyu

from mapping_service.fuse.clock import BANDS
from mapping_service.fuse.fares import Fares, Paid
from mapping_service.fuse.isotonic import isotonic, level_at
from mapping_service.records import Fare, Floats, Ints, StageFare

RESAMPLES = 200
SEED = 1  # the same reports give the same ranges
RUSH = (BANDS[2], BANDS[5])  # 7–9 and 15–18 h
RUSH_P = 0.01
RUSH_REPORTS = 5


def usual_fare(fares: Fares, whole_m: float) -> Fare | None:
    """Return the fare of a whole ride with the range that was reported; ``None`` where nobody said what it costs."""
    told = [one for one in fares.told if one.ridden_m >= whole_m]
    if not told:
        return None
    amount = float(fares.at([whole_m])[0])
    amounts = (amount, *(one.amount for one in told))
    times = [one.t_s for one in told]
    return Fare(
        amount, min(amounts), max(amounts), len(told), _people(told), min(times), max(times), rush_surcharge(fares)
    )


def stage_fares(fares: Fares) -> tuple[StageFare, ...]:
    """Return the steps of a fare that grows with the way; none where it is flat.

    ``low`` and ``high`` are the tenths over reporters drawn again and again (bootstrap), since the reports of one
    person are one opinion.
    """
    if len(fares.levels) < 2:
        return ()
    level_of = np.searchsorted(fares.begins_m, [one.ridden_m for one in fares.told], side="right") - 1
    made = []
    ranges = _ranges(fares, level_of)
    for level, (begins_m, amount) in enumerate(zip(fares.begins_m, fares.levels, strict=True)):
        told = [one for one, its in zip(fares.told, level_of, strict=True) if its == level]
        low, high = ranges[level]
        made.append(StageFare(
            round(max(0.0, float(begins_m)), 1), float(amount), min(low, float(amount)), max(high, float(amount)),
            len(told), _people(told),
        ))
    return tuple(made)


def rush_surcharge(fares: Fares) -> float | None:
    """Return what a ride costs more in the rush hours: at least a coin, and not by chance (Mann–Whitney)."""
    more = np.array([one.amount for one in fares.told]) - fares.at([one.ridden_m for one in fares.told])
    rush = np.array([one.band in RUSH for one in fares.told])
    if min(rush.sum(), (~rush).sum()) < RUSH_REPORTS:
        return None
    surcharge = float(np.median(more[rush]) - np.median(more[~rush]))
    by_chance = mannwhitneyu(more[rush], more[~rush], alternative="greater").pvalue
    return surcharge if surcharge >= max(fares.coin, 1e-9) and by_chance < RUSH_P else None


def _people(told: Sequence[Paid]) -> int | None:
    return len({one.person for one in told if one.person}) or None


def _ranges(fares: Fares, level_of: Ints) -> Floats:
    """Return the lower and upper tenth of each level over resampled reporters, (levels, 2)."""
    pairs = zip(fares.told, level_of.tolist(), strict=True)
    # Only reports that are equal in everything tie, so that the order in which they came does not matter.
    told = sorted(pairs, key=lambda one: (
        one[0].ridden_m, one[0].amount, one[0].t_s, one[0].person or "", one[0].weight
    ))
    names = [one.person or f"\n{i}" for i, (one, _) in enumerate(told)]
    person = np.unique(names, return_inverse=True)[1]
    ridden_m, amounts, weights = (
        np.array(column) for column in zip(*((one.ridden_m, one.amount, one.weight) for one, _ in told), strict=True)
    )
    level = np.array([its for _, its in told])
    middles = np.array([np.median(ridden_m[level == k]) for k in range(len(fares.levels))])
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(person.max() + 1, np.full(person.max() + 1, 1.0 / (person.max() + 1)), RESAMPLES)
    found = []
    for times in drawn:
        heavy = weights * times[person]
        kept = heavy > 0
        found.append(level_at(*isotonic(ridden_m[kept], amounts[kept], heavy[kept]), middles))
    return np.quantile(np.array(found), (0.1, 0.9), axis=0).T
