"""Rides found in a day of phone positions, against what eight people wrote down that they rode.

    python -m tests.benchmarks.helsinki [--data ../shared/data/helsinki-phones]

Phones recorded every 10 s and more, and slept; accuracy is up to 1,000 m, and most rides were under ground. Times are
Helsinki's without a zone. A found ride is right where it shares at least half of the time of both together with a
logged one (intersection over union), one to one. Settings were tried on the phones 1 and 4; the others check them.
Compared: every time above 2.5 m/s a ride; our cleaning as it was, which cut at long holes only; ours: runs, and rides
as they are seen before it is asked whether their positions can draw a line.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from scipy.optimize import linear_sum_assignment

from mapping_service.clean.clean import clean, rides_of
from mapping_service.geo import to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes
from tests.benchmarks.report import write_table

SRID = 32635
TUNED = (1, 4)
P = Parameters()
Span = tuple[float, float]
Method = Callable[[Fixes], list[Span]]


def main() -> None:
    """Find the rides of every phone with each method, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data/helsinki-phones"))
    options = arguments.parse_args()
    days, logged = read_phones(options.data / "device_data.csv.gz"), read_log(options.data / "manual_log.csv")
    rows: list[tuple[object, ...]] = []
    for part in ("tuned on", "check"):
        devices = [device for device in sorted(logged) if (device in TUNED) == (part == "tuned on")]
        for name, method in METHODS.items():
            told = [score(method(days[d]), logged[d]) for d in devices]
            rows.append((part, ", ".join(map(str, devices)), name, *summary(told)))
    head = ("part", "phones", "method", "logged", "found", "right", "recall", "precision", "F1 of time", "edges, s")
    write_table("helsinki", "Rides in a day of phone positions", head, rows)


def _epoch_s(text: str) -> float:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo("Europe/Helsinki")).timestamp()


def read_phones(path: Path) -> dict[int, Fixes]:
    """Return the fixes of each phone."""
    rows: dict[int, list[tuple[float, ...]]] = {}
    with gzip.open(path, "rt", encoding="utf8") as file:
        for row in csv.DictReader(file):
            place = float(row["lng"]), float(row["lat"]), float(row["accuracy"])
            rows.setdefault(int(row["device_id"]), []).append((_epoch_s(row["time"]), *place))
    days = {}
    for device, values in sorted(rows.items()):
        t_s, lon, lat, accuracy = np.array(values).T
        none = np.full(len(t_s), np.nan)
        days[device] = Fixes(t_s, lon, lat, none, accuracy, none, np.array([0]))
    return days


def read_log(path: Path) -> dict[int, list[Span]]:
    """Return when each person rode by the log, where it says both times."""
    logged: dict[int, list[Span]] = {}
    with path.open(encoding="utf8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            if row["vehicle_dep_time"] and row["vehicle_arr_time"]:
                span = _epoch_s(row["vehicle_dep_time"]), _epoch_s(row["vehicle_arr_time"])
                logged.setdefault(int(row["device_id"]), []).append(span)
    return logged


@dataclass(frozen=True)
class Told:
    """How the found rides of one phone meet the logged ones; times in seconds."""

    logged: int
    found: int
    right: int
    edges_s: list[float]
    both_s: float
    logged_s: float
    found_s: float


def score(found: Sequence[Span], logged: Sequence[Span]) -> Told:
    """Compare the rides found on one phone with those logged."""
    both = np.array([[max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for b in logged] for a in found])
    both = both.reshape(len(found), len(logged))
    sizes = [np.array([b - a for a, b in spans]) for spans in (found, logged)]
    share = both / np.maximum(sizes[0][:, None] + sizes[1][None, :] - both, 1e-9)
    pairs = [(i, j) for i, j in zip(*linear_sum_assignment(-share), strict=True) if share[i, j] >= 0.5]
    edges = [abs(found[i][k] - logged[j][k]) for i, j in pairs for k in (0, 1)]
    found_s, logged_s = (float(size.sum()) for size in sizes)
    return Told(len(logged), len(found), len(pairs), edges, float(both.sum()), logged_s, found_s)


def summary(told: Sequence[Told]) -> tuple[object, ...]:
    """Return the figures of several phones together."""
    logged, found, right = (sum(getattr(one, name) for one in told) for name in ("logged", "found", "right"))
    both_s, all_s = (sum(one.both_s for one in told), sum(one.logged_s + one.found_s for one in told))
    edges = [edge for one in told for edge in one.edges_s]
    return (logged, found, right, right / logged, right / max(1, found), 2 * both_s / max(all_s, 1.0),
            float(np.median(edges)) if edges else None)


def by_speed(fixes: Fixes) -> list[Span]:
    """Every stretch between two fixes faster than 2.5 m/s, joined where they are less than a minute apart."""
    t_s, first = np.unique(fixes.t_s, return_index=True)
    xy = to_metres(fixes.lon, fixes.lat, SRID)[first]
    fast = np.hypot(*np.diff(xy, axis=0).T) / np.diff(t_s) > 2.5
    spans: list[Span] = []
    for a, b in zip(t_s[:-1][fast].tolist(), t_s[1:][fast].tolist(), strict=True):
        if spans and a - spans[-1][1] < 60:
            spans[-1] = (spans[-1][0], b)
        else:
            spans.append((a, b))
    return [(a, b) for a, b in spans if b - a >= 60]


def by_holes(fixes: Fixes) -> list[Span]:
    """The runs of our cleaning as it was: cut where a hole is long and far, never at walks or waits."""
    return cleaned(fixes, replace(P, day_s=1e12, min_walk_s=1e12))


def cleaned(fixes: Fixes, p: Parameters = P) -> list[Span]:
    """The runs that cleaning makes, each from its first to its last fix."""
    return [(float(run.t_s[0]), float(run.t_s[-1])) for run in clean(fixes, SRID, p)]


def ours(fixes: Fixes) -> list[Span]:
    """The rides that cleaning sees before it asks whether their positions can draw a line."""
    return [(leg.start_s, leg.end_s) for leg in rides_of(fixes, SRID, P)]


METHODS: dict[str, Method] = {
    "faster than 2.5 m/s": by_speed, "runs, former": by_holes, "runs, ours": cleaned, "rides, ours": ours,
}

if __name__ == "__main__":
    main()
