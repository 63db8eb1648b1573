"""A survey from raw files to an inferred network in memory, without a database, and how good the network is.

    python -m tests.benchmarks.survey [--data ../shared/data/abidjan] [--no-marks] [--half 0|1]

The same pure steps as ``commonway process`` in one process: the fast way to see what a change does to real rides.
``--no-marks`` strips all that collectors said, so that stops come from movement alone. ``--half`` keeps the lines of
one half of the survey, chosen by a hash of what the truth table calls the line, to tune on one and check on the other.
Cleaned rides are cached under the system's temporary folder by the bytes and the code that made them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import pickle
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from collectors.archives import iter_files
from collectors.hints import file_stem, read_hints
from mapping_service.clean.clean import clean
from mapping_service.fuse.fuse import fuse
from mapping_service.fuse.material import CityFrame
from mapping_service.geo import to_metres, utm_srid
from mapping_service.group.group import group_rides
from mapping_service.intake.interpret import interpret
from mapping_service.parameters import Parameters
from mapping_service.records import City, Claim, Document, Floats, NetworkDraft, Report, Ride
from mapping_service.trust.claims import claims
from mapping_service.trust.reliability import reliabilities, with_reliability
from tests.benchmarks.report import write_table

ROOT = Path(__file__).resolve().parents[2]
# What decides how a file becomes rides: code, the parameters named in it, and the records that hold the rides.
_STEPS = ("collectors/archives.py", "collectors/gpx*.py", "collectors/hints.py", "collectors/limits.py",
          "collectors/note*.py", "collectors/tables.py", "collectors/words.py", "collectors/words/*.json",
          "mapping_service/intake/*.py", "mapping_service/clean/*.py", "mapping_service/geo.py")
_PARAMETER = re.compile(rb"\bp\.([a-z_]+)")
NOW_S = 1.8e9  # any moment after all surveys: nothing depends on the clock


@dataclass(frozen=True)
class Survey:
    """The cleaned rides of a survey, the file of each, and what became of every file without a ride (its reason)."""

    rides: tuple[Ride, ...]
    files: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    city: CityFrame


def read_survey(runs: Path, hints: Path | None, *, language: str, currency: str, timezone: str) -> Survey:
    """Return a survey from a zip or folder of GPX files, each distinct file once, cleaned with the defaults."""
    digest = hashlib.sha256(f"{language}/{currency}/{timezone}/{_how()}".encode())
    files = sorted((file.name, file.data) for file in iter_files(runs) if file.data is not None)
    for name, data in files:
        digest.update(name.encode() + hashlib.sha256(data).digest())
    digest.update(hints.read_bytes() if hints else b"")
    kept = Path(tempfile.gettempdir(), f"commonway-survey-{digest.hexdigest()[:16]}.pickle")
    if not kept.exists():
        claims = read_hints(hints.read_bytes())[0] if hints else {}
        city = City(0, "survey", "Survey", timezone, currency, language, False, None, {})
        part = kept.with_suffix(f".{time.time_ns()}")
        part.write_bytes(pickle.dumps(_read(files, claims, city)))
        part.rename(kept)
    found: Survey = pickle.loads(kept.read_bytes())
    return found


def _how() -> str:
    """Return what decides how files become rides."""
    digest, named = hashlib.sha256(), set[str]()
    for path in sorted(path for pattern in _STEPS for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
        named |= {name.decode() for name in _PARAMETER.findall(path.read_bytes())}
    values = {name: value for name, value in asdict(Parameters()).items() if name in named}
    held = {one.__name__: [field.name for field in fields(one)] for one in (Survey, CityFrame, Ride, Report, Claim)}
    return f"{digest.hexdigest()}/{sorted(values.items())}/{held}"


def _read(files: Sequence[tuple[str, bytes]], claims: dict[str, Claim], city: City) -> Survey:
    p, seen = Parameters(), dict[bytes, str]()
    read, left_out = [], list[tuple[str, str]]()
    for name, data in files:
        first = seen.setdefault(hashlib.sha256(data).digest(), name)
        made = interpret(Document("file", name, data, NOW_S), city, p, now_s=NOW_S, released=False)
        if first != name:
            left_out.append((name, "duplicate"))
        elif made.verdict.status != "accepted" or made.fixes is None:
            left_out.append((name, f"quarantined: {made.verdict.reason_code}"))
        else:
            read.append((name, made))
    centre = np.median([[np.median(m.fixes.lon), np.median(m.fixes.lat)] for _, m in read if m.fixes], axis=0)
    srid = utm_srid(float(centre[0]), float(centre[1]))
    rides: list[Ride] = []
    names: list[str] = []
    for number, (name, made) in enumerate(read):
        assert made.fixes is not None
        claim = claims.get(file_stem(name), Claim())
        parts = [
            Ride(
                run_id=len(rides) + part, submission_id=number, t_s=run.t_s,
                xy=to_metres(run.lon_lat[:, 0], run.lon_lat[:, 1], srid),
                dwell_start_s=run.dwells.start_s, dwell_end_s=run.dwells.end_s,
                dwell_xy=_metres(run.dwells.lon_lat, srid), person=claim.contributor, claim=claim, reports=(),
            )
            for part, run in enumerate(clean(made.fixes, srid, p))
        ]
        if not parts:
            left_out.append((name, "quarantined: no_ride"))
        rides += _shared(parts, made.reports)
        names += [name] * len(parts)
    return Survey(tuple(rides), tuple(names), tuple(left_out), CityFrame(srid, ZoneInfo(city.timezone)))


def _metres(lon_lat: Floats, srid: int) -> Floats:
    return to_metres(lon_lat[:, 0], lon_lat[:, 1], srid) if len(lon_lat) else lon_lat.reshape(-1, 2)


def _shared(parts: Sequence[Ride], reports: Iterable[Report]) -> list[Ride]:
    """Give each report to the part of its trace that it is nearest to in time."""
    mine: list[list[Report]] = [[] for _ in parts]
    for report in reports if parts else ():
        at = report.t_s if report.t_s is not None else float(parts[0].t_s[0])
        mine[int(np.argmin([max(p.t_s[0] - at, at - p.t_s[-1], 0.0) for p in parts]))].append(report)
    return [replace(part, reports=tuple(said)) for part, said in zip(parts, mine, strict=True)]


def infer(survey: Survey, p: Parameters) -> NetworkDraft:
    """Return the candidate network of a survey by the same pure steps as the service."""
    grouping = group_rides(survey.rides, p)
    known = reliabilities(claims(survey.rides, grouping, survey.city.srid, p), p)
    return fuse(with_reliability(survey.rides, known), grouping, survey.city, p)


def without_marks(survey: Survey) -> Survey:
    """Return the survey as phones alone would have recorded it, all that people pressed and typed left out."""
    return replace(survey, rides=tuple(replace(ride, reports=()) for ride in survey.rides))


def half_of(survey: Survey, truth: Path, half: int) -> Survey:
    """Return the rides whose line, by the truth table, falls in one half by its hash."""
    with truth.open(encoding="utf8") as file:
        lines = {row["run"]: row["line"] for row in csv.DictReader(file)}
    kept = [i for i, name in enumerate(survey.files) if in_half(lines.get(file_stem(name), ""), half)]
    return replace(survey, rides=tuple(survey.rides[i] for i in kept), files=tuple(survey.files[i] for i in kept))


def in_half(line: str, half: int) -> bool:
    """True where a line belongs to a half (0 or 1) of the survey."""
    return hashlib.sha256(line.encode()).digest()[0] % 2 == half


def write_feed(draft: NetworkDraft, path: Path) -> None:
    """Write the tables that scoring reads, as a plain GTFS zip."""
    stops = [("stop_id", "stop_name", "stop_lat", "stop_lon"),
             *((s.stop_id, s.name or "", s.lat, s.lon) for s in draft.stops)]
    routes = [("route_id", "route_short_name"), *((r.route_id, r.short_name or "") for r in draft.routes)]
    trips: list[tuple[object, ...]] = [("route_id", "trip_id", "direction_id", "shape_id")]
    calls: list[tuple[object, ...]] = [("trip_id", "stop_sequence", "stop_id")]
    shapes: list[tuple[object, ...]] = [("shape_id", "shape_pt_sequence", "shape_pt_lon", "shape_pt_lat")]
    for route in draft.routes:
        for one in route.patterns:
            trips.append((route.route_id, one.pattern_id, one.direction_id, one.pattern_id))
            calls += [(one.pattern_id, i, stop.stop_id) for i, stop in enumerate(one.stops)]
            shapes += [(one.pattern_id, i, *lon_lat) for i, lon_lat in enumerate(one.lon_lat.tolist())]
    tables: dict[str, Sequence[Sequence[object]]] = {
        "stops": stops, "routes": routes, "trips": trips, "stop_times": calls, "shapes": shapes,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            archive.writestr(f"{name}.txt", text.getvalue())


def write_outcomes(survey: Survey, draft: NetworkDraft, path: Path) -> None:
    """Write what became of each file, in the columns of ``commonway export runs`` that scoring reads."""
    place = {
        run.run_id: (route.route_id, one.direction_id, one.pattern_id)
        for route in draft.routes for one in route.patterns for run in one.runs if run.role != "alternative"
    }
    rows: list[tuple[object, ...]] = [("file", "status", "route_id", "direction_id", "shape_id")]
    rows += [(name, status.split(":")[0], "", "", "") for name, status in survey.left_out]
    first = {name: i for i, name in reversed(list(enumerate(survey.files)))}
    rows += [(name, "accepted", *place.get(survey.rides[i].run_id, ("", "", ""))) for name, i in sorted(first.items())]
    with path.open("w", newline="", encoding="utf8") as file:
        csv.writer(file).writerows(rows)


def score(survey: Survey, draft: NetworkDraft, data: Path, script: Path) -> dict[str, object]:
    """Return what the score script says of a network against the folder's reference."""
    with tempfile.TemporaryDirectory() as folder:
        feed, outcomes, truth = Path(folder, "feed.zip"), Path(folder, "runs.csv"), Path(folder, "truth.csv")
        write_feed(draft, feed)
        write_outcomes(survey, draft, outcomes)
        _keep_truth(data / "truth.csv", {file_stem(n) for n in (*survey.files, *dict(survey.left_out))}, truth)
        words = [sys.executable, str(script), "--feed", str(feed), "--reference", str(data / "reference-gtfs.zip"),
                 "--runs", str(outcomes), "--truth", str(truth), "--json"]
        found: dict[str, object] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return found


def _keep_truth(source: Path, stems: set[str], target: Path) -> None:
    """Copy the truth of the files that were used: lines of which none was used are not asked for."""
    with source.open(encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    used = {row["line"] for row in rows if row["run"] in stems}
    with target.open("w", newline="", encoding="utf8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["line"] in used)


FIGURES = ("reference_patterns", "feed_patterns", "found_share", "mean_f1", "median_m", "p95_m", "stop_recall",
           "stop_precision", "stop_f1", "stop_error_median_m")
GROUPING = ("judged", "assigned", "truth_groups", "groups", "ari", "v_measure", "pair_precision", "pair_recall")


def main() -> None:
    """Infer and score a survey, and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data/abidjan"))
    arguments.add_argument("--score", type=Path, default=Path("../shared/score/score_feed.py"))
    arguments.add_argument("--no-marks", action="store_true")
    arguments.add_argument("--half", type=int, choices=(0, 1))
    options = arguments.parse_args()
    survey = read_survey(options.data / "runs.zip", options.data / "manifest.csv", language="fr", currency="XOF",
                         timezone="Africa/Abidjan")
    if options.half is not None:
        survey = half_of(survey, options.data / "truth.csv", options.half)
    if options.no_marks:
        survey = without_marks(survey)
    started = time.perf_counter()
    draft = infer(survey, Parameters())
    seconds = time.perf_counter() - started
    said = score(survey, draft, options.data, options.score)
    grouping = said["grouping"]
    assert isinstance(grouping, dict)
    what = f"{'-movement' if options.no_marks else ''}{'' if options.half is None else f'-half{options.half}'}"
    rows: list[tuple[object, ...]] = [(key, said.get(key)) for key in FIGURES]
    rows += [(key, grouping.get(key)) for key in GROUPING]
    rows.append(("seconds, grouping and fusing", round(seconds, 1)))
    write_table(f"survey-{options.data.name}{what}", f"{len(survey.rides)} rides in memory", ("measure", "ours"), rows)


if __name__ == "__main__":
    # Under its own name, so that what it caches can be read by others.
    import_module("tests.benchmarks.survey").main()
