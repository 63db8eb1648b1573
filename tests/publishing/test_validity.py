"""Until when patterns hold: rolled on where somebody was there lately, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mapping_service.parameters import Parameters
from mapping_service.validity import Standing, is_too_late, last_days, outlasts

P = Parameters()
STARTS = date(2026, 6, 1)
RENEWED = STARTS + timedelta(days=P.valid_days)
OLD_DAY = date(2026, 6, 20)


def standing(seen: date, digest: str = "same", until: date | None = None) -> Standing:
    return Standing("T1", digest, seen, until)


def last_day(now: Standing, before: Standing | None, vouched: bool = False) -> date:
    return last_days([now], [before] if before else [], STARTS, P, vouched=vouched)["T1"]


def test_a_pattern_that_was_ridden_within_a_year_is_renewed() -> None:
    seen = STARTS - timedelta(days=P.fresh_days)
    assert last_day(standing(seen), standing(seen, until=OLD_DAY)) == RENEWED


def test_a_pattern_that_nobody_rode_for_longer_keeps_the_day_that_it_had() -> None:
    seen = STARTS - timedelta(days=P.fresh_days + 1)
    assert last_day(standing(seen), standing(seen, until=OLD_DAY)) == OLD_DAY


def test_what_is_new_or_changed_has_just_been_looked_at() -> None:
    seen = date(2019, 1, 1)
    assert last_day(standing(seen), None) == RENEWED
    assert last_day(standing(seen, digest="other"), standing(seen, until=OLD_DAY)) == RENEWED


def test_a_person_who_vouches_renews_everything() -> None:
    seen = date(2019, 1, 1)
    assert last_day(standing(seen), standing(seen, until=OLD_DAY), vouched=True) == RENEWED


@given(st.booleans(), st.dates(date(2015, 1, 1), STARTS))
def test_what_is_carried_on_ends_with_its_calendars_whoever_vouches(vouched: bool, seen: date) -> None:
    carried = Standing("T1", "same", seen, None, runs_until=date(2019, 11, 8))
    assert last_day(carried, None, vouched) == last_day(carried, standing(seen), vouched) == date(2019, 11, 8)


def test_a_release_may_begin_as_long_ago_as_it_holds() -> None:
    assert not is_too_late(STARTS, RENEWED, P)
    assert is_too_late(STARTS, RENEWED + timedelta(days=1), P)


def test_a_release_that_is_over_is_outlasted_only_by_one_that_is_not() -> None:
    held = [standing(STARTS, until=OLD_DAY)]
    after = OLD_DAY + timedelta(days=1)
    assert not outlasts(held, {"T1": RENEWED}, OLD_DAY)
    assert outlasts(held, {"T1": RENEWED}, after)
    assert not outlasts(held, {"T1": OLD_DAY}, after)
    assert not outlasts([], {}, after)


@given(st.dates(date(2015, 1, 1), STARTS), st.dates(date(2020, 1, 1), date(2027, 1, 1)))
def test_without_news_no_pattern_holds_for_less_than_it_did_or_longer_than_a_new_one(seen: date, until: date) -> None:
    until = min(until, RENEWED)
    assert until <= last_day(standing(seen), standing(seen, until=until)) <= RENEWED
