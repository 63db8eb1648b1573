"""The verbs of `commonway network`: the streets of a city, from a file or from a place's name."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database, progress
from mapping_service.errors import NotFound, Problem
from mapping_service.parameters import Parameters
from mapping_service.reasons import remark
from mapping_service.records import Notice
from mapping_service.street_records import StreetReading


@click.group()
def network() -> None:
    """The streets of a city: what rides are matched to, and what lies under the map."""


@network.command("load")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--place", help="Fetch the streets of a place instead, such as “Kumasi, Ghana”; needs the internet.")
@city_option
@json_option
def network_load(file: Path | None, place: str | None, slug: str, as_json: bool) -> None:
    """Load the streets of a city from a map file (.osm.pbf, .osm, .osm.gz) in place of those that it has."""
    from mapping_service.store.streets import misses_all_rides, save_streets

    _, engine = open_database()
    found = find_city(engine, slug)
    with progress(as_json, slug) as tick:
        tick("read", 0, 2)
        reading = _read(file, place)
        tick("read", 1, 2)
        with engine.begin() as connection:
            save_streets(connection, found.city_id, reading)
            missed = misses_all_rides(connection, found.city_id)
        tick("read", 2, 2)
    streets = reading.streets
    notices = [*reading.notices, *([Notice("streets_of_another_place", {"rides_elsewhere": missed})] if missed else [])]
    report = {
        "source": reading.source, "dated_s": reading.dated_s, "sha256": reading.sha256, "streets": len(streets),
        "signals": len(streets.signal_lon_lat), "stops": len(streets.stop_lon_lat),
        "notices": [vars(one) for one in notices],
    }
    words = [f"notice: {remark(one.code, one.details)}" for one in notices]
    words += [
        f"{len(streets):,} streets, {len(streets.signal_lon_lat)} traffic signals and {len(streets.stop_lon_lat)} bus "
        f"stops from {reading.source}{_as_of(reading.dated_s)}. {reading.attribution}.",
        f"Next: commonway process --city {slug}",
    ]
    answer(report, as_json, "\n".join(words))


def _read(file: Path | None, place: str | None) -> StreetReading:
    if (file is None) == (place is None):
        raise Problem("usage", "Name one source: a file, or --place with the name of a place.")
    if file is not None:
        from collectors.streets.files import read_street_file

        return read_street_file(file)
    from collectors.streets.place import fetch_streets

    assert place is not None
    return fetch_streets(place)


def _as_of(dated_s: float | None) -> str:
    return "" if dated_s is None else f" as of {datetime.fromtimestamp(dated_s, UTC):%Y-%m-%d}"


@network.command("show")
@city_option
@json_option
def network_show(slug: str, as_json: bool) -> None:
    """Show which streets a city has, how current they are, and how its rides lie on them."""
    from mapping_service.matching import match_fingerprint
    from mapping_service.store.streets import get_network, summary

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.connect() as connection:
        held = get_network(connection, found.city_id)
        if held is None:
            raise NotFound("no_network", f"{slug} has no streets yet; its rides are averaged without. Load some with "
                           f"“commonway network load FILE --city {slug}”.")
        figures = summary(connection, found.city_id, match_fingerprint(held.digest, found, Parameters()))
    words = (
        f"{held.source}{_as_of(held.dated_s)}, loaded {held.loaded_at:%Y-%m-%d}. {held.attribution}.\n"
        f"{figures['streets']:,} streets, {figures['km']:,} km, {figures['junctions']:,} junctions, "
        f"{figures['signals']} traffic signals, {figures['stops']} bus stops.\n{_rides(figures, slug)}"
    )
    answer({**asdict(held), **figures}, as_json, words)


def _rides(figures: dict[str, Any], slug: str) -> str:
    if not figures["runs"]:
        return f"No ride is read yet. Next: commonway process --city {slug}"
    if not figures["matched"]:
        return f"None of {figures['runs']} rides is matched to them. Next: commonway process --city {slug}"
    return (
        f"{figures['matched']} of {figures['runs']} rides are matched to them, with confidence "
        f"{figures['confidence']:.2f} on average; {figures['off_road_km']} of {figures['ridden_km']} km lie off them."
    )
