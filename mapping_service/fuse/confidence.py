"""What an element rests on, how far to trust it, and why. Pure.

The confidence of a pattern is the chance that its line and direction are right: that it tells a way that vehicles
really take with an F1 of at least 0.9 within 25 m. It is a logistic regression on a few signs; the weights in
``confidence.json`` are fitted, and their reliability is measured, by ``python -m tests.benchmarks.calibration``. No
weight may go against reason: what speaks against a pattern never raises its confidence.

The confidence of a stop is the chance that there is one within 30 m. The model of stops learns from invented lines,
where the one who tells is always believed and a line stands alone; ``stop_confidence.json`` puts right what it says by
what came true on simulated cities and on half of a real survey (Platt 1999, with what else is known of the stop),
fitted by ``python -m tests.benchmarks.stop_calibration``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import exp, log, log1p
from pathlib import Path

from mapping_service.fuse.stops import LineStop
from mapping_service.records import Evidence, Ride

Signs = Mapping[str, float]


def _fitted(name: str) -> Mapping[str, float]:
    weights: Mapping[str, float] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))["weights"]
    return weights


_WEIGHTS, _OF_STOPS = _fitted("confidence.json"), _fitted("stop_confidence.json")
# What is the same for all patterns, however clear their signs: nothing is certain.
_LEAST, _MOST = 0.01, 0.99
_FAR_M = 1000.0
_SUREST = 2.0  # log odds (0.88); what a model of invented lines says beyond it means no more in a real city


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
    return _chance(_WEIGHTS, features(signs))


def stop_features(stops: Sequence[LineStop]) -> Mapping[str, float]:
    """Return what is known of a stop that these of some patterns are, on the scales on which it adds up.

    ``likely`` are the log odds of the pattern that knows best, ``told`` says whether anybody spoke of the stop,
    ``runs`` and ``past`` are the logarithms of the rides that called and came by, ``patterns`` that of the patterns:
    the best of many is high by luck as well.
    """
    likely = min(_MOST, max(_LEAST, max(one.probability for one in stops)))
    runs, past = ({i for one in stops for i in getattr(one, name)} for name in ("called", "past"))
    return {
        "likely": min(log(likely / (1 - likely)), _SUREST),
        "told": float(any(one.method == "reported" for one in stops)),
        "runs": log(max(1, len(runs))),
        "past": log(max(1, len(past))),
        "patterns": log(len(stops)),
    }


def stop_chance(stops: Sequence[LineStop]) -> float:
    """Return the chance, 0–1, that the stop which these of some patterns are is one."""
    return _chance(_OF_STOPS, stop_features(stops))


def _chance(weights: Mapping[str, float], known: Mapping[str, float]) -> float:
    odds = weights["constant"] + sum(weights.get(name, 0.0) * value for name, value in known.items())
    return round(min(_MOST, max(_LEAST, 1 / (1 + exp(-odds)))), 4)


def confidence(proof: Evidence, agreement: float) -> float:
    """Return 0–1 from the evidence and the share (0–1) on which its runs agree."""
    weight = proof.runs + 0.5 * max(0, (proof.people or 1) - 1)
    return round(float(agreement * (1.0 - 0.5**weight)), 4)


def served(runs: int, runs_past: int) -> float:
    """Return the chance that a vehicle stops where ``runs`` of ``runs_past`` did, by Laplace's rule of succession."""
    return round((runs + 1) / (runs_past + 2), 4)
