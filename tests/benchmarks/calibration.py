"""Whether the confidence of patterns means what it says: fitted on some simulated cities, checked on others and on a
real survey.

    python -m tests.benchmarks.calibration [--data ../shared/data] [--fit]

A pattern is right where its line tells a true way with F1 ≥ 0.9 in its direction. ``--fit`` fits the weights anew, on
cities, routes and seeds that no published table uses, and writes ``mapping_service/fuse/confidence.json``. The check
is the reliability table of the chances that the product states: on the cities of ``tests.benchmarks.simulated``, and on
the survey of Abidjan with labels hidden, where a pattern is judged if one of its rides follows a way that was drawn.
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
from collectors.simulator import read_feed
from collectors.simulator.chance import stream
from mapping_service.fuse.confidence import chance, features
from mapping_service.geo import to_metres
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, NetworkDraft, PatternDraft
from tests.benchmarks.reliability import brier, chance_error, expected_error, fit_logistic, reliability
from tests.benchmarks.report import write_table
from tests.benchmarks.scoring import FOUND_F1, Track, fit
from tests.benchmarks.simulated import CITIES, PATTERNS, SEED, SimulatedCity, simulated, some_routes
from tests.benchmarks.survey import ROOT, Survey, infer, read_survey
from tests.benchmarks.truth import TrueWays

WEIGHTS = ROOT / "mapping_service/fuse/confidence.json"
FITTED_ON = (("freetown", 101), ("accra", 101), ("accra", 102))
MOST_RUNS = 20
SIZES = (1, 2, 3, 5, 10)
UNEVEN = 5  # runs of a pattern at most, in surveys in which each pattern has its own number
PENALTY = 3.0
# What speaks for a pattern (1) and what speaks against it (-1).
SIGNS = {
    name: 1 if name in ("runs", "people") else -1
    for name in features({
        "runs": 1, "people": 1, "km": 1, "unseen": 0, "off": 0, "missed": 0, "start_m": 0, "end_m": 0, "departed": 0,
        "arrived": 0, "elsewhere": 0, "partial": 0, "maybe": 0, "labels": 0})
}


@dataclass(frozen=True)
class Case:
    """A pattern that was inferred, and whether it is right; ``where`` is the city and the kind of survey."""

    where: str
    pattern: PatternDraft
    right: bool


def surveys(one: SimulatedCity) -> Iterator[tuple[str, Survey]]:
    """All surveys of one size that the rides of a simulated city allow without sharing a ride, and uneven ones."""
    for size in SIZES:
        for first in range(0, MOST_RUNS - size + 1, size):
            yield f"{size} runs", _with(one, {}, size, first)
    for first in range(0, MOST_RUNS, UNEVEN):
        rng = stream(one.settings.seed, "uneven", first)
        counts = {pattern.name: int(rng.integers(1, UNEVEN + 1)) for pattern in one.network.patterns}
        yield "uneven", _with(one, counts, UNEVEN, first)


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
    network = shown if published else some_routes(
        feed, PATTERNS, seed, but=[one.route_id for one in shown.patterns])
    one = simulated(network, city, seed, MOST_RUNS, p)
    true = [way.track for way in TrueWays(one.network, one.settings, one.survey.city.srid).ways.values()]
    return [
        Case(f"{city}, {kind}", pattern, _is_right(pattern, true, survey.city.srid))
        for kind, survey in surveys(one)
        for pattern in _patterns(infer(survey, p))
    ]


def _patterns(draft: NetworkDraft) -> list[PatternDraft]:
    return [one for route in draft.routes for one in route.patterns]


def _is_right(pattern: PatternDraft, true: Sequence[Track], srid: int) -> bool:
    track = Track(to_metres(pattern.lon_lat[:, 0], pattern.lon_lat[:, 1], srid))
    return any(fit(way, track).f1 >= FOUND_F1 for way in true if way.meets(track))


def real_cases(data: Path, p: Parameters) -> list[Case]:
    """Infer the survey of Abidjan and judge the patterns of which a ride follows a way that was drawn."""
    survey = read_survey(data / "runs.zip", data / "manifest.csv", language="fr", currency="XOF",
                         timezone="Africa/Abidjan")
    with (data / "truth.csv").open(encoding="utf-8") as file:
        drawn = {row["run"] for row in csv.DictReader(file) if row["way"]}
    judged = {ride.run_id for ride, name in zip(survey.rides, survey.files, strict=True) if file_stem(name) in drawn}
    srid = survey.city.srid
    lines = [one.lonlat for one in read_feed(data / "reference-gtfs.zip").patterns]
    true = [Track(to_metres(line[:, 0], line[:, 1], srid)) for line in lines]
    return [
        Case("abidjan", one, _is_right(one, true, srid))
        for one in _patterns(infer(survey, p))
        if any(run.run_id in judged and run.role == "full" for run in one.runs)
    ]


def fit_weights(cases: Sequence[Case]) -> Mapping[str, float]:
    """Return the weights fitted to some cases."""
    return fit_logistic([features(one.pattern.signs) for one in cases], _right(cases), SIGNS, penalty=PENALTY)


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
        cases = [one for city, seed in FITTED_ON
                 for one in simulated_cases(options.data, city, seed, p, published=False)]
        made = {"made_by": "python -m tests.benchmarks.calibration --fit", "cases": len(cases),
                "weights": {name: round(w, 4) for name, w in fit_weights(cases).items()}}
        WEIGHTS.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
        print(WEIGHTS.read_text("utf-8"))
        return
    held_out = [one for city in CITIES for one in simulated_cases(options.data, city, SEED, p, published=True)]
    real = real_cases(options.data / "abidjan", p)
    _write("calibration-simulated", "held-out simulated cities", held_out)
    _write("calibration-abidjan", "Abidjan, labels hidden", real)


def _write(name: str, what: str, cases: Sequence[Case]) -> None:
    said, true = _said(cases), _right(cases)
    plain = reliability(_plain(cases), true)
    bins = reliability(said, true)
    rows: list[tuple[object, ...]] = [
        (f"{ours.low:.1f}–{ours.high:.1f}", ours.cases, ours.said, ours.true, before.cases, before.said, before.true)
        for ours, before in zip(bins, plain, strict=True)
    ]
    rows.append(("calibration error", len(cases), expected_error(bins), None, None, expected_error(plain), None))
    rows.append(("of perfect chances, so many cases", None, chance_error(said), None, None, None, None))
    rows.append(("Brier score", None, brier(said, true), None, None, brier(_plain(cases), true), None))
    rows.append(("right in all", None, None, float(true.mean()), None, None, None))
    write_table(name, f"Confidence of patterns on {what}: what is stated and what is right",
                ("confidence", "patterns", "stated", "right", "before: patterns", "stated", "right"), rows)


if __name__ == "__main__":
    main()
