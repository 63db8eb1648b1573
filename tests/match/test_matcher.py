"""Where a run went on the streets: drawn towns, one question each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from mapping_service.geo import along_m, points_at
from mapping_service.match.index import index_streets
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Match
from mapping_service.street_records import Streets
from tests.match.town import Corners, ride, town, ways

P = Parameters()

# A ---- B ---- C
#        |      |
#        D ---- E
BLOCK: Corners = {"A": (0, 0), "B": (200, 0), "C": (400, 0), "D": (200, -200), "E": (400, -200)}
BLOCK_WAYS = ["AB", "BC", "BD", "CE", "DE"]


def on(corners: Corners, streets: Sequence[str], t_s: Floats, xy: Floats, **more: Sequence[str]) -> list[str]:
    return ways(streets, match(t_s, xy, index_streets(town(corners, streets, **more)), P))


def joined(found: Match, streets: Streets) -> bool:
    """True where every stretch begins where the one before it ended."""
    line, off = index_streets(streets).line, iter(found.off_road)
    lines = [next(off) if edge < 0 else line(edge) for edge in found.edge]
    ends = [
        points_at(xy, along_m(xy), np.array([from_m, to_m]))
        for xy, from_m, to_m in zip(lines, found.from_m, found.to_m, strict=True)
    ]
    return all(np.hypot(*(b[0] - a[1])) < 1e-6 for a, b in zip(ends[:-1], ends[1:], strict=True))


def test_a_ride_around_two_corners_is_found_with_where_it_began_and_ended() -> None:
    t_s, xy = ride([(50, 3), (200, 3), (200, -200), (350, -200)])
    found = match(t_s, xy, index_streets(town(BLOCK, BLOCK_WAYS)), P)
    assert ways(BLOCK_WAYS, found) == ["AB", "BD", "DE"]
    assert found.from_m[0] == pytest.approx(50) and found.to_m[-1] == pytest.approx(150)
    assert found.off_road == () and found.confidence > 0.9


def test_a_short_way_into_a_side_street_by_error_is_no_turn() -> None:
    """A few positions beside the corner lie nearer to the side street."""
    t_s, xy = ride([(20, 0), (380, 0)])
    beside = np.abs(xy[:, 0] - 200) < 20
    xy[beside, 1] -= 15
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == ["AB", "BC"]


def test_of_two_streets_30_m_apart_the_one_that_was_ridden_is_found() -> None:
    corners: Corners = {"A": (0, 0), "B": (600, 0), "C": (0, 30), "D": (600, 30)}
    right = 0
    for seed in range(20):
        t_s, xy = ride([(20, 30), (580, 30)], sigma_m=7, seed=seed)
        right += on(corners, ["AB", "CD", "AC", "BD"], t_s, xy) == ["CD"]
    assert right >= 19


def test_a_bridge_over_a_street_is_not_a_junction() -> None:
    corners: Corners = {"A": (0, 0), "B": (400, 0), "C": (200, -200), "D": (200, 200)}
    t_s, xy = ride([(10, 0), (390, 0)], sigma_m=5)
    assert on(corners, ["AB", "CD"], t_s, xy) == ["AB"]


def test_a_roundabout_is_driven_round() -> None:
    """From the west in, three quarters round against the clock, out to the north."""
    angle = np.radians([180, 225, 270, 315, 0, 45, 90, 135])
    ring = {name: (25 * np.cos(a), 25 * np.sin(a)) for name, a in zip("WpSqErNs", angle, strict=True)}
    corners: Corners = {**ring, "a": (-300, 0), "b": (0, 300), "c": (300, 0), "d": (0, -300)}
    streets = ["WpS", "SqE", "ErN", "NsW", "aW", "bN", "cE", "dS"]
    line = [(-280, 0), *(ring[name] for name in "WpSqErN"), (0, 280)]
    t_s, xy = ride(line)
    assert on(corners, streets, t_s, xy, oneway=["WpS", "SqE", "ErN", "NsW"]) == ["aW", "WpS", "SqE", "ErN", "Nb"]


def test_a_u_turn_at_the_terminal_is_kept() -> None:
    t_s, xy = ride([(20, 0), (200, 0), (200, -195), (200, 0), (20, 0)])
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == ["AB", "BD", "DB", "BA"]


def test_a_u_turn_in_the_middle_of_a_street_ends_where_it_was_made() -> None:
    streets = town({"A": (0, 0), "B": (1000, 0)}, ["AB"])
    t_s, xy = ride([(20, 0), (600, 0), (100, 0)])
    found = match(t_s, xy, index_streets(streets), P)
    assert ways(["AB"], found) == ["AB", "BA"]
    assert found.to_m[0] == pytest.approx(600, abs=16) and found.to_m[-1] == pytest.approx(900)
    assert joined(found, streets)


def test_a_loop_around_a_block_is_ridden_all_round() -> None:
    t_s, xy = ride([(20, 0), (400, 0), (400, -200), (200, -200), (200, 0), (20, 0)], sigma_m=4)
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == ["AB", "BC", "CE", "ED", "DB", "BA"]


def test_the_wrong_way_on_a_oneway_is_found_where_it_was_ridden() -> None:
    t_s, xy = ride([(380, 0), (20, 0)], sigma_m=4)
    assert on(BLOCK, BLOCK_WAYS, t_s, xy, oneway=["AB", "BC"]) == ["CB", "BA"]


def test_a_street_that_is_not_on_the_map_is_kept_as_ridden() -> None:
    r"""A ---- B      C ---- D, and from B to C over a hill that no map shows; a road far below joins them."""
    corners: Corners = {"A": (0, 0), "B": (400, 0), "C": (1000, 0), "D": (1400, 0), "E": (400, -500), "F": (1000, -500)}
    streets = town(corners, ["AB", "CD", "BE", "EF", "FC"])
    t_s, xy = ride([(20, 0), (400, 0), (700, 150), (1000, 0), (1380, 0)], sigma_m=4)
    found = match(t_s, xy, index_streets(streets), P)
    assert ways(["AB", "CD", "BE", "EF", "FC"], found) == ["AB", "-", "CD"]
    assert len(found.off_road) == 1 and along_m(found.off_road[0])[-1] == pytest.approx(670, rel=0.15)
    assert joined(found, streets)


def test_the_streets_beside_an_unmapped_one_do_not_pull() -> None:
    """Ladder: two streets 240 m apart with rungs; the ride goes along the middle, where no street is."""
    north, south = "ACEGIKMO", "BDFHJLNP"
    rows = ((north, 120.0), (south, -120.0))
    corners: Corners = {name: (200.0 * k, y) for row, y in rows for k, name in enumerate(row)}
    streets = [*(a + b for row in (north, south) for a, b in zip(row[:-1], row[1:], strict=True)),
               *(a + b for a, b in zip(north, south, strict=True))]
    t_s, xy = ride([(10, 5), (1390, 5)], sigma_m=4)
    found = match(t_s, xy, index_streets(town(corners, streets)), P)
    ridden_m = (found.to_m - found.from_m)[found.edge >= 0].sum()
    assert ridden_m < 0.1 * 1380


def test_no_streets_at_all_leave_the_ride_as_ridden() -> None:
    t_s, xy = ride([(0, 0), (500, 0)])
    found = match(t_s, xy, index_streets(town({}, [])), P)
    assert found.edge.tolist() == [-1]
    assert found.off_road[0][[0, -1]].tolist() == xy[[0, -1]].tolist()
    assert found.to_m[0] == pytest.approx(500)


def test_a_ride_far_from_all_streets_is_kept_as_ridden() -> None:
    t_s, xy = ride([(0, 5000), (500, 5000)])
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == ["-"]


def test_one_fix_lies_on_its_street() -> None:
    found = match(np.zeros(1), np.array([[100.0, 4.0]]), index_streets(town(BLOCK, BLOCK_WAYS)), P)
    assert len(found.edge) == 1 and found.edge[0] // 2 == 0
    assert found.from_m[0] == found.to_m[0]


def test_a_phone_that_stays_in_one_place_rides_nowhere() -> None:
    xy = np.tile([[100.0, 4.0]], (50, 1))
    found = match(np.arange(50.0), xy, index_streets(town(BLOCK, BLOCK_WAYS)), P)
    assert len(found.edge) == 1 and found.from_m[0] == found.to_m[0]


def test_a_phone_that_wakes_every_30_s_is_followed_round_the_corners() -> None:
    t_s, xy = ride([(20, 0), (400, 0), (400, -200), (200, -200)], every_s=30, sigma_m=6)
    assert len(t_s) <= 5
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == ["AB", "BC", "CE", "ED"]


def test_the_error_that_the_phone_tells_makes_the_match_less_sure() -> None:
    corners: Corners = {"A": (0, 0), "B": (600, 0), "C": (0, 14), "D": (600, 14)}
    index = index_streets(town(corners, ["AB", "CD", "AC", "BD"]))
    t_s, xy = ride([(20, 0), (580, 0)])
    sure = match(t_s, xy, index, P, np.full(len(t_s), 4.0))
    unsure = match(t_s, xy, index, P, np.full(len(t_s), 20.0))
    assert sure.confidence > unsure.confidence + 0.05


def test_a_clear_ride_is_surer_than_one_between_two_streets() -> None:
    corners: Corners = {"A": (0, 0), "B": (600, 0), "C": (0, 24), "D": (600, 24)}
    index = index_streets(town(corners, ["AB", "CD", "AC", "BD"]))
    clear = match(*ride([(20, 0), (580, 0)]), index, P)
    between = match(*ride([(20, 12), (580, 12)]), index, P)
    assert clear.confidence > 0.9 > 0.75 > between.confidence > 0.3


def test_the_same_ride_gives_the_same_match_wherever_it_is_on_the_map() -> None:
    corners = {name: (x + 447_000, y + 4_634_000) for name, (x, y) in BLOCK.items()}
    t_s, xy = ride([(50, 3), (200, 3), (200, -200), (350, -200)], sigma_m=5)
    here = match(t_s, xy, index_streets(town(BLOCK, BLOCK_WAYS)), P)
    there = match(t_s + 1.6e9, xy + [447_000, 4_634_000], index_streets(town(corners, BLOCK_WAYS)), P)
    assert here.edge.tolist() == there.edge.tolist()
    assert here.to_m == pytest.approx(there.to_m, abs=1e-3)


def test_streets_in_another_order_give_the_same_way() -> None:
    t_s, xy = ride([(20, 0), (400, 0), (400, -200), (200, -200)], sigma_m=6)
    assert on(BLOCK, BLOCK_WAYS, t_s, xy) == on(BLOCK, BLOCK_WAYS[::-1], t_s, xy)


def test_less_thinning_does_not_change_a_clear_ride() -> None:
    t_s, xy = ride([(50, 3), (200, 3), (200, -200), (350, -200)], every_s=1)
    index = index_streets(town(BLOCK, BLOCK_WAYS))
    for step_m in (5, 30):
        assert ways(BLOCK_WAYS, match(t_s, xy, index, replace(P, match_step_m=step_m))) == ["AB", "BD", "DE"]
