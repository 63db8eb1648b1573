"""How likely a place is a stop, by a model learned from simulated cities. Pure.

The model is a sum of small decision trees (gradient boosting, Friedman 2001) in ``stop_model.json``: evaluated here
with NumPy alone, made by ``python -m tests.benchmarks.stop_training``. A trait that is not known goes the way that
fitted best when the tree was grown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mapping_service.fuse.traits import TRAITS
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

MODEL = Path(__file__).with_name("stop_model.json")


@dataclass(frozen=True)
class Trees:
    """All trees as flat arrays, (trees, nodes). A leaf leads to itself; ``value`` counts at leaves only."""

    base: float
    trait: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    most: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    left: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    right: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    unknown_left: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    value: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    depth: int


@cache
def model() -> Trees:
    """Return the model that comes with the package. Raises ``ValueError`` where it was made for other traits."""
    return trees_of(json.loads(MODEL.read_text("utf-8")))


def trees_of(stored: dict[str, object]) -> Trees:
    """Return the trees of a stored model: per node trait, bound, left, right, whether unknown goes left, value."""
    if stored["traits"] != list(TRAITS):
        raise ValueError("The model of stops was made for other traits: run tests.benchmarks.stop_training again.")
    trees = stored["trees"]
    assert isinstance(trees, list)
    size = max(len(tree) for tree in trees)
    table = np.zeros((len(trees), size, 6))
    for k, tree in enumerate(trees):
        table[k, : len(tree)] = tree
    trait, most, left, right, unknown, value = table.transpose(2, 0, 1)
    whole = trait.astype(np.int64), left.astype(np.int64), right.astype(np.int64)
    return Trees(float(str(stored["base"])), whole[0], most, whole[1], whole[2], unknown > 0, value,
                 int(str(stored["depth"])))


def stop_probability(traits: Floats, trees: Trees | None = None) -> Floats:
    """Return for each row of traits (n, len(TRAITS)) the probability that the place is a stop."""
    t = trees or model()
    total = np.full(len(traits), t.base)
    at = np.zeros((len(traits), len(t.trait)), dtype=np.int64)
    every, rows = np.arange(len(t.trait))[None], np.arange(len(traits))[:, None]
    for _ in range(t.depth):
        value = traits[rows, t.trait[every, at]]
        goes_left = np.where(np.isnan(value), t.unknown_left[every, at], value <= t.most[every, at])
        at = np.where(goes_left, t.left[every, at], t.right[every, at])
    total = total + t.value[every, at].sum(axis=1)
    return np.asarray(1.0 / (1.0 + np.exp(-total)))


def judged(traits: Floats, p: Parameters) -> Floats:
    """Return the probabilities of places; one at which hardly a ride halted, and of which nobody spoke, is at most a
    candidate for people to look at, since every kind of halt happens once."""
    likely = stop_probability(traits)
    support, told, others_told = (traits[:, TRAITS.index(name)] for name in ("support", "told", "others_told"))
    rare = (support < p.silent_share) & (told == 0) & (others_told == 0)
    return np.asarray(np.where(rare, np.minimum(likely, np.nextafter(p.stop_probability, 0.0)), likely))
