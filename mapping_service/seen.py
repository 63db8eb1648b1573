"""The vehicles of a city right now: what agreeing people's recorders sent, as the public may see it.

One ``Sight`` for each city and process, in memory; only the names of rides are shared by way of the database. What
somebody sent before they agreed is never looked at; whoever does not agree any longer is gone with the next call.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row

from collectors.trackers import read_message
from gtfs_export.stated import Stated
from mapping_service.errors import Problem
from mapping_service.live.following import Following, Recorder
from mapping_service.live.lines import Lines
from mapping_service.live.passages import Passage
from mapping_service.live.trips import Started, trip_of, vehicle_of
from mapping_service.live_records import Vehicle
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.store import live
from mapping_service.store.live import NamedRide

# A message is stored a little later than its time of receipt says: its group had to be committed.
_LATE_S = 20.0
# What is read of somebody who is new here: a ride that began earlier began elsewhere.
_MEMORY_S = 3600.0
_VEHICLE_BYTES = 8


class Sight:
    """What one process knows of the vehicles of one city."""

    def __init__(self, engine: Engine, city: City, p: Parameters) -> None:
        self._engine, self._city, self._p = engine, city, p
        self._following = Following()
        self._people: set[int] = set()
        self._seen: dict[int, float] = {}
        self._until_s = 0.0
        self._lines: tuple[str, Lines] = ("", Lines({}))
        self._made: tuple[float, dict[int, list[Vehicle]]] = (0.0, {})
        self._lock = threading.Lock()

    def vehicles(self, stated: Stated, now_s: float) -> dict[int, list[Vehicle]]:
        """Return the vehicles that may be shown at a moment (epoch seconds), by the person who carries each along."""
        with self._lock:
            if self._made[0] != now_s:
                self._made = (now_s, self._see(stated, now_s))
            return self._made[1]

    def _see(self, stated: Stated, now_s: float) -> dict[int, list[Vehicle]]:
        with self._engine.begin() as connection:
            agreed = live.agreed(connection, self._city.city_id, now_s, self._p)
            self._take(connection, agreed, now_s)
            self._following.forget(agreed, now_s, self._p)
            told = self._following.passages(self._published(stated), now_s, self._p)
            started = {who: trip_of(one, stated, self._city.timezone) for who, one in told.items()}
            going = {who: (told[who], trip) for who, trip in started.items() if trip is not None}
            named = self._named(connection, going, stated.version, now_s)
        found: dict[int, list[Vehicle]] = {}
        for who, (passage, trip) in going.items():
            ride = named[who]
            kept = Started(replace(trip.trip, trip_id=ride.trip_id), ride.start_date, ride.start_s)
            found.setdefault(who[0], []).append(vehicle_of(passage, kept, self._lines[1], ride.vehicle_id))
        return found

    def _take(self, connection: Connection, agreed: Mapping[int, float], now_s: float) -> None:
        """Read what has come since the last time; of people who are new here, all of the last hour."""
        new = set(agreed) - self._people
        came = live.messages(connection, sorted(set(agreed) & self._people), self._until_s - _LATE_S, now_s)
        came += live.messages(connection, sorted(new), now_s - _MEMORY_S, now_s)
        for message in came:
            if message.message_id not in self._seen:
                self._seen[message.message_id] = message.received_s
                self._read(message, agreed[message.contributor_id])
        self._people, self._until_s = set(agreed), now_s
        self._seen = {key: at for key, at in self._seen.items() if at > now_s - 2 * _LATE_S}

    def _read(self, message: Row[Any], after_s: float) -> None:
        try:
            batch = read_message(
                message.kind, message.query, message.device, bytes(message.bytes), message.received_s
            )
        except Problem:
            return  # the worker notes it
        if batch.points:
            device = hashlib.sha256(f"{message.kind}\0{batch.device}".encode()).hexdigest()[:16]
            self._following.add((message.contributor_id, device), batch.points, after_s)

    def _published(self, stated: Stated) -> Lines:
        if self._lines[0] != stated.version:
            shapes = {shape_id: stated.shapes[shape_id] for shape_id in stated.trips if shape_id in stated.shapes}
            self._lines = (stated.version, Lines(shapes))
        return self._lines[1]

    def _named(
        self, connection: Connection, going: Mapping[Recorder, tuple[Passage, Started]], version: str, now_s: float
    ) -> Mapping[Recorder, NamedRide]:
        """Give each ride the name that it has already, or a new one that nobody can foretell."""
        known = live.hold_rides(connection, self._city.city_id)
        named = {}
        for who, (passage, started) in going.items():
            line, before = f"{version}/{passage.line.line_id}", known.get(who)
            if before is not None and before.line == line and before.last_s >= passage.since_s:
                named[who] = replace(before, last_s=passage.t_s)
            else:
                vehicle_id = secrets.token_hex(_VEHICLE_BYTES)
                named[who] = NamedRide(
                    *who, line, vehicle_id, started.trip.trip_id, started.day, started.start_s, passage.t_s
                )
        live.save_rides(connection, self._city.city_id, list(named.values()), now_s - self._p.live_forget_s)
        return named
