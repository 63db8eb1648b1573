"""Who rides what: contributors with their phones and habits, full and partial rides, copies, second phones, lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from collectors.simulator.chance import stream
from collectors.simulator.network import Pattern
from collectors.simulator.phone import Phone
from collectors.simulator.settings import RideSettings

HABIT_SPREAD = 0.6  # habits lie between 0.4 and 1.6 times the mean


@dataclass(frozen=True)
class Contributor:
    """A collector: pseudonym, phone, and how often the marks name no stop."""

    name: str
    phone: Phone
    generic_share: float


@dataclass(frozen=True, eq=False)
class PlannedRide:
    """One file to come. ``ride`` counts the true rides of a pattern; a copy or second phone shares it.

    ``kind`` is full, partial, duplicate, second_phone or fabricated; ``run_of`` the run that a duplicate or a second
    phone repeats.
    """

    run: str
    pattern: Pattern
    ride: int
    contributor: Contributor
    kind: str
    from_m: float
    to_m: float
    run_of: str = ""


def contributors(settings: RideSettings) -> tuple[Contributor, ...]:
    """The people of the survey: S01, S02, …"""
    return tuple(_contributor(f"S{number:02d}", settings) for number in range(1, settings.contributors + 1))


def fabricators(settings: RideSettings) -> tuple[Contributor, ...]:
    """Those who send rides that nobody rode: F01, F02, …"""
    return tuple(_contributor(f"F{number:02d}", settings) for number in range(1, settings.fabricators + 1))


def _contributor(name: str, settings: RideSettings) -> Contributor:
    rng = stream(settings.seed, "contributor", name)
    phone = Phone(sigma_m=float(rng.uniform(settings.sigma_min_m, settings.sigma_max_m)),
                  interval_s=float(rng.choice(settings.interval_choices_s)), hdop=bool(rng.random() < 0.5),
                  speed=bool(rng.random() < 0.5), milliseconds=bool(rng.random() < 0.3))
    habit = settings.generic_share * rng.uniform(1 - HABIT_SPREAD, 1 + HABIT_SPREAD)
    return Contributor(name, phone, float(min(habit, 1.0)))


def planned(patterns: Sequence[Pattern], settings: RideSettings) -> list[PlannedRide]:
    """All rides of the survey, numbered in an order that says nothing about their routes."""
    people = contributors(settings)
    rides = [ride for pattern in sorted(patterns, key=lambda pattern: pattern.name)
             for ride in _of_pattern(pattern, people, settings)]
    order = stream(settings.seed, "order").permutation(len(rides)).tolist()
    names = {ride.run: f"run-{number + 1:04d}" for ride, number in zip(rides, order, strict=True)}
    named = [replace(ride, run=names[ride.run], run_of=names.get(ride.run_of, "")) for ride in rides]
    return sorted(named, key=lambda ride: ride.run)


def _of_pattern(pattern: Pattern, people: Sequence[Contributor], settings: RideSettings) -> list[PlannedRide]:
    rng = stream(settings.seed, "plan", pattern.name)
    rides = []
    for number in range(int(rng.integers(settings.runs_min, settings.runs_max + 1))):
        person, other = (people[int(i)] for i in rng.integers(len(people), size=2))
        kind = "partial" if rng.random() < settings.partial_share else "full"
        from_m, to_m = _part(pattern, settings, rng) if kind == "partial" else _whole(pattern)
        name = f"{pattern.name}\x1f{number}"
        original = PlannedRide(name, pattern, number, person, kind, from_m, to_m)
        rides.append(original)
        if rng.random() < settings.duplicate_share:
            rides.append(replace(original, run=f"{name}\x1fcopy", kind="duplicate", run_of=name))
        if rng.random() < settings.second_phone_share:
            rides.append(replace(original, run=f"{name}\x1fsecond", kind="second_phone", run_of=name,
                                 contributor=other))
        lie = stream(settings.seed, "fabricated", name)
        if lie.random() < settings.fabricated_share:
            liars = fabricators(settings)
            rides.append(PlannedRide(f"{name}\x1finvented", pattern, number, liars[int(lie.integers(len(liars)))],
                                     "fabricated", *_whole(pattern)))
    return rides


def _whole(pattern: Pattern) -> tuple[float, float]:
    """From the first stop to the last: a way drawn beyond them is not ridden."""
    return float(pattern.stops_along_m[0]), float(pattern.stops_along_m[-1])


def _part(pattern: Pattern, settings: RideSettings, rng: np.random.Generator) -> tuple[float, float]:
    """A part of the way; it begins at the first stop or ends at the last in two cases of three."""
    start_m, end_m = _whole(pattern)
    length_m = (end_m - start_m) * rng.uniform(settings.partial_min, settings.partial_max)
    free_m = end_m - start_m - length_m
    from_m = start_m + free_m * float(rng.choice([0.0, 1.0, rng.random()]))
    return from_m, from_m + length_m
