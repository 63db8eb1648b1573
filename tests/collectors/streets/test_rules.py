"""Which ways a bus may drive, and in which direction."""

from __future__ import annotations

import pytest

from collectors.streets.rules import is_signal, is_stop, rule_of
from tests.collectors.streets.drawn import tags_of

FREE, OUT, BACK, NEITHER = (False, False), (False, True), (True, False), (True, True)


@pytest.mark.parametrize("tags", [
    "footway", "cycleway", "steps", "path", "construction", "pedestrian", "", "highway=residential motor_vehicle=no",
    "highway=service access=no", "highway=service area=yes", "highway=service service=driveway",
    "highway=track vehicle=no",
])
def test_no_bus_can_drive_there(tags: str) -> None:
    assert rule_of(tags_of(tags)) is None


@pytest.mark.parametrize("tags", [
    "residential", "motorway_link", "track", "road", "highway=service service=parking_aisle",
    "highway=residential access=destination", "highway=residential access=no bus=yes",
    "highway=service motor_vehicle=no psv=designated", "highway=busway access=no", "highway=pedestrian bus=yes",
    "highway=residential motor_vehicle=yes access=no", "highway=residential oneway=reversible",
])
def test_a_bus_can_drive_there_both_ways(tags: str) -> None:
    rule = rule_of(tags_of(tags))
    assert rule is not None and (rule.against_out, rule.against_back) == FREE


@pytest.mark.parametrize(("tags", "expected"), [
    ("highway=primary oneway=yes", OUT),
    ("highway=primary oneway=1", OUT),
    ("highway=primary oneway=-1", BACK),
    ("highway=primary oneway=reverse", BACK),
    ("highway=primary oneway=no", FREE),
    ("motorway", OUT),
    ("highway=motorway oneway=no", FREE),
    ("motorway_link", FREE),
    ("highway=tertiary junction=roundabout", OUT),
    ("highway=tertiary junction=circular", OUT),
    ("highway=tertiary junction=roundabout oneway=-1", BACK),
    ("highway=primary oneway=yes oneway:bus=no", FREE),
    ("highway=primary oneway=yes oneway:psv=no", FREE),
    ("highway=primary oneway:bus=yes", OUT),
    ("highway=primary oneway=yes oneway:psv=-1", BACK),
    ("highway=primary oneway=yes busway=opposite_lane", FREE),
    ("highway=primary oneway=yes busway:left=opposite_lane", FREE),
    ("highway=primary oneway=yes busway=lane", OUT),
    ("highway=primary oneway=-1 lanes:psv:backward=1", FREE),
    ("highway=primary oneway=yes lanes:bus:backward=0", OUT),
    ("highway=primary oneway=yes psv:backward=yes", FREE),
    ("highway=primary oneway=yes access=no bus=yes", OUT),
    ("highway=service access=private", NEITHER),
    ("highway=service access=private psv=yes", FREE),
    ("highway=tertiary bus=no", NEITHER),
])
def test_directions(tags: str, expected: tuple[bool, bool]) -> None:
    rule = rule_of(tags_of(tags))
    assert rule is not None and (rule.against_out, rule.against_back) == expected


@pytest.mark.parametrize(("tags", "signal", "stop"), [
    ("traffic_signals", True, False),
    ("highway=crossing crossing=traffic_signals", True, False),
    ("highway=crossing crossing=marked", False, False),
    ("bus_stop", False, True),
    ("public_transport=stop_position bus=yes", False, True),
    ("public_transport=platform share_taxi=yes", False, True),
    ("public_transport=platform tram=yes", False, False),
    ("stop", False, False),
])
def test_points_where_vehicles_stand(tags: str, signal: bool, stop: bool) -> None:
    assert (is_signal(tags_of(tags)), is_stop(tags_of(tags))) == (signal, stop)
