"""Fares by distance from what riders say they paid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping_service.fuse.clock import BANDS, Band
from mapping_service.fuse.fare_levels import rush_surcharge, stage_fares, usual_fare
from mapping_service.fuse.fares import Fares, Paid, coin, fares
from tests.sketch import P

NOON, RUSH = BANDS[4], BANDS[2]
WHOLE = 9000.0


def paid(amount: float, ridden_m: float = WHOLE, person: str | None = None, band: Band = NOON, t_s: float = 0) -> Paid:
    return Paid(ridden_m, amount, band, person, 1.0, t_s)


def of_route(*told: Paid) -> Fares:
    (found,) = fares([list(told)], P)
    assert found is not None
    return found


def test_no_report_gives_no_fare() -> None:
    assert fares([], P) == []
    assert fares([[], [paid(200)]], P)[0] is None


def test_one_price_for_every_ride_is_a_flat_fare_with_its_range_and_samples() -> None:
    found = of_route(paid(200, person="a", t_s=50), paid(250, person="b", t_s=9), paid(200, person="a", t_s=90))
    fare = usual_fare(found, WHOLE)
    assert fare is not None
    assert (fare.amount, fare.low, fare.high, fare.observations, fare.people) == (200.0, 200.0, 250.0, 3, 2)
    assert (fare.first_seen_s, fare.last_seen_s, fare.rush_surcharge) == (9, 90, None)
    assert stage_fares(found) == ()


def test_a_fare_that_grows_with_the_way_has_a_step_for_each_price() -> None:
    near, far = [paid(100, 3000, p) for p in "abc"], [paid(200, 8000, p) for p in "abc"]
    found = of_route(*near, *far)
    assert found.at([1000, 3000, 5499, 5500, 9000]).tolist() == [100, 100, 100, 200, 200]
    short, long = stage_fares(found)
    assert (short.from_m, short.amount, short.low, short.high, short.observations, short.people) == (
        0.0, 100.0, 100.0, 100.0, 3, 3
    )
    assert (long.from_m, long.amount) == (5500.0, 200.0)


def test_nobody_who_rode_the_whole_way_means_no_fare_of_the_whole_ride() -> None:
    assert usual_fare(of_route(paid(100, 3000)), WHOLE) is None


def test_a_slip_of_the_finger_is_put_right_by_the_route_or_where_it_has_few_reports_by_the_city() -> None:
    found = of_route(paid(200), paid(20), paid(200), paid(2000))
    assert [one.amount for one in found.told] == [200.0] * 4
    others = [[paid(250) for _ in range(4)] for _ in range(3)]
    lone = fares([[paid(25)], *others], P)[0]
    assert lone is not None and lone.told[0].amount == 250.0


def test_a_cheap_ride_over_a_short_way_is_no_slip() -> None:
    found = of_route(*[paid(20, 500)] * 3, *[paid(200, 9000)] * 3)
    assert found.at([500, 9000]).tolist() == [20.0, 200.0]


def test_somebody_whose_reports_are_often_off_is_outvoted_by_fewer() -> None:
    elsewhere = [[paid(100, person=p) for p in "abcd"] + [paid(150, person="z")] * 2 for _ in range(9)]
    here = [*(paid(100, person=p) for p in "ab"), *[paid(150, person="z")] * 3]
    found = fares([here, *elsewhere], P)[0]
    assert found is not None and found.at([WHOLE]).tolist() == [100.0]


def test_a_fare_nobody_named_is_rounded_to_the_citys_coin_and_one_that_was_named_is_not() -> None:
    others = [paid(amount, 9000) for amount in (200, 300, 500, 250)]
    found = fares([[paid(200, person="a"), paid(250, person="b")], others], P)[0]
    assert found is not None and found.at([WHOLE]).tolist() == [250.0]
    named = fares([[paid(225), paid(225)], others * 30], P)[0]
    assert named is not None and named.coin == 50.0 and named.at([WHOLE]).tolist() == [225.0]


def test_the_coin_is_the_largest_that_nearly_all_amounts_are_made_of() -> None:
    assert coin([200, 300, 250, 150], P) == 50.0
    assert coin([1.5, 2.25, 1.75], P) == 0.25
    assert coin([0.01, 0.123], P) == 0.0


def test_the_rush_hour_costs_more_only_where_many_reports_agree() -> None:
    usual = [paid(200, person=f"u{i}") for i in range(12)]
    dear = [paid(250, person=f"r{i}", band=RUSH) for i in range(8)]
    assert rush_surcharge(of_route(*usual, *dear)) == 50.0
    assert rush_surcharge(of_route(*usual, *dear[:4])) is None
    assert rush_surcharge(of_route(*usual, *[paid(200, band=RUSH)] * 8)) is None


def test_the_range_of_a_step_comes_from_people_not_from_reports() -> None:
    near = [paid(100, 3000, p) for p in "abc"]
    one_voice = stage_fares(of_route(*near, *[paid(200, 8000, "z")] * 9, *[paid(300, 8000, p) for p in "xy"]))
    assert one_voice[-1].low < one_voice[-1].high


amounts = st.sampled_from([50.0, 100.0, 150.0, 200.0, 300.0])
reports = st.lists(
    st.builds(paid, amounts, st.sampled_from([1000.0, 3000.0, 9000.0]), st.sampled_from(["a", "b", "c", None])),
    min_size=1, max_size=12,
)


@settings(max_examples=60)
@given(reports)
def test_a_longer_ride_never_costs_less_and_steps_hold_their_fare(told: list[Paid]) -> None:
    found = of_route(*told)
    along = found.at([0, 1000, 2000, 3000, 6000, 9000, 20000]).tolist()
    assert along == sorted(along)
    steps = stage_fares(found)
    assert all(one.low <= one.amount <= one.high and one.observations > 0 for one in steps)
    assert sum(one.observations for one in steps) in (0, len(told))


@settings(max_examples=30)
@given(reports)
def test_the_order_of_reports_does_not_matter(told: list[Paid]) -> None:
    one, other = of_route(*told), of_route(*told[::-1])
    assert (one.begins_m.tolist(), one.levels.tolist()) == (other.begins_m.tolist(), other.levels.tolist())
    assert stage_fares(one) == stage_fares(other)


def test_equal_reports_of_a_named_and_a_nameless_rider_may_come_in_either_order() -> None:
    cheap = [paid(50.0, 1000.0, None)] * 9
    named, nameless = paid(100.0, 3000.0, "a"), paid(100.0, 3000.0, None)
    dear = [paid(200.0, 9000.0, None), paid(300.0, 9000.0, None)]
    one, other = ([*cheap, *pair, *dear] for pair in ((named, nameless), (nameless, named)))
    assert stage_fares(of_route(*one)) == stage_fares(of_route(*other))


@settings(max_examples=30)
@given(reports, st.sampled_from([0.01, 10.0, 1000.0]))
def test_another_currency_is_another_scale(told: list[Paid], rate: float) -> None:
    there = [paid(round(one.amount * rate, 6), one.ridden_m, one.person) for one in told]
    assert of_route(*there).levels.tolist() == pytest.approx([v * rate for v in of_route(*told).levels.tolist()])
