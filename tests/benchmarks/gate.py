"""What it costs to have feeds judged before they are published: seconds and memory of each validator, feed by feed.

    python -m tests.benchmarks.gate FEED.zip [FEED.zip …] [--day 2026-11-24]

A feed of any origin will do. The release waits for these while its other files are made.
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import zipfile
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from mapping_service.gate import check_feed
from mapping_service.release_records import Check
from tests.benchmarks.report import write_table


def main() -> None:
    """Judge each feed, in a process of its own, and write the table."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("feeds", nargs="+", type=Path)
    arguments.add_argument("--day", type=date.fromisoformat, default=date.today())
    options = arguments.parse_args()
    rows: list[tuple[object, ...]] = []
    for feed in options.feeds:
        size = _stop_times(feed)
        for check, memory_mb in _judged(feed, options.day):
            found = (check.errors, check.warnings, check.infos)
            rows.append((feed.stem, size, check.validator, round(check.took_s, 1), memory_mb, *found))
    columns = ("feed", "stop times", "validator", "seconds", "MB at most", "errors", "warnings", "infos")
    write_table("gate", "Feeds judged before they are published", columns, rows)


def _stop_times(feed: Path) -> int:
    with zipfile.ZipFile(feed) as archive, archive.open("stop_times.txt") as stream:
        return sum(1 for _ in csv.reader(io.TextIOWrapper(stream, "utf-8-sig"))) - 1


def _judged(feed: Path, day: date) -> list[tuple[Check, int]]:
    """Judge a feed in a fresh process, whose children's peak memory is the validators'."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (feed, day))


def _measure(feed: Path, day: date) -> list[tuple[Check, int]]:
    checks = check_feed("gtfs.zip", feed, day)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return [(check, peak_mb) for check in checks]


if __name__ == "__main__":
    main()
