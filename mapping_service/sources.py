"""Feeds that others made, as a city's starting network: kept word for word, candidates until rides improve them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from collectors.gtfs.draft import Understood, understand
from collectors.gtfs.findings import findings
from collectors.gtfs.ids import ids_of, with_free_ids
from collectors.gtfs.read import SourceFeed, read_feed
from collectors.gtfs.service import dated, midnight_s
from mapping_service.errors import NotFound, Problem
from mapping_service.geo import utm_srid
from mapping_service.parameters import Parameters
from mapping_service.publish import PREFIXES
from mapping_service.records import City, NetworkDraft
from mapping_service.review.lines import lines_of, settle
from mapping_service.review.order import Candidate
from mapping_service.store import networks, sources
from mapping_service.store.agencies import brands_told
from mapping_service.store.cities import lock_city

# What numbers of ours look like, by the kind of a feed's ids that they could be taken for.
_LOOKS_LIKE: Mapping[str, Sequence[str]] = {
    "route": ("route",), "shape": ("pattern",), "stop": ("stop", "station", "virtual_stop"), "agency": ("agency",),
}


@dataclass(frozen=True)
class ImportReport:
    """What an import read: sizes, what was odd or broken, and which patterns go the way of candidates of rides.

    ``again`` is true where the city had these bytes already; then nothing was done.
    """

    source_id: int
    name: str
    dated: date
    again: bool
    files: int = 0
    rows: int = 0
    routes: int = 0
    patterns: int = 0
    stops: int = 0
    trips: int = 0
    trips_left: int = 0
    ridden_already: Sequence[str] = ()
    notices: Sequence[Mapping[str, Any]] = field(default_factory=list)


def import_feed(
    connection: Connection, city: City, path: Path, p: Parameters, *, actor: str, today: date,
    name: str | None = None, licence: str | None = None,
) -> ImportReport:
    """Keep a feed and offer its routes as candidates, with the ids that they have in it.

    ``name`` is how pages call the source; else the feed's publisher. Raises what ``read_feed`` raises.
    """
    read = read_feed(path)
    lock_city(connection, city.city_id)
    same = sources.get_same(connection, city.city_id, read.sha256)
    if same is not None:
        return ImportReport(same.source_id, same.name, same.dated, True)
    feed = _with_free_ids(connection, city, read)
    held_from = dated(feed, today)
    called = name or _publisher(feed)
    source_id, network = sources.add_source(
        connection, city.city_id, feed, name=called, dated=held_from, licence=licence, actor=actor
    )
    said = _with_minted_patterns(connection, city, feed, understand(feed, midnight_s(held_from), p))
    networks.save_draft(connection, city.city_id, network, said.draft, said.currency or city.currency, source_id)
    sources.save_trips(connection, city.city_id, source_id, said.trip_pattern)
    ridden = _offer(connection, city, network, said.draft, p)
    networks.write_review(connection, city.city_id, [route.route_id for route in said.draft.routes], "import", actor)
    return _report(source_id, called, held_from, feed, said, ridden)


def _with_free_ids(connection: Connection, city: City, feed: SourceFeed) -> SourceFeed:
    """The feed under ids that the city does not use yet; from now on it gives out no number that the feed uses."""
    held = sources.taken_ids(connection, city.city_id)
    taken = {"route": held["route"], "shape": held["pattern"], "stop": held["stop"]}
    minted = sources.minted(connection, city.city_id)
    for other in sources.list_sources(connection, city.city_id):
        for kind, ids in ids_of(sources.load_feed(connection, other["source_id"])).items():
            taken.setdefault(kind, set()).update(ids)
    for kind, ours in _LOOKS_LIKE.items():
        taken.setdefault(kind, set()).update(
            f"{PREFIXES[one]}{number}" for one in ours for number in range(1, minted.get(one, 0) + 1)
        )
    free = with_free_ids(feed, taken, f"s{len(sources.list_sources(connection, city.city_id)) + 1}")
    for kind, ids in ids_of(free).items():
        for one in _LOOKS_LIKE.get(kind, ()):
            sources.pass_over(connection, city.city_id, one, PREFIXES[one], ids)
    return free


def _with_minted_patterns(connection: Connection, city: City, feed: SourceFeed, said: Understood) -> Understood:
    """Public ids for patterns that share their shape with others, and so cannot be called as it is."""
    patterns = [one for route in said.draft.routes for one in route.patterns]
    new = [one.pattern_id for one in patterns if one.pattern_id.startswith("~")]
    ids = networks.mint(connection, city.city_id, "pattern", PREFIXES["pattern"], new)
    routes = tuple(
        replace(route, patterns=tuple(replace(d, pattern_id=ids.get(d.pattern_id, d.pattern_id))
                                      for d in route.patterns))
        for route in said.draft.routes
    )
    trips = {trip_id: ids.get(pattern, pattern) for trip_id, pattern in said.trip_pattern.items()}
    return Understood(replace(said.draft, routes=routes), trips, said.currency)


def _publisher(feed: SourceFeed) -> str:
    for name, column in (("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")):
        said = next((one[column] for one in feed.records(name) if one.get(column)), None)
        if said:
            return said
    return feed.file_name


def _offer(connection: Connection, city: City, network: int, draft: NetworkDraft, p: Parameters) -> list[str]:
    """Put the routes among the candidates, but patterns of which candidates speak already; return those."""
    candidate = networks.network_id(connection, city.city_id, "candidate")
    lines = {one.pattern_id: one.lon_lat for route in draft.routes for one in route.patterns}
    if not lines:
        return []
    lon, lat = next(iter(lines.values()))[0]
    srid = city.srid or utm_srid(float(lon), float(lat))
    ours = sources.load_lines(connection, candidate, srid, brands=brands_told(connection, candidate))
    covered = sorted(settle(ours, lines_of(draft, srid), p).heirs)
    networks.bring_source(connection, candidate, network, [route.route_id for route in draft.routes], covered)
    return covered


def open_lines(
    connection: Connection, city: City, held: Sequence[Candidate], p: Parameters
) -> Mapping[str, Sequence[str]]:
    """Return, by candidate route of rides, the imported candidates of which it may be one: a person has to say."""
    imported = [one.route_id for one in held if one.source and not one.runs]
    ridden = [one.route_id for one in held if one.runs]
    if not imported or not ridden or city.srid is None:
        return {}
    candidate = networks.network_id(connection, city.city_id, "candidate")
    brands = brands_told(connection, candidate)
    ours, theirs = (sources.load_lines(connection, candidate, city.srid, route_ids=some, brands=brands)
                    for some in (ridden, imported))
    found = settle(ours, theirs, p)
    return found.open


def _report(source_id: int, name: str, held_from: date, feed: SourceFeed, said: Understood,
            ridden: Sequence[str]) -> ImportReport:
    odd = [{"code": one.code, **one.details} for one in (*feed.notices, *findings(feed))]
    trips = len({one.get("trip_id") for one in feed.records("trips.txt")})
    return ImportReport(
        source_id, name, held_from, False,
        files=len(feed.tables),
        rows=sum(len(table.rows) for table in feed.tables.values()),
        routes=len(said.draft.routes),
        patterns=sum(len(route.patterns) for route in said.draft.routes),
        stops=len(said.draft.stops),
        trips=len(said.trip_pattern),
        trips_left=trips - len(said.trip_pattern),
        ridden_already=ridden,
        notices=odd,
    )


def vouch(connection: Connection, city: City, source_id: int, until: date, actor: str, today: date) -> None:
    """Write down that ``actor`` says: this feed still holds, up to a day. Raises ``NotFound``, ``Problem``."""
    if until < today:
        raise Problem("over_already", f"{until} has passed. Name a day up to which the feed still holds.")
    if not actor.strip():
        raise Problem("nobody_named", "Who says so? Give a name with --actor: it stands beside the feed's dates.")
    _get(connection, city, source_id)
    sources.vouch(connection, city.city_id, source_id, until, actor.strip())
    networks.write_review(connection, city.city_id, [f"source {source_id}"], "vouch", actor)


def reject(connection: Connection, city: City, source_id: int, route_ids: Sequence[str], actor: str) -> list[str]:
    """Take routes of a feed, all where none is named, out of the candidates, for good; return which.

    Those that were accepted are given up at the next accepting.
    """
    lock_city(connection, city.city_id)
    _get(connection, city, source_id)
    gone = sources.reject(connection, source_id, route_ids or None, actor)
    sources.drop_rejected(connection, networks.network_id(connection, city.city_id, "candidate"), source_id)
    networks.write_review(connection, city.city_id, gone, "reject", actor)
    return gone


def _get(connection: Connection, city: City, source_id: int) -> Mapping[str, Any]:
    found = next((one for one in sources.list_sources(connection, city.city_id) if one["source_id"] == source_id), None)
    if found is None:
        raise NotFound(
            "source_unknown", f"{city.name} has no imported feed {source_id}. See “commonway feed list --city "
            f"{city.slug}”.", source_id=source_id,
        )
    return found
