"""Lines that go the same way find each other: a street with two lines on it, one back, one beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mapping_service.records import Floats
from mapping_service.review.ways import same_ways
from tests.sketch import P


def line(*points: tuple[float, float]) -> Floats:
    return np.array(points, dtype=np.float64)


STREET = line((0, 0), (3000, 0))


def found(ours: Floats, theirs: Floats) -> bool:
    return bool(same_ways({"ours": ours}, {"theirs": theirs}, P))


def test_a_line_a_lane_beside_another_goes_the_same_way() -> None:
    ((fit, new, old),) = same_ways({"ours": line((0, 15), (3000, 15))}, {"theirs": STREET}, P)
    assert (new, old) == ("ours", "theirs") and fit < 0.01


def test_the_way_back_is_another_way() -> None:
    assert not found(STREET[::-1], STREET)


def test_a_part_of_the_way_is_another_way() -> None:
    assert not found(line((0, 0), (2000, 0)), STREET)
    assert not found(STREET, line((0, 0), (2000, 0)))
    assert found(line((0, 0), (2800, 0)), STREET)


def test_a_parallel_street_is_another_way() -> None:
    assert not found(line((0, 200), (3000, 200)), STREET)


def test_nothing_goes_the_way_of_nothing() -> None:
    assert same_ways({}, {"theirs": STREET}, P) == same_ways({"ours": STREET}, {}, P) == []
    assert not same_ways({"ours": STREET}, {"theirs": line((0, 9000), (3000, 9000))}, replace(P, same_way_m=20))
