"""Why a way is kept beside the main way of its direction, on drawn streets. One character is 100 m."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mapping_service.fuse.variants import NamedLine, variant_reason
from mapping_service.geo import along_m
from mapping_service.records import Notice
from tests.sketch import P, noisy, places, way

STREETS = places(
    """
                        F
                        |
    J    G---------H    |
    |    |         |    |
    A----B----C----D----E----K
    """,
)
MAIN = "ABCDEK"


def named(letters: str, stops: str = "") -> NamedLine:
    """The way along some corners, with stops that are called by their letters."""
    shape, at_m = way(STREETS, letters), along_m(way(STREETS, letters)).tolist()
    return NamedLine(shape, [(m, letter) for m, letter in zip(at_m, letters, strict=True) if letter in stops])


def reason(letters: str, stops: str = "", main: str = MAIN) -> Notice:
    """Why one way is kept beside another that it was ridden less than."""
    return variant_reason(named(letters, stops), named(main, stops), 3, 5, P)


def test_a_branch_leaves_the_main_way_where_it_turns_off_and_says_how_many_rides_took_it() -> None:
    found = reason("ABCDEF", "E")
    assert found.code == "variant_branch"
    assert (found.details["runs"], found.details["of"]) == (3, 5)
    assert found.details["share"] == pytest.approx(2000 / 2400, abs=0.03)
    (one,) = found.details["differences"]
    assert (one["code"], one["at"]) == ("variant_branch", "E")
    assert one["at_m"] == pytest.approx(2000, abs=50)


def test_a_short_turn_shares_all_of_its_way_and_ends_at_a_stop() -> None:
    found = reason("ABCD", "D")
    assert (found.code, found.details["share"]) == ("variant_short_turn", 1.0)
    assert [one["at"] for one in found.details["differences"]] == ["D"]


def test_a_way_that_goes_on_where_the_main_way_ends_leaves_it_there() -> None:
    found = reason("ABCDEK", "D", main="ABCD")
    assert (found.code, found.details["differences"][0]["at"]) == ("variant_branch", "D")


def test_a_detour_leaves_the_main_way_and_rejoins_it() -> None:
    found = reason("ABGHDEK", "BD")
    assert found.code == "variant_detour"
    (one,) = found.details["differences"]
    assert (one["at"], one["rejoins"]) == ("B", "D")
    assert (one["at_m"], one["rejoins_m"]) == (pytest.approx(500, abs=50), pytest.approx(1500, abs=50))
    assert found.details["share"] == pytest.approx(1500 / 2900, abs=0.04)


def test_the_detour_of_the_main_way_is_one_of_its_variants_too() -> None:
    found = reason("ABCDEK", "BD", main="ABGHDEK")
    assert [(one["code"], one["at"], one["rejoins"]) for one in found.details["differences"]] == [
        ("variant_detour", "B", "D")]


def test_a_way_may_come_from_elsewhere_or_begin_later() -> None:
    assert reason("JABCDEK", "A").code == "variant_starts_elsewhere"
    later = reason("CDEK", "C")
    assert (later.code, later.details["differences"][0]["at"], later.details["share"]) == (
        "variant_starts_later", "C", 1.0)


def test_all_differences_are_told_the_greatest_first() -> None:
    found = reason("CDEF", "CE")
    assert [(one["code"], one["at"]) for one in found.details["differences"]] == [
        ("variant_starts_later", "C"), ("variant_branch", "E")]


def test_where_no_stop_is_named_near_by_the_place_is_told_in_metres_of_the_main_way() -> None:
    (one,) = reason("ABCDEF", "A").details["differences"]
    assert one["at"] is None and one["at_m"] == pytest.approx(2000, abs=50)


def test_the_same_line_twice_differs_in_nothing_though_positions_err() -> None:
    line = named(MAIN)
    found = variant_reason(line, line, 1, 3, P)
    assert (found.code, found.details["share"], found.details["differences"]) == ("variant_alike", 1.0, [])
    bent = NamedLine(noisy(np.array([[x, 0.0] for x in range(0, 2501, 50)]), 1, 5.0), ())
    assert variant_reason(bent, line, 1, 3, P).code == "variant_alike"


def test_the_way_back_shares_nothing_with_the_way_out() -> None:
    found = reason(MAIN[::-1])
    assert (found.code, found.details["share"], found.details["differences"]) == ("variant_apart", 0.0, [])


def test_a_crossing_of_the_main_way_does_not_part_a_detour_in_two() -> None:
    town = places(
        """
             G----H
             |    |
        A----B----|---D----E
                  |   |
                  L---M
        """,
    )
    detour, main = NamedLine(way(town, "ABGHLMDE"), ()), NamedLine(way(town, "ABDE"), ())
    found = variant_reason(detour, main, 1, 2, P)
    assert [one["code"] for one in found.details["differences"]] == ["variant_detour"]


def test_a_side_street_that_only_the_main_way_rides_in_and_out_of_is_told_as_one_place() -> None:
    found = reason("ABCDEK", "E", main="ABCDEFEK")
    (one,) = found.details["differences"]
    assert (one["code"], one["at"], one["rejoins"]) == ("variant_detour", "E", "E")
    assert found.details["share"] == pytest.approx(1.0, abs=0.02)


def test_once_around_a_block_is_no_difference() -> None:
    wider = replace(P, variant_apart_m=2000.0)
    assert variant_reason(named("ABGHDEK"), named(MAIN), 1, 2, wider).code == "variant_alike"
