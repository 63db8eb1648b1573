"""The verbs of publishing: a release with all its files, held back where a validator finds an error in it."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database, settings

if TYPE_CHECKING:
    from mapping_service.issue import IssueReport

actor_option = click.option(
    "--actor", default=lambda: os.environ.get("USER", "operator"), help="Who publishes."
)


@click.command()
@city_option
@click.option("--note", help="What changed, in words.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of service; today if not given.")
@click.option("--vouch", help="Why all of it still holds, however old its evidence: renews every route.")
@actor_option
@json_option
def release(
    slug: str, note: str | None, valid_from: datetime | None, vouch: str | None, actor: str, as_json: bool
) -> None:
    """Publish what is accepted as an immutable, numbered release, unless validators find errors in its feed."""
    from mapping_service.cities import publisher
    from mapping_service.issue import issue

    _, engine = open_database()
    city = find_city(engine, slug)
    starts = valid_from.date() if valid_from else None
    with engine.begin() as connection:
        report = issue(
            connection, city, publisher(settings(), city), note=note, valid_from=starts, actor=actor, vouched=vouch
        )
    answer(report, as_json, _words(report, slug))


@click.command()
@click.argument("number", type=int)
@city_option
@click.option("--because", required=True, help="Why it should be public in spite of its errors; shown with it.")
@actor_option
@json_option
def publish(number: int, slug: str, because: str, actor: str, as_json: bool) -> None:
    """Publish a release that is withheld because validators found errors in it."""
    from mapping_service.issue import publish as make_public

    _, engine = open_database()
    city = find_city(engine, slug)
    with engine.begin() as connection:
        report = make_public(connection, city, number, actor=actor, because=because)
    answer(report, as_json, _words(report, slug))


def _words(report: IssueReport, slug: str) -> str:
    state = "Release" if report.created else "Nothing has changed since release"
    words = [
        f"{state} {report.release}: {report.routes} routes, {report.patterns} patterns, {report.stops} stops, "
        f"{report.service_points} service points, {report.km} km.",
        f"{len(report.files)} files; validators found {sum(one.errors for one in report.errors)} errors and "
        f"{report.warnings} warnings.",
    ]
    for one in report.errors:
        words.append(f"{one.name}, {one.validator}: {', '.join(one.codes) or one.failure}")
    if report.published:
        words.append(f"Published.\nNext: commonway export gtfs OUT.zip --city {slug}")
    else:
        words.append(
            "Withheld: nobody but the managers sees it. Mend what is wrong and release again, or publish it as it is: "
            f"commonway publish {report.release} --city {slug} --because TEXT"
        )
    return "\n".join(words)
