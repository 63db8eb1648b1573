"""How many positions of trackers the service takes in a second, each answered once it is on disk.

    python -m tests.benchmarks.load [--seconds 15] [--connections 32]

A fresh durable cluster, two web processes as ``commonway up`` starts them, 200 keys, and wrk on the same machine:
single positions (OsmAnd by GET, OwnTracks by POST) and batches of 200 (Overland), every request with positions of its
own. The baseline is the same server with a transaction for each request. Afterwards the rows of the database are
counted: every answer of success must have its own. CPU time is that of the web processes and of the database: what
else the machine does at the time lengthens the rest of the figures, hardly this one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from mapping_service import together
from mapping_service.config import Config, load_config
from mapping_service.postgres import ensure_cluster, stop_cluster
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import Kept, RawMessage, keep_messages
from mapping_service.store.people import add_key
from mapping_service.up import is_healthy, service_children
from mapping_service.web import create_app
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table

KEYS = 200
BATCH = 200
PORT = 8791
START_S = 60.0
FIRST_S = 1_600_000_000

# Each request tells of other moments, so that none repeats another; %s are the keys.
LUA = """
local keys = {%s}
local points = %d
local n = 0
local t = %d
local json = {["Content-Type"] = "application/json"}
local function at() t = t + 1 return t end
local function post(path, body) return wrk.format("POST", path, json, body) end
local osmand = function(key)
  return wrk.format("GET", string.format(
    "/ingest/%%s/osmand?lat=-1.28&lon=36.8&timestamp=%%d000&hdop=6.0&altitude=1650&speed=7.5&id=a", key, at()))
end
local owntracks = function(key)
  return post("/ingest/" .. key .. "/owntracks", string.format(
    '{"_type":"location","acc":6,"alt":1650,"batt":81,"lat":-1.28,"lon":36.8,"tst":%%d,"vel":27}', at()))
end
local point = '{"type":"Feature","geometry":{"type":"Point","coordinates":[36.8,-1.28]},'
  .. '"properties":{"timestamp":"%%s",'
  .. '"altitude":1650,"speed":7,"horizontal_accuracy":6,"vertical_accuracy":-1,"motion":["driving"],'
  .. '"battery_level":0.81,"device_id":"a"}}'
local overland = function(key)
  local rows = {}
  for i = 1, points do rows[i] = string.format(point, os.date("!%%Y-%%m-%%dT%%H:%%M:%%SZ", at())) end
  return post("/ingest/" .. key .. "/overland", '{"locations":[' .. table.concat(rows, ",") .. ']}')
end
request = function() n = n + 1 return %s(keys[n %% #keys + 1]) end
done = function(summary, latency)
  io.write(string.format('\\n{"requests":%%d,"us":%%d,"failed":%%d,"p50_us":%%d,"p99_us":%%d}\\n', summary.requests,
    summary.duration, summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.write,
    latency:percentile(50), latency:percentile(99)))
end
"""


def one_by_one() -> Flask:
    """The application with a transaction for each message: the baseline."""

    def put(url: str, message: RawMessage) -> Kept | None:
        with engine_for(url).begin() as connection:
            return keep_messages(connection, [message])[0]

    together.put = put
    return create_app()


@contextmanager
def service(config: Config, url: str, application: str) -> Iterator[None]:
    """The web processes, as ``commonway up`` starts them."""
    web = service_children(config, url)[0]
    command = [application if part == "mapping_service.web:create_app()" else part for part in web.command]
    process = subprocess.Popen(command, env=dict(web.environ), start_new_session=True)
    try:
        deadline_s = time.monotonic() + START_S
        while not is_healthy(config):
            if time.monotonic() > deadline_s:
                raise SystemExit("The service did not start.")
            time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def measure(
    kind: str, keys: Sequence[str], from_s: int, seconds: int, connections: int, folder: Path
) -> Mapping[str, float]:
    """Let wrk send messages of a kind for some seconds, of moments from ``from_s`` on; return what it counted."""
    points = BATCH if kind == "overland" else 1
    script = folder / f"{kind}.lua"
    script.write_text(LUA % (",".join(f'"{key}"' for key in keys), points, from_s, kind))
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{PORT}"],
        capture_output=True, text=True, check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.strip().splitlines()[-1])
    return {**found, "points": points}


def used_cpu_s(config: Config) -> float:
    """The CPU time that the running web processes and the database have used."""
    postmaster = (config.data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, stat = (process / "cmdline").read_text(), (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now
        if f":{PORT}\0" in command and "gunicorn" in command or stat[1] == postmaster:
            ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def stored(url: str) -> int:
    """How many messages the database holds."""
    with engine_for(url).connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM message")).scalar_one())


def run(config: Config, url: str, seconds: int, connections: int, folder: Path) -> tuple[list[list[object]], bool]:
    """Measure each kind of message with and without group commit; return the rows, and whether all was kept."""
    with engine_for(url).begin() as connection:
        keys = [add_key(connection, new_city_id(url), f"phone-{k}") for k in range(KEYS)]
    table: list[list[object]] = []
    all_kept = True
    ways = (("one by one", "tests.benchmarks.load:one_by_one()"), ("together", "mapping_service.web:create_app()"))
    for kind in ("osmand", "owntracks", "overland"):
        for way, application in ways:
            before = stored(url)
            with service(config, url, application):
                cpu_s = used_cpu_s(config)
                found = measure(kind, keys, FIRST_S + 10_000_000 * len(table), seconds, connections, folder)
                cpu_s = used_cpu_s(config) - cpu_s
            answered, rows = int(found["requests"] - found["failed"]), stored(url) - before
            # What was under way when wrk stopped may have been kept without being counted.
            kept = answered <= rows <= answered + connections
            all_kept &= kept and not found["failed"]
            rate = found["requests"] * 1e6 / found["us"]
            table.append([kind, way, round(rate), round(rate * found["points"]),
                          1000 * cpu_s / found["requests"], found["p50_us"] / 1000,
                          found["p99_us"] / 1000, answered, int(found["failed"]), rows, "yes" if kept else "NO"])
    return table, all_kept


def new_city_id(url: str) -> int:
    """The id of the city of the benchmark, made when first asked for."""
    with engine_for(url).connect() as connection:
        found = connection.execute(text("SELECT city_id FROM city WHERE slug = 'load'")).scalar()
    if found is None:
        with engine_for(url).begin() as connection:
            found = connection.execute(text(
                "INSERT INTO city (slug, name, timezone, currency, language)"
                " VALUES ('load', 'Load', 'Africa/Nairobi', 'KES', 'en') RETURNING city_id"
            )).scalar_one()
    return int(found)


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--connections", type=int, default=32)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (apt install wrk): nothing measured.")
    folder = Path(tempfile.mkdtemp(prefix="commonway-load-", dir="/tmp"))
    folder.chmod(0o755)
    config = load_config({"COMMONWAY_DATA": str(folder), "COMMONWAY_PORT": str(PORT)})
    others = os.getloadavg()[0]
    try:
        url = ensure_cluster(config)
        upgrade(url)
        table, all_kept = run(config, url, given.seconds, given.connections, folder)
    finally:
        stop_cluster(config)
        shutil.rmtree(folder, ignore_errors=True)
    write_table(
        "load", f"Positions taken in, {given.connections} connections, {given.seconds} s each, 2 web processes, "
        f"{KEYS} keys, {os.cpu_count()} cores with database and wrk; load average before {others:.1f}",
        ["message", "stored", "requests/s", "positions/s", "CPU ms/request", "p50 ms", "p99 ms", "answered", "failed",
         "rows", "all kept"],
        table,
    )
    sys.exit(0 if all_kept else 1)


if __name__ == "__main__":
    main()
