"""The verbs that say who runs what, and what names are in other languages."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database


@click.group()
def agency() -> None:
    """The brands that riders know: unions, cooperatives, companies."""


@agency.command("add")
@click.argument("name")
@city_option
@click.option("--url", help="Its own page.")
@click.option("--phone", help="As dialled from abroad, or within the city's country.")
@click.option("--email", "mail", help="Where riders may write to it.")
@click.option("--cash-only/--not-only-cash", default=None, help="Whether it takes nothing but cash.")
@json_option
def agency_add(
    name: str, slug: str, url: str | None, phone: str | None, mail: str | None, cash_only: bool | None, as_json: bool
) -> None:
    """Add an agency, or change what is stated of one."""
    from mapping_service.agencies import add_agency

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        made = add_agency(connection, found, name, url=url, phone=phone, mail=mail, cash_only=cash_only)
    words = f"{made.agency_id} {made.name}\nNext: commonway agency assign {made.agency_id} ROUTE… --city {slug}"
    answer(made, as_json, words)


@agency.command("list")
@city_option
@json_option
def agency_list(slug: str, as_json: bool) -> None:
    """List the agencies with their routes, and who riders say runs the other routes."""
    from mapping_service.store import agencies
    from mapping_service.store.networks import network_id

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.connect() as connection:
        accepted = network_id(connection, found.city_id, "accepted")
        known = agencies.list_agencies(connection, accepted)
        told = agencies.told_operators(connection, accepted)
    settled = {route_id for _, routes in known for route_id in routes}
    open_ones = {route_id: said for route_id, said in told.items() if route_id not in settled}
    lines = [f"{one.agency_id:6} {one.name:30} {', '.join(routes) or '(no route)'}" for one, routes in known]
    lines += [
        f"riders say that {route_id} is run by "
        + ", ".join(f"“{one.name}” ({one.times} times, {one.people} people)" for one in said)
        for route_id, said in open_ones.items()
    ]
    value = {
        "agencies": [{**asdict(one), "routes": routes} for one, routes in known],
        "proposals": {route_id: [asdict(one) for one in said] for route_id, said in open_ones.items()},
    }
    answer(value, as_json, "\n".join(lines) or "There are no agencies, and no rider has named one.")


@agency.command("assign")
@click.argument("named", metavar="AGENCY")
@click.argument("routes", nargs=-1, required=True)
@city_option
@json_option
def agency_assign(named: str, routes: tuple[str, ...], slug: str, as_json: bool) -> None:
    """Say which agency, by its id or name, runs some accepted routes; “informal” takes that back."""
    from mapping_service.agencies import assign

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        settled = assign(connection, found, named, routes)
    who = settled.name if settled else "the informal operators"
    value = {"agency_id": settled.agency_id if settled else None, "routes": list(routes)}
    answer(value, as_json, f"{', '.join(routes)}: run by {who}. Next: commonway release --city {slug}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@city_option
@json_option
def translate(file: Path, slug: str, as_json: bool) -> None:
    """Take in names in other languages: a CSV with the columns name, language and translation."""
    from mapping_service.agencies import translate as take_in

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        report = take_in(connection, found, file)
    words = [f"{report.kept} translations kept, {report.taken_back} taken back."]
    words += [f"notice: no stop, destination, route or agency is called “{name}” now" for name in report.unknown]
    answer(report, as_json, "\n".join([*words, f"Next: commonway release --city {slug}"]))
