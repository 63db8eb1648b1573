"""The verbs of `commonway feed`: feeds that others made, as a city's starting network."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mapping_service.cli_parts import answer, city_option, counted, find_city, json_option, open_database
from mapping_service.parameters import Parameters
from mapping_service.reasons import remark

actor_option = click.option("--actor", default=lambda: os.environ.get("USER", "operator"), help="Who decides.")


@click.group()
def feed() -> None:
    """Feeds that others made: a network to start from, and to improve."""


@feed.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@city_option
@click.option("--source", "name", help="How pages call it; the feed's own publisher if not given.")
@click.option("--licence", help="Its licence as SPDX id, such as ODbL-1.0.")
@click.option("--still-true-until", "until", type=click.DateTime(["%Y-%m-%d"]),
              help="A person vouches that it holds up to this day; its calendars are written so.")
@actor_option
@json_option
def feed_import(
    file: Path, slug: str, name: str | None, licence: str | None, until: datetime | None, actor: str, as_json: bool
) -> None:
    """Take in a GTFS feed as candidates; all of it is kept word for word. Once more, only the vouching changes."""
    from mapping_service.sources import import_feed, vouch

    _, engine = open_database()
    found = find_city(engine, slug)
    today = datetime.now(UTC).date()
    with engine.begin() as connection:
        report = import_feed(connection, found, file, Parameters(), actor=actor, name=name, licence=licence,
                             today=today)
        if until is not None:
            vouch(connection, found, report.source_id, until.date(), actor, today)
    words = [f"notice: {remark(one['code'], {k: v for k, v in one.items() if k != 'code'})}" for one in report.notices]
    if report.again:
        words.append(f"{report.name} is here already, as feed {report.source_id}; nothing was added.")
    else:
        words += [
            f"Feed {report.source_id}: {report.name}, of {report.dated}.",
            f"Kept word for word: {counted(report.files, 'file')} with {counted(report.rows, 'row')}.",
            f"Understood: {counted(report.routes, 'route')} with {counted(report.patterns, 'pattern')}, "
            f"{counted(report.stops, 'stop')} and {counted(report.trips, 'trip')}"
            + (f"; only kept: {counted(report.trips_left, 'trip')}." if report.trips_left else "."),
        ]
    if report.ridden_already:
        words.append(f"Candidates go the way of {len(report.ridden_already)} of its patterns already: those stand.")
    if until is not None:
        words.append(f"{actor} vouches for it up to {until.date()}.")
    words.append(
        f"Next: commonway review accept --city {slug}" if report.again or report.routes else
        "None of its routes has a trip with two stops that exist: there is nothing to accept. Mend it, import it again."
    )
    answer(report, as_json, "\n".join(words))


@feed.command("list")
@city_option
@json_option
def feed_list(slug: str, as_json: bool) -> None:
    """List the imported feeds and what has become of each."""
    from mapping_service.store.sources import list_sources

    _, engine = open_database()
    with engine.connect() as connection:
        held = list_sources(connection, find_city(engine, slug).city_id)
    answer(held, as_json, "\n".join(map(_line, held)) or "No feed has been imported.")


def _line(one: dict[str, Any]) -> str:
    improved = f" ({', '.join(one['improved'])})" if one["improved"] else ""
    vouched = f"; {one['vouched_by']} vouches up to {one['still_true_until']}" if one["vouched_by"] else ""
    became = (f"{one['accepted']} accepted, {len(one['improved'])} improved by rides{improved}, "
              f"{one['rejected']} rejected")
    return (f"{one['source_id']:4} {one['name']}, of {one['dated']} ({one['file_name']}): "
            f"{counted(one['routes'], 'route')}, {became}{vouched}")


@feed.command("reject")
@click.argument("source_id", type=int)
@click.argument("route_ids", nargs=-1)
@city_option
@actor_option
@json_option
def feed_reject(source_id: int, route_ids: tuple[str, ...], slug: str, actor: str, as_json: bool) -> None:
    """Take routes of a feed, all where none is named, out of the candidates for good."""
    from mapping_service.sources import reject

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        gone = reject(connection, found, source_id, route_ids, actor)
    words = (f"{counted(len(gone), 'route')} rejected. What was accepted goes with “commonway review accept --city "
             f"{slug}”.")
    answer({"rejected": gone}, as_json, words)
