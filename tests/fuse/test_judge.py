"""The model of stops: small trees drawn by hand, and what the one of the package must never say."""

from __future__ import annotations

import numpy as np
import pytest

from mapping_service.fuse.judge import model, stop_probability, trees_of
from mapping_service.fuse.traits import TRAITS
from mapping_service.records import Floats

# One question: is there much support? Nobody knows: as if there were none.
STUMP = [[TRAITS.index("support"), 0.5, 1, 2, 1, 0], [0, 0, 1, 1, 0, -2.0], [0, 0, 2, 2, 0, 2.0]]


def stored(*trees: list[list[float]]) -> dict[str, object]:
    return {"traits": list(TRAITS), "base": 0.0, "depth": 1, "trees": list(trees)}


def place(**known: float) -> Floats:
    """A place of which only some traits are known."""
    return np.array([[known.get(name, np.nan) for name in TRAITS]])


@pytest.mark.parametrize(("support", "expected"), [(0.2, 0.119), (0.5, 0.119), (0.9, 0.881), (np.nan, 0.119)])
def test_a_tree_is_walked_to_its_leaf_and_the_unknown_goes_its_way(support: float, expected: float) -> None:
    assert stop_probability(place(support=support), trees_of(stored(STUMP)))[0] == pytest.approx(expected, abs=1e-3)


def test_trees_add_up() -> None:
    assert stop_probability(place(support=1), trees_of(stored(STUMP, STUMP)))[0] == pytest.approx(0.982, abs=1e-3)


def test_a_model_made_for_other_traits_is_refused() -> None:
    with pytest.raises(ValueError, match="other traits"):
        trees_of({**stored(STUMP), "traits": ["support"]})


@pytest.mark.parametrize(
    ("trait", "less", "more", "sign"),
    [("support", 0.2, 0.9, 1), ("told_share", 0.1, 1.0, 1), ("others_told", 0.0, 3.0, 1), ("withheld", 0.0, 3.0, -1)],
)
def test_more_support_never_speaks_against_a_stop_nor_silence_for_one(
    trait: str, less: float, more: float, sign: int
) -> None:
    rng = np.random.default_rng(1)
    places = np.where(rng.random((200, len(TRAITS))) < 0.3, np.nan, rng.uniform(0, 5, (200, len(TRAITS))))
    few, many = places.copy(), places.copy()
    few[:, TRAITS.index(trait)], many[:, TRAITS.index(trait)] = less, more
    assert np.all(sign * (stop_probability(many) - stop_probability(few)) >= -1e-9)


def test_the_model_of_the_package_fits_its_traits() -> None:
    assert len(model().trait) > 10
    assert 0 < stop_probability(place(past=2, support=1, told=2, told_share=1))[0] < 1
