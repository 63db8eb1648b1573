"""How long a national feed takes, from the tables of its release to a zip, and how much memory.

    python -m tests.benchmarks.feed_speed [--routes 300 1000 3000] [--skip-others]

An invented network (``tests/benchmarks/national.py``) is written into a cluster of its own. Each size is exported
twice, each time by a fresh process; the bytes must be the same. Memory is the peak of our process (its resident set)
and the peak of what the database's processes, workers among them, hold of their own. CPU seconds of both stand beside
the time. Beside it, in the same run and on the largest feed of ours: gtfs-kit and partridge read it and write it again
(they compute nothing), and make-gtfs builds as many stop times from service windows and headways. Each runs in a
process of its own and is stopped after five minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mapping_service.store.engine import engine_for
from tests.benchmarks.database_usage import Watch, cpu_s
from tests.benchmarks.national import SLUG, national_database
from tests.benchmarks.report import write_table

LONGEST_S = 300.0

_HEAD = """
import json, resource, sys, time
started = time.perf_counter()
"""
_TAIL = """
took = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"s": took, "cpu_s": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}))
"""
OTHERS = {
    "gtfs-kit: read and write": """
import gtfs_kit
gtfs_kit.read_feed(sys.argv[1], dist_units="m").to_file(__import__("pathlib").Path(sys.argv[2] + "/kit.zip"))
""",
    "partridge: read and write": """
import partridge
partridge.extract_feed(sys.argv[1], sys.argv[2] + "/partridge.zip", {})
""",
    "make-gtfs: build and write": """
import pathlib, make_gtfs
proto = make_gtfs.read_protofeed(pathlib.Path(sys.argv[2]) / "proto")
built = make_gtfs.build_feed(proto, stop_spacing=400)
built.to_file(pathlib.Path(sys.argv[2]) / "made.zip")
""",
}


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--skip-others", action="store_true")
    parser.add_argument("--export", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.export:
        _export(*chosen.export)
        return
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="feed-speed-") as name:
        folder = Path(name)
        for routes in chosen.routes:
            rows += _ours(folder, routes)
        if not chosen.skip_others:
            _write_protofeed(folder / "proto", max(chosen.routes))
            rows += [_other(label, script, folder) for label, script in OTHERS.items()]
    head = ("program", "routes", "stops", "stop times", "s", "CPU s", "CPU s of the database", "peak MB",
            "peak MB of the database's own", "zip MB")
    load = f"load average {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors"
    write_table("feed_speed", f"A national feed from the tables of its release to a zip, {load}", head, rows)


def _ours(folder: Path, routes: int) -> list[list[object]]:
    data = folder / f"data-{routes}"
    data.mkdir(mode=0o755)
    folder.chmod(0o755)
    with national_database(data, routes) as (url, stop_times):
        out = folder / "ours.zip"
        command = [sys.executable, "-m", "tests.benchmarks.feed_speed", "--export", url, str(out)]
        told = [_told(command) for _ in range(2)]
    same = told[0]["sha256"] == told[1]["sha256"]
    best = min(told, key=lambda one: float(one["s"]))
    label = f"Commonway, {'same' if same else 'OTHER'} bytes twice"
    size_mb = round(out.stat().st_size / 1e6, 1)
    return [[label, routes, routes * 100 // 3, stop_times, round(best["s"], 1), round(best["cpu_s"], 1),
             round(best["database_cpu_s"], 1), round(best["mb"]), round(best["database_mb"]), size_mb]]


def _export(url: str, out: str) -> None:
    """Export once and tell what it took: run in a process of its own."""
    import resource

    from gtfs_export import Publisher, export_gtfs

    with engine_for(url).connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with Watch(pid) as watch:
            started, before_s = time.perf_counter(), cpu_s(pid)
            export_gtfs(connection, SLUG, None, Path(out), Publisher("Nation", "https://maps.example.org/nation"))
            took_s, database_s = time.perf_counter() - started, cpu_s(pid) - before_s
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "s": took_s, "cpu_s": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024,
        "database_cpu_s": database_s, "database_mb": watch.peak_mb,
        "sha256": hashlib.sha256(Path(out).read_bytes()).hexdigest(),
    }))


def _write_protofeed(folder: Path, routes: int) -> None:
    """Ten windows a day with as many vehicles as make the stop times of ours: make-gtfs writes every vehicle out."""
    folder.mkdir()
    (folder / "meta.csv").write_text(
        "agency_id,agency_name,agency_url,agency_timezone,start_date,end_date\n"
        "A1,Nation,https://maps.example.org,Africa/Nairobi,20260601,20261128\n"
    )
    windows = [(f"w{b}", 18000 + b * 6600, 21600 + b * 6600) for b in range(10)]
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    (folder / "service_windows.csv").write_text(f"service_window_id,start_time,end_time,{days}\n" + "".join(
        f"{name},{_clock(start)},{_clock(end)},1,1,1,1,1,0,0\n" for name, start, end in windows
    ))
    head = "route_short_name,route_long_name,route_type,service_window_id,direction,frequency,shape_id,speed\n"
    (folder / "frequencies.csv").write_text(head + "".join(
        # Two vehicles in an hour.
        f"{r},Stage {r},3,{name},2,2,s{r},20.0\n" for r in range(routes) for name, _, _ in windows
    ))
    features = [{
        "type": "Feature", "properties": {"shape_id": f"s{r}"},
        "geometry": {"type": "LineString", "coordinates": [
            [30 + 0.0018 * i, -5 + 0.0036 * r / 10] for i in range(100)
        ]},
    } for r in range(routes)]
    (folder / "shapes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _other(label: str, script: str, folder: Path) -> list[object]:
    try:
        program = _HEAD + script + _TAIL
        told = _told([sys.executable, "-W", "ignore", "-c", program, str(folder / "ours.zip"), str(folder)])
    except subprocess.TimeoutExpired:
        return [label, "", "", "", f"> {LONGEST_S:.0f}", "", "", "", "", ""]
    except subprocess.CalledProcessError as failed:
        print(failed.stderr[-2000:], file=sys.stderr)
        return [label, "", "", "", "failed", "", "", "", "", ""]
    return [label, "", "", "", round(told["s"], 1), round(told["cpu_s"], 1), "", round(told["mb"]), "", ""]


def _told(command: list[str]) -> dict[str, Any]:
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST_S)
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    main()
