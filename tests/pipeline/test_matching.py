"""Runs onto the streets of their city: each once, again when the streets change, and never at the cost of the city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from collectors.simulator import sample_town
from collectors.simulator.street_map import street_map
from mapping_service import matching, stages
from mapping_service.parameters import Parameters
from mapping_service.records import Ride
from mapping_service.store.engine import engine_for
from mapping_service.store.streets import save_streets, summary
from mapping_service.street_records import StreetReading
from tests.pipeline.town import PLAIN, Town, survey

P = Parameters()


def reading(share: float = 1.0) -> StreetReading:
    """The streets on which the simulated rides were ridden, or the first of them."""
    whole = street_map(sample_town(PLAIN.seed))
    n = int(len(whole) * share)
    some = {name: getattr(whole, name)[:n] for name in (
        "tail", "head", "against_out", "against_back", "way_id", "kind"
    )}
    cut = replace(whole, **some, first=whole.first[:n + 1], lon_lat=whole.lon_lat[:whole.first[n]])
    return StreetReading(cut, "sample", "0", None, "invented", [])


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    """A city with the rides of one route waiting, and without streets."""
    made = Town(database).found()
    made.send_all(survey(routes=1))
    yield made
    engine_for(database).dispose()


def load(town: Town, read: StreetReading) -> None:
    with town.engine.begin() as connection:
        save_streets(connection, town.city.city_id, read)


def matched_rides(town: Town) -> list[Ride]:
    """The rides as inference reads them."""
    with town.engine.connect() as connection:
        return matching.with_matches(connection, town.city, P, town.rides())


def test_without_streets_nothing_is_matched(town: Town) -> None:
    assert town.process().tried == 0
    assert all(ride.match is None for ride in matched_rides(town))
    assert not stages.is_pending(town.engine, town.city, P)


def test_every_ride_is_matched_to_the_streets_it_took(town: Town) -> None:
    load(town, reading())
    rides = len(survey(routes=1))
    assert town.process().tried == rides
    for ride in matched_rides(town):
        assert ride.match is not None and ride.match.confidence > 0.5
        on_street_m = np.abs(ride.match.to_m - ride.match.from_m)[ride.match.edge >= 0].sum()
        assert on_street_m > 0.9 * np.hypot(*np.diff(ride.xy[::30], axis=0).T).sum()
    assert not stages.is_pending(town.engine, town.city, P)
    again = town.process()
    assert (again.tried, again.inferred) == (0, False)


def test_loading_streets_later_matches_and_infers_anew(town: Town) -> None:
    assert town.process().inferred
    load(town, reading())
    assert stages.is_pending(town.engine, town.city, P)
    report = town.process()
    assert report.tried == len(survey(routes=1)) and report.inferred


def test_other_streets_make_matches_stale_and_the_same_do_not(town: Town) -> None:
    load(town, reading())
    town.process()
    load(town, reading())
    assert not stages.is_pending(town.engine, town.city, P)
    load(town, reading(share=0.5))
    assert stages.is_pending(town.engine, town.city, P)
    assert all(ride.match is None for ride in matched_rides(town))
    assert town.process().tried == len(survey(routes=1))
    assert all(ride.match is not None for ride in matched_rides(town))


def test_a_ride_on_which_matching_fails_stays_in_its_city(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(matching, "match", broken)
    load(town, reading())
    report = town.process()
    assert report.tried == len(survey(routes=1)) and report.routes > 0
    assert all(ride.match is None for ride in matched_rides(town))
    assert not stages.is_pending(town.engine, town.city, P)


def test_streets_that_are_replaced_meanwhile_leave_no_match_behind(town: Town) -> None:
    load(town, reading())
    town.process()
    with town.engine.connect() as connection:
        old = matching.current(connection, town.city, P)
    assert old is not None
    load(town, reading(share=0.5))
    matching.match_run(town.url, town.city.slug, old, P, town.rides()[0].run_id)
    with town.engine.connect() as connection:
        assert summary(connection, town.city.city_id, old)["matched"] == len(survey(routes=1))
    matching.forget_index()


def test_a_run_that_has_gone_meanwhile_is_passed_over(town: Town) -> None:
    load(town, reading())
    town.process()
    with town.engine.connect() as connection:
        fingerprint, _ = matching.waiting(connection, town.city, P)
    matching.match_run(town.url, town.city.slug, fingerprint, P, 999_999)
    assert town.ask("SELECT count(*) FROM run_match WHERE run_id = 999999") == [0]
    matching.forget_index()


def test_several_processes_match_as_one_does(town: Town) -> None:
    load(town, reading())
    town.process(jobs=2)
    several = matched_rides(town)
    with town.engine.connect() as connection:
        fingerprint, _ = matching.waiting(connection, town.city, P)
    for ride in several:
        matching.match_run(town.url, town.city.slug, fingerprint, P, ride.run_id)
    matching.forget_index()
    for one, other in zip(several, matched_rides(town), strict=True):
        assert one.match is not None and other.match is not None
        assert one.match.edge.tolist() == other.match.edge.tolist()
        assert one.match.confidence == other.match.confidence
