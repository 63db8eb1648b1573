"""The shell around comparing and placing runs: each pair is compared once and kept, and a new run finds its route.

How near two runs are depends on these two alone (``mapping_service.group.near``): so it is stored when the second of
them comes, and grouping the whole city reads it. A run whose trail would come out otherwise today, since the
parameters or the code are others, is taken for new. Runs that are set aside stay known: they are not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from mapping_service.group.line import line_of
from mapping_service.group.near import Near, Pairs, compare, joined, matrices, near_pairs
from mapping_service.group.placing import Placement, place
from mapping_service.group.trail import Trail, trail_of
from mapping_service.parameters import Parameters
from mapping_service.records import City, Ride
from mapping_service.store import networks, relations, runs

_METHOD = ("geo.py", "relating.py", "group/line.py", "group/near.py", "group/shares.py", "group/trail.py")
# All that comparing reads: another value of any other parameter leaves what was compared as it is.
SETTINGS = ("cell_m", "contain_share", "near_share", "near_squares_share", "step_m")


@cache
def _method() -> str:
    """Return a digest of the comparing code: after an upgrade that changes it, runs are compared anew."""
    root = Path(__file__).parent
    return hashlib.sha256(b"".join((root / name).read_bytes() for name in _METHOD)).hexdigest()


def _fingerprint(city: City, p: Parameters) -> str:
    settings = ",".join(f"{name}={getattr(p, name)}" for name in SETTINGS)
    return hashlib.sha256(f"{_method()}/{city.srid}/{settings}".encode()).hexdigest()


def relate(connection: Connection, city: City, rides: Sequence[Ride], p: Parameters) -> None:
    """Compare those of a city's rides that are new with each other and with all that came before."""
    fingerprint = _forget_stale(connection, city, p)
    known = relations.known(connection, city.city_id, [ride.run_id for ride in rides])
    new = [ride for ride in rides if ride.run_id not in known]
    made = [relations.KnownRun(ride.run_id, line_of(ride), trail_of(ride.xy, p), fingerprint) for ride in new]
    later = made if relations.any_known(connection, city.city_id) else []
    found = [_with_known(connection, city, one.run_id, one.trail, p) for one in later]
    ids = np.array([one.run_id for one in made], dtype=np.int64)
    among = near_pairs([one.trail for one in made], p)
    found.append(Pairs(ids[among.one], ids[among.other], among.cover, among.back))
    relations.save_trails(connection, city.city_id, made)
    relations.save_pairs(connection, city.city_id, joined(found))


def _forget_stale(connection: Connection, city: City, p: Parameters) -> str:
    """Forget trails that would come out otherwise today; return the fingerprint of those made today."""
    fingerprint = _fingerprint(city, p)
    relations.delete_stale(connection, city.city_id, fingerprint)
    return fingerprint


def _with_known(connection: Connection, city: City, run_id: int, mine: Trail, p: Parameters) -> Pairs:
    """Return the pairs that a run makes with those that are known, by run ids."""
    ids, others = relations.meeting(connection, city.city_id, run_id, mine, p)
    found = compare(mine, others, p)
    return Pairs(np.full(len(found.one), run_id), ids[found.other], found.cover, found.back)


def related(connection: Connection, city: City, rides: Sequence[Ride], p: Parameters) -> Near:
    """Return how near a city's rides are, as ``near_rides`` does, comparing only what was never compared."""
    relate(connection, city, rides, p)
    pairs = relations.load_pairs(connection, city.city_id, [ride.run_id for ride in rides])
    return matrices(pairs, len(rides))


def relate_new(connection: Connection, city: City, p: Parameters) -> list[int]:
    """Compare the runs in use that were never compared as they are today; return these. Nothing else is read."""
    if city.srid is None:
        return []
    _forget_stale(connection, city, p)
    new = relations.unrelated(connection, city.city_id)
    if new:
        rides = runs.load_tracks(connection, city.city_id, city.srid, new)
        relate(connection, city, rides, p)
    return new


def place_new(connection: Connection, city: City, run_ids: Sequence[int], p: Parameters) -> None:
    """Note where runs that have been compared seem to belong, for those whose sender may ask.

    That is what the next candidate network will say, told at once. A first network has nothing to say it with, and a
    whole survey is not placed ride by ride: the network that is made of it says it sooner.
    """
    candidate = networks.network_id(connection, city.city_id, "candidate")
    sent = relations.sent(connection, run_ids)
    if len(sent) > p.placed_at_once or not networks.counts(connection, candidate)["routes"]:
        return
    for run_id in sent:
        placed = place_run(connection, run_id, p)
        if placed.role == "maybe":
            relations.save_placement(connection, city.city_id, run_id, "alternative", None)
            continue
        (hosts,) = placed.hosts
        route = relations.route_of(connection, candidate, hosts)
        relations.save_placement(connection, city.city_id, run_id, placed.role if route else "new", route)


def place_run(connection: Connection, run_id: int, p: Parameters) -> Placement:
    """Return where a run that has been compared belongs, as grouping all runs in use has it."""
    return place(run_id, lambda runs: relations.around(connection, runs), p)
