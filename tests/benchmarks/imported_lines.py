"""Which routes of a survey take the ids of the lines that other people drew, and whether they are the right ones.

    python -m tests.benchmarks.imported_lines [DATA]

The survey in ``DATA`` (default ``../shared/data/abidjan``) runs through the pure steps in memory; its reference feed
is what was imported. A pattern that takes an imported one's id is right where the line that most of its rides were
labelled with is the imported one's: the same number, or, for lines of words, the one drawn line that has three
quarters of them. Labels half of whose words fit, or that fit several, are unclear and not judged. ``labels hidden``
leaves them out of what is inferred, not out of the judging. The baseline takes the nearest way, whatever it is called.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from collectors.gtfs.draft import understand
from collectors.gtfs.read import read_feed
from mapping_service.parameters import Parameters
from mapping_service.records import NetworkDraft
from mapping_service.review.identity import Known, with_known_ids
from mapping_service.review.lines import lines_of, settle
from mapping_service.review.ways import Fit, same_ways
from tests.benchmarks.report import write_table
from tests.benchmarks.survey import infer, read_survey

HEAD = ("survey", "how", "patterns that took an id", "right", "wrong", "unclear", "routes that took an id",
        "drawn lines lost", "left to a person")
SURE, HALF = 0.75, 0.5
Truth = frozenset[str] | None


def main(data: Path) -> None:
    p = Parameters()
    survey = read_survey(data / "runs.zip", data / "manifest.csv", language="fr", currency="XOF",
                         timezone="Africa/Abidjan")
    drawn = understand(read_feed(data / "reference-gtfs.zip"), 0.0, p).draft
    truth = {ride.run_id: _truth(ride.claim.line, drawn) for ride in survey.rides}
    hidden = tuple(replace(ride, claim=replace(ride.claim, line=None, direction=None, label=None))
                   for ride in survey.rides)
    rows: list[Sequence[object]] = []
    for name, rides in (("labels heard", survey.rides), ("labels hidden", hidden)):
        draft = infer(replace(survey, rides=rides), p)
        ours, theirs = lines_of(draft, survey.city.srid), lines_of(drawn, survey.city.srid)
        near = same_ways(ours.ways, theirs.ways, p)
        found = settle(ours, theirs, p)
        rows.append((name, "nearest way", *_judged(draft, near, {old for *_, old in near}, drawn, truth), 0))
        rows.append((name, "ours", *_judged(draft, found.fits, set(found.heirs), drawn, truth), len(found.open)))
    write_table("imported_lines", f"{len(survey.rides)} rides beside {len(drawn.routes)} drawn lines", HEAD, rows)


def _truth(line: str | None, drawn: NetworkDraft) -> Truth:
    """The drawn lines that a label means, none where it was not drawn, ``None`` where that is unclear."""
    if not line:
        return None
    if line.isdigit():
        return frozenset(one.route_id for one in drawn.routes if one.short_name == line)
    said = set(line.split())
    shares = {one.route_id: len(said & set(re.findall("[a-z]{3,}", (one.long_name or "").lower()))) / len(said)
              for one in drawn.routes if not one.short_name}
    most = max(shares.values())
    best = frozenset(key for key, share in shares.items() if share == most)
    return best if most >= SURE and len(best) == 1 else None if most >= HALF else frozenset()


def _judged(
    draft: NetworkDraft, fits: Sequence[Fit], covered: set[str], drawn: NetworkDraft, truth: Mapping[int, Truth]
) -> tuple[object, ...]:
    line_of = {one.pattern_id: route.route_id for route in drawn.routes for one in route.patterns}
    known = Known(line_of, {}, [], np.zeros((0, 2)), {})
    named = with_known_ids(draft, np.zeros((len(draft.stops), 2)), known, Parameters(), fits)
    counts = Counter[str]()
    for one in (one for route in named.routes for one in route.patterns if one.pattern_id in line_of):
        said = Counter(truth[run.run_id] for run in one.runs if run.role != "alternative").most_common(1)[0][0]
        counts["unclear" if said is None else "right" if line_of[one.pattern_id] in said else "wrong"] += 1
    held = {route.route_id for route in named.routes} & set(line_of.values())
    lost = [route for route in drawn.routes if route.route_id not in held and route.patterns
            and all(one.pattern_id in covered for one in route.patterns)]
    return sum(counts.values()), counts["right"], counts["wrong"], counts["unclear"], len(held), len(lost)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/abidjan"))
