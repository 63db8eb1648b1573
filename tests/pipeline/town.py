"""A small simulated town and the handles by which a test drives the whole chain on a database of its own."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Engine, make_url, text

from collectors.hints import file_stem
from collectors.simulator import RideSettings, SimulatedRide, sample_town, simulate
from gtfs_export import Publisher, export_evidence, export_gtfs
from mapping_service.cities import new_city
from mapping_service.issue import IssueReport, issue
from mapping_service.parameters import Parameters
from mapping_service.publish import AcceptReport, ReleaseReport, accept, release
from mapping_service.receive import receive
from mapping_service.records import City, Ride
from mapping_service.stages import ProcessReport, process_city
from mapping_service.store import networks, releases
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for, rows, run
from mapping_service.store.intake import Receipt
from mapping_service.store.runs import load_rides

SLUG = "pier"
VALID_FROM = date(2025, 5, 1)
PUBLISHER = Publisher(name="Commonway Pier", url="https://maps.example.org/pier")
# Rides of whole ways, each by one phone: what a test wants odd about them it does itself.
PLAIN = RideSettings(
    seed=4, runs_min=3, runs_max=3, partial_share=0.0, duplicate_share=0.0, second_phone_share=0.0,
    interval_choices_s=(3.0,), gaps_per_hour=0.0, jumps_per_hour=0.0, lead_in_median_s=60.0,
)
ROUTES = 2


@cache
def survey(settings: RideSettings = PLAIN, routes: int = ROUTES) -> tuple[SimulatedRide, ...]:
    """Rides on the first routes of the simulator's town, both directions: six files a route."""
    town = sample_town(PLAIN.seed)
    chosen = sorted(town.routes)[:routes]
    return tuple(simulate(
        replace(town, patterns=tuple(one for one in town.patterns if one.route_id in chosen)), settings
    ))


def resaved(gpx: bytes) -> bytes:
    """The same recording in other bytes, as an app gives that saves it a second time."""
    assert gpx.rstrip().endswith(b"</gpx>")
    return gpx.rstrip()[:-len(b"</gpx>")] + b"<!-- saved again --></gpx>"


def moved_east(gpx: bytes, degrees: int) -> bytes:
    """The same recording so many whole degrees farther east."""
    return re.sub(rb'lon="(\d+)', lambda found: b'lon="%d' % (int(found[1]) + degrees), gpx)


def dated(gpx: bytes, year: int) -> bytes:
    """The same recording in another year."""
    return re.sub(rb"<time>\d{4}", b"<time>%d" % year, gpx)


@dataclass(frozen=True)
class Town:
    """One city on one database. Each method is one step that a person or the worker takes."""

    url: str

    @property
    def engine(self) -> Engine:
        """The engine that the service itself uses for this database."""
        return engine_for(self.url)

    @property
    def city(self) -> City:
        """The city as it stands."""
        with self.engine.connect() as connection:
            return get_city(connection, SLUG)

    def found(self) -> Town:
        """Create the city."""
        new_city(self.engine, SLUG, "Pier", "Africa/Nairobi", "KES", "en")
        return self

    def send(self, name: str, data: bytes) -> Receipt:
        """Send one file."""
        return receive(self.engine, self.city, name, data)

    def send_all(self, rides: Iterable[SimulatedRide]) -> None:
        """Send rides under their names."""
        for ride in rides:
            self.send(ride.file_name, ride.gpx)

    def process(self, jobs: int = 1) -> ProcessReport:
        """Process all that is pending."""
        return process_city(self.url, SLUG, Parameters(), jobs=jobs, progress=lambda *_: None)

    def accept(self) -> list[str]:
        """Accept every candidate; the public ids of the routes."""
        return self.review().accepted

    def review(self) -> AcceptReport:
        """Accept every candidate."""
        with self.engine.begin() as connection:
            return accept(connection, self.city, min_confidence=0.0, actor="tester")

    def release(self) -> ReleaseReport:
        """Make a release that is valid from a fixed day, and publish it without its files."""
        with self.engine.begin() as connection:
            made = release(connection, self.city, note=None, valid_from=None, day=VALID_FROM)
            network_id = networks.get_release(connection, self.city, made.release).network_id
            releases.mark_published(connection, network_id, "tester", None)
            return made

    def issue(self, **over: Any) -> IssueReport:
        """Make a release that is valid from a fixed day, with its files, and publish it if validators let it pass."""
        told = {"note": None, "valid_from": VALID_FROM, "actor": "tester", **over}
        told.setdefault("day", told["valid_from"] or VALID_FROM)
        with self.engine.begin() as connection:
            return issue(connection, self.city, PUBLISHER, **told)

    def let_in(self, submission_id: int) -> int:
        """Use a submission all the same; the number of submissions that this could be said of."""
        with self.engine.begin() as connection:
            return run(connection, "intake.mark_released",
                       {"city_id": self.city.city_id, "submission_id": submission_id})

    def network(self, kind: str) -> int:
        """The candidate or the accepted network."""
        with self.engine.connect() as connection:
            return networks.network_id(connection, self.city.city_id, kind)

    def digest(self, network: int | str) -> str:
        """A digest over a network, given by its number or its kind."""
        chosen = self.network(network) if isinstance(network, str) else network
        with self.engine.connect() as connection:
            return networks.digest(connection, chosen)

    def outcomes(self, network: str = "candidate") -> dict[str, dict[str, Any]]:
        """What became of each file, by its name."""
        values = {"city_id": self.city.city_id, "network_id": self.network(network)}
        with self.engine.connect() as connection:
            return {one.file: dict(one._mapping) for one in rows(connection, "intake.list_outcomes", values)}

    def statuses(self) -> dict[str, tuple[str, str | None]]:
        """State and reason of each file, by its name."""
        return {name: (one["status"], one["reason_code"]) for name, one in self.outcomes().items()}

    def rides(self) -> list[Ride]:
        """What inference reads."""
        city = self.city
        assert city.srid is not None
        with self.engine.connect() as connection:
            return load_rides(connection, city.city_id, city.srid)

    def gtfs(self, number: int | None = None) -> bytes:
        """The feed of a release."""
        out = io.BytesIO()
        with self.engine.connect() as connection:
            export_gtfs(connection, SLUG, number, out, PUBLISHER)
        return out.getvalue()

    def evidence(self, number: int | None = None) -> bytes:
        """The evidence table of a release."""
        out = io.BytesIO()
        with self.engine.connect() as connection:
            export_evidence(connection, SLUG, number, out, PUBLISHER)
        return out.getvalue()

    def inbox(self) -> dict[int, bytes]:
        """The raw bytes that are kept."""
        with self.engine.connect() as connection:
            return {one.inbox_id: bytes(one.bytes) for one in connection.execute(text("SELECT * FROM inbox"))}

    def ask(self, sql: str) -> list[Any]:
        """The first column of what a statement gives."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql)).scalars())

    def row_counts(self) -> dict[str, int]:
        """How many rows each of our tables holds."""
        names = self.ask(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^procrastinate|^spatial_ref'"
        )
        return {name: int(self.ask(f"SELECT count(*) FROM {name}")[0]) for name in names}

    def database_name(self) -> str:
        """The name of the database."""
        return str(make_url(self.url).database)


def sha256(data: bytes) -> str:
    """The digest under which bytes are kept."""
    return hashlib.sha256(data).hexdigest()


def key(name: str) -> str:
    """The key under which hints speak of a file."""
    return file_stem(name)
