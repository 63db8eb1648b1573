"""Copies and inventions among real rides: how many are caught, and how many honest rides are doubted.

    python -m tests.benchmarks.trust [--data ../shared/data] [--each 100] [--half 1]

Honest are the rides of a real survey (Abidjan, 1 Hz), of real campus buses (Chicago, 3 s, the same few buses on the
same streets day after day) and of the simulator. Each cheat's trace is judged alone against the honest rides of its
city. The rides are halved by a hash of their names: attacks on half 0 showed how to weigh the doubts, and the figures
are of attacks on half 1; what no honest ride looks like was read from both halves. Caught and doubted: no longer counts
in full (probability over 0.5) or set aside (over 0.9). Beside ours:
a trace of which half of the fixes stand in another one to 1e-5 degrees; and one with a hop faster than 40 m/s.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from collectors.gpx import read_gpx
from collectors.simulator import sample_survey
from mapping_service.clean.clean import clean
from mapping_service.geo import to_lon_lat, to_metres
from mapping_service.intake.twins import same_ride
from mapping_service.parameters import Parameters
from mapping_service.records import Fixes
from mapping_service.trust.copies import Copy, copy_of
from mapping_service.trust.judge import Judgement, doubt_of_copy, doubts_of_look, judge, usual
from mapping_service.trust.look import Look, look
from mapping_service.trust.shingles import Shingles, alignment, beside, least_votes, shingles
from mapping_service.trust.trail import Trail, trail
from tests.benchmarks.attacks import COPIES, INVENTIONS, Recorded
from tests.benchmarks.report import write_table

P = Parameters()
SEED = 9
QUANTUM_M = 0.01


@dataclass(frozen=True)
class Known:
    """A run with all that is kept of it."""

    name: str
    run: Recorded
    trail: Trail
    shingles: Shingles
    look: Look


def known(name: str, run: Recorded, srid: int) -> Known:
    """Return a run as the service would know it."""
    lon_lat = to_lon_lat(run.xy, srid)
    return Known(name, run, trail(run.t_s, run.xy), shingles(trail(run.t_s, lon_lat)), look(run.t_s, run.xy, QUANTUM_M))


class City:
    """The honest rides of one place, with the index of their shingles."""

    def __init__(self, name: str, srid: int, runs: Sequence[tuple[str, Recorded]]) -> None:
        """Make the index."""
        self.name, self.srid = name, srid
        self.runs = [known(one, run, srid) for one, run in runs]
        self.index: dict[int, list[int]] = defaultdict(list)
        self.points: dict[tuple[int, int], set[int]] = defaultdict(set)
        for i, run in enumerate(self.runs):
            for key in run.shingles.keys.tolist():
                self.index[key].append(i)
            for point in _points(run.run, srid):
                self.points[point].add(i)
        self.usual = usual([run.look for run in self.runs], P)

    def copied(self, run: Known, before: int) -> Iterator[tuple[Copy, str]]:
        """Yield the copies that a run is of, among the first ``before`` runs."""
        near = beside(run.shingles.keys).tolist()
        shared = Counter(i for key in near for i in self.index.get(key, ()) if i < before)
        least = least_votes(len(run.shingles.keys), P)
        for i, count in shared.items():
            aligned = alignment(run.shingles, self.runs[i].shingles, P) if count >= least else None
            if aligned is not None:
                found = copy_of(run.trail, self.runs[i].trail, aligned, P)
                if found is not None:
                    yield found, self.runs[i].name

    def same(self, run: Known, before: int) -> str | None:
        """Return which of the first ``before`` runs is the same ride at the same moment."""
        for other in self.runs[:before]:
            if other.run.t_s[0] < run.run.t_s[-1] and run.run.t_s[0] < other.run.t_s[-1]:
                if same_ride(other.run.t_s, other.run.xy, run.run.t_s, run.run.xy, P):
                    return other.name
        return None

    def judged(self, run: Known, before: int) -> Judgement:
        """Return what the service would think of a run that comes after the first ``before``."""
        doubts = [doubt_of_copy(found, name) for found, name in self.copied(run, before)]
        return judge([*doubts, *doubts_of_look(run.look, self.usual, P)], P)

    def equal(self, run: Known, before: int) -> bool:
        """The baseline for copies: half of the fixes stand in one other trace."""
        points = _points(run.run, self.srid)
        shared = Counter(i for point in points for i in self.points.get(point, ()) if i < before)
        return max(shared.values(), default=0) >= 0.5 * len(points)


def _points(run: Recorded, srid: int) -> list[tuple[int, int]]:
    rounded = np.round(to_lon_lat(run.xy, srid) * 1e5).astype(np.int64)
    return [(int(lon), int(lat)) for lon, lat in np.unique(rounded, axis=0)]


def too_fast(run: Known) -> bool:
    """The baseline for inventions: a hop that no vehicle does."""
    hops = np.hypot(*np.diff(run.run.xy, axis=0).T) / np.maximum(np.diff(run.run.t_s), 1e-3)
    return bool(np.any(hops > P.max_speed_mps))


def abidjan(data: Path) -> City:
    """Return the real survey of Abidjan."""
    with zipfile.ZipFile(data / "abidjan" / "runs.zip") as archive:
        files = [(name, archive.read(name)) for name in sorted(archive.namelist()) if name.endswith(".gpx")]
    return City("Abidjan", 32630, [run for name, gpx in files for run in _cleaned(name, read_gpx(gpx).fixes, 32630)])


def simulated(_: Path) -> City:
    """Return the simulator's sample survey, its copies left out."""
    rides = [ride for ride in sample_survey(SEED) if ride.truth.kind in ("full", "partial")]
    return City("simulated", 32737, [
        run for ride in rides for run in _cleaned(ride.file_name, read_gpx(ride.gpx).fixes, 32737)
    ])


def _cleaned(name: str, fixes: Fixes, srid: int) -> Iterator[tuple[str, Recorded]]:
    for run in clean(fixes, srid, P):
        yield name, Recorded(run.t_s, to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], srid))


def chicago(data: Path) -> City:
    """Return the real trips of Chicago's campus buses."""
    runs = []
    with zipfile.ZipFile(data / "chicago" / "tracks_chicago.zip") as archive:
        for name in sorted(archive.namelist()):
            if Path(name).name.startswith("trip_") and "__MACOSX" not in name:
                x, y, t_s = np.loadtxt(archive.read(name).decode().splitlines(), ndmin=2).T
                runs.append((Path(name).name, Recorded(t_s, np.column_stack((x, y)))))
    return City("Chicago", 32616, runs)


def half_of(name: str) -> int:
    """Return in which half a ride is, by its name."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def main() -> None:
    """Attack each city, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--each", type=int, default=100)
    arguments.add_argument("--half", type=int, default=1)
    options = arguments.parse_args()
    rows: list[tuple[object, ...]] = []
    makers: tuple[Callable[[Path], City], ...] = (abidjan, chicago, simulated)
    for city in (make(options.data) for make in makers):
        rows.append(honest(city, options.half))
        rows += attacked(city, options.half, options.each)
    title = f"Copies and inventions: half {options.half} of the rides, seed {SEED}"
    head = ("city", "traces", "n", "caught by us", "set aside", "fixes equal", "too fast")
    write_table("trust", title, head, rows)


def honest(city: City, half: int) -> tuple[object, ...]:
    """Return the shares of honest rides that are doubted, and name each."""
    mine = [i for i, run in enumerate(city.runs) if half_of(run.name) == half]
    doubted = aside = 0
    for i in mine:
        run = city.runs[i]
        found, twin = city.judged(run, i), city.same(run, i)
        if twin is not None:
            print(f"{city.name}: {run.name} is the same ride as {twin}")
        if found.weight < 1:
            print(f"{city.name}: {run.name} doubted, {found.probability}: {found.doubts}")
        doubted, aside = doubted + (found.weight < 1), aside + found.aside
    equal, fast = (sum(test(city.runs[i], i) for i in mine) for test in (city.equal, lambda run, _: too_fast(run)))
    return (city.name, "honest", len(mine), *(count / len(mine) for count in (doubted, aside, equal, fast)))


def attacked(city: City, half: int, each: int) -> Iterator[tuple[object, ...]]:
    """Yield a row for each kind of attack: the shares that are caught."""
    rng = np.random.default_rng(SEED)
    mine = [run for run in city.runs if half_of(run.name) == half]
    chosen = [mine[i] for i in rng.choice(len(mine), min(each, len(mine)), replace=False)]
    for name, copy in COPIES.items():
        made = [copy(run.run, chosen[i - 1].run, rng) for i, run in enumerate(chosen)]
        yield _row(city, name, made)
    for name, invent in INVENTIONS.items():
        yield _row(city, name, [invent(run.run, rng) for run in chosen])


def _row(city: City, name: str, made: Sequence[Recorded]) -> tuple[object, ...]:
    runs, end = [known("attack", run, city.srid) for run in made], len(city.runs)
    found = [city.judged(run, end) for run in runs]
    twins = [city.same(run, end) is not None for run in runs]
    caught = [one.weight < 1 or twin for one, twin in zip(found, twins, strict=True)]
    aside = [one.aside or twin for one, twin in zip(found, twins, strict=True)]
    equal, fast = [city.equal(run, end) for run in runs], [too_fast(run) for run in runs]
    return (city.name, name, len(runs), *(float(np.mean(part)) for part in (caught, aside, equal, fast)))


if __name__ == "__main__":
    main()
