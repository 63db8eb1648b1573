"""The usual fare from what was reported."""

from __future__ import annotations

from mapping_service.fuse.fares import fare
from mapping_service.records import Ride
from tests.sketch import bare_ride, press


def ride(
    *amounts: float, person: str | None = None, start_s: float = 0.0, cancelled: bool = False, kind: str = "fare"
) -> Ride:
    said = [press(kind, (0, 0), None, amount=amount, cancelled=cancelled) for amount in amounts]
    return bare_ride(*said, person=person, start_s=start_s)


def test_no_report_gives_no_fare() -> None:
    assert fare([]) is None
    assert fare([ride(), ride(200.0, cancelled=True), ride(300.0, kind="other")]) is None


def test_the_most_reported_amount_is_the_fare_and_the_range_goes_with_it() -> None:
    early, late = ride(200.0, person="a", start_s=50.0), ride(200.0, person="a", start_s=90.0)
    found = fare([early, ride(500.0, person="b"), late])
    assert found is not None
    assert (found.amount, found.low, found.high, found.observations, found.people) == (200.0, 200.0, 500.0, 3, 2)
    assert (found.first_seen_s, found.last_seen_s) == (0.0, 90.0)


def test_of_amounts_reported_equally_often_the_lower_one_nearest_the_middle_is_taken() -> None:
    amounts = [100.0, 200.0, 300.0, 700.0]
    for order in (amounts, amounts[::-1]):
        found = fare([ride(amount) for amount in order])
        assert found is not None and found.amount == 200.0


def test_a_ride_that_reports_an_amount_twice_counts_once() -> None:
    found = fare([ride(500.0, 500.0, 500.0), ride(200.0), ride(200.0)])
    assert found is not None
    assert (found.amount, found.observations, found.people) == (200.0, 3, None)
