"""The shell around the pure steps: load, call, save, each in one transaction, so that a killed process loses nothing.

Every stage can be run again at any time and gives the same answer. Reading and cleaning take one submission at a time
and can go on in several processes; comparing and inferring take the whole city under its lock.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from mapping_service import assembling, matching
from mapping_service.clean.clean import clean
from mapping_service.doubts import settle_doubts
from mapping_service.fuse.fuse import fuse
from mapping_service.fuse.material import CityFrame
from mapping_service.geo import to_metres, utm_srid
from mapping_service.group.group import group
from mapping_service.group.line import line_of
from mapping_service.intake.interpret import interpret
from mapping_service.intake.twins import same_ride
from mapping_service.parameters import Parameters
from mapping_service.records import City, Document
from mapping_service.relating import place_new, relate_new, related
from mapping_service.review.identity import with_known_ids
from mapping_service.review.lines import brands_in, lines_of, settle
from mapping_service.store import ids, instances, intake, networks, relations, runs, sources, trust
from mapping_service.store.cities import get_city, lock_city
from mapping_service.store.engine import engine_for, row, rows, run
from mapping_service.store.people import has_consent
from mapping_service.trust.claims import claims
from mapping_service.trust.reliability import reliabilities, with_reliability

_INFERENCE = ("geo.py", "match/*.py", "group/*.py", "fuse/*.py", "fuse/*.json", "trust/*.py", "review/ways.py")
log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ProcessReport:
    """What one processing did: submissions read, traces cleaned, runs tried on the streets, whether candidates
    were made anew, and how many there are."""

    read: int
    cleaned: int
    tried: int
    inferred: bool
    routes: int
    patterns: int
    stops: int


def process_city(
    url: str, slug: str, p: Parameters, *, jobs: int, progress: Progress, wait: bool = False
) -> ProcessReport:
    """Bring a city from its inbox to its candidate network; does only what is still to be done.

    With ``wait`` rides that seem to go on just now are left for later.
    """
    assembling.read_messages(url, slug)
    assembling.assemble(url, slug, p, now_s=time.time(), wait=wait)
    done = take_in(url, slug, p, jobs=jobs, progress=progress)
    with engine_for(url).begin() as connection:
        city = get_city(connection, slug)
        lock_city(connection, city.city_id)
        if runs.unsettled(connection, city.city_id, anew=False):
            _settle(connection, slug, p)  # what another process cleaned while this one matched
        inferred = infer(connection, get_city(connection, slug), p, progress)
        held = networks.counts(connection, networks.network_id(connection, city.city_id, "candidate"))
    return ProcessReport(*done, inferred, held["routes"], held["patterns"], held["stops"])


def take_in(url: str, slug: str, p: Parameters, *, jobs: int, progress: Progress) -> tuple[int, int, int]:
    """Bring all that has come to a city from its inbox to where it belongs among the rest, which is not read again.

    Returns how many submissions were read, traces cleaned and runs tried on the streets.
    """
    engine = engine_for(url)
    with engine.connect() as connection:
        city = get_city(connection, slug)
        waiting = intake.unread(connection, city.city_id)
    _each(partial(read_submission, url, slug, p), waiting, jobs, partial(progress, "read"))
    with engine.connect() as connection:
        uncleaned = runs.uncleaned(connection, city.city_id)
    _each(partial(clean_trace, url, p), uncleaned, jobs, partial(progress, "clean"))
    with engine.begin() as connection:
        _settle(connection, slug, p)
    with engine.connect() as connection:
        fingerprint, unmatched = matching.waiting(connection, get_city(connection, slug), p)
    _each(partial(matching.match_run, url, slug, fingerprint, p), unmatched, jobs, partial(progress, "match"))
    matching.forget_index()
    with engine.begin() as connection:
        lock_city(connection, city.city_id)
        city = get_city(connection, slug)
        place_new(connection, city, relate_new(connection, city, p), p)
    return len(waiting), len(uncleaned), len(unmatched)


def _settle(connection: Connection, slug: str, p: Parameters) -> None:
    """Say where the city is, and which of its runs are far away, were ridden twice or are doubted."""
    city_id = get_city(connection, slug).city_id
    lock_city(connection, city_id)
    new = place(connection, get_city(connection, slug), p)
    settle_twins(connection, get_city(connection, slug), new, p)
    settle_doubts(connection, city_id, p)
    runs.join_reports(connection, city_id, p)


def is_pending(engine: Engine, city: City, p: Parameters) -> bool:
    """True where processing would do something."""
    with engine.connect() as connection:
        if intake.unread(connection, city.city_id) or runs.uncleaned(connection, city.city_id):
            return True
        if assembling.is_waiting(connection, city.city_id, p, time.time()):
            return True
        if city.srid is None:
            return _middle(connection, city) is not None
        if matching.waiting(connection, city, p)[1]:
            return True
        return networks.is_stale(connection, city.city_id, _fingerprint(connection, city, p))


def _each(step: Callable[[int], None], ids: Sequence[int], jobs: int, tick: Callable[[int, int], None]) -> None:
    """Run a step on every id, in several processes where that pays."""
    if jobs == 1 or len(ids) < 2 * jobs:
        for done, one in enumerate(ids, start=1):
            step(one)
            tick(done, len(ids))
        return
    # Spawned, not forked: a forked child would share the parent's database connections.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        for done, _ in enumerate(pool.map(step, ids, chunksize=4), start=1):
            tick(done, len(ids))


def _end_with_parent() -> None:
    """End this process when its parent is killed outright; it would wait for work, and hold the database, for ever."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def read_submission(url: str, slug: str, p: Parameters, submission_id: int) -> None:
    """Read one waiting submission: raw bytes in; trace, reports, service points or a quarantine reason out."""
    with _or_set_aside(url, submission_id), engine_for(url).begin() as connection:
        waiting = intake.take_unread(connection, submission_id)
        if waiting is None:
            return
        city = get_city(connection, slug)
        released = waiting.released_at is not None
        data, received_s = bytes(waiting.bytes), waiting.received_at.timestamp()
        files = instances.files_of(connection, submission_id)
        document = Document(waiting.kind, waiting.file_name, data, received_s, files)
        refused = waiting.contributor_id is not None and has_consent(connection, waiting.contributor_id) is False
        read = interpret(document, city, p, now_s=time.time(), released=released, refused=refused)
        intake.save_interpretation(connection, city.city_id, submission_id, read)
        if waiting.kind == "instance":
            instances.save_answers(connection, submission_id, read.answers)
            instances.mark_edited(connection, submission_id)
        if read.claim is not None:
            intake.save_claims(connection, city.city_id, {waiting.file_key: read.claim})
        candidate = networks.network_id(connection, city.city_id, "candidate")
        intake.save_service_points(connection, candidate, city.city_id, submission_id, read.service_points)


def clean_trace(url: str, p: Parameters, submission_id: int) -> None:
    """Make the runs of one trace, in metres of its own UTM zone; a trace without a ride is quarantined."""
    with _or_set_aside(url, submission_id), engine_for(url).begin() as connection:
        taken = runs.take_uncleaned(connection, submission_id)
        if taken is None:
            return
        city_id, fixes = taken
        made = clean(fixes, utm_srid(float(np.median(fixes.lon)), float(np.median(fixes.lat))), p)
        runs.save_runs(connection, city_id, submission_id, made)
        if not made:
            intake.quarantine(connection, submission_id, "no_ride", needed_m=int(p.min_run_m))


@contextmanager
def _or_set_aside(url: str, submission_id: int) -> Iterator[None]:
    """Quarantine a submission on which our own code fails: one bad file must not stop its city.

    What is not the file's fault, as a database that went away, is raised; the submission then stays as it was.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:
        log.exception("Submission %s cannot be read", submission_id)
        with engine_for(url).begin() as connection:
            intake.set_aside(connection, submission_id, "unreadable", failure=type(failure).__name__)


def place(connection: Connection, city: City, p: Parameters) -> list[int]:
    """Set aside new rides far away from the city; return the runs that are new.

    Until its first release with rides a city is amid all the rides that it has; from then on its place, and so the
    metres in which it is measured, stay.
    """
    anew = city.srid is None or networks.last_release(connection, city.city_id) is None
    if anew:
        run(connection, "intake.reopen_far", {"city_id": city.city_id})
        at = _middle(connection, city)
        if at is not None:
            run(connection, "city.mark_place", {"city_id": city.city_id, **at, "srid": utm_srid(**at)})
    new = runs.unsettled(connection, city.city_id, anew=anew)
    for far in rows(connection, "runs.list_far_runs", {"city_id": city.city_id, "run_ids": new, "far_m": p.far_m}):
        intake.quarantine(connection, far.submission_id, "far_away", km=round(far.away_m / 1000))
    return new


def _middle(connection: Connection, city: City) -> dict[str, float] | None:
    """Return amid where the city's rides begin; ``None`` as long as it has none, and so no place."""
    middle = row(connection, "runs.get_middle", {"city_id": city.city_id})
    return None if middle is None or middle.lon is None else {"lon": middle.lon, "lat": middle.lat}


def settle_twins(connection: Connection, city: City, new: Sequence[int], p: Parameters) -> None:
    """Compare new runs with those they met, and mark the later submission of one and the same ride as a duplicate.

    Where it is a recording that goes on, sent again as a longer file, the earlier one is.
    """
    values = {"city_id": city.city_id, "run_ids": list(new)}
    duplicates: set[int] = set()
    for shorter, longer in runs.continued(connection, city.city_id, new):
        intake.mark_continued(connection, shorter, longer)
        duplicates.add(shorter)
    for met in rows(connection, "runs.list_meetings", values):
        if duplicates & {met.submission_id, met.other_submission_id}:
            continue
        assert city.srid is not None
        one = runs.run_positions(connection, met.run_id, city.srid)
        other = runs.run_positions(connection, met.other_run_id, city.srid)
        if same_ride(*one, *other, p):
            intake.mark_duplicate(connection, met.other_submission_id, met.submission_id, "same_ride")
            duplicates.add(met.other_submission_id)
    run(connection, "runs.mark_settled", values)


def infer(connection: Connection, city: City, p: Parameters, progress: Progress) -> bool:
    """Make the candidate network anew where its input has changed; return whether it did."""
    fingerprint = _fingerprint(connection, city, p)
    if city.srid is None or not networks.is_stale(connection, city.city_id, fingerprint):
        return False
    progress("infer", 0, 3)
    rides = matching.with_matches(connection, city, p, runs.load_rides(connection, city.city_id, city.srid))
    grouping = group([line_of(ride) for ride in rides], related(connection, city, rides, p), p)
    progress("infer", 1, 3)
    known = reliabilities(claims(rides, grouping, city.srid, p), p)
    trust.save_reliabilities(connection, city.city_id, known)
    rides = with_reliability(rides, known)
    frame = CityFrame(city.srid, ZoneInfo(city.timezone), matching.streets_of(connection, city))
    draft = fuse(rides, grouping, frame, p)
    progress("infer", 2, 3)
    places = np.array([[stop.lon, stop.lat] for stop in draft.stops], dtype=np.float64).reshape(-1, 2)
    stop_xy = to_metres(places[:, 0], places[:, 1], city.srid) if len(places) else places
    imported = sources.load_imported(connection, city.city_id)
    known_ids = networks.load_known(connection, city, imported)
    kept = with_known_ids(draft, stop_xy, known_ids, p)  # a person may have said what an accepted one is called
    ours = lines_of(kept, city.srid, brands_in(rides, kept), ids.chosen_numbers(connection, city.city_id))
    settled = settle(ours, imported.lines(city.srid), p)
    named = with_known_ids(kept, stop_xy, known_ids, p, settled.fits)
    networks.save_candidates(connection, city, named, fingerprint, settled.heirs)
    relations.forget_placements(connection, city.city_id)
    progress("infer", 3, 3)
    return True


@cache
def _method() -> str:
    """Return a digest of the inference code: after an upgrade that changes it, candidates are made anew."""
    root = Path(__file__).parent
    files = sorted(path for pattern in _INFERENCE for path in root.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _fingerprint(connection: Connection, city: City, p: Parameters) -> str:
    settings = ",".join(f"{name}={value}" for name, value in sorted(asdict(p).items()))
    read = networks.input_digest(connection, city.city_id)
    return f"{_method()}/{read}/{matching.state(connection, city, p)}/{settings}"
