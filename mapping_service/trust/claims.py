"""What contributors said, each held against what the others said of the same route: right or wrong. Pure.

A claim is judged by the others alone (leave one out by person, not by ride): whoever rode a route five times does not
confirm himself. Where fewer than ``claim_others`` others spoke, nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from mapping_service.geo import to_metres
from mapping_service.group.group import Group, Grouping, block
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, Ride

TRACE, STOP, FARE, WAIT = "trace", "stop", "fare", "wait"
DOMAINS = (TRACE, STOP, FARE, WAIT)


@dataclass(frozen=True)
class Claim:
    """One claim of a ``person`` in a domain, made at ``at_s`` (epoch seconds), and whether the others say otherwise."""

    person: str
    domain: str
    at_s: float
    wrong: bool


def claims(rides: Sequence[Ride], grouping: Grouping, srid: int, p: Parameters) -> list[Claim]:
    """Return all claims of named people that the others on their routes can judge."""
    return [claim for group in grouping.groups for claim in _of_group(rides, group, grouping, srid, p)]


def _of_group(rides: Sequence[Ride], group: Group, grouping: Grouping, srid: int, p: Parameters) -> Iterator[Claim]:
    members = sorted((*group.full, *group.partial))
    marks = {i: _marks(rides[i], srid) for i in members}
    for i in members:
        person = rides[i].person
        others = [k for k in members if rides[k].person != person]
        if person is None or len({rides[k].person or k for k in others}) < p.claim_others:
            continue
        at_s = float(rides[i].t_s[0])
        shared = float(np.median(block(grouping.cover, [i], others)))
        yield Claim(person, TRACE, at_s, shared < 1 - p.claim_trace_share)
        for domain, wrong in _told(rides, i, others, marks, p):
            yield Claim(person, domain, at_s, wrong)


def _told(
    rides: Sequence[Ride], i: int, others: Sequence[int], marks: dict[int, Floats], p: Parameters
) -> Iterator[tuple[str, bool]]:
    if len(marks[i]):
        near = cKDTree(np.concatenate([np.concatenate((marks[k], rides[k].dwell_xy)) for k in others] + [_FAR]))
        for far_m in near.query(marks[i])[0].tolist():
            yield STOP, far_m > p.claim_stop_m
    for domain, most in ((FARE, 1 + p.claim_fare_share), (WAIT, p.claim_wait_ratio)):
        heard = [value for k in others for value in _values(rides[k], domain)]
        if len(heard) >= p.claim_others:
            usual = float(np.median(heard))
            yield from ((domain, max(value / usual, usual / value) > most) for value in _values(rides[i], domain))


_FAR = np.array([[1e12, 1e12]])


def _marks(ride: Ride, srid: int) -> Floats:
    said = [(r.lon, r.lat) for r in ride.reports if r.kind == "stop" and not r.cancelled]
    lon_lat = np.array(said, dtype=np.float64).reshape(-1, 2)
    return to_metres(lon_lat[:, 0], lon_lat[:, 1], srid) if said else lon_lat


def _values(ride: Ride, domain: str) -> list[float]:
    """Return the distinct amounts or waits that were told on a ride."""
    told = [r.amount if domain == FARE else r.wait_s for r in ride.reports if r.kind == domain and not r.cancelled]
    return sorted({float(value) for value in told if value})
