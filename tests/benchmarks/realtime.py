"""What the feed of vehicles costs with 200 phones live: one message every 10 s, and all requests between.

    python -m tests.benchmarks.realtime [--phones 200]

Each phone sends a position every 5 s by itself (OwnTracks), rides along one of 120 invented lines, of which four share
each street for a third of their way, and agreed to be seen. A request goes through the whole application, with
PostgreSQL in its default settings on this machine, without the network. Beside it, the baseline that a service without
a memory is: each request reads what came in the last hour and places every ride from the beginning.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import numpy as np
from google.transit import gtfs_realtime_pb2 as proto
from sqlalchemy import text

from gtfs_export.stated import Service, Stated, Trip
from mapping_service.cities import new_city
from mapping_service.geo import M_PER_DEG
from mapping_service.postgres import ensure_cluster
from mapping_service.store import live, people
from mapping_service.store.engine import engine_for
from mapping_service.web import create_app, realtime
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import throwaway_config

LINES, SHARED_BY = 120, 4
LENGTH_M, STREET_M = 15_000.0, 300.0
M = 1 / M_PER_DEG
BEGAN_S = datetime(2024, 4, 2, 5, 0, tzinfo=UTC).timestamp()
BEFORE_S, WATCHED_S, EVERY_S = 900, 300, 5
MPS, ERROR_M = 7.0, 5.0
REQUESTS = 200
SLUG = "town"


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--phones", type=int, default=200)
    phones = options.parse_args().phones
    with throwaway_config() as config:
        os.environ["COMMONWAY_DATA"] = str(config.data_dir)
        url = ensure_cluster(config)
        upgrade(url)
        send(url, phones)
        rows = measured(url)
    title = f"The feed of vehicles with {phones} phones live, a position every {EVERY_S} s each: milliseconds"
    write_table("realtime", title, ("what", "requests", "median", "p95", "longest", "vehicles", "bytes"), rows)


def shapes() -> dict[str, list[tuple[float, float]]]:
    """Lines that lead east, four on one street for their first third, then fanning out to streets of their own."""
    found = {}
    for number in range(LINES):
        street, branch = divmod(number, SHARED_BY)
        y = street * SHARED_BY * STREET_M
        part, fan = LENGTH_M / 3, y + branch * STREET_M
        found[f"P{number}"] = [(x * M, y * M) for x, y in ((0, y), (part, y), (part + 300, fan), (LENGTH_M, fan))]
    return found


def stated() -> Stated:
    """A feed of those lines."""
    trips = {
        name: [Trip(f"{name}-weekday-0500", f"R{name[1:]}", 0, "weekday", name, 18000, 86400)] for name in shapes()
    }
    days = Service(frozenset(range(7)), date(2024, 1, 1), date(2024, 12, 31))
    return Stated("1", ("A1",), frozenset(), frozenset(), {"weekday": days}, trips, shapes())


def send(url: str, phones: int) -> None:
    """Store all that the phones send, as it is stored when it comes."""
    engine = engine_for(url)
    dice = np.random.default_rng(1)
    city = new_city(engine, SLUG, "Town", "Africa/Nairobi", "KES", "en")
    ways = list(shapes().values())
    with engine.begin() as connection:
        for phone in range(phones):
            people.add_key(connection, city.city_id, f"phone-{phone}")
            who = people.contributor_id_of(connection, city.city_id, f"phone-{phone}")
            live.record_consent(connection, city.city_id, who, given=True, text_version="1", language="en")
            bodies, times = zip(*positions(np.array(ways[phone % LINES]), dice), strict=True)
            connection.execute(text(
                "INSERT INTO message"
                " (city_id, token_id, contributor_id, kind, device, query, sha256, bytes, received_at)"
                " SELECT :city, (SELECT token_id FROM token WHERE contributor_id = :who), :who, 'owntracks', 'phone',"
                " '', sha256(b || convert_to(t::text, 'UTF8')), b, to_timestamp(t)"
                " FROM unnest(CAST(:bodies AS bytea[]), CAST(:times AS float[])) AS m (b, t)"
            ), {"city": city.city_id, "who": who, "bodies": list(bodies), "times": list(times)})
        connection.execute(text("UPDATE live_consent SET at = to_timestamp(:at)"), {"at": BEGAN_S - 3600})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def positions(way: np.ndarray, dice: np.random.Generator) -> list[tuple[bytes, float]]:
    """The messages of one phone with the time of each."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(way / M, axis=0).T))])
    t_s = np.arange(dice.uniform(0, EVERY_S), BEFORE_S + WATCHED_S, EVERY_S)
    d = dice.uniform(0, 4000) + MPS * t_s
    xy = np.stack([np.interp(d, along, way[:, axis]) for axis in (0, 1)], axis=1)
    xy += dice.normal(0, ERROR_M, xy.shape) * M
    return [
        (json.dumps({"_type": "location", "tst": int(BEGAN_S + t), "lon": x, "lat": y, "acc": 8}).encode(),
         BEGAN_S + float(t))
        for t, (x, y) in zip(t_s, xy, strict=True)
    ]


def measured(url: str) -> list[tuple[object, ...]]:
    """Time requests: those for which a message is made, those answered from memory, and the baseline."""
    feed, now = stated(), [BEGAN_S + BEFORE_S]
    setattr(realtime, "clock", lambda: now[0])
    setattr(realtime, "_stated", lambda _: feed)
    app = create_app(url)
    client = app.test_client()

    def ask() -> bytes:
        return bytes(client.get(f"/{SLUG}/realtime/vehicles.pb").data)

    def after(seconds: float) -> bytes:
        now[0] += seconds
        return ask()

    def without_memory() -> bytes:
        app.extensions.pop("sights", None)
        return after(realtime.TICK_S)

    rows = [timed("first request of a process", 1, ask)]
    rows.append(timed("a new message, every 10 s", 25, lambda: after(realtime.TICK_S)))
    rows.append(timed("the same message again", REQUESTS, ask))
    realtime.TICK_S = 1  # the positions would be over otherwise
    rows.append(timed("baseline: no memory", 10, without_memory))
    return rows


def timed(what: str, times: int, call: Callable[[], bytes]) -> tuple[object, ...]:
    """Call so often; return a row of the table."""
    took_ms, message = [], b""
    for _ in range(times):
        began = time.perf_counter()
        message = call()
        took_ms.append((time.perf_counter() - began) * 1000)
    read = proto.FeedMessage()
    read.ParseFromString(message)
    found = [round(float(one), 1) for one in (np.median(took_ms), np.quantile(took_ms, 0.95), max(took_ms))]
    return (what, times, *map(str, found), len(read.entity), len(message))


if __name__ == "__main__":
    main()
