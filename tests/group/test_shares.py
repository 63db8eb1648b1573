"""How much of each of two trails lies along the other, beside what the words say, taken key by key in plain Python."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.group.shares import laid, shares
from mapping_service.group.trail import Trail

HEIGHT = 1 << 20  # rows of the grid
Key = tuple[int, int, int]  # column, row, octant

cells = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 7))
ridden = st.dictionaries(cells, st.integers(1, 900), min_size=1, max_size=12)


def number(key: Key) -> int:
    column, row, octant = key
    return ((column + HEIGHT // 2) * HEIGHT + row + HEIGHT // 2) * 8 + octant


def trail(weights: dict[Key, int]) -> Trail:
    keys = sorted(weights, key=number)
    return Trail(np.array([number(key) for key in keys]), np.array([weights[key] for key in keys]))


def near(key: Key) -> set[Key]:
    column, row, octant = key
    return {(column + dc, row + dr, (octant + do) % 8) for dc, dr, do in product((-1, 0, 1), repeat=3)}


def turned(weights: dict[Key, int]) -> dict[Key, int]:
    return {(*key[:2], (key[2] + 4) % 8): dm for key, dm in weights.items()}


def along(one: dict[Key, int], other: dict[Key, int]) -> float:
    """The share of one that is near anything of the other."""
    return sum(dm for key, dm in one.items() if near(key) & other.keys()) / sum(one.values())


@given(st.lists(ridden, min_size=1, max_size=5))
def test_any_shares_are_those_that_counting_key_by_key_gives(trails: list[dict[Key, int]]) -> None:
    pairs = list(product(range(len(trails)), repeat=2))
    cover, back = shares(laid([trail(one) for one in trails]), *np.array(pairs).T)
    for (i, j), ahead, home in zip(pairs, cover.tolist(), back.tolist(), strict=True):
        one, other = trails[i], trails[j]
        assert ahead == [along(one, other), along(other, one)]
        assert home == [along(turned(one), other), along(other, turned(one))]


def test_a_cell_is_near_its_27_neighbours_and_no_other() -> None:
    middle: Key = (5, 5, 0)
    others: list[Key] = [*product(range(3, 8), range(3, 8), range(8))]
    runs = laid([trail({one: 10}) for one in [middle, *others]])
    cover, _ = shares(runs, np.zeros(len(others), dtype=np.int64), np.arange(1, len(others) + 1))
    assert {key for key, share in zip(others, cover[:, 1], strict=True) if share} == near(middle)
