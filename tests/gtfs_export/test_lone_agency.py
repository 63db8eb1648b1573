"""A lone agency needs no id; beside others it has one, made of its name and the number of its feed."""

from __future__ import annotations

from gtfs_export.lone_agency import agencies_in, filled, id_to_fill, with_column


def test_an_agency_without_an_id_is_called_after_its_name_and_its_feed() -> None:
    assert id_to_fill([("", "Métro de l'Est")], 7) == "metro-de-l-est-feed-7"
    assert id_to_fill([("", "…")], 12) == "agency-feed-12"


def test_an_id_that_it_has_stays() -> None:
    assert id_to_fill([("7", "Metro")], 3) == "7"


def test_where_a_feed_has_several_nobody_can_tell_which_is_meant() -> None:
    assert id_to_fill([("a", "A"), ("", "B")], 1) is None
    assert id_to_fill([], 1) is None


def test_only_what_was_empty_is_filled_and_a_missing_column_added() -> None:
    held = {"routes.txt": ("route_id", " agency_id"), "agency.txt": ("agency_name",), "trips.txt": ("a",)}
    columns = with_column(held)
    assert columns == {"routes.txt": ("route_id", " agency_id"), "agency.txt": ("agency_name", "agency_id"),
                       "trips.txt": ("a",)}
    assert filled(["route_id", "agency_id"], ["L1"], "u") == ["L1", "u"]
    assert filled(["route_id", "agency_id", "x"], ["L1", "", "1"], "u") == ["L1", "u", "1"]
    assert filled(["route_id", "agency_id"], ["L1", "v"], "u") == ["L1", "v"]
    assert agencies_in(["agency_name"], [["A"]]) == [("", "A")]
