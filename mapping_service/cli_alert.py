"""`commonway alert`: what riders are told right now."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from mapping_service.alerts import CAUSES, EFFECTS, add_alert, end_alert
from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database
from mapping_service.live_records import Alert

_actor_option = click.option("--actor", default=lambda: os.environ.get("USER", "operator"), help="Who says so.")


@click.group()
def alert() -> None:
    """What riders are told right now: a closed road, a strike, a new fare."""


@alert.command("add")
@click.argument("header")
@city_option
@click.option("--effect", required=True, type=click.Choice(list(EFFECTS)), help="What is different.")
@click.option("--cause", default="unknown", show_default=True, type=click.Choice(list(CAUSES)), help="Why.")
@click.option("--description", default="", help="What riders can do.")
@click.option("--url", default="", help="A page that says more.")
@click.option("--from", "starts", default="", help="Local day or moment, 2026-11-30T06:00; now where left out.")
@click.option("--until", "ends", default="", help="Local day or moment; until somebody ends it where left out.")
@click.option("--route", "route_ids", multiple=True, help="Id of a route it is about; may be repeated.")
@click.option("--stop", "stop_ids", multiple=True, help="Id of a stop it is about; may be repeated.")
@click.option("--language", default="", help="Of the sentence; the city's where left out.")
@_actor_option
@json_option
def alert_add(slug: str, as_json: bool, **said: Any) -> None:
    """Tell riders HEADER, one sentence; about the whole city where no route or stop is named."""
    _, engine = open_database()
    city = find_city(engine, slug)
    with engine.begin() as connection:
        made = add_alert(connection, city, now=datetime.now(UTC), **said)
    answer(made, as_json, f"Alert {made.number} is told. End it: commonway alert end {made.number} --city {slug}")


@alert.command("list")
@city_option
@click.option("--all", "ever", is_flag=True, help="Those that have ended as well.")
@json_option
def alert_list(slug: str, ever: bool, as_json: bool) -> None:
    """List the alerts of a city that have not ended."""
    from mapping_service.store.alerts import listed

    _, engine = open_database()
    city = find_city(engine, slug)
    with engine.connect() as connection:
        found = listed(connection, slug, None if ever else datetime.now(UTC))
    lines = [_line(one, ZoneInfo(city.timezone)) for one in found]
    answer([vars(one) for one in found], as_json, "\n".join(lines) or "There is no alert.")


def _line(one: Alert, zone: ZoneInfo) -> str:
    start, end = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in (one.starts_at, one.ends_at))
    about = ", ".join([*one.route_ids, *one.stop_ids]) or "whole city"
    return f"{one.number:4}  {start} – {end:16}  {one.effect:18}  {about:20}  {one.header}"


@alert.command("end")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@city_option
@_actor_option
@json_option
def alert_end(number: int, slug: str, actor: str, as_json: bool) -> None:
    """End an alert now."""
    _, engine = open_database()
    city = find_city(engine, slug)
    with engine.begin() as connection:
        end_alert(connection, city, number, actor=actor, now=datetime.now(UTC))
    answer({"ended": number}, as_json, f"Alert {number} has ended.")
