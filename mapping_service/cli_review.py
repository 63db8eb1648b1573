"""The verbs of review: what to look at first and why, and accepting it."""

from __future__ import annotations

import os
from typing import Any

import click

from mapping_service.cli_parts import answer, city_option, counted, find_city, json_option, open_database
from mapping_service.review.order import Ranked


@click.group()
def review() -> None:
    """Candidates beside what is published."""


@review.command("list")
@city_option
@json_option
def review_list(slug: str, as_json: bool) -> None:
    """List the candidate routes, what a person should look at first at the top, and why."""
    from mapping_service.parameters import Parameters
    from mapping_service.review.order import by_gain, with_doubles
    from mapping_service.sources import open_lines
    from mapping_service.store.networks import candidates
    from mapping_service.web.language import Words

    _, engine = open_database()
    with engine.connect() as connection:
        city = find_city(engine, slug)
        held = candidates(connection, city.city_id)
        ranked = by_gain(with_doubles(held, open_lines(connection, city, held, Parameters())))
    found = [_plain(one, Words("en").because(one.remarks)) for one in ranked]
    lines = [
        f"{one['route_id']:6} {one['short_name'] or '':>12}  {(one['long_name'] or '(unnamed)')[:50]:50} "
        f"{one['runs']:4} {'run ' if one['runs'] == 1 else 'runs'}  {one['km']:7.1f} km  {one['confidence']:.2f}\n"
        f"{'':21}{one['why']}"
        for one in found
    ]
    answer(found, as_json, "\n".join(lines) or "There are no candidates.")


def _plain(one: Ranked, why: str) -> dict[str, Any]:
    """Return a candidate for machines: what it is, what looking at it is worth, and why, in codes and in words."""
    route = one.candidate
    return {
        "route_id": route.route_id,
        "short_name": route.short_name,
        "long_name": route.long_name,
        "runs": route.runs,
        "people": route.people,
        "confidence": route.confidence,
        "patterns": len(route.patterns),
        "directions": len({pattern.direction_id for pattern in route.patterns}),
        "km": round(sum(pattern.km for pattern in route.patterns), 1),
        "gain": one.gain,
        "remarks": [{"code": remark.code, **remark.details} for remark in one.remarks],
        "why": why,
    }


@review.command("rename")
@click.argument("kind", type=click.Choice(["route", "line", "pattern", "stop", "station"]))
@click.argument("element_id", metavar="ID")
@click.argument("name")
@city_option
@click.option("--actor", default=lambda: os.environ.get("USER", "operator"), help="Who decides.")
@json_option
def review_rename(kind: str, element_id: str, name: str, slug: str, actor: str, as_json: bool) -> None:
    """Call an accepted element by its right name: it keeps it whatever is processed later.

    A route by its long name, a line (a route's id too) by what is painted on its vehicles, a pattern by its headsign.
    """
    from mapping_service.naming import rename

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        renamed = rename(connection, found, kind, element_id, name, actor=actor)
    words = f"{renamed.kind} {renamed.id}: {renamed.before or '(unnamed)'} is now {renamed.name}."
    answer(renamed, as_json, f"{words}\nNext: commonway release --city {slug}")


@review.command("accept")
@city_option
@click.option("--min-confidence", default=0.0, show_default=True, type=click.FloatRange(0, 1),
              help="Only routes that are right with at least this chance.")
@click.option("--actor", default=lambda: os.environ.get("USER", "operator"), help="Who decides.")
@json_option
def review_accept(slug: str, min_confidence: float, actor: str, as_json: bool) -> None:
    """Accept all candidate routes that can be published and are trusted enough, and new service points."""
    from mapping_service.publish import accept

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        report = accept(connection, found, min_confidence=min_confidence, actor=actor)
    words = (f"Accepted: {counted(len(report.accepted), 'route')} and "
             f"{counted(report.service_points, 'new service point')}.")
    if report.retired:
        words += f"\nGiven up, since other routes hold their rides now: {', '.join(report.retired)}."
    something = report.accepted or report.service_points
    answer(report, as_json, f"{words}\nNext: commonway release --city {slug}" if something else words)
