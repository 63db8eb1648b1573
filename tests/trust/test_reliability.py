"""Whose word weighs more: by what the others said, faded with time, within bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.group.group import group_rides
from mapping_service.records import Ride
from mapping_service.trust.claims import Claim, claims
from mapping_service.trust.reliability import reliabilities, vote_weights, with_reliability
from tests.sketch import MONDAY_7H, SRID, P, bare_ride, drive, noisy, places, press, ride, way

DAY_S = 86400.0
TOWN = places("""
    A--------------------B
""")


def told(person: str, count: int, wrong: int = 0, at_s: float = 0.0) -> list[Claim]:
    return [Claim(person, "fare", at_s, i < wrong) for i in range(count)]


def test_whoever_is_often_wrong_weighs_a_third_at_least_and_the_middle_one_weighs_one() -> None:
    found = reliabilities([*told("ama", 20), *told("kofi", 20), *told("yaw", 20, wrong=15)], P)["fare"]
    assert [found[one].weight for one in ("ama", "kofi", "yaw")] == [1.0, 1.0, pytest.approx(1 / 3, abs=1e-3)]
    assert found["yaw"].low < 0.5 < found["ama"].low


def test_an_old_error_fades() -> None:
    others = [*told("ama", 20, 2, 720 * DAY_S), *told("kofi", 20, 2, 720 * DAY_S)]
    old = reliabilities([*others, *told("yaw", 5, 5, 0.0), *told("yaw", 20, 0, 720 * DAY_S)], P)["fare"]["yaw"]
    new = reliabilities([*others, *told("yaw", 25, 5, 720 * DAY_S)], P)["fare"]["yaw"]
    assert old.errors == pytest.approx(5 / 16) and old.weight > new.weight


@given(st.permutations([*told("ama", 3, 1, 5.0), *told("kofi", 4, 2, DAY_S * 90), *told("yaw", 2, 0, 9.0)]))
def test_the_order_of_claims_does_not_matter(shuffled: list[Claim]) -> None:
    assert reliabilities(shuffled, P) == reliabilities(sorted(shuffled, key=str), P)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans(), st.floats(0, 1e8)), min_size=1))
def test_weights_keep_within_bounds(parts: list[tuple[str, bool, float]]) -> None:
    found = reliabilities([Claim(person, "stop", at_s, wrong) for person, wrong, at_s in parts], P)["stop"]
    assert all(1 / 3 - 1e-4 <= one.weight <= 3 and 0 <= one.low <= 1 for one in found.values())


def test_nobody_who_was_not_judged_is_listed() -> None:
    assert reliabilities([], P) == {}


def test_all_rides_of_one_person_together_are_three_votes_at_most() -> None:
    rides = [bare_ride(person="ama") for _ in range(6)] + [bare_ride(person="yaw"), bare_ride(), bare_ride()]
    assert vote_weights(rides, P) == pytest.approx([0.5] * 6 + [1.0, 1.0, 1.0])


def test_a_doubted_ride_weighs_less_however_often_it_is_repeated() -> None:
    doubted = replace(bare_ride(person="ama"), weight=0.2)
    assert vote_weights([doubted] * 3, P) == pytest.approx([0.2] * 3)
    assert vote_weights([doubted] * 30, P) == pytest.approx([0.1] * 30)


def survey() -> list[Ride]:
    """Four people on one street; yaw pays double and waits long, and presses where nobody stopped."""
    made = []
    for number, person in enumerate(("ama", "kofi", "esi", "yaw")):
        honest = person != "yaw"
        start_s = MONDAY_7H + 3600 * number
        t_s, xy = drive(way(TOWN, "AB"), start_s=start_s, halts={1000.0: 20.0})
        reports = [
            press("stop", (1000.0, 0.0) if honest else (500.0, 0.0), start_s + 110),
            press("fare", (0.0, 0.0), start_s, amount=200.0 if honest else 400.0),
            press("wait", (0.0, 0.0), start_s, wait_s=600 if honest else 3000),
        ]
        made.append(ride(number + 1, t_s, noisy(xy, number, 1.0), reports=reports, person=person))
    return made


def test_each_claim_is_held_against_what_the_others_said() -> None:
    rides = survey()
    found = claims(rides, group_rides(rides, P), SRID, P)
    wrong = {(one.person, one.domain) for one in found if one.wrong}
    assert wrong == {("yaw", "stop"), ("yaw", "fare"), ("yaw", "wait")}
    assert {one.domain for one in found if one.person == "ama"} == {"trace", "stop", "fare", "wait"}


def test_one_word_against_another_judges_nothing() -> None:
    rides = survey()[:2]
    assert claims(rides, group_rides(rides, P), SRID, P) == []


def test_five_rides_of_one_person_confirm_nobody() -> None:
    rides = [replace(one, person="ama") for one in survey()]
    assert claims(rides, group_rides(rides, P), SRID, P) == []


def test_rides_carry_how_reliable_their_person_is() -> None:
    known = reliabilities([*told("ama", 9), *told("yaw", 9, 9), *told("kofi", 9)], P)
    rides = with_reliability([bare_ride(person="yaw"), bare_ride(), bare_ride(person="new")], known)
    assert [one.reliability for one in rides] == [{"fare": pytest.approx(1 / 3, abs=1e-3)}, {}, {}]
