"""Trip planners answer from our feeds: everywhere one can go, on every line, and never before one has left."""

from __future__ import annotations

import pytest

from tests.judges.conftest import Feeds
from tests.judges.planners import Answer, minotor, nigiri, why_no_node
from tests.judges.timetable import Query, misplaced

SEED = 20261124
QUERIES = 50
FROM_S, UNTIL_S = 6 * 3600, 18 * 3600
LAST_WALK_S = 120
"""nigiri counts the walk to the end, two minutes at least, where minotor's last vehicle is left."""
needs_minotor = pytest.mark.skipif(why_no_node("minotor") is not None, reason=str(why_no_node("minotor")))


@pytest.fixture(scope="module")
def queries(sample: Feeds) -> list[Query]:
    """Origins, destinations and times, drawn among those that can be travelled."""
    return sample.day.queries(QUERIES, SEED, FROM_S, UNTIL_S)


@pytest.fixture(scope="module")
def answers(sample: Feeds, queries: list[Query]) -> list[Answer]:
    """What nigiri answers to them from the feed with frequencies."""
    return nigiri(sample["gtfs.zip"], sample.wednesday, queries)


def test_every_query_is_answered(queries: list[Query], answers: list[Answer]) -> None:
    assert len(queries) == QUERIES
    assert [query for query, legs in zip(queries, answers, strict=True) if not legs] == []


def test_nobody_arrives_before_leaving_or_leaves_before_being_there(
    queries: list[Query], answers: list[Answer]
) -> None:
    found = {query: misplaced(query, legs or ()) for query, legs in zip(queries, answers, strict=True)}
    assert {query: wrong for query, wrong in found.items() if wrong} == {}


@pytest.fixture(scope="module")
def from_expanded(sample: Feeds, queries: list[Query]) -> list[Answer]:
    """What minotor, which knows no frequencies, answers to them from the feed without."""
    return minotor(sample["gtfs-expanded.zip"], sample.wednesday, queries)


def test_the_same_engine_finds_the_same_arrivals_in_both_feeds(
    sample: Feeds, queries: list[Query], answers: list[Answer]
) -> None:
    expanded = nigiri(sample["gtfs-expanded.zip"], sample.wednesday, queries)
    assert [legs and legs[-1].arrive_s for legs in expanded] == [legs and legs[-1].arrive_s for legs in answers]


@needs_minotor
def test_a_planner_that_ignores_frequencies_answers_every_query_from_the_expanded_feed(
    queries: list[Query], from_expanded: list[Answer]
) -> None:
    assert [query for query, legs in zip(queries, from_expanded, strict=True) if not legs] == []
    found = {query: misplaced(query, legs or ()) for query, legs in zip(queries, from_expanded, strict=True)}
    assert {query: wrong for query, wrong in found.items() if wrong} == {}


@needs_minotor
def test_both_planners_agree_within_a_headway_of_each_vehicle(
    sample: Feeds, queries: list[Query], answers: list[Answer], from_expanded: list[Answer]
) -> None:
    day, compared = sample.day, 0
    for query, by_nigiri, by_minotor in zip(queries, answers, from_expanded, strict=True):
        assert by_nigiri and by_minotor
        if all(day.ridden(leg) or day.walks(leg) for leg in by_nigiri):  # else it walked where the feed says nothing
            allowed_s = max(sum(day.headways_s(by_nigiri)), sum(day.headways_s(by_minotor))) + LAST_WALK_S
            assert abs(by_nigiri[-1].arrive_s - by_minotor[-1].arrive_s) <= allowed_s, query
            compared += 1
    assert compared > QUERIES / 2


def boarded(sample: Feeds, answers: list[Answer]) -> set[str]:
    """The lines of which some answer rides a vehicle."""
    return {course.line for legs in answers for leg in legs or () for course in sample.day.ridden(leg)}


def test_every_line_can_be_boarded(sample: Feeds) -> None:
    asked = [query for found in sample.day.line_queries().values() for query in found]
    answers = nigiri(sample["gtfs.zip"], sample.wednesday, asked, link_m=0, transfers=0)
    assert boarded(sample, answers) == set(sample.day.lines.values())


@needs_minotor
def test_every_line_can_be_boarded_in_the_expanded_feed(sample: Feeds) -> None:
    asked = [query for found in sample.day.line_queries().values() for query in found]
    answers = minotor(sample["gtfs-expanded.zip"], sample.wednesday, asked, transfers=0)
    assert boarded(sample, answers) == set(sample.day.lines.values())
