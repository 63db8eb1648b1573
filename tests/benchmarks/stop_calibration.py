"""Fit what the confidence of stops says to what is true, on simulated cities and on one half of a real survey.

    python -m tests.benchmarks.stop_calibration [--data ../shared/data]

Writes ``mapping_service/fuse/stop_confidence.json``. A stop of a pattern that tells a true way is right where the way
has one within 30 m. Simulated are cities, routes and seeds that no published table uses, as for the patterns; real is
the half 0 of the survey of Abidjan, with what its riders pressed and without. Each of these counts alike, however many
stops it has. ``python -m tests.benchmarks.calibration`` measures what comes of it, on simulated cities held out and on
the other half of the survey.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from collectors.simulator import RideSettings, read_feed
from mapping_service.fuse.confidence import stop_features
from mapping_service.fuse.fuse import with_stops
from mapping_service.fuse.material import Material, prepare
from mapping_service.fuse.patterns import Way, drawn, stops_served, ways_of
from mapping_service.fuse.stops import LineStop
from mapping_service.geo import to_metres
from mapping_service.group.group import group_rides
from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from mapping_service.trust.claims import claims
from mapping_service.trust.reliability import reliabilities, with_reliability
from tests.benchmarks.calibration import FITTED_ON, MOST_RUNS, abidjan, drawn_runs, surveys
from tests.benchmarks.reliability import fit_logistic
from tests.benchmarks.scoring import FOUND_F1, Track, fit, matched
from tests.benchmarks.simulated import PATTERNS, SEED, simulated, some_routes
from tests.benchmarks.survey import ROOT, Survey, half_of, without_marks
from tests.benchmarks.truth import STOP_M, Found, TrueWay, TrueWays, kept_stops

WEIGHTS = ROOT / "mapping_service/fuse/stop_confidence.json"
SIGNS = {"likely": 1, "told": 1, "runs": 1, "past": -1, "patterns": -1}
PENALTY, WEIGHT = 3.0, 1000.0  # each source counts as so many stops
Known = tuple[Mapping[str, float], bool]


def known_stops(
    survey: Survey, true: Sequence[TrueWay], p: Parameters, judged: frozenset[int] | None = None
) -> Iterator[Known]:
    """Infer the stops of a survey; return what is known of each between the ends of a way, and whether it is right.

    ``judged`` are the runs whose ways were drawn: a way that none of them took is left out.
    """
    grouping = group_rides(survey.rides, p)
    trusted = with_reliability(
        survey.rides, reliabilities(claims(survey.rides, grouping, survey.city.srid, p), p))
    material = prepare(trusted, grouping, survey.city, p)
    ways, drafts = with_stops(material, ways_of(material))
    members: dict[str, list[LineStop]] = {}
    for way in ways:
        for stop_id, stop in zip(way.stop_ids, way.stops, strict=True):
            members.setdefault(stop_id, []).append(stop)
    places = {stop.stop_id: (stop.lon, stop.lat) for stop in drafts}
    for way in ways:
        if judged is None or not judged.isdisjoint(material.rides[i].run_id for i in way.members):
            for stop_id, right in _judged(material, way, places, true):
                if all(one.method != "terminal" for one in members[stop_id]):
                    yield stop_features(members[stop_id]), right


def _judged(
    m: Material, way: Way, places: Mapping[str, tuple[float, float]], true: Sequence[TrueWay]
) -> Iterator[tuple[str, bool]]:
    track = Track(_metres(drawn(way.shape, m.city.srid), m.city.srid))
    fits = [(fit(one.track, track).f1, one) for one in true if one.track.meets(track)]
    best, its = max(fits, key=lambda fitted: fitted[0], default=(0.0, None))
    if its is None or best < FOUND_F1:
        return
    served = stops_served(way, m.p)
    xy = _metres(np.array([places[stop.stop_id] for stop in served]), m.city.srid)
    found = Found(track, track.places(xy, np.array([stop.dist_m for stop in served])), (), None)
    kept = kept_stops(its, found)
    hits = {int(kept[j]) for _, j in matched(its.places, found.stops.only(kept), STOP_M)[0]}
    for k in kept.tolist():
        if 0 < k < len(served) - 1:
            yield served[k].stop_id, k in hits


def _metres(lon_lat: Floats, srid: int) -> Floats:
    return to_metres(lon_lat[:, 0], lon_lat[:, 1], srid)


def simulated_stops(data: Path, city: str, seed: int, p: Parameters) -> list[Known]:
    """Infer a simulated city over and over, on routes that no published table uses."""
    feed = read_feed(data / city / "gtfs.zip")
    shown = some_routes(feed, PATTERNS, SEED)
    network = some_routes(feed, PATTERNS, seed, but=[one.route_id for one in shown.patterns])
    one = simulated(network, city, seed, MOST_RUNS, p)
    true = list(TrueWays(one.network, one.settings, one.survey.city.srid).ways.values())
    return [known for survey in surveys(one) for known in known_stops(survey, true, p)]


def real_stops(data: Path, p: Parameters) -> Iterator[list[Known]]:
    """Infer half 0 of the survey of Abidjan, with what riders pressed and without."""
    survey = half_of(abidjan(data), data / "truth.csv", 0)
    true = list(TrueWays(read_feed(data / "reference-gtfs.zip"), RideSettings(), survey.city.srid).ways.values())
    judged = frozenset(drawn_runs(survey, data))
    for one in (survey, without_marks(survey)):
        yield list(known_stops(one, true, p, judged))


def main() -> None:
    """Fit the weights and write them down."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    data, p = arguments.parse_args().data, Parameters()
    sources = [simulated_stops(data, city, seed, p) for city, seed in FITTED_ON] + list(real_stops(data / "abidjan", p))
    rows = [known for source in sources for known in source]
    weight = np.concatenate([np.full(len(source), WEIGHT / len(source)) for source in sources])
    fitted = fit_logistic([features for features, _ in rows], np.array([right for _, right in rows]), SIGNS,
                          penalty=PENALTY, weight=weight)
    made = {"made_by": "python -m tests.benchmarks.stop_calibration", "stops": len(rows),
            "weights": {name: round(w, 4) for name, w in fitted.items()}}
    WEIGHTS.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(WEIGHTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
