"""How long the evidence of a national feed takes to write, how large it is, and how much memory it costs.

    python -m tests.benchmarks.evidence_size [--routes 300 3000]

The invented network of ``tests/benchmarks/national.py`` in a cluster of its own; each file is written by a fresh
process, whose memory is its peak (resident set), beside that of what the database's process holds of its own
(``RssAnon``, sampled). ``prepare`` makes the tables of the feed, which a release makes once for all its files; its
peaks stand in a row of their own, so that what the evidence adds to them can be seen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gtfs_export import Publisher, export_evidence, prepared
from mapping_service.store.engine import engine_for
from tests.benchmarks.database_usage import Watch, cpu_s
from tests.benchmarks.national import SLUG, national_database
from tests.benchmarks.report import write_table

NAMED = Publisher("Nation", "https://maps.example.org/nation")
KINDS = ("csv", "json")


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, nargs="+", default=[300, 3000])
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.write:
        _write(*chosen.write)
        return
    rows = [row for routes in chosen.routes for row in _measured(routes)]
    head = ("routes", "stop times", "file", "s", "CPU s", "CPU s of the database", "peak MB",
            "peak MB of the database's own", "rows", "MB")
    load = f"load average {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors"
    write_table("evidence_size", f"What every value of a national feed rests on, written to a file, {load}", head, rows)


def _measured(routes: int) -> list[list[object]]:
    with (
        tempfile.TemporaryDirectory(dir="/tmp", prefix="evidence-size-") as name,
        national_database(Path(name), routes) as (url, stop_times),
    ):
        return [[routes, stop_times, *row] for kind in KINDS for row in _told(url, Path(name), kind)]


def _told(url: str, folder: Path, kind: str) -> list[list[object]]:
    command = [sys.executable, "-m", "tests.benchmarks.evidence_size", "--write", url, str(folder), kind]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: list[list[object]] = json.loads(ran.stdout.splitlines()[-1])
    return found if kind == KINDS[0] else found[1:]


def _write(url: str, folder: str, kind: str) -> None:
    """Write one file and tell what it took: run in a process of its own."""
    import resource

    out = Path(folder) / f"evidence.{kind}"
    told: list[list[object]] = []
    with engine_for(url).connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with Watch(pid) as watch:
            began = time.perf_counter(), time.process_time(), cpu_s(pid)

            def tell(label: str, lines: int, mb: float) -> None:
                took = (time.perf_counter(), time.process_time(), cpu_s(pid))
                peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                told.append([label, *(round(after - before, 1) for after, before in zip(took, began, strict=True)),
                             round(peak_mb), round(watch.peak_mb), lines, round(mb, 1)])

            with prepared(connection, SLUG, None, NAMED):
                tell("prepare", 0, 0)
                began = time.perf_counter(), time.process_time(), cpu_s(pid)
                export_evidence(connection, SLUG, None, out, NAMED, kind)
                with out.open("rb") as file:
                    lines = sum(1 for _ in file)
                tell(f"evidence.{kind}", lines, out.stat().st_size / 1e6)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
