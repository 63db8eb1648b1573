"""What is kept of recorders in memory, and which trip a passage belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from collectors.trackers.points import MOCKED, Point
from gtfs_export.stated import Service, Stated, Trip
from mapping_service.live.following import Following
from mapping_service.live.lines import Lines
from mapping_service.live.passages import Passage
from mapping_service.live.trips import trip_of
from tests.live.drawn import STREET, VEHICLE_MPS, P, way

LINES = Lines(STREET)
T_S, LONLAT = way((0, 0, 0), (3000, 0, VEHICLE_MPS))
NOW_S = float(T_S[-1])
POINTS = [Point(round(t * 1000), lon, lat) for t, (lon, lat) in zip(T_S, LONLAT, strict=True)]
KOFI = (7, "phone")


def following(points: list[Point], after_s: float = 0.0) -> Following:
    found = Following()
    found.add(KOFI, points, after_s)
    return found


def test_points_in_any_order_and_twice_say_the_same() -> None:
    first = following(POINTS).passages(LINES, NOW_S, P)[KOFI]
    assert first == following([*POINTS[::-1], *POINTS[40:60]]).passages(LINES, NOW_S, P)[KOFI]
    assert first.dist_m == 2800.0


def test_what_was_recorded_before_somebody_agreed_does_not_count() -> None:
    agreed_s = NOW_S - 60
    assert following(POINTS, agreed_s).passages(LINES, NOW_S, P) == {}
    later = following(POINTS)
    later.forget({KOFI[0]: agreed_s}, NOW_S, P)
    assert later.passages(LINES, NOW_S, P) == {}


def test_whoever_does_not_agree_any_longer_is_forgotten() -> None:
    found = following(POINTS)
    found.forget({}, NOW_S, P)
    found.forget({KOFI[0]: 0.0}, NOW_S, P)
    assert found.passages(LINES, NOW_S, P) == {}


def test_a_recording_that_is_over_is_forgotten_and_a_pause_begins_another() -> None:
    found = following(POINTS)
    found.forget({KOFI[0]: 0.0}, NOW_S + P.stream_gap_s + 1, P)
    assert found.passages(LINES, NOW_S, P) == {}
    long_ago = [one._replace(t_ms=one.t_ms - round(P.stream_gap_s * 1000) - 800_000) for one in POINTS]
    both = following([*long_ago, *POINTS])
    assert both.passages(LINES, NOW_S, P) == following(POINTS).passages(LINES, NOW_S, P)


@pytest.mark.parametrize("over", [{"flags": MOCKED}, {"accuracy_m": 80.0}])
def test_positions_that_are_made_up_or_vague_are_none(over: dict[str, Any]) -> None:
    assert following([one._replace(**over) for one in POINTS]).passages(LINES, NOW_S, P) == {}


WEEK = Service(frozenset(range(5)), date(2024, 4, 1), date(2024, 9, 30), removed=frozenset({date(2024, 4, 3)}))
MORNING = Trip("P1-weekday-0600", "R1", 0, "weekday", "P1", 6 * 3600, 9 * 3600)
EVENING = Trip("P1-weekday-2000", "R1", 0, "weekday", "P1", 20 * 3600, 25 * 3600)
STATED = Stated("1", (), frozenset(), frozenset(), {"weekday": WEEK}, {"P1": [MORNING, EVENING]})


def on(when: str, dist_m: float = 2000.0) -> tuple[str, str, int] | None:
    """The trip of a vehicle that passes at a moment in Nairobi, its day, and when it left."""
    t_s = datetime.fromisoformat(f"{when}+03:00").astimezone(UTC).timestamp()
    found = trip_of(Passage(LINES.lines[0], dist_m, t_s, 5.0, t_s - 900), STATED, "Africa/Nairobi")
    return None if found is None else (found.trip.trip_id, str(found.day), found.start_s)


@pytest.mark.parametrize(("when", "trip"), [
    ("2024-04-02T08:10:30", ("P1-weekday-0600", "2024-04-02", 8 * 3600 + 180)),  # left 400 s before, to the minute
    ("2024-04-02T09:05:00", ("P1-weekday-0600", "2024-04-02", 8 * 3600 + 58 * 60)),
    ("2024-04-02T09:40:00", ("P1-weekday-0600", "2024-04-02", 9 * 3600 + 33 * 60)),  # of the nearest band
    ("2024-04-02T14:00:00", None),
    ("2024-04-03T00:30:00", ("P1-weekday-2000", "2024-04-02", 24 * 3600 + 23 * 60)),  # the night of the day before
    ("2024-04-03T08:10:00", None),  # a holiday
    ("2024-04-06T08:10:00", None),  # a Saturday
    ("2024-10-01T08:10:00", None),  # the feed is over
])
def test_a_vehicle_makes_the_trip_of_the_band_in_which_it_left(when: str, trip: tuple[str, str, int] | None) -> None:
    assert on(when) == trip


def test_a_line_without_trips_has_no_vehicles() -> None:
    t_s = datetime(2024, 4, 2, 5, 10, tzinfo=UTC).timestamp()
    bare = Stated("1", (), frozenset(), frozenset())
    assert trip_of(Passage(LINES.lines[0], 200.0, t_s, 5.0, t_s), bare, "UTC") is None
