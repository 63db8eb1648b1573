"""One way along the streets from several runs: drawn towns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from shapely import LineString, Point

from mapping_service.fuse.shape import fuse_shape
from mapping_service.match.consensus import Path, consensus
from mapping_service.match.index import index_streets
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from tests.match.town import Corners, ride, town

P = Parameters()
Points = Sequence[tuple[float, float]]

# A ------ B ------ C ------ D      and a lane 60 m below from B to C
CORNERS: Corners = {"A": (0, 0), "B": (400, 0), "C": (800, 0), "D": (1200, 0), "p": (400, -60), "q": (800, -60)}
WAYS = ["AB", "BC", "CD", "BpqC"]
STRAIGHT: Points = [(20, 0), (1180, 0)]
BELOW: Points = [(20, 0), (400, 0), (400, -60), (800, -60), (800, 0), (1180, 0)]


def fused(
    lines: Sequence[Points], sigma_m: float = 5, corners: Corners = CORNERS, streets: Sequence[str] = WAYS
) -> Path:
    index = index_streets(town(corners, streets))
    rides = [ride(line, sigma_m=sigma_m, seed=seed) for seed, line in enumerate(lines)]
    matches = [match(t_s, xy, index, P) for t_s, xy in rides]
    runs = [xy for _, xy in rides]
    return consensus(fuse_shape(runs[0], runs[1:], P), runs, matches, index, P)


def words(path: Path, streets: Sequence[str] = WAYS) -> list[str]:
    both = [order for way in streets for order in (way, way[::-1])]
    return ["-" if edge < 0 else both[edge] for edge in path.edges.tolist()]


def farthest_m(path: Path, line: Points) -> float:
    return float(LineString(path.line).hausdorff_distance(LineString(line)))


def test_one_run_is_its_own_way() -> None:
    path = fused([BELOW])
    assert words(path) == ["AB", "BpqC", "CD"]
    assert path.took.tolist() == path.covered.tolist() == [1, 1, 1]


def test_the_line_lies_on_the_street_not_where_the_phones_were() -> None:
    path = fused([STRAIGHT] * 5, sigma_m=8)
    assert words(path) == ["AB", "BC", "CD"]
    assert max(abs(path.line[:, 1])) < 1e-6


def test_the_streets_of_most_runs_are_the_way_and_the_others_are_told_beside_it() -> None:
    path = fused([STRAIGHT] * 7 + [BELOW] * 3)
    assert words(path) == ["AB", "BC", "CD"]
    assert path.took.tolist() == [10, 7, 10] and path.covered.tolist() == [10, 10, 10]
    assert [(one.leaves, one.edges, one.joins, one.runs) for one in path.alternatives] == [(0, (6,), 4, 3)]


def test_a_detour_of_two_runs_is_no_alternative() -> None:
    assert fused([STRAIGHT] * 8 + [BELOW] * 2).alternatives == ()


def test_a_partial_run_votes_only_where_it_ran() -> None:
    path = fused([STRAIGHT, STRAIGHT, STRAIGHT, [(20, 0), (380, 0)]])
    assert words(path) == ["AB", "BC", "CD"]
    assert path.took.tolist() == [4, 3, 3] and path.covered.tolist() == [4, 3, 3]


def test_a_loop_that_all_ride_stays_a_loop() -> None:
    corners: Corners = {"A": (0, 0), "B": (400, 0), "C": (700, 0), "D": (700, -300), "E": (400, -300)}
    streets = ["AB", "BC", "CD", "DE", "EB"]
    line: Points = [(20, 0), (700, 0), (700, -300), (400, -300), (400, 0), (20, 0)]
    path = fused([line] * 4, corners=corners, streets=streets)
    assert words(path, streets) == ["AB", "BC", "CD", "DE", "EB", "BA"]


def test_an_unmapped_street_is_the_mean_of_the_runs_between_the_mapped_ones() -> None:
    corners: Corners = {"A": (0, 0), "B": (400, 0), "C": (1000, 0), "D": (1400, 0)}
    line: Points = [(20, 0), (400, 0), (700, 200), (1000, 0), (1380, 0)]
    path = fused([line] * 6, corners=corners, streets=["AB", "CD"])
    assert words(path, ["AB", "CD"]) == ["AB", "-", "CD"]
    assert farthest_m(path, line) < 20
    assert min(Point(p).distance(LineString(line)) for p in path.line) == pytest.approx(0, abs=1)


def test_runs_in_another_order_give_the_same_way() -> None:
    index = index_streets(town(CORNERS, WAYS))
    rides = [ride(line, sigma_m=6, seed=seed) for seed, line in enumerate([STRAIGHT] * 3 + [BELOW] * 3)]
    shape = fuse_shape(rides[0][1], [xy for _, xy in rides[1:]], P)
    matches = [match(t_s, xy, index, P) for t_s, xy in rides]
    one = consensus(shape, [xy for _, xy in rides], matches, index, P)
    other = consensus(shape, [xy for _, xy in rides[::-1]], matches[::-1], index, P)
    assert np.array_equal(one.line, other.line) and one.alternatives == other.alternatives
