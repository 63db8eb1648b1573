"""Trip planners answer from our feeds: everywhere one can go, on every line, and never before one has left."""

from __future__ import annotations

import pytest

from tests.judges.conftest import Feeds
from tests.judges.planners import Answer, nigiri
from tests.judges.timetable import Query, misplaced

SEED = 20261124
QUERIES = 50
FROM_S, UNTIL_S = 6 * 3600, 18 * 3600


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


def test_every_line_can_be_boarded(sample: Feeds) -> None:
    asked = sample.day.line_queries()
    flat = [query for found in asked.values() for query in found]
    answers = nigiri(sample["gtfs.zip"], sample.wednesday, flat, link_m=0, transfers=0)
    boarded = {course.line for legs in answers for leg in legs or () for course in sample.day.ridden(leg)}
    assert boarded == set(sample.day.lines.values())
