"""Both realtime feeds beside the sample city's zip: a validator, and readers by others."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from google.transit import gtfs_realtime_pb2 as proto

from collectors.trackers.points import Point
from gtfs_export.realtime import alerts_message, vehicles_message
from gtfs_export.stated import Stated, read_stated
from mapping_service.live.following import Following
from mapping_service.live.lines import Line, Lines
from mapping_service.live.trips import trip_of, vehicle_of
from mapping_service.live_records import Alert, Vehicle
from mapping_service.parameters import Parameters
from tests.judges.conftest import Feeds

P = Parameters()
ZONE = "Africa/Nairobi"
RIDDEN_S, EVERY_S, MPS, ERROR_M = 600, 5, 7.0, 4.0
# Warnings that stay: what older programs read stands beside what took its place; and without a timetable there is no
# prediction beside a vehicle.
EXPLAINED = {"S025", "W003"}


@pytest.fixture(scope="module")
def now(sample: Feeds) -> datetime:
    """A working day at a quarter past eight."""
    return datetime.combine(sample.wednesday, time(8, 15), ZoneInfo(ZONE)).astimezone(UTC)


@pytest.fixture(scope="module")
def stated(sample: Feeds) -> Stated:
    """What the city's zip states."""
    return read_stated(sample["gtfs.zip"])


@pytest.fixture(scope="module")
def vehicles(stated: Stated, now: datetime) -> list[Vehicle]:
    """One rider on each line, those that can be told apart."""
    following, lines = Following(), Lines(stated.shapes)
    for ridden, line in enumerate(lines.lines):
        following.add((ridden, "phone"), _ridden(line, lines, now.timestamp(), ridden), 0.0)
    found = []
    for (number, _), passage in sorted(following.passages(lines, now.timestamp(), P).items()):
        assert passage.line is lines.lines[number]  # seen on the line that was ridden, or not at all
        started = trip_of(passage, stated, ZONE)
        if started is not None:  # some lines do not run on that day
            found.append(vehicle_of(passage, started, lines, f"name-{number}"))
    return found


def _ridden(line: Line, lines: Lines, now_s: float, seed: int) -> list[Point]:
    """The positions of the last minutes of a ride that has come to four fifths of its line by now."""
    t_s = np.arange(now_s - RIDDEN_S, now_s + 1, EVERY_S)
    d = np.clip(line.length_m * 0.8 - MPS * (now_s - t_s), 0, None)
    xy = np.array([line.at(one) for one in d]) + np.random.default_rng(seed).normal(0, ERROR_M, (len(t_s), 2))
    return [Point(round(t * 1000), *lines.lonlat((x, y)), 8.0) for t, (x, y) in zip(t_s, xy, strict=True)]


@pytest.fixture(scope="module")
def messages(
    stated: Stated, vehicles: Sequence[Vehicle], now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with both messages."""
    folder = tmp_path_factory.mktemp("realtime")
    (folder / "vehicles.pb").write_bytes(vehicles_message(vehicles, stated, now))
    begins, ends = now - timedelta(hours=1), now + timedelta(days=1)
    told = [
        Alert(1, "strike", "reduced_service", "Strike", None, None, "en", begins, None, "efua"),
        Alert(2, "road_closed", "detour", "Bridge closed", "Walk across.", None, "en", begins, ends, "efua",
              sorted(stated.route_ids)[:2], sorted(stated.stop_ids)[:2]),
    ]
    codes = {"cause.strike": "STRIKE", "effect.reduced_service": "REDUCED_SERVICE", "cause.road_closed": "OTHER_CAUSE",
             "effect.detour": "DETOUR"}
    (folder / "alerts.pb").write_bytes(alerts_message(told, stated, now, codes, {}))
    return folder


def test_riders_are_seen_on_the_line_that_they_ride(vehicles: Sequence[Vehicle], stated: Stated) -> None:
    assert len(vehicles) >= len(stated.shapes) / 4
    assert {one.route_id for one in vehicles} <= stated.route_ids


def test_the_validator_of_realtime_feeds_finds_no_error(sample: Feeds, messages: Path, now: datetime) -> None:
    program = Path(sys.executable).with_name("gtfs-rt-validator")
    command: list[str | Path] = [
        program, "-gtfs", sample["gtfs.zip"], "-vp", messages / "vehicles.pb", "-sa",
        messages / "alerts.pb", "--at", (now + timedelta(seconds=5)).isoformat(), "--out", messages,
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads((messages / "system_errors.json").read_text())["notices"] == []
    found = {one["code"]: one["severity"] for one in json.loads((messages / "report.json").read_text())["notices"]}
    assert "ERROR" not in found.values() and set(found) <= EXPLAINED, found


def test_the_bindings_of_others_read_every_trip_and_every_alert(
    stated: Stated, vehicles: Sequence[Vehicle], messages: Path
) -> None:
    read = {name: proto.FeedMessage() for name in ("vehicles", "alerts")}
    for name, message in read.items():
        message.ParseFromString((messages / f"{name}.pb").read_bytes())
    assert {one.header.feed_version for one in read.values()} == {stated.version}
    trip_ids = {trip.trip_id for trips in stated.trips.values() for trip in trips}
    told = [entity.vehicle for entity in read["vehicles"].entity]
    assert {one.trip.trip_id for one in told} <= trip_ids and len(told) == len(vehicles)
    assert {one.trip.schedule_relationship for one in told} == {proto.TripDescriptor.UNSCHEDULED}
    assert [len(entity.alert.informed_entity) for entity in read["alerts"].entity] == [len(stated.agency_ids), 4]
