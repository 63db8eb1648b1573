"""Vehicles that riders carry along: who agreed to show theirs, what they send, and what a ride is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from mapping_service.parameters import Parameters
from mapping_service.store.engine import row, rows, run


@dataclass(frozen=True)
class NamedRide:
    """The ride of a recorder and its made-up name; ``line`` is a feed and its shape, ``last_s`` epoch seconds."""

    contributor_id: int
    recorder: str
    line: str
    vehicle_id: str
    trip_id: str
    start_date: date
    start_s: int
    last_s: float


def record_consent(
    connection: Connection, city_id: int, contributor_id: int, *, given: bool, text_version: str, language: str
) -> None:
    """Write down what a person said to being seen live; the name of a ride under way is forgotten."""
    values = {"city_id": city_id, "contributor_id": contributor_id, "given": given, "text_version": text_version}
    run(connection, "live.insert_consent", {**values, "language": language})
    run(connection, "live.delete_rides", {"contributor_id": contributor_id})


def agreed_at(connection: Connection, contributor_id: int) -> datetime | None:
    """Return when a person agreed to be seen live; ``None`` where they never did, or do not any longer."""
    found = row(connection, "live.get_consent", {"contributor_id": contributor_id})
    return found.at if found is not None and found.given else None


def consents(connection: Connection, contributor_id: int) -> list[dict[str, Any]]:
    """Return all that a person said to being seen live, in order."""
    return [dict(one._mapping) for one in rows(connection, "live.list_consents", {"contributor_id": contributor_id})]


def agreed(connection: Connection, city_id: int, now_s: float, p: Parameters) -> dict[int, float]:
    """Return who of a city is seen live, and since when (epoch seconds)."""
    values = {"city_id": city_id, "since_s": now_s - p.live_agreed_s}
    return {one.contributor_id: one.after_s for one in rows(connection, "live.list_agreed", values)}


def messages(connection: Connection, people: Sequence[int], after_s: float, until_s: float) -> list[Row[Any]]:
    """Return what came from some people after a moment, up to another one (epoch seconds)."""
    values = {"contributor_ids": list(people), "after_s": after_s, "until_s": until_s}
    return rows(connection, "live.list_messages", values) if people else []


def hold_rides(connection: Connection, city_id: int) -> dict[tuple[int, str], NamedRide]:
    """Return the rides that have a name, by contributor and recorder; other processes wait until this one is done."""
    run(connection, "live.hold_rides", {"city_id": city_id})
    found = (NamedRide(**one._mapping) for one in rows(connection, "live.list_rides", {"city_id": city_id}))
    return {(one.contributor_id, one.recorder): one for one in found}


def save_rides(connection: Connection, city_id: int, rides: Sequence[NamedRide], before_s: float) -> None:
    """Keep the names of rides, and forget those of rides that were not seen since a moment."""
    names = {"contributor_ids": "contributor_id", "recorders": "recorder", "lines": "line",
             "vehicle_ids": "vehicle_id", "trip_ids": "trip_id", "start_dates": "start_date", "starts_s": "start_s",
             "lasts_s": "last_s"}
    values = {key: [getattr(one, name) for one in rides] for key, name in names.items()}
    if rides:
        run(connection, "live.save_rides", {**values, "city_id": city_id})
    run(connection, "live.delete_over", {"city_id": city_id, "before_s": before_s})
