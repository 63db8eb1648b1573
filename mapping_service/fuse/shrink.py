"""Few observations lean on their parents: empirical-Bayes shrinkage with weights. Pure.

What a group shows is drawn towards what its parent says, the more the fewer observations it has:
``(n * mean + k * parent) / (n + k)``. How much a parent counts, ``k`` observations, is what the data themselves say:
the variance within groups over the variance between them (Morris 1983, doi 10.1080/01621459.1983.10477920).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mapping_service.records import Floats, Ints

LEAST, MOST = 0.1, 40.0  # of the usual strength: what the data may say, few as they often are


def toward(total: Any, weight: Any, parent: Any, strength: float) -> Floats:
    """Return the shrunk means of groups: ``total`` is the weighted sum of a group, ``weight`` its sum of weights."""
    return np.asarray((total + strength * parent) / (weight + strength))


def parent_strength(
    values: Floats, groups: Ints, weights: Floats, usual: float, parents: Ints | None = None
) -> float:
    """Return how many observations of its own (sums of weights) a group needs to count as much as its parent.

    The moments of a nested layout with unequal groups (Searle, Casella & McCulloch 1992, section 3.6); ``parents``
    run along the values, all of one parent unless given. ``usual`` is returned where the data cannot say: no two
    groups of one parent, no two values in one group. Differences between groups that are not there give the most.
    """
    over = np.zeros(len(values), dtype=np.int64) if parents is None else parents
    _, first, group = np.unique(np.column_stack((over, groups)), axis=0, return_index=True, return_inverse=True)
    parent = np.unique(over, return_inverse=True)[1][first]
    held = np.bincount(group, weights)
    held_by_parent = np.bincount(parent, held)
    free, free_between = len(values) - len(held), len(held) - len(held_by_parent)
    if free < 1 or free_between < 1:
        return usual
    means = np.bincount(group, weights * values) / held
    middles = (np.bincount(parent, held * means) / held_by_parent)[parent]
    within = float(np.sum(weights * (values - means[group]) ** 2)) / free
    between = float(np.sum(held * (means - middles) ** 2)) / free_between
    typical = float(held.sum() - np.sum(held**2 / held_by_parent[parent])) / free_between
    spread = (between - within) / typical
    return usual * float(np.clip(within / spread / usual, LEAST, MOST) if spread > 0 else MOST)
