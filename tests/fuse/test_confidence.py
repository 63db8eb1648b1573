"""How far to trust an element."""

from __future__ import annotations

import pytest

from mapping_service.fuse.confidence import confidence, evidence, served
from mapping_service.records import Evidence
from tests.sketch import bare_ride


def test_evidence_counts_runs_people_and_the_days_between() -> None:
    rides = [bare_ride(person=person, start_s=start_s) for person, start_s in (("a", 30.0), ("b", 10.0), ("a", 20.0))]
    assert evidence(rides) == Evidence(3, 2, 10.0, 30.0)


def test_people_are_unknown_where_nobody_was_named() -> None:
    assert evidence([bare_ride()]).people is None


def trust(runs: int, people: int | None, agreement: float = 1.0) -> float:
    return confidence(Evidence(runs, people, 0.0, 0.0), agreement)


def test_each_further_run_halves_the_doubt() -> None:
    assert [trust(n, None) for n in (1, 2, 3)] == [0.5, 0.75, 0.875]


def test_a_second_pair_of_eyes_counts_half_a_run_and_disagreement_takes_its_share_off() -> None:
    assert trust(1, None) == trust(1, 1) < trust(2, 1) < trust(2, 2) < trust(3, 1)
    assert trust(2, 1, 0.5) == pytest.approx(trust(2, 1) / 2)


def test_the_chance_to_be_served_is_never_certain() -> None:
    assert served(0, 0) == 0.5
    assert 0 < served(0, 10) < served(5, 10) == 0.5 < served(10, 10) < 1
