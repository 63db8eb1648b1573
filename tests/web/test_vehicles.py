"""Vehicles over HTTP: seen only with consent, under a name for one ride, and gone at once when that is taken back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from google.transit import gtfs_realtime_pb2 as proto
from sqlalchemy import Connection, text

from mapping_service.people import erase, my_data
from mapping_service.store import live, people
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import RawMessage, keep_messages
from mapping_service.web import create_app
from tests.factories import Place, at
from tests.web.test_realtime import HERE, OLD_READERS, address, clock, complaints, read

__all__ = ["address", "clock"]  # fixtures

MORNING_S = datetime(2024, 4, 2, 5, 0, tzinfo=UTC).timestamp()  # a Tuesday, 8 o'clock in Nairobi
SPEED_MPS = 8.0
SQUARE_M = 1113.0


class Rider:
    """Somebody of the drawn town with a key, who agreed to be seen before the morning."""

    def __init__(self, rows: Connection, name: str, *, agrees: bool = True) -> None:
        self.rows, self.city_id = rows, get_city(rows, "drawn-town").city_id
        self.name, self.key = name, people.add_key(rows, self.city_id, name)
        self.contributor_id = people.contributor_id_of(rows, self.city_id, name)
        if agrees:
            self.says(given=True, at_s=MORNING_S - 3600)
        rows.commit()

    def says(self, *, given: bool, at_s: float) -> None:
        live.record_consent(self.rows, self.city_id, self.contributor_id, given=given, text_version="1", language="en")
        self.rows.execute(text("UPDATE live_consent SET at = to_timestamp(:at) WHERE contributor_id = :who"),
                          {"at": at_s, "who": self.contributor_id})
        self.rows.commit()

    def rides(self, *corners: Place, start_s: float = MORNING_S, mps: float = SPEED_MPS) -> float:
        """Send a batch every 30 s of a ride from corner to corner; return when it ends."""
        points, t_s = [], start_s
        for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False):
            steps = round(max(abs(x1 - x0), abs(y1 - y0)) / 0.01 * SQUARE_M / mps / 5)
            for step in range(steps):
                points.append((t_s, x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps))
                t_s += 5
        for first in range(0, len(points), 6):
            self._send(points[first:first + 6])
        return t_s

    def _send(self, points: Sequence[tuple[float, float, float]]) -> None:
        locations = [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]},
             "properties": {"timestamp": datetime.fromtimestamp(t, UTC).isoformat(), "device_id": f"{self.name}-phone"}}
            for t, x, y in points
        ]
        body = json.dumps({"locations": locations}).encode()
        assert keep_messages(self.rows, [RawMessage(people.key_hash(self.key), "overland", "", "", body)])[0]
        self.rows.execute(text("UPDATE message SET received_at = to_timestamp(:at) WHERE received_at > '2025-01-01'"),
                          {"at": points[-1][0] + 1})
        self.rows.commit()


EAST = (at(0, 0), at(4, 0))  # all of P1


def vehicles(client: FlaskClient, clock: list[float], now_s: float) -> list[proto.VehiclePosition]:
    clock[0] = now_s // 10 * 10
    message = read(client, f"{HERE}/vehicles.pb")
    assert message.header.timestamp == clock[0]
    return [entity.vehicle for entity in message.entity]


def test_a_vehicle_is_told_on_its_trip_without_a_timetable(
    client: FlaskClient, rows: Connection, clock: list[float]
) -> None:
    Rider(rows, "kofi").rides(*EAST)
    (told,) = vehicles(client, clock, MORNING_S + 300)
    assert (told.trip.trip_id, told.trip.route_id, told.trip.direction_id) == ("P1-weekday-0600", "R1", 0)
    assert told.trip.schedule_relationship == proto.TripDescriptor.UNSCHEDULED
    assert (told.trip.start_date, told.trip.start_time) == ("20240402", "08:00:00")
    assert told.position.latitude == pytest.approx(-1.3, abs=1e-5) and told.position.bearing == pytest.approx(90, abs=1)
    assert 36.808 < told.position.longitude < 36.8 + 0.01 * 300 * SPEED_MPS / SQUARE_M
    assert 0 <= clock[0] - told.timestamp <= 90
    assert {field.name for field, _ in told.position.ListFields()} == {"latitude", "longitude", "bearing"}
    assert [field.name for field, _ in told.vehicle.ListFields()] == ["id"]


def test_a_validator_finds_nothing_wrong_with_the_vehicles(
    client: FlaskClient, rows: Connection, clock: list[float], tmp_path: Path
) -> None:
    Rider(rows, "kofi").rides(*EAST)
    Rider(rows, "ama").rides(*reversed(EAST))
    assert len(vehicles(client, clock, MORNING_S + 300)) == 2
    found = complaints(client, tmp_path, clock[0])
    assert [one for one in found if not one.startswith(EXPLAINED)] == []


# A vehicle has no prediction beside it: without a timetable there is nothing to be late against.
EXPLAINED = (OLD_READERS, "W003")


def test_nobody_is_seen_who_did_not_agree_to_that_itself(
    client: FlaskClient, rows: Connection, clock: list[float]
) -> None:
    kofi = Rider(rows, "kofi", agrees=False)
    people.record_consent(rows, kofi.city_id, kofi.contributor_id, given=True, text_version="1", language="en",
                          via="setup")
    rows.commit()
    kofi.rides(*EAST)
    assert vehicles(client, clock, MORNING_S + 300) == []


@pytest.mark.parametrize("how", ["live", "recording", "key", "erased"])
def test_whoever_takes_it_back_is_gone_at_once_within_the_same_message(
    client: FlaskClient, rows: Connection, clock: list[float], how: str, database: str
) -> None:
    kofi = Rider(rows, "kofi")
    kofi.rides(*EAST)
    assert len(vehicles(client, clock, MORNING_S + 300)) == 1
    if how == "live":
        kofi.says(given=False, at_s=MORNING_S + 300)
    elif how == "recording":
        people.record_consent(rows, kofi.city_id, kofi.contributor_id, given=False, text_version="1", language="en",
                              via="setup")
    elif how == "key":
        rows.execute(text("UPDATE token SET revoked_at = now() WHERE contributor_id = :n"), {"n": kofi.contributor_id})
    else:
        rows.commit()
        erase(engine_for(database), kofi.city_id, kofi.contributor_id)
    rows.commit()
    assert vehicles(client, clock, MORNING_S + 300) == []
    if how == "erased":
        assert rows.execute(text("SELECT count(*) FROM live_consent")).scalar_one() == 0
    if how in ("live", "erased"):
        assert rows.execute(text("SELECT count(*) FROM live_ride")).scalar_one() == 0


def test_agreeing_ends_by_itself_and_says_nothing_of_before(
    client: FlaskClient, rows: Connection, clock: list[float]
) -> None:
    kofi = Rider(rows, "kofi")
    kofi.rides(*EAST)
    kofi.says(given=True, at_s=MORNING_S + 100)  # amid the ride: begins there
    assert vehicles(client, clock, MORNING_S + 150) == []
    assert len(vehicles(client, clock, MORNING_S + 250)) == 1
    kofi.says(given=True, at_s=MORNING_S - 31 * 86400)
    assert vehicles(client, clock, MORNING_S + 250) == []


def test_one_ride_has_one_name_in_every_process_and_the_next_ride_another(
    app: Flask, client: FlaskClient, rows: Connection, clock: list[float], database: str
) -> None:
    kofi = Rider(rows, "kofi")
    ends_s = kofi.rides(*EAST)
    kofi.rides(*reversed(EAST), start_s=ends_s + 5)
    other = create_app(database).test_client()
    names = []
    for now_s in (MORNING_S + 200, MORNING_S + 350, ends_s + 200, ends_s + 350):
        (told,) = vehicles(client, clock, now_s)
        (same,) = vehicles(other, clock, now_s)
        assert told == same
        names.append(told.vehicle.id)
    assert names[0] == names[1] != names[2] == names[3]


def test_a_month_of_the_same_commute_gives_names_and_an_order_that_tell_nothing(
    client: FlaskClient, rows: Connection, clock: list[float]
) -> None:
    """What a watcher keeps of each day: no two names alike, none of them made from anything of the person."""
    riders = [Rider(rows, name) for name in ("kofi", "ama")]
    names: list[str] = []
    orders = set()
    for day in (0, 1, 2, 3, 6, 7, 8, 9, 10):
        start_s = MORNING_S + day * 86400
        ends_s = max(riders[0].rides(*EAST, start_s=start_s), riders[1].rides(*reversed(EAST), start_s=start_s))
        found = vehicles(client, clock, start_s + 300)
        names += [one.vehicle.id for one in found]
        orders.add(tuple(one.trip.trip_id for one in found))
        assert vehicles(client, clock, ends_s + 700) == []
        assert rows.execute(text("SELECT count(*) FROM live_ride")).scalar_one() == 0  # nobody can tell any longer
        rows.commit()
    assert len(set(names)) == len(names) == 18 and {len(one) for one in names} == {16}
    assert len(orders) == 2
    said = client.get(f"{HERE}/vehicles.json").text
    assert not any(word in said for one in riders for word in (one.name, f"{one.name}-phone"))


def test_everybody_may_have_all_that_was_kept_of_this(rows: Connection, client: FlaskClient, database: str) -> None:
    kofi = Rider(rows, "kofi")
    out = io.BytesIO()
    my_data(engine_for(database), kofi.contributor_id, out)
    (said,) = json.loads(zipfile.ZipFile(out).read("live-consent.json"))
    assert said["given"] is True


def test_the_setup_page_asks_apart_and_is_off_at_first(client: FlaskClient, rows: Connection) -> None:
    kofi = Rider(rows, "kofi", agrees=False)
    page = f"/setup/{kofi.key}?lang=en"
    assert client.post(f"/setup/{kofi.key}/live", data={"given": "yes"}).status_code == 400  # recording comes first
    client.post(f"/setup/{kofi.key}/consent", data={"given": "yes"})
    assert "<strong>Off</strong>" in client.get(page).text
    assert live.agreed_at(rows, kofi.contributor_id) is None
    rows.rollback()
    assert client.post(f"/setup/{kofi.key}/live", data={"given": "yes"}).status_code == 303
    assert "On until" in client.get(page).text and "another one for each ride" in client.get(page).text
    assert client.post(f"/setup/{kofi.key}/live", data={"given": "no"}).status_code == 303
    assert "<strong>Off</strong>" in client.get(page).text
    assert client.post(f"/setup/{kofi.key}/live", data={}).status_code == 400
