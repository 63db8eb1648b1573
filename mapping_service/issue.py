"""From what is accepted to what the public sees: a release, its files, what validators say of them, publication.

All of it happens in the caller's transaction, so that a process that is killed on the way leaves nothing behind, and
the next call begins anew. A release in whose feeds a validator finds an error is withheld until a person says why it
should be published all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from tempfile import gettempdir

from sqlalchemy import Connection

from gtfs_export import Publisher
from mapping_service.archive import make_files
from mapping_service.blame import with_blame
from mapping_service.errors import Conflict, Problem, Unavailable
from mapping_service.findings import Kind, kinds_of
from mapping_service.gate import check_feed
from mapping_service.parameters import Parameters
from mapping_service.publish import ReleaseReport, release, snapshot, today
from mapping_service.records import City
from mapping_service.release_records import Check
from mapping_service.scratch import scratch, sweep
from mapping_service.store import networks, releases
from mapping_service.store.cities import lock_city
from mapping_service.store.settings import get_settings
from mapping_service.validity import last_days, may_roll

# Who publishes what is only rolled on.
ROLLED_BY = "commonway"


@dataclass(frozen=True)
class Errors:
    """What a validator holds against a file: how many errors of which kinds, or why it gave no report."""

    name: str
    validator: str
    errors: int
    kinds: Sequence[Kind]
    failure: str | None


@dataclass(frozen=True)
class IssueReport(ReleaseReport):
    """A release, whether the public sees it, and the errors for which it is withheld, or published in spite of.

    ``newest`` is the release at the stable address, ``None`` where none is public. ``note`` is what its page says of
    it. ``ends_first`` and ``valid_until`` are the last days of the patterns that end first and last, ``None`` without
    any. ``changes`` counts what riders would notice since the release before, ``None`` in the first.
    """

    published: bool
    newest: int | None
    note: str | None
    ends_first: date | None
    valid_until: date | None
    changes: int | None
    files: Sequence[str]
    errors: Sequence[Errors]
    warnings: int
    seconds_of_checks: float


def issue(
    connection: Connection, city: City, named: Publisher, *, note: str | None, valid_from: date | None, day: date,
    actor: str, vouched: str | None = None,
) -> IssueReport:
    """Release what is accepted and publish it, unless a validator finds an error.

    Where nothing has changed since the last release that one stands; its files are made again only as long as it is
    withheld. ``vouched`` says why all of it still holds, however old the evidence. Raises as ``release`` does, and
    ``Conflict`` ``nothing_holds`` where there is no feed because all of it is over.
    """
    about = f"{named.name} {named.url}"
    made = release(connection, city, note=note, valid_from=valid_from, day=day, vouched=vouched, about=about)
    _finish(connection, city, named, made.release, actor)
    return _report(connection, city, made)


def roll(
    connection: Connection, city: City, named: Publisher, day: date, p: Parameters = Parameters()
) -> IssueReport | None:
    """Publish the newest release anew where some of it soon ends and has been ridden lately; ``None`` where not.

    What nobody has ridden for long keeps the day on which it ends. What people have accepted since is left to them.
    """
    lock_city(connection, city.city_id)
    last = networks.newest_release(connection, city.city_id)
    if last is None:
        return None
    starts = max(day, last.valid_from)
    held = releases.standings(connection, last.network_id)
    if not may_roll(held, last_days(held, held, starts, p), day, p):
        return None
    tried = networks.last_release(connection, city.city_id)
    # One that is withheld is tried again, as a new one every night would be the same.
    again = tried is not None and tried.published_at is None and tried.fingerprint == last.fingerprint
    number = tried.release_number if tried is not None and again else snapshot(
        connection, city, last.network_id, starts, note=None, fingerprint=last.fingerprint, vouched=None, p=p
    )
    _finish(connection, city, named, number, ROLLED_BY)
    found = networks.get_release(connection, city, number)
    return _report(connection, city, ReleaseReport(number, not again, **networks.counts(connection, found.network_id)))


@contextmanager
def _room() -> Iterator[None]:
    """Say where there is no room for the files of a release."""
    try:
        yield
    except OSError as error:
        place = gettempdir()
        raise Unavailable(
            "no_room_for_files",
            f"The files of a release cannot be made in {place}: {error.strerror or error}. Nothing is published. Make "
            "room there, or set TMPDIR to a folder that has some, and release again.",
            folder=place,
        ) from error


def _finish(connection: Connection, city: City, named: Publisher, number: int, actor: str) -> None:
    """Make the files of a release that is not public yet, have them judged, and publish it if they are sound."""
    found = networks.get_release(connection, city, number)
    if found.published_at is not None:
        return
    releases.forget_files(connection, found.network_id)
    releases.keep_holidays(connection, found.network_id)
    country = get_settings(connection, city.city_id).country
    # Validators read the feeds while the other files are made.
    sweep()
    with _room(), scratch("release") as folder, ThreadPoolExecutor(1) as judge:
        files, judged = {}, []
        for name, path in make_files(connection, city.slug, number, named, folder):
            files[name] = path
            judged.append(judge.submit(check_feed, name, path, today(city), country))
        # Kept after all are made: what is written while a feed is prepared is undone with its tables.
        for name, path in files.items():
            releases.keep_file(connection, found.network_id, name, path)
        checks = [
            check for name, one in zip(files, judged)
            for check in with_blame(connection, city.city_id, one.result(), files[name])
        ]
    if "gtfs.zip" not in files:
        _refuse_if_over(connection, city, found.network_id, found.valid_from)
    for check in checks:
        releases.save_check(connection, found.network_id, check)
    if not any(check.errors for check in checks):
        releases.mark_published(connection, found.network_id, actor, None)


def _refuse_if_over(connection: Connection, city: City, network_id: int, starts: date) -> None:
    """Let no release without a feed take the place of one that has it, only because nobody rode for long."""
    ends = [one.valid_until for one in releases.standings(connection, network_id) if one.valid_until]
    if any(end < starts for end in ends):
        raise Conflict(
            "nothing_holds",
            f"Nothing of {city.name} holds on {starts} any more: nobody has ridden it lately. Ride and process, or say "
            f"why it still holds: “commonway release --city {city.slug} --vouch TEXT”.",
            city=city.slug, valid_from=starts.isoformat(), held_until=max(ends).isoformat(),
        )


def publish(connection: Connection, city: City, number: int, *, actor: str, because: str) -> IssueReport:
    """Publish a withheld release although validators found errors in it; ``because`` says why and is shown with it.

    Where a newer one is public, that one stays at the stable address. Raises ``NotFound`` ``release_not_found``,
    ``Problem`` ``no_reason``, ``Conflict`` ``already_published``.
    """
    lock_city(connection, city.city_id)
    found = networks.get_release(connection, city, number)
    if not because.strip():
        raise Problem("no_reason", "Say why it should be published although a validator found errors.")
    if not releases.mark_published(connection, found.network_id, actor, because.strip()):
        raise Conflict("already_published", f"Release {number} of {city.name} is public already.", release=number)
    counts = networks.counts(connection, found.network_id)
    return _report(connection, city, ReleaseReport(number, False, **counts))


def _report(connection: Connection, city: City, made: ReleaseReport) -> IssueReport:
    (found,) = releases.list_versions(connection, city.slug, number=made.release, withheld=True)
    newest = networks.newest_release(connection, city.city_id)
    told = releases.read_json(connection, found.network_id, found.files.get("changes.json"))
    return IssueReport(
        **vars(made),
        published=found.release.published_at is not None,
        newest=newest.release_number if newest else None,
        note=found.release.note,
        ends_first=found.ends_first,
        valid_until=found.release.valid_until,
        changes=len(told["changes"]) if told and told["before"] is not None else None,
        files=list(found.files),
        errors=[_errors(check) for check in found.checks if check.errors],
        warnings=sum(check.warnings for check in found.checks),
        seconds_of_checks=round(sum(check.took_s for check in found.checks), 1),
    )


def _errors(check: Check) -> Errors:
    kinds = [one for one in kinds_of(check) if one.severity == "ERROR"]
    return Errors(check.name, check.validator, check.errors, kinds, check.failure)
