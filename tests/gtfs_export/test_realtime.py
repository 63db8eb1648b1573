"""The realtime message: what stands in it, and that nothing does which the published feed does not state."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from google.transit import gtfs_realtime_pb2 as proto

from gtfs_export.realtime import alerts_message, as_json
from gtfs_export.stated import Stated, read_stated
from mapping_service.live_records import Alert
from tests.gtfs_export.readers import Town

NOW = datetime(2024, 4, 2, 6, 0, tzinfo=UTC)
STATED = Stated("1", ("A1", "A2"), frozenset({"R1", "R2"}), frozenset({"S1"}))
CLOSED = Alert(
    7, "road_closed", "detour", "Pont fermé", "Passer par le marché", "https://example.org/pont", "fr", NOW,
    NOW + timedelta(days=2), "efua", ("R1", "R9"), ("S1",),
)
CODES = {"cause.road_closed": "OTHER_CAUSE", "effect.detour": "DETOUR"}
DETAILS = {"cause.road_closed": {"fr": "Route fermée", "en": "Road closed"}}


def message(*alerts: Alert, stated: Stated | None = STATED) -> proto.FeedMessage:
    read = proto.FeedMessage()
    read.ParseFromString(alerts_message(alerts, stated, NOW, CODES, DETAILS))
    return read


def test_an_alert_stands_in_the_feed_with_its_words_period_and_what_it_is_about() -> None:
    read = message(CLOSED)
    assert (read.header.gtfs_realtime_version, read.header.feed_version) == ("2.0", "1")
    assert read.header.timestamp == NOW.timestamp() and read.header.incrementality == proto.FeedHeader.FULL_DATASET
    (entity,) = read.entity
    assert entity.id == "alert-7" and entity.alert.effect == proto.Alert.DETOUR
    assert entity.alert.header_text.translation[0].text == "Pont fermé"
    assert entity.alert.header_text.translation[0].language == "fr"
    assert entity.alert.url.translation[0].text == "https://example.org/pont"
    assert entity.alert.active_period[0].end - entity.alert.active_period[0].start == 2 * 86400


def test_what_the_specification_has_no_name_for_is_told_in_words_of_every_language() -> None:
    told = message(CLOSED).entity[0].alert
    assert told.cause == proto.Alert.OTHER_CAUSE
    assert {one.language: one.text for one in told.cause_detail.translation} == DETAILS["cause.road_closed"]
    assert not told.HasField("effect_detail")


def test_ids_that_the_published_feed_does_not_have_are_left_out() -> None:
    about = message(CLOSED).entity[0].alert.informed_entity
    assert [(one.route_id, one.stop_id) for one in about] == [("R1", ""), ("", "S1")]
    assert not message(replace(CLOSED, route_ids=("R9",), stop_ids=())).entity


def test_an_alert_about_nothing_in_particular_is_about_every_agency() -> None:
    about = message(replace(CLOSED, route_ids=(), stop_ids=())).entity[0].alert.informed_entity
    assert [one.agency_id for one in about] == ["A1", "A2"]


def test_an_alert_without_an_end_or_a_description_states_none() -> None:
    told = message(replace(CLOSED, ends_at=None, description=None, url=None)).entity[0].alert
    assert not told.active_period[0].HasField("end")
    assert not told.HasField("description_text") and not told.HasField("url")


def test_without_a_published_feed_the_message_is_valid_and_empty() -> None:
    read = message(CLOSED, stated=None)
    assert not read.entity and read.IsInitialized() and not read.header.HasField("feed_version")


def test_json_says_the_same_under_the_names_of_the_specification() -> None:
    said = json.loads(as_json(alerts_message([CLOSED], STATED, NOW, CODES, DETAILS)))
    assert said["header"]["gtfs_realtime_version"] == "2.0"
    assert said["entity"][0]["alert"]["header_text"]["translation"] == [{"text": "Pont fermé", "language": "fr"}]


def test_what_a_feed_states_is_read_out_of_its_zip(town: Town) -> None:
    stated = read_stated(io.BytesIO(town.zipped()))
    assert (set(stated.route_ids), stated.version) == ({"R1", "R2"}, "2024.04.01-1")
    assert "S1" in stated.stop_ids and len(stated.agency_ids) == 1
