"""Rides simulated on real feeds, run through the chain in memory, against what was really ridden.

    python -m tests.benchmarks.simulated [--data ../shared/data] [--seed 41] [--patterns 16] [--runs 1 2 3 5 10 20]

Four cities; of each, whole routes drawn by the seed until there are enough patterns. The rides hold what real ones do:
parts of the way, wrong labels, bad reception, copies, second phones, hail and ride, and rides that nobody rode. A
survey with fewer runs of each pattern is a part of that with the most, so that rows can be compared. Where a city has a
map, there are rows with its rides matched to the streets as well; they do not count for the means. The baseline
trusts the typed labels: one raw run for each line and direction, its marks as stops, its fare as typed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np

from collectors.hints import file_stem
from collectors.simulator import GtfsNetwork, RideSettings, Truth, read_feed, simulate, write_survey
from collectors.simulator.chance import stream
from collectors.simulator.plan import planned
from collectors.streets.files import read_street_file
from mapping_service.geo import to_lon_lat
from mapping_service.intake.twins import same_ride
from mapping_service.match.index import index_streets
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import Ride
from mapping_service.streets import directed
from mapping_service.trust.judge import doubts_of_look, judge, usual
from mapping_service.trust.look import Look, look, quantum_deg
from tests.benchmarks.report import write_table
from tests.benchmarks.survey import ROOT, Survey, infer, read_survey
from tests.benchmarks.truth import DOUBTED, Score, TrueWays, by_labels, of_draft, score

DATA = Path("../shared/data")
# Language of the notes, currency, time zone.
CITIES = {
    "freetown": ("en", "SLL", "Africa/Freetown"),
    "accra": ("en", "GHS", "Africa/Accra"),
    "esteli": ("en", "NIO", "America/Managua"),
    "duitama": ("en", "COP", "America/Bogota"),
}
SEED, PATTERNS, RUNS = 41, 16, (1, 2, 3, 5, 10, 20)


@dataclass(frozen=True)
class SimulatedCity:
    """A simulated survey: its network, its settings, its rides as cleaned, and by file what was really ridden.

    ``number`` counts the rides of one pattern, by file.
    """

    network: GtfsNetwork
    settings: RideSettings
    survey: Survey
    truth: dict[str, Truth]
    number: dict[str, int]

    def first(self, runs: int) -> Survey:
        """Return the survey as it were with so many rides of each pattern."""
        kept = [i for i, name in enumerate(self.survey.files) if self.number[file_stem(name)] < runs]
        left_out = [one for one in self.survey.left_out if self.number[file_stem(one[0])] < runs]
        return replace(self.survey, rides=tuple(self.survey.rides[i] for i in kept),
                       files=tuple(self.survey.files[i] for i in kept), left_out=tuple(left_out))


def settings_of(city: str, seed: int, runs: int) -> RideSettings:
    """What is wrong with the rides of a city: the simulator's defaults, and hail and ride and inventions as well."""
    language, currency, _ = CITIES[city]
    return RideSettings(seed=seed, runs_min=runs, runs_max=runs, language=language, currency=currency, contributors=8,
                        fabricated_share=0.03, hail_share=0.15)


def some_routes(network: GtfsNetwork, patterns: int, seed: int, *, but: Sequence[str] = ()) -> GtfsNetwork:
    """Return the network with whole routes drawn by the seed until there are enough patterns, some routes barred."""
    routes = sorted({pattern.route_id for pattern in network.patterns} - set(but))
    chosen: set[str] = set()
    for i in stream(seed, "routes", network.name).permutation(len(routes)).tolist():
        if sum(pattern.route_id in chosen for pattern in network.patterns) >= patterns:
            break
        chosen.add(routes[i])
    return replace(network, patterns=tuple(one for one in network.patterns if one.route_id in chosen))


def simulated(network: GtfsNetwork, city: str, seed: int, runs: int, p: Parameters) -> SimulatedCity:
    """Simulate a survey of a network, or take it from the cache, and read and clean it."""
    settings = settings_of(city, seed, runs)
    folder = _on_disk(network, settings)
    language, currency, timezone = CITIES[city]
    survey = read_survey(folder / "runs", folder / "manifest.csv", language=language, currency=currency,
                         timezone=timezone)
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["run"]: Truth(**row) for row in csv.DictReader(file)}
    number = {ride.run: ride.ride for ride in planned(network.patterns, settings)}
    return SimulatedCity(network, settings, without_doubtful(without_twins(survey, p), p), truth, number)


def _on_disk(network: GtfsNetwork, settings: RideSettings) -> Path:
    """Return the folder of a simulated survey; it is kept by the code, the network and the settings that made it."""
    digest = hashlib.sha256(repr(sorted(asdict(settings).items())).encode())
    for path in sorted((ROOT / "collectors/simulator").glob("*.py")):
        digest.update(path.read_bytes())
    for pattern in network.patterns:
        digest.update(f"{network.name}{pattern.name}".encode() + pattern.lonlat.tobytes())
    kept = Path(tempfile.gettempdir(), f"commonway-simulated-{digest.hexdigest()[:16]}")
    if not kept.exists():
        part = kept.with_suffix(f".{time.time_ns()}")
        write_survey(simulate(network, settings), part)
        part.rename(kept)
    return kept


def on_streets(one: SimulatedCity, map_file: Path, p: Parameters) -> SimulatedCity:
    """Return the survey with its rides matched to the streets of a map."""
    streets = directed(read_street_file(map_file).streets, one.survey.city.srid)
    index = index_streets(streets)
    rides = tuple(replace(ride, match=match(ride.t_s, ride.xy, index, p)) for ride in one.survey.rides)
    return replace(one, survey=replace(one.survey, rides=rides, city=replace(one.survey.city, streets=streets)))


def without_twins(survey: Survey, p: Parameters) -> Survey:
    """Return the survey without the later of two recordings of one ride, as the service keeps it."""
    order = sorted(range(len(survey.rides)), key=lambda i: float(survey.rides[i].t_s[0]))
    gone: set[int] = set()
    for at, i in enumerate(order):
        for j in order[at + 1:]:
            if survey.rides[j].t_s[0] - p.twin_clock_s > survey.rides[i].t_s[-1]:
                break
            one, other = sorted((i, j))
            if not gone & {one, other} and _may_be_one(survey.rides[one], survey.rides[other], p):
                gone.add(other)
    kept = [i for i in range(len(survey.rides)) if i not in gone]
    return replace(survey, rides=tuple(survey.rides[i] for i in kept), files=tuple(survey.files[i] for i in kept))


def without_doubtful(survey: Survey, p: Parameters) -> Survey:
    """Return the survey without the rides whose look makes them inventions, as the service sets them aside."""
    looks = [_look(ride, survey.city.srid) for ride in survey.rides]
    city = usual(looks, p)
    aside = [judge(doubts_of_look(one, city, p), p).aside for one in looks]
    kept = [i for i, gone in enumerate(aside) if not gone]
    left_out = tuple((name, DOUBTED) for name, gone in zip(survey.files, aside, strict=True) if gone)
    return replace(survey, rides=tuple(survey.rides[i] for i in kept), files=tuple(survey.files[i] for i in kept),
                   left_out=(*survey.left_out, *left_out))


def _look(ride: Ride, srid: int) -> Look:
    quantum_m = quantum_deg(to_lon_lat(ride.xy, srid)) * 111_320.0
    return look(ride.t_s, ride.xy, quantum_m)


def _may_be_one(one: Ride, other: Ride, p: Parameters) -> bool:
    if one.submission_id == other.submission_id:
        return False
    apart = np.maximum(one.xy.min(axis=0) - other.xy.max(axis=0), other.xy.min(axis=0) - one.xy.max(axis=0))
    return bool(np.all(apart <= p.twin_distance_m)) and same_ride(one.t_s, one.xy, other.t_s, other.xy, p)


def main() -> None:
    """Simulate, infer and score every city with ever more runs, and write both tables."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--patterns", type=int, default=PATTERNS)
    arguments.add_argument("--runs", type=int, nargs="+", default=RUNS)
    arguments.add_argument("--cities", nargs="+", choices=CITIES, default=tuple(CITIES))
    options = arguments.parse_args()
    p, made = Parameters(), list[tuple[str, int, Score, Score]]()
    for city in options.cities:
        feed = read_feed(options.data / city / "gtfs.zip")
        one = simulated(some_routes(feed, options.patterns, options.seed), city, options.seed, max(options.runs), p)
        made += _scored(city, one, options.runs, p)
        for map_file in (options.data / city).glob("*.osm.pbf"):
            made += _scored(f"{city}, on its streets", on_streets(one, map_file, p), options.runs, p)
    made += [("all", runs, *_means(made, runs)) for runs in options.runs]
    _write(made, options.seed)


def _scored(
    name: str, one: SimulatedCity, sizes: Sequence[int], p: Parameters
) -> Iterator[tuple[str, int, Score, Score]]:
    truth = TrueWays(one.network, one.settings, one.survey.city.srid)
    for runs in sizes:
        survey = one.first(runs)
        ours = score(truth, survey, of_draft(infer(survey, p), survey), one.truth)
        yield name, runs, ours, score(truth, survey, by_labels(survey), one.truth)


def _means(made: Sequence[tuple[str, int, Score, Score]], runs: int) -> tuple[Score, Score]:
    """Return the mean over the cities of each figure, and the sum of the counts."""
    of_runs = [one for one in made if one[1] == runs and one[0] in CITIES]
    return _mean([ours for _, _, ours, _ in of_runs]), _mean([labels for _, _, _, labels in of_runs])


def _mean(scores: Sequence[Score]) -> Score:
    values: dict[str, object] = {}
    for field in fields(Score):
        known = [value for value in (getattr(one, field.name) for one in scores) if value is not None]
        if not known:
            values[field.name] = None
        else:
            values[field.name] = sum(known) if isinstance(known[0], int) else float(np.mean(known))
    return Score(**values)  # type: ignore[arg-type]


GROUPS = ("ari", "ari_sure", "v", "flagged", "unassigned", "direction_right", "invented", "doubted")
NETWORK = ("patterns", "right", "ridden", "found", "mean_m", "p95_m", "stop_precision", "stop_recall", "stop_f1",
           "stop_m", "inversions", "step_error", "ride_error", "fare_error")


def _write(made: Sequence[tuple[str, int, Score, Score]], seed: int) -> None:
    title = f"seed {seed}; runs of each pattern; all: mean of the cities, counts summed"
    rows = [
        (city, runs, ours.rides, ours.ways, *(getattr(ours, name) for name in GROUPS), labels.ari, labels.v)
        for city, runs, ours, labels in made
    ]
    write_table("simulated-groups", f"Simulated cities: which rides belong together ({title})",
                ("city", "runs", "rides", "ways", "ARI", "ARI unambiguous", "V", "flagged", "unassigned",
                 "direction right", "invented rides used", "true rides set aside", "labels: ARI", "labels: V"), rows)
    rows = [
        (city, runs, *(getattr(ours, name) for name in NETWORK), labels.right,
         labels.found, labels.mean_m, labels.stop_f1, labels.fare_error)
        for city, runs, ours, labels in made
    ]
    head = ("city", "runs", "patterns", "right", "ways ridden whole", "found", "mean m", "p95 m", "stops: precision",
            "recall", "F1", "median m", "inversions", "time of a step", "of a ride", "fare", "labels: right",
            "labels: found", "labels: mean m", "labels: stops F1", "labels: fare")
    write_table("simulated-network", f"Simulated cities: the network that was found ({title})", head, rows)


if __name__ == "__main__":
    main()
