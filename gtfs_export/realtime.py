"""GTFS-Realtime 2.0: records in, one message out. What the published feed does not state is left out.

Source: google/transit, gtfs-realtime/spec/en/reference.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as proto

from gtfs_export.stated import Stated
from mapping_service.live_records import Alert, Vehicle

VERSION = "2.0"

# For a cause or effect that GTFS-Realtime knows only as another one, what it is in each language.
Details = Mapping[str, Mapping[str, str]]


def alerts_message(
    alerts: Iterable[Alert],
    stated: Stated | None,
    at: datetime,
    codes: Mapping[str, str],
    details: Details,
) -> bytes:
    """Write alerts as a FeedMessage.

    ``codes`` gives the name in the specification of ``cause.…`` and ``effect.…``, ``details`` their words by language
    where that name says too little. Without a published feed, and for alerts about nothing that it has, no entity.
    """
    message = _message(stated, at)
    for alert in alerts:
        about = list(_about(alert, stated)) if stated else []
        if not about:
            continue
        entity = message.entity.add(id=f"alert-{alert.number}")
        told = entity.alert
        # Of these the first is what all programs of today read, and deprecated since 2025 for the two others.
        for periods in (told.active_period, told.communication_period, told.impact_period):
            period = periods.add(start=int(alert.starts_at.timestamp()))
            if alert.ends_at is not None:
                period.end = int(alert.ends_at.timestamp())
        told.informed_entity.extend(about)
        told.cause = proto.Alert.Cause.Value(codes[f"cause.{alert.cause}"])
        told.effect = proto.Alert.Effect.Value(codes[f"effect.{alert.effect}"])
        _translate(told.cause_detail, details.get(f"cause.{alert.cause}", {}))
        _translate(told.effect_detail, details.get(f"effect.{alert.effect}", {}))
        _translate(told.header_text, {alert.language: alert.header})
        _translate(told.description_text, {alert.language: alert.description or ""})
        _translate(told.url, {alert.language: alert.url or ""})
    return bytes(message.SerializeToString(deterministic=True))


def vehicles_message(vehicles: Iterable[Vehicle], stated: Stated | None, at: datetime) -> bytes:
    """Write vehicles as a FeedMessage, in the order of their made-up ids. They keep to no timetable: UNSCHEDULED."""
    message = _message(stated, at)
    for one in sorted(vehicles, key=lambda vehicle: vehicle.vehicle_id):
        told = message.entity.add(id=one.vehicle_id).vehicle
        told.trip.trip_id, told.trip.route_id = one.trip_id, one.route_id
        if one.direction_id is not None:
            told.trip.direction_id = one.direction_id
        told.trip.start_date = f"{one.start_date:%Y%m%d}"
        told.trip.start_time = f"{one.start_s // 3600:02d}:{one.start_s // 60 % 60:02d}:{one.start_s % 60:02d}"
        told.trip.schedule_relationship = proto.TripDescriptor.UNSCHEDULED
        told.vehicle.id = one.vehicle_id
        told.position.latitude, told.position.longitude = round(one.lat, 5), round(one.lon, 5)
        told.position.bearing = round(one.bearing_deg)
        told.timestamp = int(one.passed_at.timestamp())
    return bytes(message.SerializeToString(deterministic=True))


def _message(stated: Stated | None, at: datetime) -> proto.FeedMessage:
    header = proto.FeedHeader(
        gtfs_realtime_version=VERSION, incrementality=proto.FeedHeader.FULL_DATASET, timestamp=int(at.timestamp())
    )
    if stated and stated.version:
        header.feed_version = stated.version
    return proto.FeedMessage(header=header)


def _about(alert: Alert, stated: Stated) -> Iterable[proto.EntitySelector]:
    if not alert.route_ids and not alert.stop_ids:
        yield from (proto.EntitySelector(agency_id=one) for one in stated.agency_ids)
    yield from (proto.EntitySelector(route_id=one) for one in alert.route_ids if one in stated.route_ids)
    yield from (proto.EntitySelector(stop_id=one) for one in alert.stop_ids if one in stated.stop_ids)


def _translate(field: proto.TranslatedString, texts: Mapping[str, str]) -> None:
    for language, text in sorted(texts.items()):
        if text:
            field.translation.add(text=text, language=language)


def as_json(message: bytes) -> str:
    """Write a message as JSON under the specification's own names of fields, for people and for scripts."""
    from google.protobuf.json_format import MessageToJson

    read = proto.FeedMessage.FromString(message)
    return f"{MessageToJson(read, preserving_proto_field_name=True, ensure_ascii=False, indent=1)}\n"
