"""Review and release: candidates become accepted under public ids; the accepted network becomes a numbered snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mapping_service.errors import Conflict, Problem
from mapping_service.parameters import Parameters
from mapping_service.records import City
from mapping_service.review.identity import Known
from mapping_service.review.lines import settle
from mapping_service.review.succession import followers
from mapping_service.store import ids, networks, published, releases, sources
from mapping_service.store.agencies import brands_told
from mapping_service.store.cities import lock_city
from mapping_service.store.crossings import are_names_kept, name_by_streets
from mapping_service.store.virtual_stops import make_virtual_stops
from mapping_service.validity import is_too_late, last_days, outlasts

PREFIXES = {"route": "R", "pattern": "T", "stop": "S", "station": "H", "virtual_stop": "V", "agency": "A"}
_MINTED = ("route", "pattern", "stop", "station")  # when a candidate is accepted
# Further off it is a slip of the keyboard.
_MOST_YEARS_AHEAD = 5


@dataclass(frozen=True)
class AcceptReport:
    """What was accepted: routes by public id, those given up because others hold their rides now, service points."""

    accepted: list[str]
    retired: list[str]
    service_points: int


def accept(connection: Connection, city: City, *, min_confidence: float, actor: str) -> AcceptReport:
    """Accept all candidate routes that can be published and are trusted enough, and all new service points.

    A route that was accepted before is replaced by its newer candidate and keeps its id, and the names that a person
    chose; ids that are given up lead to what follows them.
    """
    if not 0 <= min_confidence <= 1:
        raise Problem("bad_confidence", f"A confidence lies between 0 and 1, not {min_confidence}.")
    lock_city(connection, city.city_id)
    candidate = networks.network_id(connection, city.city_id, "candidate")
    accepted = networks.network_id(connection, city.city_id, "accepted")
    before = networks.load_known(connection, city)
    chosen = networks.acceptable(connection, city.city_id, min_confidence)
    public = _mint_all(connection, city, candidate, chosen)
    retired = networks.replace_routes(connection, candidate, accepted, public)
    ids.apply_chosen_names(connection, accepted, accepted)
    after = networks.load_known(connection, city)
    found = followers(before, after, Parameters(), _heirs(connection, city, before, after, Parameters()))
    ids.save_followers(connection, city.city_id, accepted, found)
    points = networks.mint_service_points(connection, city.city_id, candidate)
    networks.copy_service_points(connection, candidate, accepted)
    networks.write_review(connection, city.city_id, public, "accept", actor)
    networks.write_review(connection, city.city_id, retired, "retire", actor)
    return AcceptReport(public, retired, points)


def _heirs(connection: Connection, city: City, before: Known, after: Known, p: Parameters) -> Mapping[str, str]:
    """Return which accepted pattern stands now for each imported one that no ride spoke for and that was given up."""
    gone = {one for one in before.pattern_runs.keys() - after.pattern_runs.keys() if not before.pattern_runs[one]}
    if not gone or city.srid is None:
        return {}
    accepted = networks.network_id(connection, city.city_id, "accepted")
    ours = sources.load_lines(connection, accepted, city.srid, brands=brands_told(connection, accepted))
    theirs = sources.load_drawn(connection, city.city_id, city.srid, gone)
    return settle(ours, theirs, p).heirs


def _mint_all(connection: Connection, city: City, candidate: int, chosen: list[str]) -> list[str]:
    """Give public ids to what still has provisional ones among some routes; return the routes' public ids."""
    found = [("route", route_id) for route_id in chosen] + networks.ids_of_routes(connection, candidate, chosen)
    public_routes = set(chosen)
    for kind in _MINTED:
        new = _in_order(element for its_kind, element in found if its_kind == kind and element.startswith("~"))
        minted = networks.mint(connection, city.city_id, kind, PREFIXES[kind], new)
        networks.rename(connection, candidate, kind, minted)
        if kind == "route":
            public_routes = {minted.get(route_id, route_id) for route_id in chosen}
    return _in_order(public_routes)


def _in_order(elements: Iterable[str]) -> list[str]:
    """Return ids in the order of the numbers in them."""
    return sorted(elements, key=lambda one: ([int(number) for number in re.findall(r"\d+", one)], one))


@dataclass(frozen=True)
class ReleaseReport:
    """A release: its number, whether it is new, what it holds."""

    release: int
    created: bool
    routes: int
    patterns: int
    stops: int
    service_points: int
    km: float


def release(
    connection: Connection, city: City, *, note: str | None, valid_from: date | None, day: date,
    about: str = "", vouched: str | None = None, p: Parameters = Parameters(),
) -> ReleaseReport:
    """Copy the accepted network into a new immutable release; where nothing has changed the last one stands.

    The public sees it when it is published (``mapping_service.issue``). ``valid_from`` is the first day of service,
    ``day`` (today in the city) if not given. ``about`` is what its files say beside the network. ``vouched`` says why
    all of it still holds, however old the evidence. Raises ``Conflict`` ``nothing_accepted``, ``Problem``
    ``no_reason``, ``over_already`` and ``too_far_ahead``.
    """
    starts = valid_from or day
    vouched = vouched.strip() if vouched is not None else None
    if vouched == "":
        raise Problem("no_reason", "Say why all of it still holds.")
    if is_too_late(starts, day, p):
        raise Problem(
            "over_already",
            f"A release holds for {p.valid_days} days: one that is valid from {starts} is over already. Leave "
            f"--valid-from away to begin today, or name a later day.",
        )
    if starts.year > day.year + _MOST_YEARS_AHEAD:
        raise Problem("too_far_ahead", f"Nobody knows what runs from {starts} on. Name a day of the next few years.")
    lock_city(connection, city.city_id)
    accepted = networks.network_id(connection, city.city_id, "accepted")
    held = networks.counts(connection, accepted)
    if not held["routes"] and not held["service_points"]:
        raise Conflict(
            "nothing_accepted",
            f"Nothing of {city.name} has been accepted yet. Process and accept first: “commonway process --city "
            f"{city.slug}”, “commonway review accept --city {city.slug}”.",
            city=city.slug,
        )
    fingerprint = _fingerprint(connection, accepted, about)
    last = networks.last_release(connection, city.city_id)
    unchanged = last is not None and last.fingerprint == fingerprint and valid_from in (None, last.valid_from)
    if last is not None and unchanged and vouched in (None, last.vouched) and are_names_kept(
        connection, city.city_id, last.network_id, p
    ):
        before = releases.standings(connection, last.network_id)
        if not outlasts(before, last_days(before, before, starts, p), day):
            return ReleaseReport(last.release_number, False, **held)
    number = snapshot(connection, city, accepted, starts, note=note, fingerprint=fingerprint, vouched=vouched, p=p)
    return ReleaseReport(number, True, **held)


def _fingerprint(connection: Connection, accepted: int, about: str) -> str:
    """Return what tells one content of a release from another, apart from the names that streets give to its stops."""
    return sha256(f"{networks.digest(connection, accepted)} {about}".encode()).hexdigest()


def snapshot(
    connection: Connection, city: City, source: int, starts: date, *, note: str | None, fingerprint: str,
    vouched: str | None, p: Parameters,
) -> int:
    """Copy a network into a new release that is valid from ``starts``; return its number."""
    before = networks.newest_release(connection, city.city_id)
    target, number = networks.add_release(connection, city.city_id, starts, note, fingerprint, vouched)
    networks.copy_routes(connection, source, target, networks.route_ids(connection, source))
    networks.copy_service_points(connection, source, target)
    ids.copy_chosen_names(connection, source, target)
    networks.copy_settled(connection, source, target)
    make_virtual_stops(connection, city, target, p)
    name_by_streets(connection, city.city_id, target, p)
    old = releases.standings(connection, before.network_id) if before else []
    now = releases.standings(connection, target)
    releases.set_validity(connection, target, last_days(now, old, starts, p, vouched=vouched is not None))
    return number


def today(city: City | published.City) -> date:
    """Return the day that it is in a city."""
    return datetime.now(ZoneInfo(city.timezone)).date()
