"""A real survey from raw files to a zip, twice, on two fresh databases: how good, how fast, how big, how repeatable.

    python -m tests.benchmarks.chain [--data ../shared/data/abidjan] [--score ../shared/score/score_feed.py]

Runs the `commonway` command as a person would, each time on a private database of its own, and scores the feed
against the network that people drew by hand from the same survey. The baseline takes one raw run per line and
direction by trusting the typed labels, with its marks as stops.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from mapping_service.config import load_config
from mapping_service.postgres import stop_cluster
from tests.benchmarks.report import write_table

COMMONWAY = Path(sysconfig.get_path("scripts"), "commonway")
# Measured once on the same survey with the same scoring.
BASELINE = {"found_share": 0.754, "mean_f1": 0.881, "median_m": 5.3, "stop_f1": 0.565, "ari": 0.840, "v_measure": 0.976}
VALID_FROM = f"{date.today()}"


def main() -> None:
    """Run the chain twice, score it, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data/abidjan"))
    arguments.add_argument("--score", type=Path, default=Path("../shared/score/score_feed.py"))
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="commonway-chain-") as folder:
        first, second = (_chain(options.data, Path(folder), name) for name in ("first", "second"))
        score = _score(options.data, options.score, Path(folder))
    rows: list[tuple[object, ...]] = [(key, BASELINE.get(key), _figure(score, key)) for key in _FIGURES]
    rows += [(f"seconds, {step}", None, round(seconds, 1)) for step, seconds in first["seconds"].items()]
    rows.append(("seconds, all", None, round(sum(first["seconds"].values()), 1)))
    rows.append(("largest process, MB", None, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
    rows.append(("same zip from two databases", None, "yes" if first["sha256"] == second["sha256"] else "NO"))
    title = f"The chain on {options.data.name}: {first['import']['new']} files, grouping from geometry only"
    write_table(f"chain-{options.data.name}", title, ("measure", "labels trusted", "ours"), rows)
    sys.exit(0 if first["sha256"] == second["sha256"] else 1)


_FIGURES = (
    "reference_patterns", "feed_patterns", "found_share", "mean_f1", "median_m", "p95_m", "stop_recall",
    "stop_precision", "stop_f1", "stop_error_median_m", "judged", "assigned", "ari", "v_measure",
)


def _figure(score: dict[str, object], key: str) -> object:
    grouping = score["grouping"]
    assert isinstance(grouping, dict)
    return score.get(key, grouping.get(key))


def _chain(data: Path, folder: Path, name: str) -> dict[str, Any]:
    """Run every command on a database of its own; return the seconds of each, and the zip's hash."""
    environ = {**os.environ, "COMMONWAY_DATA": str(folder / name)}
    environ.pop("DATABASE_URL", None)
    seconds: dict[str, float] = {}
    said: dict[str, object] = {}
    out = folder / f"{name}.zip"
    city = ("--city", "survey", "--json")
    steps = {
        "create": ("city", "create", "survey", "--name", "Survey", "--timezone", "Africa/Abidjan", "--currency", "XOF",
                   "--language", "fr", "--json"),
        "import": ("import", str(data / "runs.zip"), "--hints", str(data / "manifest.csv"), *city),
        "process": ("process", *city),
        "accept": ("review", "accept", *city),
        "release": ("release", "--valid-from", VALID_FROM, *city),
        "export": ("export", "gtfs", str(out), *city),
        "runs": ("export", "runs", str(folder / f"{name}.csv"), *city),
    }
    try:
        for step, words in steps.items():
            started = time.perf_counter()
            ran = subprocess.run([COMMONWAY, *words], env=environ, check=True, capture_output=True, text=True)
            seconds[step] = time.perf_counter() - started
            said[step] = json.loads(ran.stdout)
    finally:
        stop_cluster(load_config(environ))
    return {"seconds": seconds, "import": said["import"], "sha256": hashlib.sha256(out.read_bytes()).hexdigest()}


def _score(data: Path, script: Path, folder: Path) -> dict[str, object]:
    words = [
        *(sys.executable, str(script), "--feed", str(folder / "first.zip"), "--runs", str(folder / "first.csv")),
        *("--reference", str(data / "reference-gtfs.zip"), "--truth", str(data / "truth.csv"), "--json"),
    ]
    found: dict[str, object] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return found


if __name__ == "__main__":
    main()
