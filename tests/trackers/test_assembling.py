"""From messages to trails in the database: what waits, what is put together when, and what takes whose place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Connection, Row, text

from collectors.trackers.trail import read_trail
from mapping_service import together
from mapping_service.assembling import assemble, is_waiting, read_messages
from mapping_service.intake.interpret import interpret
from mapping_service.parameters import Parameters
from mapping_service.records import City, Document
from mapping_service.stages import process_city
from mapping_service.store import messages
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import RawMessage, latest, problems, read_again
from tests.trackers.conftest import Field

P = Parameters()
T_S = 1_748_845_800  # 2025-06-02T06:30:00Z, 09:30 in Nairobi
RIDE = "00000000-0000-4000-8000-000000000001"


def point(t_s: float, lon: float = 36.8) -> str:
    return f"lat=-1.3&lon={lon}&timestamp={t_s}&id=a3f"


def drive(start_s: float, count: int = 30) -> list[str]:
    """Positions ten seconds and 55 m apart."""
    return [point(start_s + 10 * k, round(36.8 + 0.0005 * k, 7)) for k in range(count)]


def send(field: Field, queries: Iterable[str], key: str = "") -> None:
    for query in queries:
        assert together.put(field.url, RawMessage(together.key_digest(key or field.key), "osmand", "", query, b""))


def chunk(field: Field, n: int, **said: Any) -> None:
    data = json.dumps({"v": 1, "n": n, **said}).encode()
    assert together.put(
        field.url, RawMessage(together.key_digest(field.key), "page", RIDE, "", data, f"{RIDE}/{n}")
    )


def process(field: Field, now_s: float = 2e9, wait: bool = True) -> None:
    read_messages(field.url, field.slug)
    assemble(field.url, field.slug, P, now_s=now_s, wait=wait)


def spans(field: Field) -> list[tuple[float, float]]:
    """From when to when the trails go, from the first position on."""
    with engine_for(field.url).connect() as connection:
        return [(one.first_s - T_S, one.last_s - T_S) for one in connection.execute(text(
            "SELECT first_s, last_s FROM trail ORDER BY stream_id, first_s"
        ))]


def documents(field: Field, kind: str) -> list[Document]:
    with engine_for(field.url).connect() as connection:
        return [Document(kind, "x", bytes(one.bytes), 0) for one in connection.execute(text(
            "SELECT i.bytes FROM submission s JOIN inbox i ON i.inbox_id = s.submission_id"
            " WHERE s.kind = :kind ORDER BY submission_id"
        ), {"kind": kind})]


def city(field: Field) -> City:
    with engine_for(field.url).connect() as connection:
        return get_city(connection, field.slug)


def waits(field: Field, now_s: float) -> bool:
    with engine_for(field.url).connect() as connection:
        return is_waiting(connection, field.city_id, P, now_s)


def test_a_ride_that_goes_on_waits_and_one_that_rests_does_not(field: Field) -> None:
    send(field, drive(T_S))
    assert waits(field, T_S)  # to be read
    read_messages(field.url, field.slug)
    assert not waits(field, T_S + 300)
    process(field, now_s=T_S + 300)
    assert spans(field) == []
    assert waits(field, 2e9)
    process(field)
    assert spans(field) == [(0, 290)]
    assert not waits(field, 2e9)


def test_a_command_that_does_not_wait_puts_together_what_is_there(field: Field) -> None:
    send(field, drive(T_S))
    process(field, now_s=T_S, wait=False)
    assert spans(field) == [(0, 290)]


def test_a_recorder_that_never_rests_is_put_together_every_now_and_then(field: Field) -> None:
    send(field, (point(T_S + k, 36.8) for k in range(0, 7600, 300)))
    process(field, now_s=T_S)
    assert spans(field) == [(0, 7500)]


def test_a_pause_makes_two_rides_and_late_points_close_it(field: Field) -> None:
    send(field, [*drive(T_S), *drive(T_S + 1000)])
    process(field)
    assert spans(field) == [(0, 290), (1000, 1290)]
    send(field, [point(T_S + 640, 36.81)])
    process(field)
    assert spans(field) == [(0, 1290)]
    assert field.count("submission", "status = 'received'") == 1
    assert field.count("submission", "status = 'duplicate' AND reason_code = 'continued'") == 2


def test_a_ride_of_another_day_stays_as_it_is(field: Field) -> None:
    send(field, drive(T_S))
    process(field)
    send(field, drive(T_S + 86400))
    process(field)
    assert spans(field) == [(0, 290), (86400, 86690)]
    assert field.count("submission", "reason_code = 'continued'") == 0


def test_a_position_of_years_ago_beside_those_of_today_costs_a_day_and_not_all_between(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = [946684800 + 10 * k for k in range(3)]  # where a clock begins that lost its battery
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.8 + 0.0005 * k, -1.3]},
         "properties": {"timestamp": t_s}}
        for k, t_s in enumerate([*long_ago, *(T_S + 10 * k for k in range(30)), *(T_S + 86400 * 3 + k for k in (0, 9))])
    ]
    data = json.dumps({"locations": features}).encode()
    assert together.put(field.url, RawMessage(together.key_digest(field.key), "overland", "", "", data))
    looked_at = []
    of_stream = messages.of_stream

    def counting(connection: Connection, stream_id: int, from_s: float, to_s: float) -> list[Row[Any]]:
        looked_at.append(from_s)
        return of_stream(connection, stream_id, from_s, to_s)

    monkeypatch.setattr(messages, "of_stream", counting)
    process(field)
    assert spans(field) == [(946684800 - T_S, 946684820 - T_S), (0, 290), (86400 * 3, 86400 * 3 + 9)]
    assert len(looked_at) == 3


def test_a_day_ends_where_hardly_anybody_rides(field: Field) -> None:
    three = T_S + 63000  # 03:00 of the next day in Nairobi
    send(field, drive(three - 150))
    process(field)
    assert spans(field) == [(three - 150 - T_S, three - 10 - T_S), (three - T_S, three + 140 - T_S)]


def test_two_people_with_the_same_points_have_a_trail_each(field: Field) -> None:
    send(field, drive(T_S))
    send(field, drive(T_S), field.other_key)
    process(field)
    assert spans(field) == [(0, 290), (0, 290)]
    assert field.count("submission") == 2


def test_what_a_person_said_of_a_trail_holds_for_the_longer_one(field: Field) -> None:
    send(field, drive(T_S))
    process(field)
    with engine_for(field.url).begin() as connection:
        connection.execute(text("UPDATE submission SET released_at = now()"))
    send(field, [point(T_S + 300, 36.82)])
    process(field)
    assert field.count("submission", "status = 'received' AND released_at IS NOT NULL") == 1
    assert field.count("submission", "reason_code = 'continued' AND released_at IS NULL") == 1


def test_a_message_that_cannot_be_read_is_said_and_can_be_tried_again(field: Field) -> None:
    bad = RawMessage(together.key_digest(field.key), "overland", "", "", b"{")
    assert together.put(field.url, bad)
    send(field, drive(T_S))
    process(field)
    with engine_for(field.url).begin() as connection:
        (one,) = problems(connection, field.city_id)
        assert (one.problem_code, one.points) == ("message_unreadable", 0)
        assert read_again(connection, field.city_id, one.message_id)
        assert not read_again(connection, field.city_id + 1, one.message_id)
    assert waits(field, T_S)
    process(field)
    assert spans(field) == [(0, 290)]


def test_a_recorder_whose_name_no_database_can_hold_keeps_nobody_waiting(field: Field) -> None:
    said = {"_type": "location", "lat": -1.3, "lon": 36.8, "tst": T_S, "topic": "owntracks/\ud83d/a\0b"}
    batch = {"locations": [{
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [36.8, -1.3]},
        "properties": {"timestamp": T_S, "device_id": "\udc00"},
    }]}
    for kind, sent in (("owntracks", said), ("overland", batch), ("traccar", {
        "device_id": "\ud800", "location": {"timestamp": T_S, "coords": {"latitude": -1.3, "longitude": 36.8}},
    })):
        message = RawMessage(together.key_digest(field.key), kind, "", "", json.dumps(sent).encode())
        assert together.put(field.url, message)
    assert read_messages(field.url, field.slug) == 3
    assert field.count("stream") == 3
    assert field.count("message", "points = 1 AND problem_code IS NULL") == 3


def test_the_newest_messages_of_a_key_are_there_before_they_are_read(field: Field) -> None:
    send(field, drive(T_S, 25))
    with engine_for(field.url).connect() as connection:
        token_id = connection.execute(text("SELECT min(token_id) FROM token")).scalar_one()
        found = latest(connection, token_id)
    assert [one.query for one in found] == list(reversed(drive(T_S, 25)))[:20]


def test_a_ride_of_the_page_is_one_trail_with_its_reports_whatever_its_gaps(field: Field) -> None:
    fixes: list[list[Any]] = [
        [1000 * (T_S + 10 * k), 36.8 + 0.0005 * k, -1.3, 5, None, None, int(k > 12)] for k in range(25)
    ]
    fixes[13:] = [[t + 3_600_000, *rest] for t, *rest in fixes[13:]]
    stop = {"id": "a", "kind": "stop", "t": fixes[3][0], "name": "Mill"}
    fare = {"id": "b", "kind": "fare", "amount": 50, "t": fixes[20][0]}
    chunk(field, 1, fixes=fixes[12:], reports=[{**stop, "name": "Market"}, fare])
    chunk(field, 0, fixes=fixes[:12], reports=[stop], ride={"line": "7", "direction": "Airport"})
    process(field)
    (document,) = documents(field, "trail")
    told = interpret(document, city(field), P, now_s=2e9, released=False)
    assert told.verdict.status == "accepted"
    assert told.fixes is not None and told.fixes.segment_starts.tolist() == [0, 13]
    assert [(one.kind, one.name, one.amount, one.lon) for one in told.reports] == [
        ("stop", "Market", None, round(fixes[3][1], 7)), ("fare", None, 50.0, round(fixes[20][1], 7))
    ]
    assert told.claim is not None and (told.claim.line, told.claim.direction) == ("7", "Airport")


def test_a_ride_to_which_nobody_agreed_keeps_its_stops_only(field: Field) -> None:
    fixes: list[list[Any]] = [[1000 * (T_S + 10 * k), 36.8 + 0.0005 * k, -1.3, 5, None, None, 0] for k in range(25)]
    chunk(field, 0, fixes=fixes, consent={"given": False}, reports=[{"id": "a", "kind": "stop", "t": fixes[3][0]}])
    process(field)
    told = interpret(documents(field, "trail")[0], city(field), P, now_s=2e9, released=False)
    assert (told.verdict.status, told.fixes, len(told.reports)) == ("accepted", None, 1)


def test_a_single_report_becomes_a_document(field: Field) -> None:
    said = {"id": "a", "kind": "count", "lon": 36.8, "lat": -1.3, "t": T_S * 1000, "details": {"vehicles": 7}}
    data = json.dumps({"v": 1, "report": said}).encode()
    assert together.put(field.url, RawMessage(together.key_digest(field.key), "page", "", "", data, RIDE))
    process_city(field.url, field.slug, P, jobs=1, progress=lambda *_: None)
    (document,) = documents(field, "record")
    assert document.data == data
    assert field.count("report", "kind = 'count' AND details = '{\"vehicles\": 7}'") == 1
    assert field.count("submission", "status = 'accepted'") == 1


def test_a_note_typed_while_tracking_is_read_as_any_note(field: Field) -> None:
    noted = [f"lat=-1.3&lon={36.8 + 0.0005 * k}&timestamp={T_S + 10 * k}&desc={'Mill+stop' if k == 5 else ''}"
             for k in range(30)]
    for query in noted:
        assert together.put(field.url, RawMessage(together.key_digest(field.key), "gpslogger", "", query, b""))
    process(field)
    (document,) = documents(field, "trail")
    assert [mark.text for mark in read_trail(document.data).marks] == ["Mill stop"]
    told = interpret(document, city(field), P, now_s=2e9, released=False)
    assert [(one.kind, one.lon) for one in told.reports] == [("stop", 36.8025)]
