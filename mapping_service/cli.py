"""The `commonway` command: parses, calls one function, prints. Every verb takes ``--json`` for machines."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from mapping_service.cli_agency import agency, translate
from mapping_service.cli_alert import alert
from mapping_service.cli_booked import booked
from mapping_service.cli_city import city
from mapping_service.cli_feed import feed
from mapping_service.cli_form import form
from mapping_service.cli_network import network
from mapping_service.cli_parts import (
    answer,
    city_option,
    counted,
    find_city,
    json_option,
    open_database,
    progress,
    settings,
)
from mapping_service.cli_people import people, token
from mapping_service.cli_release import publish, release
from mapping_service.cli_review import review
from mapping_service.errors import NotFound, Problem
from mapping_service.parameters import Parameters
from mapping_service.reasons import remark, sentence

# Heavy modules are imported inside the commands that need them, so that `commonway --help` answers at once.


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Riders' phone traces and reports become a reviewed map and GTFS feed of a city's informal transit."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")


cli.add_command(agency)
cli.add_command(booked)
cli.add_command(alert)
cli.add_command(city)
cli.add_command(feed)
cli.add_command(form)
cli.add_command(network)
cli.add_command(token)
cli.add_command(people)
cli.add_command(translate)
cli.add_command(release)
cli.add_command(publish)


def main() -> None:
    """Run the command; a problem is one sentence and exit code 1, anything else is a bug and shows its trace."""
    try:
        cli(standalone_mode=False)
    except Problem as problem:
        _print_problem(problem)
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(1)
    except click.ClickException as error:
        _print_problem(Problem("usage", _usage(error)))
        sys.exit(1)
    except click.Abort:
        sys.exit(130)


def _usage(error: click.ClickException) -> str:
    """What is wrong with the words of a call, on one line, and where to read what they may be."""
    said = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path.replace(context.find_root().info_name or "", "commonway", 1) if context else "commonway"
    return f"{said.rstrip('.')}. See “{path} --help”."


def _print_problem(problem: Problem) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps(problem.as_dict(), ensure_ascii=False, default=str))
    else:
        click.echo(f"commonway: {problem.sentence}", err=True)


@cli.command()
@json_option
def up(as_json: bool) -> None:
    """Run everything on one machine: the database, the web pages and a worker, until Ctrl-C."""
    from mapping_service.sample import make_sample
    from mapping_service.up import up as run

    def announce(line: str) -> None:
        answer({"message": line}, as_json, line)

    run(settings(), prepare=make_sample, announce=announce)


@cli.command()
def worker() -> None:
    """Run one more worker, on this or another machine with the same DATABASE_URL."""
    from mapping_service.jobs import work

    logging.getLogger("mapping_service").setLevel(logging.INFO)
    work(open_database()[0])


@cli.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@city_option
@click.option("--hints", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV of what is claimed.")
@click.option("--contributor", help="The pseudonym of who recorded them all.")
@json_option
def import_(
    paths: tuple[Path, ...], slug: str, hints: Path | None, contributor: str | None, as_json: bool
) -> None:
    """Take in what phones record, as over HTTP: rides, filled forms with their files, messages of trackers, tables."""
    from mapping_service.receive import ReceiveReport, receive_hints, receive_paths

    _, engine = open_database()
    found = find_city(engine, slug)
    report = ReceiveReport()
    with click.progressbar(length=0, label="import", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        report = receive_paths(engine, found, paths, bar.update, contributor)
    if hints is not None:
        receive_hints(engine, found, hints, report)
    words = [
        f"{report.new} new, {report.same_bytes} with the same bytes as another, {report.again} known already, "
        f"{report.hints} hints."
    ]
    words += [f"refused: {one['file']}: {one['message']}" for one in report.refused]
    words += [f"hints: {one}" for one in report.notices]
    answer(report, as_json, "\n".join([*words, f"Next: commonway process --city {slug}"]))
    if report.refused:
        sys.exit(1)


@cli.command()
@city_option
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
@json_option
def process(slug: str, jobs: int, as_json: bool) -> None:
    """Do all that is pending: read, clean, match to streets, group, fuse."""
    from mapping_service.stages import process_city
    from mapping_service.store.engine import rows

    url, engine = open_database()
    with progress(as_json, slug) as tick:
        report = process_city(url, slug, Parameters(), jobs=jobs, progress=tick)
    with engine.connect() as connection:
        found = find_city(engine, slug)
        held = rows(connection, "intake.count_by_status", {"city_id": found.city_id})
        states = {one.status: one.submissions for one in held}
    done = f"{report.read} read, {report.cleaned} cleaned, {report.tried} tried on the streets"
    became = ", ".join(f"{n} {state}" for state, n in states.items()) or "nothing has come in yet"
    words = [
        f"{done}; {became}.",
        f"{counted(report.routes, 'candidate route')} with {counted(report.patterns, 'pattern')} and "
        f"{counted(report.stops, 'stop')}.",
        f"Next: commonway {'review accept' if states or report.routes else 'import PATH…'} --city {slug}",
    ]
    answer({**asdict(report), "submissions": states}, as_json, "\n".join(words))


@cli.group()
def inbox() -> None:
    """What came in and could not be used as it was."""


@inbox.command("list")
@city_option
@json_option
def inbox_list(slug: str, as_json: bool) -> None:
    """List what is quarantined and why, what is doubted, what was odd in files, and notes that nobody could read."""
    from mapping_service.store.engine import rows

    _, engine = open_database()
    found = {"city_id": find_city(engine, slug).city_id}
    with engine.connect() as connection:
        aside = [dict(one._mapping) for one in rows(connection, "intake.list_quarantined", found)]
        notes = [dict(one._mapping) for one in rows(connection, "intake.list_unread_notes", found)]
        odd = [dict(one._mapping) for one in rows(connection, "intake.list_notices", found)]
        doubted = [dict(one._mapping) for one in rows(connection, "trust.list_doubts", found)]
    for one in aside:
        one["reason"] = sentence(one["reason_code"], one["reason"])
    for one in doubted:
        one["doubts"] = [{**doubt, "sentence": sentence(doubt["code"], doubt["details"])} for doubt in one["doubts"]]
    words = [f"{one['submission_id']:6} {one['file_name']}: {one['reason']}" for one in aside]
    words += [
        f"{one['submission_id']:6} {one['file_name']}: counts as {one['weight']:g}. {one['doubts'][0]['sentence']}"
        for one in doubted
        if one["status"] == "accepted"
    ]
    alike = Counter((one["submission_id"], one["file_name"], one["code"]) for one in odd)
    words += [f"{number:6} {name}: {remark(code, {'times': times})}" for (number, name, code), times in alike.items()]
    words += [f"{one['submission_id']:6} {one['file_name']}: unread note: {one['text']}" for one in notes]
    waiting = {"quarantined": aside, "doubted": doubted, "notices": odd, "unread_notes": notes}
    answer(waiting, as_json, "\n".join(words) or "Nothing is waiting.")


@inbox.command("release")
@click.argument("submission_id", type=int)
@city_option
@json_option
def inbox_release(submission_id: int, slug: str, as_json: bool) -> None:
    """Use a quarantined or duplicate submission all the same; it is read again at the next processing."""
    from mapping_service.store.engine import run

    _, engine = open_database()
    with engine.begin() as connection:
        values = {"city_id": find_city(engine, slug).city_id, "submission_id": submission_id}
        if not run(connection, "intake.mark_released", values):
            raise NotFound(
                "nothing_to_release",
                f"{slug} has no quarantined submission {submission_id}. See “commonway inbox list --city {slug}”.",
                submission_id=submission_id,
            )
    answer({"released": submission_id}, as_json, f"Released. Next: commonway process --city {slug}")


@cli.command()
@click.argument("what", type=click.Choice(["gtfs", "expanded", "flex", "layers", "runs", "evidence", "loads"]))
@click.argument("out", type=click.Path(path_type=Path))
@city_option
@click.option("--release", "number", type=int, help="An earlier release; the newest if not given.")
@json_option
def export(what: str, out: Path, slug: str, number: int | None, as_json: bool) -> None:
    """Write a file of a release.

    gtfs, expanded (with each departure as a trip), flex (what is booked): .zip; layers: .gpkg or a folder of GeoJSON;
    runs, evidence, loads: .csv, evidence also .json.
    """
    from mapping_service.exports import write_export

    _, engine = open_database()
    found = find_city(engine, slug)
    if not out.parent.is_dir():
        raise NotFound("folder_missing", f"There is no folder {out.parent}. Create it first.", folder=str(out.parent))
    notices = write_export(engine, settings(), found, what, number, out)
    words = [*(f"notice: {remark(one.code, one.details)}" for one in notices), f"Wrote {out}."]
    answer({"written": str(out), "notices": [vars(one) for one in notices]}, as_json, "\n".join(words))


@cli.command()
@json_option
def check(as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it."""
    from mapping_service.checks import run_checks

    results = run_checks(settings())
    marks = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
    lines = [
        f"{marks[one.state]} {one.title}: {one.found}" + (f"\n     {one.hint}" if one.hint else "") for one in results
    ]
    answer([asdict(one) for one in results], as_json, "\n".join(lines))
    if any(one.state == "fail" for one in results):
        sys.exit(1)


@cli.command()
@click.argument("feed", type=click.Path(exists=True, path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True)
@click.option("--runs-per-pattern", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--language", default="en", show_default=True)
@click.option("--currency", default="KES", show_default=True)
@json_option
def simulate(
    feed: Path, out: Path, seed: int, runs_per_pattern: int, language: str, currency: str, as_json: bool
) -> None:
    """Make invented rides from a GTFS feed, as phones would record them, with the truth beside them."""
    from collectors.simulator import run

    made = run(feed, out, seed=seed, runs_per_pattern=runs_per_pattern, language=language, currency=currency)
    answer({"rides": made, "out": str(out)}, as_json, f"Wrote {made} rides to {out}.")


cli.add_command(review)

if __name__ == "__main__":
    main()
