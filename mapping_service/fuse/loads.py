"""How full vehicles are along a way, and who gets on and off where, from what riders say on their rides. Pure.

A word for how full the vehicle is (``empty``, ``half``, ``full``, ``crowded``) holds from the stop it was said at, or
passed last, to the next one: how full vehicles leave that stop. People who got on and off are counted at the stop that
is nearest in time; who counts on a ride counts wherever somebody moves, so that stops between the first and the last
that it counted at saw nobody. Each ride has one voice for a stop.

What is published is the mean over the rides with the interval that holds the mean of all vehicles in four cases of
five. How much rides of one stop and band differ is learned from the whole city, since few of them have more than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri

from mapping_service.fuse.clock import WHOLE_DAY, Band
from mapping_service.fuse.passages import Passage
from mapping_service.load_records import Load
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Report, Ride

SURE = 0.8  # of the published intervals
_MOST_PEOPLE = 300  # at one stop; more is a slip of the finger
_Estimate = tuple[float | None, float | None, float | None]  # the mean, and from where to where it may lie
_TENTHS = ((1 - SURE) / 2, (1 + SURE) / 2)


@dataclass(frozen=True)
class Aboard:
    """What was said on one ride of a way, an element for each stop; NaN where nothing was.

    ``seats`` is the share of seats taken on leaving the stop; ``boarded`` and ``alighted`` are people.
    """

    seats: Floats
    boarded: Floats
    alighted: Floats
    band: Band
    person: str | None
    weight: float


def aboard(passage: Passage, ride: Ride, band: Band, p: Parameters) -> Aboard | None:
    """Return what was said on a ride about the vehicle's load; ``None`` where nothing was, or nothing that counts."""
    known = np.flatnonzero(np.isfinite(passage.arrive_s))
    if not len(known) or not ride.weight:
        return None
    told = [r for r in ride.reports if r.t_s is not None and not r.cancelled]
    counts = [r for r in told if r.kind == "boarding"]
    found = Aboard(
        _seats(passage, known.tolist(), told, p), _counted(passage, counts, "boarded"),
        _counted(passage, counts, "alighted"), band, ride.person, ride.weight,
    )
    said = any(np.isfinite(one).any() for one in (found.seats, found.boarded, found.alighted))
    return found if said else None


def _seats(passage: Passage, known: Sequence[int], told: Sequence[Report], p: Parameters) -> Floats:
    """Return how full the vehicle left each stop; words said after the last stop was reached are no load any more."""
    shares = {"empty": p.seats_empty, "half": p.seats_half, "full": 1.0, "crowded": p.seats_crowded}
    stops = len(passage.arrive_s)
    said: list[list[float]] = [[] for _ in range(stops)]
    for report in told:
        if report.occupancy is None or report.t_s is None:
            continue
        reached = [k for k in known if passage.arrive_s[k] - p.press_early_s <= report.t_s]
        at = reached[-1] if reached else max(known[0] - 1, 0)
        if at < stops - 1:
            said[at].append(shares[report.occupancy])
    return np.array([float(np.mean(its)) if its else np.nan for its in said])


def _counted(passage: Passage, counts: Sequence[Report], what: str) -> Floats:
    """Return how many people got on or off at each stop, 0 where a ride that counts passed and told of nobody."""
    people = np.full(len(passage.arrive_s), np.nan)
    for report in counts:
        number = report.details.get(what)
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= _MOST_PEOPLE:
            continue
        away_s = np.maximum(passage.arrive_s - (report.t_s or 0.0), (report.t_s or 0.0) - passage.depart_s)
        at = int(np.nanargmin(away_s))
        people[at] = number + (0.0 if np.isnan(people[at]) else people[at])
    told = np.flatnonzero(np.isfinite(people))
    if len(told):
        between = slice(told[0], told[-1])
        nobody = np.isnan(people[between]) & np.isfinite(passage.arrive_s[between])
        people[between] = np.where(nobody, 0.0, people[between])
    return people


def loads(city: Sequence[Sequence[Aboard]], p: Parameters) -> list[tuple[Load, ...]]:
    """Return the loads along each way of a city, over the day and by band, at the stops where anything was said."""
    spread, uneven = _spread(city, p), _unevenness(city, p)
    return [tuple(_of_way(way, spread, uneven, p)) for way in city]


def _of_way(way: Sequence[Aboard], spread: float, uneven: float, p: Parameters) -> Iterator[Load]:
    for band in (WHOLE_DAY, *sorted({one.band for one in way})):
        here = [one for one in way if band in (WHOLE_DAY, one.band)]
        told = np.array([[one.seats, one.boarded, one.alighted] for one in here])  # ride, what, stop
        weights = np.array([one.weight for one in here])
        for k in np.flatnonzero(np.isfinite(told).any(axis=(0, 1))).tolist() if here else ():
            known = np.isfinite(told[:, :, k])
            seats, on, off = (_sorted(told[known[:, i], i, k], weights[known[:, i]]) for i in range(3))
            people = {one.person for one, its in zip(here, known, strict=True) if its.any()} - {None}
            yield Load(
                k, *band, *_mean(*seats, spread, p), len(seats[0]), *_rate(*on, uneven), *_rate(*off, uneven),
                int(known[:, 1:].any(axis=1).sum()), len(people) or None,
            )


def _sorted(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return what was said in an order that the rides' does not matter to: sums of fractions depend on it."""
    order = np.lexsort((weights, values))
    return values[order], weights[order]


def _mean(values: Floats, weights: Floats, spread: float, p: Parameters) -> _Estimate:
    """Return the weighted mean share of seats and its interval, which cannot leave what words can say."""
    if not len(values):
        return None, None, None
    mean = float(np.average(values, weights=weights))
    off = float(ndtri(_TENTHS[1])) * spread / float(np.sqrt(weights.sum()))
    low, high = max(mean - off, min(p.seats_empty, mean)), min(mean + off, p.seats_crowded)
    return round(mean, 3), round(low, 3), round(high, 3)


def _rate(values: Floats, weights: Floats, uneven: float) -> _Estimate:
    """Return the weighted mean number of people and its interval: that of a gamma distribution, with Jeffreys' half
    a person, since counts are whole."""
    if not len(values):
        return None, None, None
    mean, votes = float(np.average(values, weights=weights)), float(weights.sum())
    low, high = gammaincinv((mean * votes + 0.5) / uneven, _TENTHS) * uneven / votes
    return round(mean, 2), round(min(float(low), mean), 2), round(max(float(high), mean), 2)


def _spread(city: Sequence[Sequence[Aboard]], p: Parameters) -> float:
    """Return the standard deviation of rides about the mean of their stop, leaning on what is usual."""
    told = list(_repeated(city, "seats"))
    squares = sum(float(np.sum((its - its.mean()) ** 2)) for its in told)
    free = sum(len(its) - 1 for its in told)
    return float(np.sqrt((squares + p.load_rides * p.seats_spread**2) / (free + p.load_rides)))


def _unevenness(city: Sequence[Sequence[Aboard]], p: Parameters) -> float:
    """Return the variance of counts at one stop over their mean: leaning on that of chance, and no less."""
    told = [its for what in ("boarded", "alighted") for its in _repeated(city, what) if its.any()]
    squares = sum(float(np.sum((its - its.mean()) ** 2) / its.mean()) for its in told)
    free = sum(len(its) - 1 for its in told)
    return max(1.0, (squares + p.load_rides) / (free + p.load_rides))


def _repeated(city: Sequence[Sequence[Aboard]], what: str) -> Iterator[Floats]:
    """Yield what several rides told of one stop, for each stop of each way."""
    for way in city:
        for column in np.array([getattr(one, what) for one in way]).T:
            known = np.sort(column[np.isfinite(column)])
            if len(known) > 1:
                yield known
