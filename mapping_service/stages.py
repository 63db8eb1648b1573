"""The shell around the pure steps: load, call, save, each in one transaction, so that a killed process loses nothing.

Every stage can be run again at any time and gives the same answer. Reading and cleaning take one submission at a time
and can go on in several processes; comparing and inferring take the whole city under its lock.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Engine

from mapping_service.clean.clean import clean
from mapping_service.fuse.fuse import CityFrame, fuse
from mapping_service.geo import resample, to_metres, utm_srid
from mapping_service.group.group import Line, group
from mapping_service.intake.interpret import interpret
from mapping_service.intake.twins import same_ride
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.review.identity import with_known_ids
from mapping_service.store import intake, networks, runs
from mapping_service.store.cities import get_city, lock_city
from mapping_service.store.engine import engine_for, row, rows, run

_INFERENCE = ("clean", "group", "fuse")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ProcessReport:
    """What one processing did: submissions read, traces cleaned, whether candidates were made anew, and how many."""

    read: int
    cleaned: int
    inferred: bool
    routes: int
    patterns: int
    stops: int


def process_city(url: str, slug: str, p: Parameters, *, jobs: int, progress: Progress) -> ProcessReport:
    """Bring a city from its inbox to its candidate network; does only what is still to be done."""
    engine = engine_for(url)
    with engine.connect() as connection:
        city = get_city(connection, slug)
        waiting = intake.unread(connection, city.city_id)
    _each(partial(read_submission, url, slug, p), waiting, jobs, partial(progress, "read"))
    with engine.connect() as connection:
        uncleaned = runs.uncleaned(connection, city.city_id)
    _each(partial(clean_trace, url, p), uncleaned, jobs, partial(progress, "clean"))
    with engine.begin() as connection:
        lock_city(connection, city.city_id)
        networks.mint_service_points(connection, city.city_id)
        place(connection, get_city(connection, slug), p)
        settle_twins(connection, get_city(connection, slug), p)
        inferred = infer(connection, get_city(connection, slug), p, progress)
        held = networks.counts(connection, networks.network_id(connection, city.city_id, "candidate"))
    return ProcessReport(len(waiting), len(uncleaned), inferred, held["routes"], held["patterns"], held["stops"])


def is_pending(engine: Engine, city: City, p: Parameters) -> bool:
    """True where processing would do something."""
    with engine.connect() as connection:
        if intake.unread(connection, city.city_id) or runs.uncleaned(connection, city.city_id):
            return True
        if city.srid is None:
            return _middle(connection, city) is not None
        return networks.is_stale(connection, city.city_id, _fingerprint(connection, city, p))


def _each(step: Callable[[int], None], ids: Sequence[int], jobs: int, tick: Callable[[int, int], None]) -> None:
    """Run a step on every id, in several processes where that pays."""
    if jobs == 1 or len(ids) < 2 * jobs:
        for done, one in enumerate(ids, start=1):
            step(one)
            tick(done, len(ids))
        return
    # Spawned, not forked: a forked child would share the parent's database connections.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(step, ids, chunksize=4), start=1):
            tick(done, len(ids))


def read_submission(url: str, slug: str, p: Parameters, submission_id: int) -> None:
    """Read one waiting submission: raw bytes in; trace, reports, service points or a quarantine reason out."""
    with engine_for(url).begin() as connection:
        waiting = intake.take_unread(connection, submission_id)
        if waiting is None:
            return
        city = get_city(connection, slug)
        released = waiting.released_at is not None
        read = interpret(bytes(waiting.bytes), waiting.file_name, city, p, now_s=time.time(), released=released)
        intake.save_interpretation(connection, city.city_id, submission_id, read)
        accepted = networks.network_id(connection, city.city_id, "accepted")
        intake.save_service_points(connection, accepted, city.city_id, submission_id, read.service_points)


def clean_trace(url: str, p: Parameters, submission_id: int) -> None:
    """Make the runs of one trace, in metres of its own UTM zone; a trace without a ride is quarantined."""
    with engine_for(url).begin() as connection:
        taken = runs.take_uncleaned(connection, submission_id)
        if taken is None:
            return
        city_id, fixes = taken
        made = clean(fixes, utm_srid(float(np.median(fixes.lon)), float(np.median(fixes.lat))), p)
        runs.save_runs(connection, city_id, submission_id, made)
        if not made:
            intake.quarantine(connection, submission_id, "no_ride", needed_m=int(p.min_run_m))


def place(connection: Connection, city: City, p: Parameters) -> None:
    """Fix where the city is by the middle of its first rides, once, and set aside rides far away from it."""
    if city.srid is None:
        at = _middle(connection, city)
        if at is None:
            return
        run(connection, "city.mark_place", {"city_id": city.city_id, **at, "srid": utm_srid(**at)})
    for far in rows(connection, "runs.list_far_runs", {"city_id": city.city_id, "far_m": p.far_m}):
        intake.quarantine(connection, far.submission_id, "far_away", km=round(far.away_m / 1000))


def _middle(connection: Connection, city: City) -> dict[str, float] | None:
    """Return amid where the city's rides begin; ``None`` as long as it has none, and so no place."""
    middle = row(connection, "runs.get_middle", {"city_id": city.city_id})
    return None if middle is None or middle.lon is None else {"lon": middle.lon, "lat": middle.lat}


def settle_twins(connection: Connection, city: City, p: Parameters) -> None:
    """Compare runs that met, and mark the later submission of one and the same ride as its duplicate."""
    if city.srid is None:
        return
    duplicates: set[int] = set()
    for met in rows(connection, "runs.list_meetings", {"city_id": city.city_id}):
        if duplicates & {met.submission_id, met.other_submission_id}:
            continue
        one = runs.run_positions(connection, met.run_id, city.srid)
        other = runs.run_positions(connection, met.other_run_id, city.srid)
        if same_ride(*one, *other, p):
            intake.mark_duplicate(connection, met.other_submission_id, met.submission_id, "same_ride")
            duplicates.add(met.other_submission_id)
    run(connection, "runs.mark_settled", {"city_id": city.city_id})


def infer(connection: Connection, city: City, p: Parameters, progress: Progress) -> bool:
    """Make the candidate network anew where its input has changed; return whether it did."""
    fingerprint = _fingerprint(connection, city, p)
    if city.srid is None or not networks.is_stale(connection, city.city_id, fingerprint):
        return False
    progress("infer", 0, 3)
    rides = runs.load_rides(connection, city.city_id, city.srid)
    known_ends = runs.terminals(
        connection, city.city_id, city.srid, join_m=p.terminal_join_m, ends=int(p.terminal_ends)
    )
    lines = [Line(resample(ride.xy, p.step_m), *known_ends[ride.run_id]) for ride in rides]
    progress("infer", 1, 3)
    draft = fuse(rides, group(lines, p), CityFrame(city.srid, ZoneInfo(city.timezone)), p)
    progress("infer", 2, 3)
    places = np.array([[stop.lon, stop.lat] for stop in draft.stops], dtype=np.float64).reshape(-1, 2)
    stop_xy = to_metres(places[:, 0], places[:, 1], city.srid) if len(places) else places
    networks.save_candidates(
        connection, city, with_known_ids(draft, stop_xy, networks.load_known(connection, city), p), fingerprint
    )
    progress("infer", 3, 3)
    return True


@cache
def _method() -> str:
    """Return a digest of the inference code: after an upgrade that changes it, candidates are made anew."""
    root = Path(__file__).parent
    files = sorted(path for folder in _INFERENCE for path in (root / folder).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _fingerprint(connection: Connection, city: City, p: Parameters) -> str:
    settings = ",".join(f"{name}={value}" for name, value in sorted(asdict(p).items()))
    return f"{_method()}/{networks.input_digest(connection, city.city_id)}/{settings}"
