from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import shapely

from collectors.simulator import GtfsNetwork, SimulatedRide, read_feed, sample_town, write_feed
from collectors.simulator.network import Pattern

from .conftest import CENTRE


def line(pattern: Pattern) -> shapely.LineString:
    return shapely.LineString(CENTRE.to_m(pattern.lonlat))


def by_key(town: GtfsNetwork, key: str) -> Pattern:
    return next(pattern for pattern in town.patterns if pattern.key == key)


def test_the_same_seed_builds_the_same_town_and_another_another(tmp_path: Path, town: GtfsNetwork) -> None:
    for name, network in (("one", town), ("again", sample_town(7)), ("other", sample_town(8))):
        write_feed(network, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_every_route_runs_in_both_directions(town: GtfsNetwork) -> None:
    directions = defaultdict(set)
    for pattern in town.patterns:
        directions[pattern.route_id].add(pattern.direction_id)
    assert set(directions) == set(town.routes) and 8 <= len(town.routes) <= 10
    assert all(found == {0, 1} for found in directions.values())


@pytest.mark.parametrize("seed", range(6))
def test_stops_lie_250_to_700_m_apart_in_order_on_the_kerb(seed: int) -> None:
    town = sample_town(seed)
    for pattern in town.patterns:
        gaps = np.diff(pattern.stops_along_m)
        assert 8 <= len(pattern.stop_ids) <= 20
        assert gaps.min() > 240 and gaps.max() < 710
        points = CENTRE.to_m(np.array([[town.stops[i].lon, town.stops[i].lat] for i in pattern.stop_ids]))
        assert shapely.distance(line(pattern), shapely.points(points)).max() < 12


def test_a_stop_is_on_the_left_of_its_direction(town: GtfsNetwork) -> None:
    pattern = by_key(town, "mavuno-1-0")
    left = shapely.buffer(line(pattern), 15, single_sided=True)
    inner = [town.stops[stop_id] for stop_id in pattern.stop_ids[1:-1]]
    points = CENTRE.to_m(np.array([[stop.lon, stop.lat] for stop in inner]))
    assert shapely.intersects_xy(left, points).all()


def test_a_one_way_pair_takes_the_directions_through_different_streets(town: GtfsNetwork) -> None:
    there, back = line(by_key(town, "mavuno-4-0")), line(by_key(town, "mavuno-4-1"))
    assert 80 < shapely.hausdorff_distance(there, back) < 250
    assert 500 < there.difference(back.buffer(40)).length < 1_200


def test_two_way_roads_are_the_same_in_both_directions(town: GtfsNetwork) -> None:
    there, back = line(by_key(town, "mavuno-1-0")), line(by_key(town, "mavuno-1-1"))
    assert shapely.hausdorff_distance(there, back) < 1


def test_the_branch_pair_is_alike_for_about_seventy_per_cent(town: GtfsNetwork) -> None:
    one, other = line(by_key(town, "mavuno-7-0")), line(by_key(town, "mavuno-7B-0"))
    assert 0.6 < one.intersection(other.buffer(5)).length / one.length < 0.8


def test_the_loop_ends_where_it_begins(town: GtfsNetwork) -> None:
    loop = by_key(town, "mavuno-10-0")
    assert loop.stop_ids[0] == loop.stop_ids[-1]
    assert loop.stops_along_m[-1] - loop.stops_along_m[0] > 6_000


def test_routes_on_a_shared_road_share_its_stops(town: GtfsNetwork) -> None:
    uses = Counter(stop_id for pattern in town.patterns for stop_id in set(pattern.stop_ids))
    assert sum(count > 1 for count in uses.values()) > 30


def test_streets_surround_the_routes_and_every_route_lies_on_them(town: GtfsNetwork) -> None:
    kinds = Counter(street.kind for street in town.streets)
    assert kinds["side"] > 500 and kinds["main"] and kinds["arterial"] and kinds["oneway"] == 2
    roads = shapely.union_all([shapely.LineString(CENTRE.to_m(street.lonlat)) for street in town.streets
                               if street.kind != "side"]).buffer(2)
    assert all(roads.covers(line(pattern)) for pattern in town.patterns)


def test_the_town_says_that_it_is_invented_and_stands_on_open_water(town: GtfsNetwork) -> None:
    assert "synthetic" in town.name and all("invented" in agency.name for agency in town.agencies.values())
    lonlat = np.concatenate([street.lonlat for street in town.streets])
    assert (abs(lonlat - [33.3, -1.2]) < 0.08).all()


def test_a_landmark_names_one_place_only(town: GtfsNetwork) -> None:
    places = defaultdict(list)
    for stop in town.stops.values():
        places[stop.name].append((stop.lon, stop.lat))
    for found in places.values():
        xy = CENTRE.to_m(np.array(found))
        assert len(xy) <= 2 and np.ptp(xy, axis=0).max() < 60


def test_the_sample_survey_is_small_and_covers_every_pattern(town: GtfsNetwork, survey: list[SimulatedRide]) -> None:
    assert 50 <= len(survey) <= 110
    assert sum(len(ride.gpx) for ride in survey) < 25_000_000
    assert {ride.truth.pattern for ride in survey} == {pattern.key for pattern in town.patterns}
    assert {ride.truth.kind for ride in survey} == {"full", "partial", "duplicate", "second_phone"}


def test_the_written_feed_reads_back_as_the_same_network(tmp_path: Path, town: GtfsNetwork) -> None:
    write_feed(town, tmp_path / "town.zip")
    again = read_feed(tmp_path / "town.zip")
    assert not again.notices and again.currency == "KES"
    assert again.routes == town.routes
    ours = {pattern.name: pattern for pattern in town.patterns}
    for pattern in again.patterns:
        assert pattern.stop_ids == ours[pattern.name].stop_ids and pattern.way == ours[pattern.name].way
        assert pattern.lonlat == pytest.approx(ours[pattern.name].lonlat, abs=1e-6)
        assert pattern.stops_along_m == pytest.approx(ours[pattern.name].stops_along_m, abs=12)
