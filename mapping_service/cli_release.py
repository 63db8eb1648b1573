"""The verbs of publishing: a release with all its files, held back where a validator finds an error in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from mapping_service.cli_parts import answer, city_option, counted, find_city, json_option, open_database, settings
from mapping_service.parameters import Parameters

if TYPE_CHECKING:
    from mapping_service.findings import Place
    from mapping_service.issue import Errors, IssueReport

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
    from mapping_service.publish import today

    _, engine = open_database()
    city = find_city(engine, slug)
    starts = valid_from.date() if valid_from else None
    day = today(city)
    with engine.begin() as connection:
        report = issue(
            connection, city, publisher(settings(), city), note=note, valid_from=starts, day=day, actor=actor,
            vouched=vouch,
        )
    state = "Release" if report.created else "Nothing has changed since release"
    words = [_words(state, report, slug, day)]
    if report.created and report.changes == 0:
        words.append(
            "Routes, lines, stops, headways and fares are as they were. New is what stands beside them: names of "
            "stations, of streets or in other languages, what it rests on, how long it holds, who publishes it; or how "
            "this version of Commonway writes it down."
        )
    if note and not report.created and note.strip() != report.note:
        words.append(
            f"Your note was not kept: nothing has changed, and release {report.release} stands "
            + (f"with its own note, “{report.note}”" if report.note else "without one")
            + ". It goes with the next change, or with the same once more: "
            f"commonway release --city {slug} --note TEXT --vouch WHY_ALL_OF_IT_STILL_HOLDS"
        )
    answer(report, as_json, "\n".join(words))


@click.command()
@click.argument("number", type=int)
@city_option
@click.option("--because", required=True, help="Why it should be public in spite of its errors; shown with it.")
@actor_option
@json_option
def publish(number: int, slug: str, because: str, actor: str, as_json: bool) -> None:
    """Publish a release that is withheld because validators found errors in it."""
    from mapping_service.issue import publish as make_public
    from mapping_service.publish import today

    _, engine = open_database()
    city = find_city(engine, slug)
    with engine.begin() as connection:
        report = make_public(connection, city, number, actor=actor, because=because)
    answer(report, as_json, _words("Release", report, slug, today(city)))


def _words(state: str, report: IssueReport, slug: str, day: date) -> str:
    words = [
        f"{state} {report.release}: {counted(report.routes, 'route')}, {counted(report.patterns, 'pattern')}, "
        f"{counted(report.stops, 'stop')}, {counted(report.service_points, 'service point')}, {report.km} km.",
        f"{counted(len(report.files), 'file')}; validators found {_count(report.errors)} and "
        f"{counted(report.warnings, 'warning')}.",
    ]
    if ends := _ends(report, day):
        words.append(ends)
    words += _errors(report.errors, slug)
    if report.published and report.newest != report.release:
        words.append(
            f"Published, at {settings().base_url}/{slug}/releases/{report.release}. Release {report.newest} is newer "
            "and stays at the stable address, from which trip planners take the feed."
        )
    elif report.published:
        words.append(f"Published.\nNext: commonway export gtfs OUT.zip --city {slug}")
    else:
        words.append(
            f"Withheld: nobody but the managers sees it, at {settings().base_url}/{slug}/team/releases. Mend what is "
            "wrong and release again, or publish it as it is: "
            f"commonway publish {report.release} --city {slug} --because TEXT"
        )
    return "\n".join(words)


def _count(found: Sequence[Errors]) -> str:
    """How many errors, and of how many kinds: each validator counts the same one in each zip."""
    errors = sum(one.errors for one in found)
    kinds = len({kind.code for one in found for kind in one.kinds})
    return counted(errors, "error") + (f" of {counted(kinds, 'kind')}" if 0 < kinds < errors else "")


def _errors(found: Sequence[Errors], slug: str) -> list[str]:
    """Each kind of error once, whichever validator found it first, with an example and the way out of it."""
    words = [f"{one.name}, {one.validator}: {one.failure}" for one in found if one.failure]
    kinds = {kind.code: (one, kind) for one in reversed(found) for kind in reversed(one.kinds)}
    for one, kind in reversed(kinds.values()):
        example = f", as in {_example(kind.places[0])}" if kind.places else ""
        words.append(f"{one.name}, {one.validator}: {kind.times} × {kind.code}{example}")
        if kind.blamed is not None:
            words.append(f"  It stands so in the imported feed “{kind.blamed.name}” (feed {kind.blamed.source_id}). "
                         f"To take it out: {kind.blamed.way_out(slug)}")
    return words


def _example(place: Place) -> str:
    row = "" if place.row is None else f"row {place.row}"
    value = ", ".join(f"{name} {value}".strip() for name, value in place.values.items())
    return ": ".join(filter(None, (", ".join(filter(None, (place.file, row))), value)))


def _ends(report: IssueReport, day: date) -> str | None:
    """Say that some or all of a release ends soon or is over, and what renews it."""
    if report.ends_first is None or report.valid_until is None:
        return None
    if report.valid_until < day:
        what = f"All service in it was over on {report.valid_until}: trip planners find nothing in its feed."
    elif report.ends_first < day + timedelta(days=int(Parameters().few_days_left)):
        what = f"A part of it {'was over' if report.ends_first < day else 'ends'} on {report.ends_first}."
    else:
        return None
    return (
        f"{what} Ride the routes again, or say why all still holds with --vouch TEXT; of an imported feed say until "
        "when: commonway feed import FEED --still-true-until DAY"
    )
