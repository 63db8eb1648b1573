"""Whether chances mean what they say: reliability tables, calibration errors, and logistic fits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from mapping_service.records import Floats

BINS = 10


@dataclass(frozen=True)
class Bin:
    """All cases whose stated chance lies between two tenths: how many, what was stated, what came true (means)."""

    low: float
    high: float
    cases: int
    said: float | None
    true: float | None


def reliability(said: Floats, true: NDArray[np.bool_]) -> list[Bin]:
    """Return the reliability table of stated chances (0–1)."""
    which = np.minimum((said * BINS).astype(int), BINS - 1)
    found = []
    for i in range(BINS):
        these = which == i
        known = bool(these.any())
        found.append(Bin(i / BINS, (i + 1) / BINS, int(these.sum()), float(said[these].mean()) if known else None,
                         float(true[these].mean()) if known else None))
    return found


def expected_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean distance of stated from true, by cases (Naeini et al. 2015)."""
    cases = sum(one.cases for one in bins)
    return sum(one.cases * abs((one.said or 0) - (one.true or 0)) for one in bins) / max(1, cases)


def brier(said: Floats, true: NDArray[np.bool_]) -> float:
    """Return the mean squared distance of stated chances from what came true (Brier 1950)."""
    return float(np.mean((said - true) ** 2))


def chance_error(said: Floats, repeats: int = 200) -> float:
    """Return the calibration error that perfectly stated chances would show by chance alone, of so many cases."""
    rng = np.random.default_rng(0)
    draws = rng.random((repeats, len(said))) < said
    return float(np.mean([expected_error(reliability(said, one)) for one in draws]))


def fit_logistic(
    rows: Sequence[Mapping[str, float]], true: NDArray[np.bool_], signs: Mapping[str, int], *, penalty: float,
    weight: Floats | None = None,
) -> Mapping[str, float]:
    """Return the constant and the weights of a logistic regression with a ridge penalty on scaled features.

    ``signs`` names the features; a weight may not be negative where it is 1, nor positive where it is -1.
    """
    names = list(signs)
    table = np.array([[row[name] for name in names] for row in rows])
    scale = np.maximum(table.std(axis=0), 1e-6)
    x = np.column_stack((np.ones(len(table)), table / scale))
    each = np.ones(len(table)) if weight is None else weight
    shrink = np.r_[0.0, np.full(len(names), penalty)]

    def loss(w: Floats) -> tuple[float, Floats]:
        odds = x @ w
        cost = np.sum(each * (np.logaddexp(0, odds) - true * odds)) + 0.5 * np.sum(shrink * w**2)
        return float(cost), np.asarray(x.T @ (each * (expit(odds) - true)) + shrink * w)

    bounds = [(None, None)] + [(0, None) if signs[name] > 0 else (None, 0) for name in names]
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[1:] / scale
    return {"constant": float(found.x[0]), **{name: float(w) for name, w in zip(names, weights, strict=True)}}
