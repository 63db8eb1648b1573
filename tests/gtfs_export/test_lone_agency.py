"""A lone agency needs no id; beside others it has one, made of its name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gtfs_export.lone_agency import agencies_in, filled, ids_to_fill, with_column

ONE = [("", "Harbour Union")]
agencies = st.lists(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=2), max_size=4)


def test_alone_it_stays_as_it_is() -> None:
    assert ids_to_fill([ONE], []) == [None]
    assert ids_to_fill([], ["informal"]) == []


def test_beside_others_it_is_called_after_its_name() -> None:
    assert ids_to_fill([ONE, [("7", "Métro")]], []) == ["harbour-union", "7"]
    assert ids_to_fill([ONE], ["informal"]) == ["harbour-union"]
    assert ids_to_fill([ONE, ONE], ["harbour-union"]) == ["harbour-union-2", "harbour-union-3"]
    assert ids_to_fill([[("", "…")]], ["informal"]) == ["agency"]


def test_where_a_feed_has_several_nobody_can_tell_which_is_meant() -> None:
    assert ids_to_fill([[("a", "A"), ("b", "B")], ONE], []) == [None, "harbour-union"]


@given(agencies, st.lists(st.text(min_size=1, max_size=3), max_size=2, unique=True))
def test_no_two_feeds_get_one_new_id(feeds: list[list[tuple[str, str]]], ours: list[str]) -> None:
    made = [one for one, some in zip(ids_to_fill(feeds, ours), feeds, strict=True) if one and not some[0][0]]
    assert len(set(made)) == len(made) and not set(made) & set(ours)


def test_only_what_was_empty_is_filled_and_a_missing_column_added() -> None:
    held = {"routes.txt": ("route_id", " agency_id"), "agency.txt": ("agency_name",), "trips.txt": ("a",)}
    columns = with_column(held)
    assert columns == {"routes.txt": ("route_id", " agency_id"), "agency.txt": ("agency_name", "agency_id"),
                       "trips.txt": ("a",)}
    assert filled(["route_id", "agency_id"], ["L1"], "u") == ["L1", "u"]
    assert filled(["route_id", "agency_id", "x"], ["L1", "", "1"], "u") == ["L1", "u", "1"]
    assert filled(["route_id", "agency_id"], ["L1", "v"], "u") == ["L1", "v"]
    assert agencies_in(["agency_name"], [["A"]]) == [("", "A")]
