"""The verbs of `commonway form`: what phones are given to fill in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def form() -> None:
    """The forms of a city: our own, and those that it brings."""


@form.command("add")
@click.argument("file", type=_FILE)
@click.argument("media", nargs=-1, type=_FILE)
@city_option
@json_option
def form_add(file: Path, media: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Publish an XLSForm (.xlsx, .xls) or an XForm with the files that it shows or chooses from."""
    from mapping_service.forms import publish_upload

    _, engine = open_database()
    found = find_city(engine, slug)
    made = publish_upload(engine, found, file.name, file.read_bytes(), {one.name: one.read_bytes() for one in media})
    asked = sum(one.label is not None for one in made.questions)
    words = [f"warning: {one}" for one in made.warnings]
    words.append(f"Published {made.title} ({made.form_id}, version “{made.version}”) with {asked} questions. Phones "
                 "of this city find it in their list now.")
    report = {"form_id": made.form_id, "version": made.version, "title": made.title, "questions": asked,
              "media": made.media, "warnings": made.warnings}
    answer(report, as_json, "\n".join(words))


@form.command("list")
@city_option
@json_option
def form_list(slug: str, as_json: bool) -> None:
    """List the forms of a city with their states and current versions."""
    from mapping_service.store.forms import list_all

    _, engine = open_database()
    with engine.connect() as connection:
        found = list_all(connection, find_city(engine, slug).city_id)
    lines = [f"{one.form_id:24} {one.state:8} version “{one.version}” of {one.versions}, {one.questions} questions  "
             f"{one.title}{'' if one.builtin else ' (own)'}" for one in found]
    answer([asdict(one) for one in found], as_json, "\n".join(lines) or "There is no form yet.")


@form.command("close")
@click.argument("form_id")
@click.option("--at-once", is_flag=True, help="Set aside also what phones still send of it, for you to look at.")
@city_option
@json_option
def form_close(form_id: str, at_once: bool, slug: str, as_json: bool) -> None:
    """Take a form off the phones' list; what was filled in before is still accepted."""
    _set(slug, form_id, "closed" if at_once else "closing", as_json)


@form.command("unknown")
@click.argument("policy", type=click.Choice(["keep", "refuse"]))
@city_option
@json_option
def form_unknown(policy: str, slug: str, as_json: bool) -> None:
    """Keep what phones send of unknown and closed forms for you to look at, as at first; or refuse it."""
    from mapping_service.store.instances import keep_unknown

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        keep_unknown(connection, found.city_id, policy == "keep")
    answer({"city": slug, "unknown": policy}, as_json, f"Unknown and closed forms: {policy}.")


@form.command("open")
@click.argument("form_id")
@city_option
@json_option
def form_open(form_id: str, slug: str, as_json: bool) -> None:
    """Put a closed form on the phones' list again."""
    _set(slug, form_id, "open", as_json)


def _set(slug: str, form_id: str, state: str, as_json: bool) -> None:
    from mapping_service.store.forms import set_state

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        set_state(connection, found.city_id, form_id, state)
    answer({"form_id": form_id, "state": state}, as_json, f"{form_id} is {state} now.")


@form.command("export")
@click.argument("form_id")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@city_option
@json_option
def form_export(form_id: str, out: Path, slug: str, as_json: bool) -> None:
    """Write what was filled in of a form as CSV, every question with it, known to us or not."""
    from mapping_service.exports import write_answers

    _, engine = open_database()
    count = write_answers(engine, find_city(engine, slug), form_id, out)
    answer({"written": str(out), "forms": count}, as_json, f"Wrote {count} filled forms to {out}.")
