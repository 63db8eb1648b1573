"""What a person should look at first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mapping_service.records import Notice
from mapping_service.review.order import Candidate, CandidatePattern, by_gain, gain, with_doubles

PATTERN = CandidatePattern("T1", 0, 0.5, 10.0, 3, 20, "new", {})


def route(route_id: str, **over: Any) -> Candidate:
    """A route with one pattern of 10 km on three rides about which nothing is known."""
    pattern = replace(PATTERN, pattern_id=f"{route_id}.1", **over)
    return Candidate(route_id, None, None, pattern.runs, 1, pattern.confidence, (pattern,))


def order(*routes: Candidate) -> list[str]:
    return [one.candidate.route_id for one in by_gain(routes)]


def test_what_is_uncertain_comes_before_what_is_certain_either_way() -> None:
    assert order(route("sure", confidence=0.97), route("open", confidence=0.5), route("wrong", confidence=0.1)) == [
        "open", "wrong", "sure"]


def test_of_equal_doubt_the_longer_and_the_more_ridden_comes_first() -> None:
    assert order(route("short", km=2.0), route("long", km=20.0)) == ["long", "short"]
    assert order(route("few", runs=1), route("many", runs=12)) == ["many", "few"]


def test_what_was_accepted_as_it_stands_comes_last_and_other_stops_weigh_less_than_another_line() -> None:
    routes = [route(news, news=news) for news in ("same", "stops", "line")]
    assert order(*routes) == ["line", "stops", "same"]
    assert gain(replace(PATTERN, news="same")) > 0


def test_equal_gain_is_ordered_by_id_whatever_the_order_of_the_input() -> None:
    assert order(route("b"), route("a")) == order(route("a"), route("b")) == ["a", "b"]


def test_a_route_says_what_is_new_and_that_it_cannot_be_used() -> None:
    ranked = by_gain([route("a", stops=1), replace(route("b"), patterns=())])
    assert [[remark.code for remark in one.remarks] for one in ranked] == [["new", "unusable"], ["new", "unusable"]]


def test_a_route_and_the_lines_that_it_may_be_name_each_other() -> None:
    drawn = replace(route("L1", runs=0), runs=0, source="Old survey")
    ranked = by_gain(with_doubles([route("~1"), drawn, route("~2")], {"~1": ("L1",)}))
    said = {one.candidate.route_id: {r.code: r.details for r in one.remarks} for one in ranked}
    assert said["~1"]["maybe_imported"] == {"routes": ["L1"]} and said["L1"]["maybe_ridden"] == {"routes": ["~1"]}
    assert set(said["~2"]) == {"new"}


def test_the_reasons_are_those_of_the_pattern_that_is_trusted_least() -> None:
    good, bad = replace(PATTERN, confidence=0.9), replace(
        PATTERN, pattern_id="T2", confidence=0.4, news="same", signs={
            "runs": 1, "people": 1, "km": 8.0, "unseen": 0.0, "off": 0.0, "missed": 0.0, "start_m": 0.0, "end_m": 0.0,
            "told": 1.0, "departed": 0.0, "arrived": 1.0, "elsewhere": 0.0, "partial": 0, "maybe": 0, "labels": 0.0})
    (ranked,) = by_gain([Candidate("R1", "7", None, 4, 2, 0.7, (good, bad))])
    assert [remark.code for remark in ranked.remarks] == ["new", "one_ride", "start_untold"]


def test_a_route_whose_least_trusted_pattern_is_a_variant_says_why_that_is_kept() -> None:
    main, branch = replace(PATTERN, confidence=0.9), replace(
        PATTERN, pattern_id="T2", confidence=0.4, reason_code="variant_branch", reason={"share": 0.9})
    (ranked,) = by_gain([Candidate("R1", "7", None, 4, 2, 0.7, (main, branch))])
    assert ranked.remarks[-1] == Notice("variant_branch", {"share": 0.9})
    (plain,) = by_gain([Candidate("R1", "7", None, 4, 2, 0.7, (replace(main, confidence=0.1), branch))])
    assert [remark.code for remark in plain.remarks] == ["new"]
