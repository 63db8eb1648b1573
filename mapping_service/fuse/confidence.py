"""What an element rests on, how far to trust it, and why. Pure.

The confidence of a pattern is the chance that its line and direction are right: that it tells a way that vehicles
really take with an F1 of at least 0.9 within 25 m. It is a logistic regression on a few signs; the weights in
``confidence.json`` are fitted, and their reliability is measured, by ``python -m tests.benchmarks.calibration``. No
weight may go against reason: what speaks against a pattern never raises its confidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import exp, log, log1p
from pathlib import Path

from mapping_service.records import Evidence, Ride

Signs = Mapping[str, float]

_WEIGHTS: Mapping[str, float] = json.loads(Path(__file__).with_name("confidence.json").read_text("utf-8"))["weights"]
# What is the same for all patterns, however clear their signs: nothing is certain.
_LEAST, _MOST = 0.01, 0.99
_FAR_M = 1000.0


def evidence(rides: Sequence[Ride]) -> Evidence:
    """Return how many rides and people stand behind an element, and from when to when."""
    people = {ride.person for ride in rides if ride.person}
    starts = [float(ride.t_s[0]) for ride in rides]
    return Evidence(len(rides), len(people) or None, min(starts), max(starts))


def features(signs: Signs) -> Mapping[str, float]:
    """Return the signs of a pattern on the scales on which they add up. ``runs`` and ``people`` speak for it; all
    others, the higher the more, against it."""
    return {
        "runs": log(signs["runs"]),
        "people": log(max(1.0, signs["people"])),
        "lone": float(signs["runs"] == 1),
        "short": max(0.0, -log(max(signs["km"], 0.1) / 10)),
        "unseen": min(signs["unseen"], 0.3),
        "off": min(signs["off"], 0.3),
        "missed": min(signs["missed"], 0.3),
        "start": min(signs["start_m"], _FAR_M) / _FAR_M,
        "end": min(signs["end_m"], _FAR_M) / _FAR_M,
        # Where riders say nothing at all, their silence about the ends of the way says nothing either.
        "silent": 1 - signs["told"],
        "untold_start": signs["told"] * (1 - signs["departed"]),
        "untold_end": signs["told"] * (1 - signs["arrived"]),
        "elsewhere": signs["elsewhere"],
        "maybe": log1p(signs["maybe"]),
        "labels": signs["labels"],
    }


def chance(signs: Signs) -> float:
    """Return the chance, 0–1, that a pattern with these signs is right."""
    odds = _WEIGHTS["constant"] + sum(_WEIGHTS.get(name, 0.0) * value for name, value in features(signs).items())
    return round(min(_MOST, max(_LEAST, 1 / (1 + exp(-odds)))), 4)


def confidence(proof: Evidence, agreement: float) -> float:
    """Return 0–1 from the evidence and the share (0–1) on which its runs agree."""
    weight = proof.runs + 0.5 * max(0, (proof.people or 1) - 1)
    return round(float(agreement * (1.0 - 0.5**weight)), 4)


def served(runs: int, runs_past: int) -> float:
    """Return the chance that a vehicle stops where ``runs`` of ``runs_past`` did, by Laplace's rule of succession."""
    return round((runs + 1) / (runs_past + 2), 4)
