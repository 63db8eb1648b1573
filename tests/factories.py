"""Rows for tests: one maker per table, with a default for every column that a test does not care about.

``drawn_town`` is the network that most tests share; it can be drawn on a napkin (one square is 0.01 degrees, about
1.1 km; S1 lies at 36.80 E, 1.30 S; north is up)::

                          S8  North End
                          |
                          S7  (nobody said a name)
                          |
      S1 ── S2 ── S3 ──── S4 ── S5
    Harbour Mill  Market  School Airport
                  |
                  S6  River

    R1  "1"  Harbour – Airport   P1: S1 S2 S3 S4 S5   P2: S5 S4 S3 S2 S1
    R2  "2"  River – North End   P3: S6 S3 S4 S7 S8
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any

from pyproj import Geod
from sqlalchemy import Connection

from mapping_service.store.engine import table
from mapping_service.store.lines import point_element

Place = tuple[float, float]

FIRST_SEEN = datetime(2024, 3, 4, 4, 30, tzinfo=UTC)  # a Monday, 07:30 in Nairobi
LAST_SEEN = datetime(2024, 3, 8, 5, 10, tzinfo=UTC)
VALID_FROM = date(2024, 4, 1)
PUBLISHED_AT = datetime(2024, 3, 28, 9, 0, tzinfo=UTC)
SEEN = {"runs": 3, "people": 2, "first_seen": FIRST_SEEN, "last_seen": LAST_SEEN}
SIGNS = {"runs": 3, "people": 2, "km": 4.4, "unseen": 0.0, "off": 0.01, "missed": 0.02, "start_m": 20.0, "end_m": 350.0,
         "told": 1.0, "departed": 1.0, "arrived": 0.67, "elsewhere": 0.0, "partial": 0, "maybe": 0, "labels": 0.0}
MORNING_S = (21600, 32400)
MIDDAY_S = (32400, 54000)
WHOLE_DAY_S = (0, 86400)

_SQUARE_DEG = 0.01
_ORIGIN: Place = (36.80, -1.30)
_GEOD = Geod(ellps="WGS84")
_numbers: Iterator[int] = count(1)


@dataclass(frozen=True)
class DrawnTown:
    """Where ``drawn_town`` put itself."""

    city_id: int
    slug: str
    network_id: int
    release_number: int


def at(column: float, row: float) -> Place:
    """(lon, lat) of a corner of the drawn grid; S1 is ``at(0, 0)``."""
    return round(_ORIGIN[0] + column * _SQUARE_DEG, 7), round(_ORIGIN[1] + row * _SQUARE_DEG, 7)


STOPS: Mapping[str, tuple[str | None, Place]] = {
    "S1": ("Harbour", at(0, 0)),
    "S2": ("Mill", at(1, 0)),
    "S3": ("Market", at(2, 0)),
    "S4": ("School", at(3, 0)),
    "S5": ("Airport", at(4, 0)),
    "S6": ("River", at(2, -1)),
    "S7": (None, at(3, 1)),
    "S8": ("North End", at(3, 2)),
}
SERVED: Mapping[str, Sequence[str]] = {
    "P1": ("S1", "S2", "S3", "S4", "S5"),
    "P2": ("S5", "S4", "S3", "S2", "S1"),
    "P3": ("S6", "S3", "S4", "S7", "S8"),
}


def point(place: Place) -> str:
    """EWKT of a point."""
    return f"SRID=4326;POINT({place[0]} {place[1]})"


def line(places: Sequence[Place]) -> str:
    """EWKT of a line."""
    return f"SRID=4326;LINESTRING({', '.join(f'{lon} {lat}' for lon, lat in places)})"


def timed_line(places: Sequence[Place], started_at: datetime, step_s: float) -> str:
    """EWKT of a line whose M is epoch seconds, ``step_s`` from point to point."""
    start_s = started_at.timestamp()
    body = ", ".join(f"{lon} {lat} {start_s + i * step_s}" for i, (lon, lat) in enumerate(places))
    return f"SRID=4326;LINESTRING M ({body})"


def lengths_m(places: Sequence[Place]) -> list[float]:
    """Metres along the line from its first point to each point, on the ellipsoid."""
    along = [0.0]
    for (lon, lat), (next_lon, next_lat) in pairwise(places):
        along.append(along[-1] + _GEOD.inv(lon, lat, next_lon, next_lat)[2])
    return along


def insert(connection: Connection, name: str, defaults: Mapping[str, Any], over: Mapping[str, Any]) -> Any:
    """Insert one row, ``over`` before ``defaults``; return the first column of its primary key that is its own."""
    target = table(connection, name)
    key = connection.execute(target.insert().values({**defaults, **over})).inserted_primary_key
    return key[-1] if key is not None else None


def make_city(connection: Connection, **over: Any) -> int:
    """A city in Nairobi's time and money."""
    defaults = {
        "slug": f"city-{next(_numbers)}", "name": "Drawn Town", "timezone": "Africa/Nairobi", "currency": "KES",
        "language": "en", "srid": 32737, "anchor": point_element(*_ORIGIN),
    }
    return int(insert(connection, "city", defaults, over))


def make_contributor(connection: Connection, city_id: int, **over: Any) -> int:
    """Someone with a pseudonym of their own."""
    return int(insert(connection, "contributor", {"city_id": city_id, "pseudonym": f"rider-{next(_numbers)}"}, over))


def make_submission(connection: Connection, city_id: int, content: bytes | None = None, **over: Any) -> int:
    """An inbox row that arrived under a name, and its accepted submission."""
    number = next(_numbers)
    content = content if content is not None else f"ride {number}".encode()
    inbox = {"city_id": city_id, "sha256": hashlib.sha256(content).digest(), "bytes": content}
    inbox_id = int(insert(connection, "inbox", inbox, {}))
    names = {"file_name": f"ride-{number}.gpx", "file_key": f"ride-{number}"}
    arrival = {"city_id": city_id, "inbox_id": inbox_id, **names}
    insert(connection, "arrival", arrival, {})
    defaults = {"submission_id": inbox_id, "city_id": city_id, "status": "accepted", "read_at": LAST_SEEN}
    insert(connection, "submission", defaults, over)
    return inbox_id


def make_run(connection: Connection, city_id: int, places: Sequence[Place], **over: Any) -> int:
    """A cleaned ride through ``places``, five minutes from one to the next, with a submission of its own."""
    started_at = over.get("started_at", FIRST_SEEN)
    step = timedelta(minutes=5)
    if "submission_id" not in over:
        over = {**over, "submission_id": make_submission(connection, city_id)}
    defaults = {
        "city_id": city_id, "part": 0, "geom": timed_line(places, started_at, step.total_seconds()),
        "started_at": started_at, "ended_at": started_at + step * (len(places) - 1), "lead_in_s": 0.0,
        "lead_out_s": 0.0, "length_m": lengths_m(places)[-1], "dwells": [], "dropped": {},
    }
    return int(insert(connection, "run", defaults, over))


def make_network(connection: Connection, city_id: int, kind: str = "release", **over: Any) -> int:
    """An empty network; a release is number 1, valid from ``VALID_FROM``, and published."""
    public = {"published_at": PUBLISHED_AT, "published_by": "tester"}
    dated = {"release_number": 1, "valid_from": VALID_FROM, **public} if kind == "release" else {}
    return int(insert(connection, "network", {"city_id": city_id, "kind": kind, **dated}, over))


def make_route(connection: Connection, city_id: int, network_id: int, route_id: str, **over: Any) -> None:
    """A route that three runs by two people speak for; R7 is painted with a 7."""
    number = route_id.lstrip("R~")
    defaults = {
        "network_id": network_id, "route_id": route_id, "city_id": city_id, "short_name": number,
        "name_votes": {number: 3}, "long_name": f"Route {route_id}", "confidence": 0.8, **SEEN,
    }
    insert(connection, "route", defaults, over)


def make_stop(
    connection: Connection, city_id: int, network_id: int, stop_id: str, place: Place, **over: Any
) -> None:
    """A reported stop at ``place``, named after its id."""
    defaults = {
        "network_id": network_id, "stop_id": stop_id, "city_id": city_id, "name": f"Stop {stop_id}",
        "geom": point(place), "method": "reported", "confidence": 0.7, **SEEN,
    }
    insert(connection, "stop", defaults, over)


def make_station(
    connection: Connection, city_id: int, network_id: int, station_id: str, stop_ids: Sequence[str], **over: Any
) -> None:
    """A station amid S1, to which some stops of the network belong."""
    defaults = {"network_id": network_id, "station_id": station_id, "city_id": city_id, "geom": point(at(0, 0))}
    insert(connection, "station", defaults, over)
    stop = table(connection, "stop")
    belong = (stop.c.network_id == network_id) & stop.c.stop_id.in_(stop_ids)
    connection.execute(stop.update().where(belong).values(station_id=station_id))


def make_hail_stretch(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, from_m: float, to_m: float
) -> None:
    """A stretch on which two runs halted nine times."""
    defaults = {"network_id": network_id, "pattern_id": pattern_id, "city_id": city_id, "halts": 9, "runs": 2}
    insert(connection, "hail_stretch", {**defaults, "from_m": from_m, "to_m": to_m}, {})


def make_stop_candidate(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, dist_m: float, place: Place
) -> None:
    """A place at which one of three runs halted."""
    defaults = {"network_id": network_id, "pattern_id": pattern_id, "city_id": city_id, "runs": 1, "runs_past": 3}
    insert(connection, "stop_candidate", {**defaults, "dist_m": dist_m, "geom": point(place), "probability": 0.3}, {})


def make_pattern(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, route_id: str,
    stops: Sequence[tuple[str, Place]], **over: Any,
) -> None:
    """A weekday pattern straight from stop to stop, with its stops in order and 180 s of riding to each."""
    along_m = lengths_m([place for _, place in stops])
    defaults = {
        "network_id": network_id, "pattern_id": pattern_id, "city_id": city_id, "route_id": route_id,
        "direction_id": 0, "headsign": None, "geom": line([place for _, place in stops]), "length_m": along_m[-1],
        "spread_m": 12.0, "day_types": ["weekday"], "confidence": 0.8, "signs": SIGNS,
        "valid_until": VALID_FROM + timedelta(days=180), **SEEN,
    }
    insert(connection, "pattern", defaults, over)
    key = {"network_id": network_id, "pattern_id": pattern_id, "city_id": city_id}
    for sequence, ((stop_id, _), dist_m) in enumerate(zip(stops, along_m, strict=True)):
        served = {"stop_sequence": sequence, "stop_id": stop_id, "dist_m": dist_m, "runs": 2, "runs_past": 3}
        insert(connection, "pattern_stop", {**key, **served, "confidence": 0.7}, {})
        if sequence:
            make_running_time(connection, city_id, network_id, pattern_id, sequence, 180.0)


def make_running_time(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, stop_sequence: int, seconds: float,
    band_s: tuple[int, int] = WHOLE_DAY_S, **over: Any,
) -> None:
    """Time from the stop before, measured on two runs by two people; 15 s of it standing there."""
    defaults = {
        "network_id": network_id, "pattern_id": pattern_id, "stop_sequence": stop_sequence, "city_id": city_id,
        "band_start_s": band_s[0], "band_end_s": band_s[1], "seconds": seconds, "standing_s": 15.0,
        "low_s": seconds * 0.7, "high_s": seconds * 1.4, "runs": 2, "people": 2, "method": "band",
    }
    insert(connection, "running_time", defaults, over)


def make_headway(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, headway_s: float,
    band_s: tuple[int, int] = MORNING_S, **over: Any,
) -> None:
    """A headway observed four times by two people, probably within a fifth of it."""
    defaults = {
        "network_id": network_id, "pattern_id": pattern_id, "city_id": city_id, "band_start_s": band_s[0],
        "band_end_s": band_s[1], "headway_s": headway_s, "low_s": headway_s * 0.8, "high_s": headway_s * 1.2,
        "observations": 4, "people": 2, "cv": 0.6, "method": "observed",
    }
    insert(connection, "headway", defaults, over)


def make_load(
    connection: Connection, city_id: int, network_id: int, pattern_id: str, stop_sequence: int, seats: float | None,
    band_s: tuple[int, int] = WHOLE_DAY_S, **over: Any,
) -> None:
    """How full three rides of two people left a stop, probably within a fifth of the seats; none counted people."""
    told = {} if seats is None else {"seats_low": max(seats - 0.2, 0.0), "seats_high": seats + 0.2}
    defaults = {
        "network_id": network_id, "pattern_id": pattern_id, "stop_sequence": stop_sequence, "city_id": city_id,
        "band_start_s": band_s[0], "band_end_s": band_s[1], "seats": seats, **told, "seats_runs": 3, "counted_runs": 0,
        "people": 2,
    }
    insert(connection, "load", defaults, over)


def make_fare(connection: Connection, city_id: int, network_id: int, route_id: str, amount: int, **over: Any) -> None:
    """A fare in Kenyan shillings that five riders agreed upon."""
    defaults = {
        "network_id": network_id, "route_id": route_id, "city_id": city_id, "amount": amount, "low": amount,
        "high": amount, "currency": "KES", "observations": 5, "people": 2, "first_seen": FIRST_SEEN,
        "last_seen": LAST_SEEN,
    }
    insert(connection, "fare", defaults, over)


def make_stage_fare(
    connection: Connection, city_id: int, network_id: int, route_id: str, from_m: float, amount: int, **over: Any
) -> None:
    """A step of a fare in Kenyan shillings, from so many metres ridden on."""
    defaults = {
        "network_id": network_id, "route_id": route_id, "from_m": from_m, "city_id": city_id, "amount": amount,
        "low": amount, "high": amount + 10, "currency": "KES", "observations": 4, "people": 3,
    }
    insert(connection, "stage_fare", defaults, over)


def make_service_point(
    connection: Connection, city_id: int, network_id: int, service_point_id: str, place: Place, **over: Any
) -> None:
    """A clinic from the first row of a table sent for it."""
    if "submission_id" not in over:
        over = {**over, "submission_id": make_submission(connection, city_id)}
    defaults = {
        "network_id": network_id, "service_point_id": service_point_id, "city_id": city_id, "source_id": None,
        "source_row": 1, "kind": "clinic", "name": "Town Clinic", "geom": point(place), "properties": {},
    }
    insert(connection, "service_point", defaults, over)


def drawn_town(connection: Connection, slug: str = "drawn-town") -> DrawnTown:
    """The town of this module's drawing as release 1: a fare on R1 only, four headways of which one is observed."""
    city_id = make_city(connection, slug=slug)
    network_id = make_network(connection, city_id)
    draw_network(connection, city_id, network_id)
    for kind, last in {"route": 2, "pattern": 3, "stop": 8, "service_point": 2}.items():
        insert(connection, "minted_id", {"city_id": city_id, "kind": kind, "last": last}, {})
    return DrawnTown(city_id, slug, network_id, release_number=1)


def draw_network(connection: Connection, city_id: int, network_id: int) -> None:
    """Fill an empty network of any kind with the drawing, and add the runs it rests on."""
    key = (connection, city_id, network_id)
    for stop_id, (name, place) in STOPS.items():
        make_stop(*key, stop_id, place, name=name, method="reported" if name else "dwell")
    make_route(*key, "R1", short_name="1", long_name="Harbour – Airport")
    make_route(*key, "R2", short_name="2", long_name="River – North End")
    for pattern_id, route_id, direction_id, headsign in (
        ("P1", "R1", 0, "Airport"), ("P2", "R1", 1, "Harbour"), ("P3", "R2", 0, "North End"),
    ):
        served = [(stop_id, STOPS[stop_id][1]) for stop_id in SERVED[pattern_id]]
        make_pattern(*key, pattern_id, route_id, served, direction_id=direction_id, headsign=headsign)
        _draw_runs(connection, city_id, network_id, pattern_id)
    for sequence in range(1, 5):
        make_running_time(*key, "P1", sequence, 240.0, MORNING_S)
    make_headway(*key, "P1", 600.0)
    make_headway(*key, "P1", 900.0, MIDDAY_S, method="city_waits", observations=9)
    make_headway(*key, "P2", 900.0, method="city_waits", observations=9)
    make_headway(*key, "P3", 900.0, method="city_waits", observations=9)
    make_fare(*key, "R1", 50)
    make_stage_fare(*key, "R1", 0.0, 30)
    make_stage_fare(*key, "R1", 2500.0, 50)
    make_service_point(*key, "C1", at(1, 1), properties={"beds": 12})
    make_service_point(*key, "C2", at(4, 1), kind="water", name="Airport Tap", source_row=2)


def _draw_runs(connection: Connection, city_id: int, network_id: int, pattern_id: str) -> None:
    places = [STOPS[stop_id][1] for stop_id in SERVED[pattern_id]]
    for day in range(3):
        run_id = make_run(connection, city_id, places, started_at=FIRST_SEEN + timedelta(days=day))
        supports = {"network_id": network_id, "pattern_id": pattern_id, "run_id": run_id, "city_id": city_id}
        insert(connection, "pattern_run", {**supports, "role": "full", "share_of_run": 1.0}, {})
