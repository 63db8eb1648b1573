"""Whether the confidence of patterns means what it says: fitted on some simulated cities and half of a real survey,
checked on others and on the other half.

    python -m tests.benchmarks.calibration [--data ../shared/data] [--fit]

A pattern is right where its line tells a true way with F1 ≥ 0.9 in its direction. ``--fit`` fits the weights anew, on
cities, routes and seeds that no published table uses and on half 0 of the survey of Abidjan, each of which counts alike
however many patterns it has, and writes ``mapping_service/fuse/confidence.json``. The check is the reliability table of
the chances that the product states: on the cities of ``tests.benchmarks.simulated``, and on half 1 of the survey with
labels hidden, where a pattern is judged if one of its rides follows a way that was drawn.
The baseline is the plain formula that came before: each further ride halves the doubt.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.hints import file_stem
from collectors.simulator import RideSettings, read_feed
from collectors.simulator.chance import stream
from mapping_service.fuse.confidence import chance, features
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, NetworkDraft, PatternDraft
from tests.benchmarks.reliability import brier, chance_error, expected_error, fit_logistic, reliability
from tests.benchmarks.report import write_table
from tests.benchmarks.scoring import FOUND_F1, fit, matched
from tests.benchmarks.simulated import CITIES, PATTERNS, SEED, SimulatedCity, simulated, some_routes
from tests.benchmarks.survey import ROOT, Survey, half_of, infer, read_survey, without_marks
from tests.benchmarks.truth import STOP_M, Found, TrueWay, TrueWays, kept_stops, of_draft

WEIGHTS = ROOT / "mapping_service/fuse/confidence.json"
FITTED_ON = (("freetown", 101), ("accra", 101), ("accra", 102))
MOST_RUNS = 20
SIZES = {1: 8, 2: 4, 3: 3, 5: 2}  # runs of each pattern, and how many such surveys of different rides
UNEVEN = 5  # runs of a pattern at most, in surveys in which each pattern has its own number
PENALTY, WEIGHT = 3.0, 300.0  # each city that is fitted on counts as so many patterns
# What speaks for a pattern (1) and what speaks against it (-1).
SIGNS = {
    name: 1 if name in ("runs", "people") else -1
    for name in features({
        "runs": 1, "people": 1, "km": 1, "unseen": 0, "off": 0, "missed": 0, "start_m": 0, "end_m": 0, "told": 0,
        "departed": 0, "arrived": 0, "elsewhere": 0, "partial": 0, "maybe": 0, "labels": 0})
}


@dataclass(frozen=True)
class Case:
    """A pattern that was inferred, and whether it is right; if it is, the stated chances of its stops between the ends
    and which of them are true."""

    pattern: PatternDraft
    right: bool
    stops: tuple[tuple[float, bool], ...]


def surveys(one: SimulatedCity) -> Iterator[Survey]:
    """Surveys of some sizes from the rides of a simulated city, those of one size without a ride in common, and uneven
    ones; half of these once more as phones alone would have recorded them."""
    for size, many in SIZES.items():
        for first in range(0, size * many, size):
            yield _with(one, {}, size, first)
    for first in range(0, MOST_RUNS, UNEVEN):
        rng = stream(one.settings.seed, "uneven", first)
        counts = {pattern.name: int(rng.integers(1, UNEVEN + 1)) for pattern in one.network.patterns}
        uneven = _with(one, counts, UNEVEN, first)
        yield uneven
        if first % (2 * UNEVEN) == 0:
            yield without_marks(uneven)


def _with(one: SimulatedCity, counts: Mapping[str, int], size: int, first: int) -> Survey:
    kept = []
    for i, name in enumerate(one.survey.files):
        truth, number = one.truth[file_stem(name)], one.number[file_stem(name)]
        pattern = f"{truth.route_id}\x1f{truth.direction_id}\x1f{truth.pattern}"
        if first <= number < first + counts.get(pattern, size):
            kept.append(i)
    return replace(one.survey, rides=tuple(one.survey.rides[i] for i in kept),
                   files=tuple(one.survey.files[i] for i in kept))


def simulated_cases(data: Path, city: str, seed: int, p: Parameters, *, published: bool) -> list[Case]:
    """Infer a simulated city over and over and judge each pattern; unless ``published``, on routes kept for fitting."""
    feed = read_feed(data / city / "gtfs.zip")
    shown = some_routes(feed, PATTERNS, SEED)
    network = shown if published else some_routes(feed, PATTERNS, seed, but=[one.route_id for one in shown.patterns])
    one = simulated(network, city, seed, MOST_RUNS, p)
    true = list(TrueWays(one.network, one.settings, one.survey.city.srid).ways.values())
    return [case for survey in surveys(one) for case in _judged(infer(survey, p), survey, true)]


def abidjan(data: Path) -> Survey:
    """Return the survey of Abidjan."""
    return read_survey(data / "runs.zip", data / "manifest.csv", language="fr", currency="XOF",
                       timezone="Africa/Abidjan")


def drawn_runs(survey: Survey, data: Path) -> set[int]:
    """Return the runs of which the truth table says which way that was drawn they follow."""
    with (data / "truth.csv").open(encoding="utf-8") as file:
        drawn = {row["run"] for row in csv.DictReader(file) if row["way"]}
    return {ride.run_id for ride, name in zip(survey.rides, survey.files, strict=True) if file_stem(name) in drawn}


def real_cases(data: Path, half: int, p: Parameters) -> list[Case]:
    """Infer a half of the survey of Abidjan and judge the patterns of which a ride follows a way that was drawn."""
    survey = half_of(abidjan(data), data / "truth.csv", half)
    judged = drawn_runs(survey, data)
    drawn_ways = TrueWays(read_feed(data / "reference-gtfs.zip"), RideSettings(), survey.city.srid)
    return [
        case for case in _judged(infer(survey, p), survey, list(drawn_ways.ways.values()))
        if any(run.run_id in judged and run.role == "full" for run in case.pattern.runs)
    ]


def _judged(draft: NetworkDraft, survey: Survey, true: Sequence[TrueWay]) -> Iterator[Case]:
    found = of_draft(draft, survey).ways
    chances = {stop.stop_id: stop.confidence for stop in draft.stops}
    for route in draft.routes:
        for one in route.patterns:
            its = found[one.pattern_id]
            fits = [(fit(way.track, its.track).f1, way) for way in true if way.track.meets(its.track)]
            best, way = max(fits, key=lambda fitted: fitted[0], default=(0.0, None))
            if way is None or best < FOUND_F1:
                yield Case(one, False, ())
            else:
                yield Case(one, True, tuple(_stops(one, its, way, chances)))


def _stops(
    pattern: PatternDraft, found: Found, way: TrueWay, chances: Mapping[str, float]
) -> Iterator[tuple[float, bool]]:
    kept = kept_stops(way, found)
    pairs, _ = matched(way.places, found.stops.only(kept), STOP_M)
    hits = {int(kept[j]) for _, j in pairs}
    for k in kept.tolist():
        if 0 < k < len(pattern.stops) - 1:
            yield chances[pattern.stops[k].stop_id], k in hits


def fit_weights(sources: Sequence[Sequence[Case]]) -> Mapping[str, float]:
    """Return the weights fitted to the cases of some cities."""
    cases = [one for source in sources for one in source]
    weight = np.concatenate([np.full(len(source), WEIGHT / len(source)) for source in sources])
    rows = [features(one.pattern.signs) for one in cases]
    return fit_logistic(rows, _right(cases), SIGNS, penalty=PENALTY, weight=weight)


def _right(cases: Sequence[Case]) -> NDArray[np.bool_]:
    return np.array([one.right for one in cases])


def _said(cases: Sequence[Case]) -> Floats:
    return np.array([chance(one.pattern.signs) for one in cases])


def _plain(cases: Sequence[Case]) -> Floats:
    """What the formula said that came before: each further ride halves the doubt, a second person counts half a ride,
    and what the runs leave out of the way takes its share off."""
    return np.array([_halved(one.pattern.signs) for one in cases])


def _halved(signs: Mapping[str, float]) -> float:
    weight = signs["runs"] + 0.5 * max(0.0, signs["people"] - 1)
    return float((1 - max(signs["off"], signs["missed"])) * (1 - 0.5**weight))


def main() -> None:
    """Fit where asked to, then write the reliability tables."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--fit", action="store_true", help="fit the weights anew, then start again to check them")
    options = arguments.parse_args()
    p = Parameters()
    if options.fit:
        sources = [simulated_cases(options.data, city, seed, p, published=False) for city, seed in FITTED_ON]
        sources.append(real_cases(options.data / "abidjan", 0, p))
        made = {"made_by": "python -m tests.benchmarks.calibration --fit", "cases": sum(map(len, sources)),
                "weights": {name: round(w, 4) for name, w in fit_weights(sources).items()}}
        WEIGHTS.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
        print(WEIGHTS.read_text("utf-8"))
        return
    held_out = [one for city in CITIES for one in simulated_cases(options.data, city, SEED, p, published=True)]
    _write("simulated", "held-out simulated cities", held_out)
    _write("abidjan", "half 1 of Abidjan, labels hidden", real_cases(options.data / "abidjan", 1, p))


def _write(name: str, what: str, cases: Sequence[Case]) -> None:
    head = ("confidence", "patterns", "stated", "right", "before: patterns", "stated", "right")
    write_table(f"calibration-{name}", f"Confidence of patterns on {what}: what is stated and what is right", head,
                _rows(_said(cases), _right(cases), _plain(cases)))
    stops = [stop for one in cases for stop in one.stops]
    said, true = np.array([chance for chance, _ in stops]), np.array([right for _, right in stops])
    write_table(f"calibration-stops-{name}", f"Confidence of stops on {what}: what is stated and what is within 30 m",
                ("confidence", "stops", "stated", "true"), _rows(said, true))


def _rows(said: Floats, true: NDArray[np.bool_], *others: Floats) -> list[tuple[object, ...]]:
    """Return a reliability table and what comes of it, for what is stated and for others beside it."""
    each = (said, *others)
    tables = [reliability(one, true) for one in each]
    rows: list[tuple[object, ...]] = [
        (f"{bins[0].low:.1f}–{bins[0].high:.1f}", *(value for one in bins for value in (one.cases, one.said, one.true)))
        for bins in zip(*tables, strict=True)
    ]
    sure = [one >= 0.5 for one in each]
    rows.append(("0.5 or more", *(value for these, one in zip(sure, each, strict=True) for value in (
        int(these.sum()), float(one[these].mean()), float(true[these].mean())))))
    rows.append(("all", *(value for one in each for value in (len(one), float(one.mean()), float(true.mean())))))
    rows.append(("calibration error", *(value for one in tables for value in (None, expected_error(one), None))))
    rows.append(("that of perfect chances", *(value for one in each for value in (None, chance_error(one), None))))
    rows.append(("Brier score", *(value for one in each for value in (None, brier(one, true), None))))
    return rows


if __name__ == "__main__":
    main()
