"""What is kept of comparing runs is what comparing them all anew gives, whatever came when. One square is 200 m."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from sqlalchemy import Connection, text

from mapping_service import matching
from mapping_service.geo import resample
from mapping_service.group.group import group_rides
from mapping_service.group.near import compare, near_pairs, near_rides
from mapping_service.group.trail import trail_of
from mapping_service.parameters import Parameters
from mapping_service.records import City, Match, Ride
from mapping_service.relating import SETTINGS, place_run, relate, related
from mapping_service.store.cities import get_city
from mapping_service.store.relations import meeting
from mapping_service.store.streets import save_match, save_streets
from mapping_service.street_records import StreetReading
from tests.collectors.streets.drawn import lay
from tests.factories import at, make_city, make_run, make_submission
from tests.group.rides import ridden
from tests.sketch import SRID, P, noisy, places, way

TOWN = places(
    """
              D
              |
         G----H
         |    |
    A----B----C-K--E----F
              |
              |
              S
    """,
    200.0,
)
WAYS = ["ACF", "ACF", "FCA", "ACS", "ACS", "SCA", "DCS", "DCS", "AB", "CE", "GHC", "ACD", "KF", "BCF", "FCB"]


@pytest.fixture
def city(connection: Connection) -> City:
    make_city(connection, slug="drawn", srid=SRID)
    return get_city(connection, "drawn")


def sent(connection: Connection, city: City, ways: Sequence[str] = WAYS) -> list[Ride]:
    """Rides along drawn corners whose runs the database holds; only where they went and when is asked of them."""
    rides = []
    for seed, letters in enumerate(ways):
        submission_id = make_submission(connection, city.city_id)
        run_id = make_run(connection, city.city_id, [at(0, 0), at(1, 0)], submission_id=submission_id)
        xy = noisy(resample(way(TOWN, letters), P.step_m), seed, 3.0)
        rides.append(replace(ridden(xy, 3600.0 * seed, run_id), submission_id=submission_id))
    return rides


def matched(connection: Connection, city: City, rides: Sequence[Ride], to: dict[int, list[int]]) -> list[Ride]:
    """The rides, of which those at some positions have been matched to some edges today, and the others to none."""
    fingerprint = matching.current(connection, city, P)
    assert fingerprint is not None
    given = []
    for i, ride in enumerate(rides):
        edge = np.array(to.get(i, []), dtype=np.int64)
        made = Match(edge, np.zeros(len(edge)), np.full(len(edge), 100.0), (), 1.0) if len(edge) else None
        save_match(connection, city.city_id, ride.run_id, made, SRID, fingerprint)
        given.append(replace(ride, match=made))
    return given


def streets(connection: Connection, city: City, **ways: str) -> None:
    drawn = lay("A-B-C", **ways)
    save_streets(connection, city.city_id, StreetReading(drawn, "town.osm", "5" * 64, 1.5e9, "© somebody", []))


def assert_kept_is_right(connection: Connection, city: City, rides: Sequence[Ride]) -> None:
    kept, anew = related(connection, city, rides, P), near_rides(rides, P)
    assert anew.cover.nnz > len(rides)
    np.testing.assert_array_equal(kept.cover.toarray(), anew.cover.toarray())
    np.testing.assert_array_equal(kept.back.toarray(), anew.back.toarray())


def pairs_written(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM run_near")).scalar_one())


def test_a_city_without_rides_has_no_pairs(connection: Connection, city: City) -> None:
    assert related(connection, city, [], P).cover.shape == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_order_and_batches_of_arrival_change_nothing(connection: Connection, city: City, seed: int) -> None:
    dice = random.Random(seed)
    rides = sent(connection, city)
    left = dice.sample(rides, len(rides))
    here: list[Ride] = []
    while left:
        size = dice.choice([1, 1, 2, 5])
        here, left = here + left[:size], left[size:]
        relate(connection, city, dice.sample(here, len(here)), P)
    assert_kept_is_right(connection, city, rides)


def test_relating_again_compares_nothing(
    connection: Connection, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    monkeypatch.setattr("mapping_service.relating.trail_of", lambda *_: pytest.fail("compared again"))
    assert_kept_is_right(connection, city, rides)


def test_a_run_that_is_set_aside_is_not_read_and_one_let_in_again_is(connection: Connection, city: City) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    before = pairs_written(connection)
    assert_kept_is_right(connection, city, rides[3:])
    assert_kept_is_right(connection, city, rides)
    assert pairs_written(connection) == before


def test_the_runs_of_another_city_are_never_near(connection: Connection, city: City) -> None:
    make_city(connection, slug="twin", srid=SRID)
    twin = get_city(connection, "twin")
    relate(connection, twin, sent(connection, twin), P)
    rides = sent(connection, city)
    for ride in rides:
        relate(connection, city, rides[:rides.index(ride) + 1], P)
    assert_kept_is_right(connection, city, rides)
    assert pairs_written(connection) == 2 * len(rides_near(rides))


def rides_near(rides: Sequence[Ride]) -> set[frozenset[int]]:
    known = near_rides(rides, P)
    both = (known.cover + known.back).tocoo()
    return {frozenset((i, j)) for i, j in zip(both.row.tolist(), both.col.tolist(), strict=True) if i != j}


def test_new_matches_and_new_streets_compare_nothing_anew(
    connection: Connection, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    monkeypatch.setattr("mapping_service.relating.trail_of", lambda *_: pytest.fail("compared again"))
    for kind in ("primary", "secondary"):
        streets(connection, city, ABC=kind)
        given = matched(connection, city, rides, {0: [2, 4, 6], 1: [2, 4, 6, 8], 5: [6, 8]})
        assert_kept_is_right(connection, city, given)


def test_another_parameter_compares_anew(connection: Connection, city: City) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    wide = replace(P, cell_m=60.0)
    kept = related(connection, city, rides, wide)
    np.testing.assert_array_equal(kept.cover.toarray(), near_rides(rides, wide).cover.toarray())


class Noted:
    """Parameters that note which of them are read."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(P, name)


def test_comparing_reads_those_parameters_by_which_it_knows_what_is_compared(
    connection: Connection, city: City
) -> None:
    noted = Noted()
    p = cast(Parameters, noted)
    rides = sent(connection, city)
    made = [trail_of(ride.xy, p) for ride in rides]
    near_pairs(made, p)
    compare(made[0], made, p)
    relate(connection, city, rides[:5], P)
    meeting(connection, city.city_id, rides[5].run_id, made[5], p)
    assert noted.read == set(SETTINGS)


def test_a_parameter_that_comparing_does_not_read_compares_nothing_anew(
    connection: Connection, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    monkeypatch.setattr("mapping_service.relating.trail_of", lambda *_: pytest.fail("compared again"))
    relate(connection, city, rides, replace(P, terminal_join_m=P.terminal_join_m + 10.0))


def test_a_run_that_is_deleted_takes_its_pairs_along(connection: Connection, city: City) -> None:
    rides = sent(connection, city)
    relate(connection, city, rides, P)
    connection.execute(text("DELETE FROM run WHERE run_id = :run_id"), {"run_id": rides[0].run_id})
    assert_kept_is_right(connection, city, rides[1:])


def test_a_new_run_is_placed_where_grouping_the_city_puts_it(connection: Connection, city: City) -> None:
    rides = sent(connection, city)
    for last in range(1, len(rides) + 1):
        relate(connection, city, rides[:last], P)
        placed = place_run(connection, rides[last - 1].run_id, P)
        full = {tuple(sorted(rides[i].run_id for i in one.full)) for one in group_rides(rides[:last], P).groups
                if last - 1 in (*one.full, *one.partial, *one.maybe)}
        assert set(placed.hosts) == full


def test_placing_takes_no_account_of_what_is_set_aside(connection: Connection, city: City) -> None:
    rides = sent(connection, city, ["ACF", "ACF", "ACF"])
    relate(connection, city, rides, P)
    connection.execute(
        text("UPDATE submission SET status = 'quarantined', reason_code = 'no_ride' WHERE submission_id = :id"),
        {"id": rides[1].submission_id},
    )
    assert place_run(connection, rides[2].run_id, P).hosts == ((rides[0].run_id, rides[2].run_id),)
