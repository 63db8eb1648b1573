"""Doubts add up; none is counted twice, and what a whole city's receivers do is held against nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.reasons import sentence
from mapping_service.trust.copies import Copy
from mapping_service.trust.judge import (
    DOUBTS,
    Doubt,
    Usual,
    doubt,
    doubt_of_copy,
    doubt_of_leaps,
    doubt_of_two_places,
    doubts_of_look,
    judge,
    usual,
)
from mapping_service.trust.look import NO_LOOK, Look
from tests.sketch import P

REAL = Look(roughness=0.44, whiteness=-0.16, straight_share=0.05, steady_share=0.1)
ROUGH = Look(roughness=2.8, whiteness=-0.6, straight_share=0.0, steady_share=0.2)
CITY = Usual(0.44, -0.16)


def codes(doubts: list[Doubt]) -> list[str]:
    return [one.code for one in doubts]


def test_nothing_speaks_against_a_real_run() -> None:
    assert doubts_of_look(REAL, CITY, P) == [] and doubts_of_look(NO_LOOK, CITY, P) == []


def test_a_run_rougher_than_its_city_is_set_aside() -> None:
    found = doubts_of_look(ROUGH, CITY, P)
    assert codes(found) == ["too_rough", "white_noise"]
    assert judge(found, P).aside


def test_where_all_runs_are_as_rough_nothing_is_held_against_one() -> None:
    assert doubts_of_look(ROUGH, usual([ROUGH] * 30, P), P) == []


def test_too_few_runs_do_not_make_a_rule() -> None:
    assert usual([REAL] * (P.look_runs - 1), P) == Usual(None, None)
    assert usual([*[REAL] * P.look_runs, NO_LOOK, ROUGH], P) == CITY


def test_a_third_of_inventions_does_not_change_what_is_usual() -> None:
    assert usual([*[REAL] * 20, *[ROUGH] * 10], P) == CITY


def test_a_copy_is_set_aside_by_itself_and_two_places_at_once_only_weigh_less() -> None:
    copy = judge([doubt_of_copy(Copy(0.98, 7200.0, False, 12.2), "a.gpx")], P)
    places = judge([doubt_of_two_places("a.gpx", 4321.0)], P)
    assert copy.aside and copy.doubts[0].details["hours"] == 2.0
    assert not places.aside and places.weight == P.doubtful_weight


def test_wild_fixes_are_held_against_a_trace_only_where_there_are_many() -> None:
    assert doubt_of_leaps(0.02) is None
    many = doubt_of_leaps(0.5)
    assert many is not None and not judge([many], P).aside


def test_of_two_doubts_with_one_code_the_heavier_counts() -> None:
    light, heavy = doubt("too_rough", 1.0, times=3.0), doubt("too_rough", 5.0, times=5.0)
    assert judge([light, heavy], P) == judge([heavy], P) == judge([heavy, light], P)


@given(st.lists(st.tuples(st.sampled_from(DOUBTS), st.floats(0.01, 12))))
def test_more_doubts_never_make_a_trace_more_trusted(parts: list[tuple[str, float]]) -> None:
    doubts = [doubt(code, weight) for code, weight in parts]
    chances = [judge(doubts[:count], P).probability for count in range(len(doubts) + 1)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(P.fraud_prior)


def test_every_doubt_is_told_in_a_sentence() -> None:
    line = Look(roughness=0.0, whiteness=0.0, straight_share=0.9, steady_share=0.95)
    leaps = doubt_of_leaps(0.5)
    assert leaps is not None
    told = [*doubts_of_look(line, CITY, P), *doubts_of_look(ROUGH, CITY, P), leaps,
            doubt_of_copy(Copy(0.98, 0.0, True, 0.0), "a.gpx"), doubt_of_two_places("a.gpx", 4321.0)]
    assert sorted(codes(told)) == sorted(DOUBTS)
    assert all(sentence(one.code, one.details).endswith(".") for one in told)
