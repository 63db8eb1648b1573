"""The verbs of `commonway city`: making cities, listing them, and the settings of their feeds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mapping_service.cli_parts import answer, find_city, json_option, open_database


@click.group()
def city() -> None:
    """The cities of this installation."""


@city.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--timezone", required=True, help="IANA name, such as Africa/Abidjan.")
@click.option("--currency", required=True, help="ISO 4217 code, such as XOF.")
@click.option("--language", required=True, help="Language of the collectors' notes: en, fr, es, pt, sw, …")
@click.option("--words", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The city's own word list.")
@json_option
def city_create(
    slug: str, name: str, timezone: str, currency: str, language: str, words: Path | None, as_json: bool
) -> None:
    """Create a city."""
    from mapping_service.cities import new_city

    made = new_city(open_database()[1], slug, name, timezone, currency, language, words)
    answer(made, as_json, f"Created {made.name}. Bring in rides: commonway import PATH --city {made.slug}")


@city.command("list")
@json_option
def city_list(as_json: bool) -> None:
    """List the cities."""
    from mapping_service.store.cities import list_cities

    with open_database()[1].connect() as connection:
        found = list_cities(connection)
    lines = [f"{one.slug:20} {one.name}{' (sample)' if one.synthetic else ''}" for one in found]
    answer([asdict(one) for one in found], as_json, "\n".join(lines) or "There is no city yet.")


@city.command("set")
@click.argument("slug")
@click.option("--publisher-name", help="Who publishes the feed; Commonway and the city's name if not set.")
@click.option("--contact-email", help="Whom users of the feed may write to.")
@click.option("--contact-url", help="A page with a way to reach who answers for the feed; the city's page if not set.")
@click.option("--licence", help="SPDX id of the licence of what is published, such as CC-BY-4.0.")
@click.option("--country", help="ISO 3166 code, such as CI: whose public holidays and telephone numbers.")
@click.option("--surveyed-once", type=click.Choice(["mark", "leave_out"]),
              help="What becomes of routes that rest on a single ride in the feed for trip planners.")
@click.option("--holidays", type=click.Choice(["as_usual", "as_sunday"]),
              help="Whether vehicles run on public holidays as on Sundays; nobody measures that, you say it.")
@json_option
def city_set(slug: str, as_json: bool, **options: str | None) -> None:
    """Settle who answers for a city's feed, its licence and its rules. An empty value takes a setting back."""
    from mapping_service.settings import change_settings

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        settings = change_settings(connection, found, {k: v for k, v in options.items() if v is not None})
    words = [f"{name.replace('_', ' '):15} {value or '(not set)'}" for name, value in asdict(settings).items()]
    answer(settings, as_json, "\n".join(words))
