"""Real trips of campus buses in Chicago on its streets, and in groups: ``python -m tests.benchmarks.chicago_bus``.

The trips have no truth. What is measured: how far fixes are from the line they were matched to, the share of trips
with more than 95 % of their fixes within 25 m of it, how much was left off the streets, how often a trip turns back on
a street, speed, and the groups of ``mapping_service.group``. Beside it the nearest street of every fix: it is nearer
by definition, but it is no way: the last column is the share of its steps from street to street that no junction joins.
"""

from __future__ import annotations

import io
import re
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import shapely

from mapping_service.clean.clean import clean
from mapping_service.geo import to_lon_lat, to_metres
from mapping_service.group.group import group_rides
from mapping_service.match.consensus import line_of
from mapping_service.match.index import StreetIndex, index_streets, nearby
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Claim, Fixes, Floats, Match, Ride
from tests.benchmarks.chicago import MAP, load_streets
from tests.benchmarks.report import write_table

TRACKS = Path("../shared/data/chicago/tracks_chicago.zip")
SRID = 32616
Trip = tuple[Floats, Floats]


def load_trips() -> list[Trip]:
    """Return times and positions of all trips, in order of their numbers."""
    with zipfile.ZipFile(TRACKS) as archive:
        names = [name for name in archive.namelist() if re.search(r"/trip_\d+\.txt$", name) and "MACOSX" not in name]
        tables = [np.loadtxt(io.BytesIO(archive.read(name)))
                  for name in sorted(names, key=lambda name: int(re.findall(r"\d+", name)[-1]))]
    trips = []
    for table in tables:
        order = np.argsort(table[:, 2], kind="stable")
        kept = order[np.concatenate(([True], np.diff(table[order, 2]) > 0))]
        trips.append((table[kept, 2], table[kept, :2]))
    return trips


def _figures(name: str, off_m: list[Floats], speed: float, others: list[object]) -> list[object]:
    within = float(np.mean([np.mean(one <= 25) > 0.95 for one in off_m]))
    return [name, *np.percentile(np.concatenate(off_m), [50, 90, 99]).tolist(), within, f"{speed:,.0f}", *others]


def nearest(trips: list[Trip], index: StreetIndex) -> list[object]:
    """Measure the nearest street of every fix, as far as there is one within 100 m."""
    start = time.process_time()
    found = [nearby(index, xy, 100.0, 1) for _, xy in trips]
    speed = sum(len(t_s) for t_s, _ in trips) / (time.process_time() - start)
    tail, head = index.streets.tail[::2], index.streets.head[::2]
    steps = np.concatenate([np.column_stack((one.street[:-1], one.street[1:])) for one in found])
    steps = steps[steps[:, 0] != steps[:, 1]]
    ends = [np.column_stack((tail[steps[:, side]], head[steps[:, side]])) for side in (0, 1)]
    joined = (ends[0][:, :, None] == ends[1][:, None, :]).any(axis=(1, 2))
    off_m = [np.hypot(one.error[:, 0], one.error[:, 1]) for one in found]
    return _figures("nearest street", off_m, speed, [0.0, None, float(1 - joined.mean())])


def matched(trips: list[Trip], index: StreetIndex, p: Parameters) -> tuple[list[object], list[Match]]:
    """Measure what the service does; return the matches as well."""
    match(*trips[0], index, p)
    start = time.process_time()
    found = [match(t_s, xy, index, p) for t_s, xy in trips]
    speed = sum(len(t_s) for t_s, _ in trips) / (time.process_time() - start)
    off_m = [np.asarray(shapely.distance(shapely.points(xy), shapely.LineString(line_of(made, index))))
             for (_, xy), made in zip(trips, found, strict=True)]
    lengths = [made.to_m - made.from_m for made in found]
    beside = sum(float(one[made.edge < 0].sum()) for one, made in zip(lengths, found, strict=True))
    share = beside / sum(float(one.sum()) for one in lengths)
    return _figures("ours", off_m, speed, [share, sum(map(_turned, found)), 0.0]), found


def _turned(made: Match) -> int:
    return int(np.sum((made.edge[1:] == made.edge[:-1] ^ 1) & (made.edge[1:] >= 0)))


def clean_speed(trips: list[Trip], index: StreetIndex, p: Parameters) -> float:
    """Return fixes per second of one core for cleaning and matching together, from degrees on."""
    traces = []
    for t_s, xy in trips:
        lon_lat, none = to_lon_lat(xy, SRID), np.full(len(t_s), np.nan)
        traces.append(Fixes(t_s, lon_lat[:, 0], lon_lat[:, 1], none, none, none, np.zeros(1, np.int64)))
    start = time.process_time()
    for trace in traces:
        for run in clean(trace, SRID, p):
            match(run.t_s, to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], SRID), index, p)
    return sum(len(trace) for trace in traces) / (time.process_time() - start)


def groups(trips: list[Trip], matches: list[Match], p: Parameters) -> tuple[int, int, float]:
    """Return how many groups there are, how many with five trips or more, and the share of trips in those."""
    none = np.zeros(0)
    rides = [Ride(k, k, *trip, none, none, np.zeros((0, 2)), None, Claim(), (), match=made)
             for k, (trip, made) in enumerate(zip(trips, matches, strict=True))]
    sizes = np.array([len(one.full) + len(one.partial) for one in group_rides(rides, p).groups])
    return len(sizes), int(np.sum(sizes >= 5)), float(sizes[sizes >= 5].sum() / len(trips))


def main() -> int:
    """Measure and write the table."""
    if not (MAP.exists() and TRACKS.exists()):
        print(f"{MAP} or {TRACKS} is absent: nothing measured")
        return 1
    p, trips, index = Parameters(), load_trips(), index_streets(load_streets())
    own, matches = matched(trips, index, p)
    rows = [nearest(trips, index), own]
    rows.append(["clean + ours", *[None] * 4, f"{clean_speed(trips, index, p):,.0f}", *[None] * 3])
    count, large, share = groups(trips, matches, p)
    write_table(
        "chicago-bus", f"{len(trips)} real trips, {sum(len(t_s) for t_s, _ in trips):,} fixes; {count} groups, "
        f"{large} with 5 trips or more, which hold {share:.0%} of the trips",
        ["method", "off by, p50 m", "p90 m", "p99 m", "trips > 95 % within 25 m", "fixes/s/core",
         "length off the streets", "turned back", "steps without a junction"], rows,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
