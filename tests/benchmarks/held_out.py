"""How well the waits and fares that riders of a real survey reported foretell each other, one held out at a time.

    python -m tests.benchmarks.held_out [--data ../shared/data/abidjan]

Each report is foretold from all others. Nobody knows the true headways and fares of the survey; what can be measured is
how near an unseen report is. Baselines: the middle of the city's other reports, and that of the same direction (waits)
or route (fares) where it has any, else the city's.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mapping_service.fuse.fares import Paid, fares
from mapping_service.fuse.headways import headways
from mapping_service.fuse.material import prepare
from mapping_service.fuse.rates import Heard, Wait
from mapping_service.group.group import Grouping, group_rides
from mapping_service.parameters import Parameters
from tests.benchmarks.report import write_table
from tests.benchmarks.survey import read_survey

P = Parameters()


def main() -> None:
    """Hold out every report once and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data/abidjan"))
    options = arguments.parse_args()
    survey = read_survey(options.data / "runs.zip", options.data / "manifest.csv", language="fr", currency="XOF",
                         timezone="Africa/Abidjan")
    grouping = group_rides(survey.rides, P)
    material = prepare(survey.rides, grouping, survey.city, P)
    routes = _routes(grouping)
    companies = [sorted((*one.full, *one.partial)) for one in grouping.groups]
    heard = [Heard(routes[g], material.waits_of(rides)) for g, rides in enumerate(companies)]
    paid: list[list[Paid]] = [[] for _ in set(routes)]
    for g, rides in enumerate(companies):
        for i in rides:
            ride = survey.rides[i]
            amounts = {r.amount for r in ride.reports if r.kind == "fare" and r.amount and not r.cancelled}
            paid[routes[g]] += [Paid(1.0, a, material.bands[i], ride.person, 1.0, 0.0) for a in sorted(amounts)]
    title = f"Real reports of {options.data.name} foretold from the others, one held out at a time"
    write_table("held-out", title, ("reports", "number", "estimator", "mean error", "median error", "exactly right"),
                [*_rows("waits", _waits(heard)), *_rows("fares", _fares(paid))])


def _routes(grouping: Grouping) -> list[int]:
    """Return the number of each group's route."""
    first = {second: one for one, second in grouping.pairs}
    names = sorted({first.get(g, g) for g in range(len(grouping.groups))})
    return [names.index(first.get(g, g)) for g in range(len(grouping.groups))]


def _waits(heard: Sequence[Heard]) -> list[tuple[float, ...]]:
    """Return for each wait itself and what the city, its direction and we foretell, seconds."""
    made: list[tuple[float, ...]] = []
    for side, one in enumerate(heard):
        for k, wait in enumerate(one.waits):
            left = replace(one, waits=[*one.waits[:k], *one.waits[k + 1:]])
            city = [*heard[:side], left, *heard[side + 1:]]
            general = float(np.median([w.wait_s for some in city for w in some.waits]))
            own = float(np.median([w.wait_s for w in left.waits])) if left.waits else general
            made.append((wait.wait_s, general, own, _foretold(city, side, wait)))
    return made


def _foretold(city: Sequence[Heard], side: int, wait: Wait) -> float:
    starts = [[[(wait.band, "a day")]] if number == side else [] for number in range(len(city))]
    return headways(city, starts, P)[side][0][0].headway_s


def _fares(paid: Sequence[Sequence[Paid]]) -> list[tuple[float, ...]]:
    """Return for each fare itself and what the city, its route and we foretell."""
    made: list[tuple[float, ...]] = []
    for number, route in enumerate(paid):
        for k, one in enumerate(route):
            left = [*route[:k], *route[k + 1:]]
            general = Counter(o.amount for r, some in enumerate(paid) for o in (some if r != number else left))
            usual = general.most_common(1)[0][0]
            own = Counter(o.amount for o in left).most_common(1)[0][0] if left else usual
            found = fares([*paid[:number], left, *paid[number + 1:]], P)[number]
            made.append((one.amount, usual, own, float(found.at([1.0])[0]) if found else usual))
    return made


def _rows(name: str, found: Sequence[tuple[float, ...]]) -> list[tuple[object, ...]]:
    true, *guesses = np.array(found).T
    rows: list[tuple[object, ...]] = []
    for estimator, guess in zip(("the city's middle", "its own others", "ours"), guesses, strict=True):
        off = np.abs(guess / true - 1)
        right = float(np.mean(guess == true)) if name == "fares" else None
        rows.append((name, len(true), estimator, float(off.mean()), float(np.median(off)), right))
    return rows


if __name__ == "__main__":
    main()
