"""All doubts about a submission, each with its weight of evidence, and what follows from them together. Pure.

Each test gives the logarithm of a likelihood ratio: how much more often what it saw is seen of traces that are no
record of a ride than of honest ones. They add up, with the prior, to the log-odds of the whole. No test is a proof, and
most are capped so that it takes two of them, or one that is very clear, to set a submission aside. Nothing is deleted,
and a person can let it in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapping_service.parameters import Parameters
from mapping_service.trust.copies import Copy
from mapping_service.trust.look import Look

_COPY = 12.0  # two independent rides were never that alike in 1,285 real ones, each against all others
_ROUGH = (20.0, 8.0)  # slope and cap
_STRAIGHT = (30.0, 8.0)
_STEADY = (22.0, 5.0)  # a ride down an empty highway is steady as well
_WHITE = (30.0, 4.0)
_LEAPS = (100.0, 4.0)
_WILD_SHARE = 0.02  # the worst of 393 real traces
_TWO_PLACES = 3.9  # a shared key or a wrong clock does this too: alone it only lowers the weight

DOUBTS = ("copied", "too_straight", "too_steady", "too_rough", "white_noise", "impossible_speed", "two_places")


@dataclass(frozen=True)
class Doubt:
    """One thing that speaks against a submission: a code, its weight of evidence, the values of its sentence."""

    code: str
    log_odds: float
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What follows: the ``probability`` that it is no record of a ride, the ``weight`` of its vote, and why.

    ``aside`` says that it should wait for a person.
    """

    probability: float
    weight: float
    aside: bool
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Usual:
    """What the runs of a city usually look like; ``None`` where there are too few to tell."""

    roughness: float | None
    whiteness: float | None


def usual(looks: Sequence[Look], p: Parameters) -> Usual:
    """Return the usual look of a city's runs."""
    told = [(one.roughness, one.whiteness) for one in looks if one.roughness is not None]
    if len(told) < p.look_runs:
        return Usual(None, None)
    roughness, whiteness = np.median(np.array(told, dtype=np.float64), axis=0)
    return Usual(float(roughness), float(whiteness))


def doubt(code: str, log_odds: float, **details: Any) -> Doubt:
    """Return a doubt under a code that has a sentence in ``reasons``."""
    return Doubt(code, round(log_odds, 2), details)


def doubts_of_look(seen: Look, city: Usual, p: Parameters) -> list[Doubt]:
    """Return what the look of a run makes one doubt."""
    if seen.roughness is None or seen.whiteness is None or seen.straight_share is None or seen.steady_share is None:
        return []
    found = [
        doubt("too_straight", _graded(seen.straight_share - p.straight_from, _STRAIGHT),
              percent=round(100 * seen.straight_share)),
        doubt("too_steady", _graded(seen.steady_share - p.steady_from, _STEADY),
              percent=round(100 * seen.steady_share)),
    ]
    if city.roughness is not None and seen.roughness > 0:
        times = seen.roughness / max(city.roughness, p.roughness)
        found.append(doubt("too_rough", _graded(math.log(times / p.rough_from), _ROUGH), times=round(times, 1)))
    # In a city whose receivers all write such noise it says nothing.
    if city.whiteness is not None and city.whiteness > p.white_below / 2:
        found.append(doubt("white_noise", _graded(p.white_below - seen.whiteness, _WHITE),
                           correlation=round(seen.whiteness, 2)))
    return [one for one in found if one.log_odds > 0]


def _graded(beyond: float, slope_and_cap: tuple[float, float]) -> float:
    slope, cap = slope_and_cap
    return min(cap, max(0.0, slope * beyond))


def doubt_of_copy(found: Copy, original: str) -> Doubt:
    """Return the doubt about a run that repeats one of an earlier submission, ``original`` by name."""
    return doubt("copied", _COPY, of=original, percent=round(100 * found.share), backwards=found.backwards,
                 moved_m=round(found.moved_m), hours=None if found.backwards else round(found.shift_s / 3600, 1))


def doubt_of_leaps(wild_share: float) -> Doubt | None:
    """Return the doubt about a trace of which that share of fixes can only be reached at an impossible speed."""
    weight = _graded(wild_share - _WILD_SHARE, _LEAPS)
    return doubt("impossible_speed", weight, percent=round(100 * wild_share)) if weight else None


def doubt_of_two_places(other: str, apart_m: float) -> Doubt:
    """Return the doubt about a submission whose person was elsewhere at that time, by the submission ``other``."""
    return doubt("two_places", _TWO_PLACES, of=other, km=round(apart_m / 1000, 1))


def judge(doubts: Sequence[Doubt], p: Parameters) -> Judgement:
    """Return what follows from the doubts about one submission; of several with one code the heaviest counts."""
    heaviest: dict[str, Doubt] = {}
    for one in sorted(doubts, key=lambda d: (-d.log_odds, d.code, str(d.details))):
        heaviest.setdefault(one.code, one)
    log_odds = math.log(p.fraud_prior / (1 - p.fraud_prior)) + sum(one.log_odds for one in heaviest.values())
    probability = 1 / (1 + math.exp(-log_odds))
    return Judgement(
        probability=round(probability, 4),
        weight=1.0 if probability < p.doubt_at else p.doubtful_weight,
        aside=probability > p.quarantine_at,
        doubts=tuple(heaviest.values()),
    )
