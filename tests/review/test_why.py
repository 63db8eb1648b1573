"""Why a pattern is trusted as it is, in codes; the pages have the words."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from mapping_service.review.order import NOVELTY
from mapping_service.review.why import why
from mapping_service.web.language import LANGUAGES, Words, catalog
from tests.contract.sources import sources

SIGNS: Mapping[str, float] = {
    "runs": 3, "people": 2, "km": 8.0, "unseen": 0.0, "off": 0.01, "missed": 0.02, "start_m": 30.0, "end_m": 30.0,
    "told": 1.0, "departed": 1.0, "arrived": 1.0, "elsewhere": 0.0, "partial": 0, "maybe": 0, "labels": 0.0}


def codes(**over: float) -> list[str]:
    return [one.code for one in why({**SIGNS, **over})]


def test_rides_that_agree_and_their_people_speak_for_a_pattern() -> None:
    assert codes() == ["agree", "people"]
    assert codes(people=1) == ["agree", "one_person"]
    assert codes(people=0) == ["agree"]


def test_a_lone_ride_says_what_nobody_said_of_its_ends() -> None:
    assert codes(runs=1) == ["one_ride"]
    assert codes(runs=1, departed=0.0, arrived=0.0) == ["one_ride", "start_untold", "end_untold"]
    assert codes(runs=1, told=0.0, departed=0.0, arrived=0.0) == ["one_ride"]


@pytest.mark.parametrize("over, code", [
    ({"missed": 0.2}, "differ"), ({"off": 0.2}, "differ"), ({"start_m": 500.0}, "start_apart"),
    ({"end_m": 500.0}, "end_apart"), ({"unseen": 0.1}, "hole"), ({"elsewhere": 0.4}, "elsewhere"),
    ({"labels": 0.5}, "labels_apart"), ({"maybe": 1.0}, "maybe"),
])
def test_each_doubt_is_named(over: Mapping[str, float], code: str) -> None:
    assert code in codes(**over) and code not in codes()


def test_what_was_made_before_there_were_signs_has_no_remarks() -> None:
    assert why({}) == ()


def said_in_code() -> set[str]:
    """Every code of a remark in the modules of review."""
    found: set[str] = set()
    for source in sources():
        if source.module in ("mapping_service.review.why", "mapping_service.review.order"):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                    found |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)
                              and isinstance(one.value, str)}
    return found | set(NOVELTY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remark_has_words_in_every_language_and_no_words_are_left_over(language: str) -> None:
    assert {key.removeprefix("why.") for key in catalog(language) if key.startswith("why.")} == said_in_code()


def test_remarks_are_written_with_their_values() -> None:
    remarks = why({**SIGNS, "start_m": 512.0, "unseen": 0.1})
    said = "3 rides agree; 2 people; rides begin 512 m apart; 10% of the way was not recorded"
    assert Words("en").because(remarks) == said
    assert Words("fr").because(remarks).startswith("3 trajets concordent; 2 personnes")
