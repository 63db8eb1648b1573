"""The feeds of four cities as we publish them, beside feeds as their makers published them.

    python -m tests.benchmarks.city_feeds OUT [--data ../shared/data] [--abidjan FOLDER]

Ours: the sample city; Abidjan from its survey (``--abidjan`` names a ``COMMONWAY_DATA`` in which the city ``survey``
has been processed and accepted already, else it is processed here, a few minutes); Freetown and Accra, each imported
from the feed of its makers, for which the benchmark vouches for half a year. Theirs: those two, the network of Abidjan
that people drew by hand, Estelí and Duitama.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Engine

from gtfs_export import Publisher, export_gtfs
from mapping_service import sample
from mapping_service.cities import new_city
from mapping_service.config import load_config
from mapping_service.errors import Conflict
from mapping_service.issue import issue, publish
from mapping_service.parameters import Parameters
from mapping_service.postgres import ensure_cluster, stop_cluster
from mapping_service.publish import accept, today
from mapping_service.sources import import_feed, vouch
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from spatial_sql.apply import upgrade

NAMES = {"frequencies": "gtfs.zip", "expanded": "gtfs-expanded.zip", "flex": "gtfs-flex.zip"}
WHO = "benchmark"
VALID_DAYS = 180


@dataclass(frozen=True)
class Made:
    """A feed to be judged: whose it is, its country and its zip."""

    city: str
    whose: str
    country: str
    path: Path

    @property
    def ours(self) -> bool:
        """True for what we publish."""
        return self.whose.startswith("ours")


OURS = {"sample": "KE", "abidjan": "CI", "freetown": "SL", "accra": "GH"}
THEIRS = {"abidjan": ("CI", "abidjan/reference-gtfs.zip"), "freetown": ("SL", "freetown/gtfs.zip"),
          "accra": ("GH", "accra/gtfs.zip"), "esteli": ("NI", "esteli/gtfs.zip"), "duitama": ("CO", "duitama/gtfs.zip")}


def all_feeds(out: Path, data: Path) -> tuple[list[Made], list[str]]:
    """Every feed, ours first, of which those under ``out`` must have been made; which of theirs cannot be read."""
    ours = [Made(city, f"ours, {name}", country, path) for city, country in OURS.items()
            for name in NAMES.values() if (path := out / city / name).exists()]
    theirs, broken = [], []
    for city, (country, name) in THEIRS.items():
        try:
            with ZipFile(data / name) as archive:
                bad = archive.testzip()
        except (BadZipFile, OSError, zlib.error) as error:
            bad = str(error)
        if bad:
            broken.append(f"{city}, as published: {bad}")
        else:
            theirs.append(Made(city, "as published", country, data / name))
    return ours + theirs, broken


def first_day(made: Made) -> date:
    """The day on which one of ours was published; of theirs the first with service, when they were fresh."""
    name, column = ("feed_info.txt", "feed_start_date") if made.ours else ("calendar.txt", "start_date")
    with ZipFile(made.path) as archive:
        text = archive.read(name).decode("utf-8-sig")
    stamp = min(row[column] for row in csv.DictReader(io.StringIO(text)))
    return datetime.strptime(stamp, "%Y%m%d").date()


def make_feeds(out: Path, data: Path, abidjan: Path | None) -> None:
    """Write the zips of our four cities into a folder each, those that are not there yet."""
    missing = [city for city in OURS if not (out / city).exists()]
    with tempfile.TemporaryDirectory(prefix="commonway-cities-") as folder:
        for city in missing:
            place = abidjan if city == "abidjan" and abidjan else Path(folder, city)
            with _database(place) as url:
                if city == "sample":
                    sample.make_sample(url)
                    _write(engine_for(url), sample.SLUG, out / city)
                elif city == "abidjan":
                    if abidjan is None:
                        _process(place, data / "abidjan")
                    _release(engine_for(url), "survey", out / city)
                else:
                    _import(engine_for(url), city, data / city / "gtfs.zip")
                    _release(engine_for(url), city, out / city)
                engine_for(url).dispose()


@contextmanager
def _database(place: Path) -> Iterator[str]:
    place.mkdir(exist_ok=True)
    place.parent.chmod(0o755)
    config = load_config({"COMMONWAY_DATA": str(place)})
    try:
        url = ensure_cluster(config)
        upgrade(url)
        yield url
    finally:
        stop_cluster(config)


def _process(place: Path, data: Path) -> None:
    """Everything up to review, as a person would do it."""
    city = ("--city", "survey")
    for words in (
        ("city", "create", "survey", "--name", "Abidjan", "--timezone", "Africa/Abidjan", "--currency", "XOF",
         "--language", "fr"),
        ("import", str(data / "runs.zip"), "--hints", str(data / "manifest.csv"), *city),
        ("process", *city),
        ("review", "accept", *city),
    ):
        environ = {**os.environ, "COMMONWAY_DATA": str(place)}
        subprocess.run([sys.executable, "-m", "mapping_service.cli", *words], env=environ, check=True)


_PLACES = {"freetown": ("Africa/Freetown", "SLE", "en"), "accra": ("Africa/Accra", "GHS", "en")}


def _import(engine: Engine, slug: str, feed: Path) -> None:
    new_city(engine, slug, slug.capitalize(), *_PLACES[slug])
    today = datetime.now(UTC).date()
    with engine.begin() as connection:
        city = get_city(connection, slug)
        said = import_feed(connection, city, feed, Parameters(), actor=WHO, today=today)
        vouch(connection, city, said.source_id, today + timedelta(VALID_DAYS), WHO, today)
        accept(connection, city, min_confidence=0.0, actor=WHO)


def _release(engine: Engine, slug: str, out: Path) -> None:
    with engine.begin() as connection:
        city = get_city(connection, slug)
        made = issue(connection, city, _publisher(slug), note=None, valid_from=None, day=today(city), actor=WHO,
                     vouched="A benchmark.")
        if not made.published:
            print(f"{slug} is withheld: {made.errors}")
            publish(connection, city, made.release, actor=WHO, because="A benchmark looks at it.")
    _write(engine, slug, out)


def _publisher(slug: str) -> Publisher:
    return Publisher(name=f"Commonway {slug}", url=f"https://maps.example.org/{slug}")


def _write(engine: Engine, slug: str, out: Path) -> None:
    out.mkdir(parents=True)
    with engine.connect() as connection:
        for variant, name in NAMES.items():
            try:
                export_gtfs(connection, slug, None, out / name, _publisher(slug), variant)
            except Conflict as problem:  # nothing is booked there
                if problem.code != "nothing_to_publish":
                    raise


def arguments(doc: str) -> argparse.Namespace:
    """The options of each benchmark on these feeds; what is missing under ``feeds`` is made first."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("feeds", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--abidjan", type=Path)
    options = parser.parse_args()
    make_feeds(options.feeds, options.data, options.abidjan)
    return options


if __name__ == "__main__":
    arguments(str(__doc__))
