"""The shell around matching: the streets of a city and the runs on them, each run in a transaction of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from mapping_service.parameters import Parameters
from mapping_service.records import City, Ride, Streets
from mapping_service.store import streets

_METHOD = ("geo.py", "streets.py", "match/*.py")


def match_fingerprint(streets_digest: str, city: City, p: Parameters) -> str:
    """Return what a match of this city's runs is known by: with another one it is out of date."""
    settings = ",".join(f"{name}={value}" for name, value in sorted(asdict(p).items()))
    made = f"{streets_digest}/{_method()}/{city.srid}/{settings}"
    return hashlib.sha256(made.encode()).hexdigest()


@cache
def _method() -> str:
    """Return a digest of the matching code: after an upgrade that changes it, runs are matched anew."""
    root = Path(__file__).parent
    files = sorted(path for pattern in _METHOD for path in root.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def current(connection: Connection, city: City, p: Parameters) -> str | None:
    """Return the fingerprint that a match must have today; ``None`` where the city has no streets."""
    network = streets.get_network(connection, city.city_id)
    return None if network is None else match_fingerprint(network.digest, city, p)


def state(connection: Connection, city: City, p: Parameters) -> str:
    """Return what inference knows of the streets, for its own fingerprint: which matches, and of how many runs."""
    fingerprint = current(connection, city, p)
    if fingerprint is None:
        return "no streets"
    return f"{fingerprint[:16]}:{streets.count_matched(connection, city.city_id, fingerprint)}"


def streets_of(connection: Connection, city: City) -> Streets | None:
    """Return the streets of a city in its own metres; ``None`` where it has none, or no place yet."""
    if city.srid is None or streets.get_network(connection, city.city_id) is None:
        return None
    return streets.load_streets(connection, city.city_id, city.srid)


def with_matches(connection: Connection, city: City, p: Parameters, rides: Sequence[Ride]) -> list[Ride]:
    """Return rides with where they went on the streets, as far as that is known today."""
    fingerprint = current(connection, city, p)
    if fingerprint is None or city.srid is None:
        return list(rides)
    matches = streets.load_matches(connection, city.city_id, city.srid, fingerprint)
    return [replace(ride, match=matches.get(ride.run_id)) for ride in rides]
