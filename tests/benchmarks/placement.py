"""One more run placed in a city of 28,000, beside grouping the whole city anew.

    python -m tests.benchmarks.placement [--routes 2800] [--runs 10] [--new 20] [--seed 5]

The town is drawn: a grid of streets 400 m apart, used more towards its middle; every second route is the way back of
the one before. A run is off by some metres of its own; one in five rode only a part of the way. Runs are made as lines
in metres, their trails and pairs stored by COPY. All pairs are real: ``near_pairs`` compares all runs at once, as the
service does for a city that it sees for the first time. Then each new run comes in a transaction of its own and
goes through ``relate`` and ``place_run``. In the end every new run is placed once more amid all of them, and compared
with what loading all pairs and grouping the whole city says. PostgreSQL with its default settings on this machine.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from mapping_service import relating
from mapping_service.cities import new_city
from mapping_service.geo import along_m, points_at, resample
from mapping_service.group.group import Grouping, group
from mapping_service.group.line import line_of
from mapping_service.group.near import matrices
from mapping_service.parameters import Parameters
from mapping_service.postgres import ensure_cluster
from mapping_service.records import City, Claim, Floats, Ride
from mapping_service.store import relations
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for, run
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import throwaway_config

P = Parameters()
BLOCK_M = 400.0
SIGMA_M = 4.0
SPREAD_BLOCKS_PER_ROUTE = 0.75  # so that a larger city is as dense as a small one
PART_SHARE = 0.2
SRID = 32737
STEPS = ("look for changes", "trail", "neighbours", "compare", "keep", "grouping")


def ways(routes: int, dice: np.random.Generator) -> list[Floats]:
    """Corners of drawn routes in metres: there and, for every second one, back."""
    made: list[Floats] = []
    spread = SPREAD_BLOCKS_PER_ROUTE * np.sqrt(routes)
    while len(made) < routes:
        corners = [np.rint(dice.normal(0.0, spread, 2))]
        for leg in range(int(dice.integers(2, 5))):
            move = np.zeros(2)
            move[leg % 2] = dice.choice([-1, 1]) * dice.integers(6, 14)
            corners.append(corners[-1] + move)
        there = np.array(corners) * BLOCK_M
        made += [there, there[::-1]]
    return made[:routes]


def ride(run_id: int, corners: Floats, dice: np.random.Generator) -> Ride:
    """A run along corners, whole or in part, as a phone saw it."""
    s = along_m(corners)
    first, last = sorted(dice.uniform(0.0, s[-1], 2)) if dice.random() < PART_SHARE else (0.0, s[-1])
    if last - first < 0.3 * s[-1]:
        first, last = 0.0, 0.3 * s[-1]
    xy = points_at(corners, s, np.linspace(first, last, max(20, int((last - first) / P.step_m))))
    xy = resample(xy, P.step_m) + dice.normal(0.0, SIGMA_M, 2)
    none = np.zeros(0)
    t_s = 1.7e9 + 3600.0 * run_id + np.linspace(0.0, 1800.0, len(xy))
    xy = xy + dice.normal(0.0, SIGMA_M, xy.shape) + (300_000.0, 9_850_000.0)
    return Ride(run_id, run_id, t_s, xy, none, none, np.zeros((0, 2)), None, Claim(), ())


def make_rows(connection: Connection, city: City, runs: int) -> None:
    """Give every run its row and its accepted submission, with one number for both."""
    values = {"city_id": city.city_id, "runs": runs}
    each = "FROM generate_series(1, :runs) i"
    for statement in (
        f"INSERT INTO inbox (city_id, sha256, bytes) SELECT :city_id, sha256(i::text::bytea), '' {each}",
        f"INSERT INTO submission (submission_id, city_id, status) SELECT i, :city_id, 'accepted' {each}",
        "INSERT INTO run (city_id, submission_id, part, geom, started_at, ended_at, lead_in_s, lead_out_s, length_m, "
        "dwells, dropped) SELECT :city_id, i, 0, 'SRID=4326;LINESTRING M (36.8 -1.3 0, 36.9 -1.3 60)', now(), now(), "
        f"0, 0, 1, '[]', '{{}}' {each}",
    ):
        connection.execute(text(statement), values)
    run(connection, "city.mark_place", {"city_id": city.city_id, "lon": 37.0, "lat": -1.35, "srid": SRID})
    connection.execute(text("ANALYZE"))


class Clock:
    """Milliseconds by step of the run that is being placed."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = defaultdict(float)

    def timed(self, step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, its time added to a step."""
        def measured(*arguments: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*arguments)
            finally:
                self.ms[step] += 1000 * (time.perf_counter() - start)

        return measured

    def watch(self) -> None:
        """Time the steps of the service's own functions."""
        for module, name, step in (
            (relations, "delete_stale", "look for changes"), (relations, "known", "look for changes"),
            (relating, "trail_of", "trail"), (relating, "line_of", "trail"), (relations, "meeting", "neighbours"),
            (relating, "compare", "compare"), (relations, "save_trails", "keep"), (relations, "save_pairs", "keep"),
        ):
            setattr(module, name, self.timed(step, getattr(module, name)))


def placed_one_by_one(url: str, city: City, new: Sequence[Ride]) -> tuple[dict[str, list[float]], list[int]]:
    """Milliseconds of each new run by step, and how many runs were grouped to place it."""
    clock, took, looked_at = Clock(), defaultdict(list), []
    clock.watch()
    for one in new:
        clock.ms.clear()
        start = time.perf_counter()
        with engine_for(url).begin() as connection:
            relating.relate(connection, city, [one], P)
            placed = clock.timed("grouping", relating.place_run)(connection, one.run_id, P)
        for step in STEPS:
            took[step].append(clock.ms[step])
        took["total"].append(1000 * (time.perf_counter() - start))
        looked_at.append(placed.looked_at)
    return took, looked_at


def hosts(grouping: Grouping, rides: Sequence[Ride], at: int) -> set[tuple[int, ...]]:
    """The full runs of each group that a run is in."""
    found = [one for one in grouping.groups if at in (*one.full, *one.partial, *one.maybe)]
    return {tuple(sorted(rides[i].run_id for i in one.full)) for one in found}


def measure(url: str, city: City, rides: Sequence[Ride], new: int) -> list[tuple[object, ...]]:
    """The rows of the table."""
    old = rides[:-new]
    start = time.perf_counter()
    with engine_for(url).begin() as connection:
        make_rows(connection, city, len(rides))
        relating.relate(connection, get_city(connection, city.slug), old, P)
        connection.execute(text("ANALYZE"))
    table: list[tuple[object, ...]] = [("compare all runs for the first time, s", time.perf_counter() - start, None)]
    with engine_for(url).connect() as connection:
        city = get_city(connection, city.slug)
        pairs = connection.execute(text("SELECT count(*) FROM run_near")).scalar_one()
    took, looked_at = placed_one_by_one(url, city, rides[-new:])
    table += [(f"{step}, ms", float(np.median(ms)), max(ms)) for step, ms in took.items()]
    table.append(("runs grouped to place one", float(np.median(looked_at)), max(looked_at)))
    start = time.perf_counter()
    with engine_for(url).connect() as connection:
        known = relations.load_pairs(connection, city.city_id, [one.run_id for one in rides])
        loaded = time.perf_counter()
        grouping = group([line_of(one) for one in rides], matrices(known, len(rides)), P)
        grouped = time.perf_counter()
        same = sum(
            set(relating.place_run(connection, rides[at].run_id, P).hosts) == hosts(grouping, rides, at)
            for at in range(len(old), len(rides))
        )
    table += [("whole city from kept pairs: load, s", loaded - start, None),
              ("whole city from kept pairs: group, s", grouped - loaded, None),
              (f"groups found; pairs kept {pairs}", len(grouping.groups), None),
              (f"placed as the whole grouping has it, of {new}", same, None)]
    return table


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, default=2800)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--new", type=int, default=20)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    dice = np.random.default_rng(given.seed)
    drawn = ways(given.routes, dice)
    numbers = [k for k in range(len(drawn)) for _ in range(given.runs)]
    numbers += dice.integers(0, len(drawn), given.new).tolist()
    rides = [ride(run_id, drawn[k], dice) for run_id, k in enumerate(numbers, start=1)]
    with throwaway_config() as config:
        url = ensure_cluster(config, durable=False)
        upgrade(url)
        city = new_city(engine_for(url), "drawn", "Drawn", "Africa/Nairobi", "KES", "en")
        table = measure(url, city, rides, given.new)
        engine_for(url).dispose()
    title = f"One more run in a city of {given.routes} routes with {given.runs} runs each, {given.new} new runs"
    write_table("placement", title, ("", "median", "max"), table)


if __name__ == "__main__":
    main()
