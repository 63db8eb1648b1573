"""Two releases of the drawn town side by side: what riders would notice is told, and nothing else.

R1 runs from S1 to S2 and back (T1, T2), R2 from S2 to S3 (T3); a square is about 1.1 km.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from mapping_service.changes import compare, draw
from mapping_service.feed_records import Agency, BookedService
from mapping_service.parameters import Parameters
from mapping_service.release_records import Change, NetworkState, PatternState, RouteState, StopState
from mapping_service.store.changes import load_state, release_before
from mapping_service.store.releases import keep_holidays
from tests.factories import at, draw_network, drawn_town, make_network

P = Parameters()
MORNING = (21600, 32400)
METRES = 1 / 111_320


def way(pattern_id: str, route_id: str, *columns: int) -> PatternState:
    stops = tuple(f"S{column + 1}" for column in columns)
    return PatternState(pattern_id, route_id, tuple(at(c, 0) for c in columns), 1113.0, stops, {MORNING: 600.0})


TOWN = NetworkState(
    {"R1": RouteState("R1", "1", "Harbour – Mill", 50.0, "KES"), "R2": RouteState("R2", "2", None, None, None)},
    {one.pattern_id: one for one in (way("T1", "R1", 0, 1), way("T2", "R1", 1, 0), way("T3", "R2", 1, 2))},
    {f"S{c + 1}": StopState(f"S{c + 1}", f"Stop {c + 1}", *at(c, 0)) for c in range(3)},
)


def changes(after: NetworkState, before: NetworkState | None = TOWN) -> list[Change]:
    return list(compare(2, after, (1, before) if before else None, P).changes)


def pattern(pattern_id: str, **over: Any) -> NetworkState:
    return replace(TOWN, patterns={**TOWN.patterns, pattern_id: replace(TOWN.patterns[pattern_id], **over)})


def route(route_id: str, **over: Any) -> NetworkState:
    return replace(TOWN, routes={**TOWN.routes, route_id: replace(TOWN.routes[route_id], **over)})


def stop(stop_id: str, **over: Any) -> NetworkState:
    return replace(TOWN, stops={**TOWN.stops, stop_id: replace(TOWN.stops[stop_id], **over)})


def without(network: NetworkState, route_id: str, stop_id: str) -> NetworkState:
    return NetworkState(
        {key: one for key, one in network.routes.items() if key != route_id},
        {key: one for key, one in network.patterns.items() if one.route_id != route_id},
        {key: one for key, one in network.stops.items() if key != stop_id},
    )


def test_the_same_again_is_no_change() -> None:
    told = compare(2, TOWN, (1, TOWN), P)
    assert told.changes == [] and draw(told, TOWN, TOWN)["features"] == []
    assert all(not one["added"] and not one["removed"] and not one["changed"] for one in told.totals.values())


def test_of_a_first_release_everything_is_new() -> None:
    told = compare(1, TOWN, None, P)
    assert told.before is None and {one.what for one in told.changes} == {"added"}
    assert told.totals["routes"] == {"before": 0, "after": 2, "added": 2, "removed": 0, "changed": 0}
    assert told.totals["km"]["added"] == told.totals["km"]["after"] == 3.3
    assert (told.totals["headways"]["added"], told.totals["fares"]["added"]) == (3, 1)


def test_a_route_that_is_gone_is_drawn_where_it_was() -> None:
    less = without(TOWN, "R2", "S3")
    told = compare(2, less, (1, TOWN), P)
    assert [(one.what, one.element, one.element_id) for one in told.changes] == [
        ("removed", "route", "R2"), ("removed", "stop", "S3")
    ]
    line, point = draw(told, less, TOWN)["features"]
    assert line["geometry"]["coordinates"] == (at(1, 0), at(2, 0)) and line["properties"]["change"] == "removed"
    assert point["geometry"]["coordinates"] == at(2, 0)
    assert [(one.what, one.element_id) for one in changes(TOWN, less)] == [("added", "R2"), ("added", "S3")]


def test_a_route_that_gave_way_to_another_says_to_which() -> None:
    less = replace(without(TOWN, "R2", "S3"), followers={"R2": "R1", "R9": "R1"})
    assert [one.details for one in changes(less) if one.element == "route"] == [
        {"km": 1.1, "follower": "R1", "follower_name": "1 Harbour – Mill"}
    ]
    elsewhere = replace(less, followers={"R2": "R7"})  # which is gone too
    assert [one.details for one in changes(elsewhere) if one.element == "route"] == [{"km": 1.1}]


@pytest.mark.parametrize(("metres", "told"), [(20, False), (30, True)])
def test_a_line_moves_when_it_moves_by_more_than_phones_err(metres: int, told: bool) -> None:
    moved = pattern("T1", line=tuple((lon, lat + metres * METRES) for lon, lat in TOWN.patterns["T1"].line))
    found = compare(2, moved, (1, TOWN), P)
    assert [(one.element, one.details["moved"]) for one in found.changes] == ([("line", ["T1"])] if told else [])
    drawn = [one["properties"]["change"] for one in draw(found, moved, TOWN)["features"]]
    assert drawn == (["before", "changed"] if told else [])


@pytest.mark.parametrize(("metres", "told"), [(20, []), (30, [30])])
def test_a_stop_moves_when_it_moves_by_more_than_phones_err(metres: int, told: list[int]) -> None:
    lon, lat = at(0, 0)
    found = changes(stop("S1", lat=lat + metres * METRES, lon=lon))
    assert [one.details["moved_m"] for one in found] == told


def test_a_renamed_stop_says_both_names() -> None:
    (one,) = changes(stop("S2", name="Old Mill"))
    assert (one.what, one.element, one.details) == ("changed", "stop", {"before": "Stop 2", "after": "Old Mill"})


def test_a_stop_with_the_id_of_a_renamed_route_counts_as_it_was() -> None:
    before = replace(TOWN, stops={**TOWN.stops, "R1": StopState("R1", "Mill Lane", *at(3, 0))})
    after = replace(before, routes={**TOWN.routes, "R1": replace(TOWN.routes["R1"], long_name="Harbour – Old Mill")})
    totals = compare(2, after, (1, before), P).totals
    assert (totals["routes"]["changed"], totals["stops"]["changed"]) == (1, 0)


def test_a_headway_changes_by_the_minutes_that_are_published() -> None:
    assert changes(pattern("T1", headways_s={MORNING: 615.0})) == []
    (one,) = changes(pattern("T1", headways_s={MORNING: 660.0}))
    assert (one.what, one.element, one.route_id) == ("changed", "headway", "R1")
    assert (one.details["before"], one.details["after"]) == (10, 11)
    assert {one.what for one in changes(pattern("T1", headways_s={(32400, 54000): 600.0}))} == {"added", "removed"}


def test_a_fare_is_added_changed_removed() -> None:
    told = changes(route("R2", fare=20.0, currency="KES"))
    assert [(one.what, one.details["after"]) for one in told] == [("added", 20)]
    assert [(one.what, one.details["before"]) for one in changes(route("R1", fare=None))] == [("removed", 50)]
    assert [one.details["stages"] for one in changes(route("R1", stages=((0.0, 30.0), (900.0, 50.0))))] == [True]


def test_a_route_that_goes_on_to_another_stop_tells_line_and_stops() -> None:
    longer = pattern("T1", line=(at(0, 0), at(1, 0), at(2, 0)), length_m=2226.0, stop_ids=("S1", "S2", "S3"))
    told = {one.element: one.details for one in changes(longer)}
    assert told["line"]["after"] - told["line"]["before"] == pytest.approx(1.1)
    assert told["stops"] == {"added": 1, "removed": 0}


SACCO = Agency("A1", "Route 1 SACCO", phone="+254 20 2222181")
SQUARE = ((at(0, 0), at(1, 0), at(1, 1), at(0, 0)),)
ON_CALL = BookedService("B1", "Night taxi", "A1", SQUARE, "+254 20 1", None, ("weekday",), 72000, 86400, 30, None, None)


def run_by_sacco(network: NetworkState = TOWN) -> NetworkState:
    routes = {**network.routes, "R1": replace(network.routes["R1"], agency_id="A1")}
    return replace(network, routes=routes, agencies={"A1": SACCO})


def told_of(after: NetworkState, before: NetworkState) -> list[tuple[str, str, str, Any]]:
    return [(one.what, one.element, one.element_id, one.details) for one in changes(after, before)]


def test_a_brand_that_a_route_gets_is_told_of_both() -> None:
    brand = {"before": None, "after": "Route 1 SACCO"}
    (route_, *_, agency) = told_of(run_by_sacco(), TOWN)
    assert route_ == ("added", "brand", "R1", brand) and agency[:3] == ("added", "agency", "A1")
    totals = compare(2, run_by_sacco(), (1, TOWN), P).totals
    assert [totals[key]["added"] for key in ("agencies", "brands")] == [1, 1]
    assert totals["routes"]["changed"] == 1 and totals["stops"]["changed"] == 0
    assert {one[:2] for one in told_of(TOWN, run_by_sacco())} == {("removed", "brand"), ("removed", "agency")}


def test_what_is_stated_of_an_agency_is_told_word_for_word() -> None:
    changed = replace(run_by_sacco(), agencies={"A1": replace(SACCO, name="Union", phone=None, cash_only=True)})
    assert told_of(changed, run_by_sacco()) == [("changed", "agency", "A1", {
        "before": "Route 1 SACCO", "after": "Union",
        "stated": {"phone": {"before": "+254 20 2222181", "after": None}, "cash_only": {"before": None, "after": True}},
    })]


def test_another_destination_is_told_of_its_way() -> None:
    shown = pattern("T1", headsign="Mill")
    assert told_of(shown, TOWN) == [("added", "headsign", "T1", {"before": None, "after": "Mill"})]
    assert compare(2, shown, (1, TOWN), P).totals["headsigns"]["added"] == 1


def test_a_surcharge_of_the_rush_hours_is_told_apart_from_the_fare() -> None:
    dearer = route("R1", rush=20.0)
    assert told_of(dearer, TOWN) == [
        ("added", "surcharge", "R1", {"before": None, "after": 20.0, "currency": "KES"})
    ]
    assert [one[0] for one in told_of(TOWN, dearer)] == ["removed"]
    assert compare(2, dearer, (1, TOWN), P).totals["surcharges"]["after"] == 1


def test_a_service_on_call_is_drawn_where_it_is_and_was() -> None:
    before = replace(TOWN, booked={"B1": ON_CALL})
    ((what, element, _, details),) = told_of(before, TOWN)
    assert (what, element, details["phone"], details["hours"]["end_s"]) == ("added", "booked", "+254 20 1", 86400)
    wider = ((at(0, 0), at(2, 0), at(2, 1), at(0, 0)),)
    after = replace(before, booked={"B1": replace(ON_CALL, area=wider, phone="+254 20 2")})
    found = compare(2, after, (1, before), P)
    assert [one.details["stated"] for one in found.changes] == [
        {"phone": {"before": "+254 20 1", "after": "+254 20 2"}, "area": {}}
    ]
    drawn = [(one["properties"]["change"], one["geometry"]) for one in draw(found, after, before)["features"]]
    assert drawn == [("before", {"type": "Polygon", "coordinates": SQUARE}),
                     ("changed", {"type": "Polygon", "coordinates": wider})]
    assert found.totals["booked"]["changed"] == 1


@pytest.mark.parametrize(("was", "now", "told"), [
    ("as_usual", "KE", [("as_usual", "as_sunday")]), ("KE", "as_usual", [("as_sunday", "as_usual")]),
    ("KE", "KE", []), (None, "KE", []),
])
def test_holidays_are_told_where_both_releases_say(was: str | None, now: str, told: list[tuple[str, str]]) -> None:
    found = compare(2, replace(TOWN, holidays=now), (1, replace(TOWN, holidays=was)), P)
    assert [(one.details["before"], one.details["after"]) for one in found.changes] == told
    assert all(one.details["country"] == "KE" for one in found.changes)
    assert bool(found.totals["holidays"]["added"] + found.totals["holidays"]["removed"]) is bool(told)


@given(st.permutations(sorted(TOWN.patterns)), st.permutations(sorted(TOWN.stops)))
def test_the_order_in_which_a_network_came_changes_nothing(patterns: list[str], stops: list[str]) -> None:
    shuffled = replace(TOWN, patterns={k: TOWN.patterns[k] for k in patterns}, stops={k: TOWN.stops[k] for k in stops})
    assert changes(shuffled) == []


def test_two_releases_of_the_database_are_compared(connection: Connection) -> None:
    drawn = drawn_town(connection)
    second = make_network(connection, drawn.city_id, release_number=2)
    draw_network(connection, drawn.city_id, second)
    connection.exec_driver_sql(f"UPDATE stop SET name = 'Old Mill' WHERE network_id = {second} AND stop_id = 'S2'")
    before = release_before(connection, second)
    assert before is not None and before[0] == 1 and release_before(connection, drawn.network_id) is None
    told = compare(2, load_state(connection, second), before, P)
    assert [(one.element_id, one.details["after"]) for one in told.changes] == [("S2", "Old Mill")]
    assert told.totals["fares"]["after"] == 1 and told.totals["headways"]["after"] == 4
    json.dumps(asdict(told))


def test_what_people_settled_is_compared_as_the_database_has_it(connection: Connection) -> None:
    drawn = drawn_town(connection)
    second = make_network(connection, drawn.city_id, release_number=2)
    draw_network(connection, drawn.city_id, second)
    keep_holidays(connection, drawn.network_id)
    for sql in (
        "INSERT INTO agency (network_id, agency_id, city_id, name) VALUES ({n}, 'A1', {c}, 'SACCO')",
        "INSERT INTO agency_route VALUES ({n}, 'R1', {c}, 'A1')",
        "UPDATE pattern SET headsign = 'Market' WHERE network_id = {n} AND pattern_id = 'P1'",
        "UPDATE fare SET rush_surcharge = 20 WHERE network_id = {n}",
        "UPDATE city SET holidays = 'as_sunday', country = 'KE' WHERE city_id = {c}",
        "INSERT INTO booked_service VALUES ({n}, 'B1', {c}, 'Night taxi', 'A1', 'SRID=4326;POLYGON((0 0,1 0,1 1,0 0))',"
        " '+254 20 1', NULL, '{{weekday}}', 0, 3600, 0, NULL, NULL)",
    ):
        connection.exec_driver_sql(sql.format(n=second, c=drawn.city_id))
    keep_holidays(connection, second)
    told = compare(2, load_state(connection, second), release_before(connection, second), P)
    assert [(one.element, one.element_id) for one in told.changes] == [
        ("headsign", "P1"), ("surcharge", "R1"), ("brand", "R1"), ("agency", "A1"), ("booked", "B1"),
        ("holidays", "holidays"),
    ]
    json.dumps(asdict(told))
