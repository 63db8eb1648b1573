"""The verbs of `commonway booked`: services that come when they are called."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database


@click.group()
def booked() -> None:
    """Services that come when they are called; they stand in gtfs-flex.zip."""


@booked.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@city_option
@json_option
def booked_add(file: Path, slug: str, as_json: bool) -> None:
    """Add the booked services of a GeoJSON file, or change those of the same names.

    Each is a polygon with the properties name, phone, days (weekday, saturday, sunday), from, to (HH:MM),
    notice_min, or notice_days and book_until (HH:MM), and agency and url where there are any.
    """
    from mapping_service.booked import add_booked

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        kept = add_booked(connection, found, file)
    words = [f"{one.booked_id} {one.name}" for one in kept]
    answer([asdict(one) for one in kept], as_json, "\n".join([*words, f"Next: commonway release --city {slug}"]))


@booked.command("list")
@city_option
@json_option
def booked_list(slug: str, as_json: bool) -> None:
    """List the booked services."""
    from mapping_service.store.booked import list_services
    from mapping_service.store.networks import network_id

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.connect() as connection:
        known = list_services(connection, network_id(connection, found.city_id, "accepted"))
    words = [f"{one.booked_id:6} {one.name:30} {one.km2} km², {', '.join(one.day_types)}, {one.phone}" for one in known]
    answer([dict(one._mapping) for one in known], as_json, "\n".join(words) or "There are no booked services.")


@booked.command("remove")
@click.argument("named", metavar="SERVICE")
@city_option
@json_option
def booked_remove(named: str, slug: str, as_json: bool) -> None:
    """Take a booked service back, by its id or name."""
    from mapping_service.booked import remove_booked

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        gone = remove_booked(connection, found, named)
    answer({"removed": gone}, as_json, f"Removed {gone}. Next: commonway release --city {slug}")
