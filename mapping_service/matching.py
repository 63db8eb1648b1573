"""The shell around matching: the streets of a city and the runs on them, each run in a transaction of its own."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy import Connection

from mapping_service.match.index import StreetIndex, index_streets
from mapping_service.match.matcher import match
from mapping_service.parameters import Parameters
from mapping_service.records import City, Floats, Match, Ride
from mapping_service.store import runs, streets
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.street_records import Streets
from mapping_service.streets import digest, directed

log = logging.getLogger(__name__)
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


def waiting(connection: Connection, city: City, p: Parameters) -> tuple[str, list[int]]:
    """Return the fingerprint of today's matches and the runs that have none; no runs where there are no streets."""
    fingerprint = current(connection, city, p) if city.srid is not None else None
    return ("", []) if fingerprint is None else (
        fingerprint, streets.unmatched(connection, city.city_id, fingerprint)
    )


def match_run(url: str, slug: str, fingerprint: str, p: Parameters, run_id: int) -> None:
    """Match one run and store where it went. Nothing is stored where the streets or the run have gone meanwhile."""
    index = _index(url, slug, fingerprint, p)
    with engine_for(url).begin() as connection:
        city = get_city(connection, slug)
        assert city.srid is not None
        ridden = runs.hold_positions(connection, run_id, city.srid)
        if index is not None and ridden is not None:
            made = _matched(run_id, *ridden, index, p)
            streets.save_match(connection, city.city_id, run_id, made, city.srid, fingerprint)


def _matched(run_id: int, t_s: Floats, xy: Floats, index: StreetIndex, p: Parameters) -> Match | None:
    """Return the match of a run, ``None`` where our own code fails: one odd run must not stop its city."""
    try:
        return match(t_s, xy, index, p)
    except Exception:
        log.exception("Run %s cannot be matched", run_id)
        return None


@lru_cache(maxsize=1)
def _index(url: str, slug: str, fingerprint: str, p: Parameters) -> StreetIndex | None:
    """Return the streets of a city made ready, once for each process; ``None`` where they are others by now."""
    with engine_for(url).connect() as connection:
        city = get_city(connection, slug)
        found = streets.load_map(connection, city.city_id)
    if city.srid is None or match_fingerprint(digest(found), city, p) != fingerprint:
        return None
    return index_streets(directed(found, city.srid))


def forget_index() -> None:
    """Free the memory of the streets that were matched with last."""
    _index.cache_clear()


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
    run_ids = [ride.run_id for ride in rides]
    matches = streets.load_matches(connection, city.city_id, city.srid, fingerprint, run_ids)
    return [replace(ride, match=matches.get(ride.run_id)) for ride in rides]
