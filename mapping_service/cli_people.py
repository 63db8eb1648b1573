"""`commonway token` and `commonway people`: the keys with which people send, and what belongs to them."""

from __future__ import annotations

from pathlib import Path

import click

from mapping_service.cli_parts import answer, city_option, find_city, json_option, open_database, settings
from mapping_service.errors import NotFound

# What is written down as the text that was agreed to where a person signed or said yes away from any screen.
_ON_PAPER = "paper"


@click.group()
def token() -> None:
    """The keys with which contributors send."""


@token.command("create")
@city_option
@click.option("--contributor", required=True, help="A pseudonym, not a name.")
@click.option("--role", type=click.Choice(["collector", "manager"]), default="collector", show_default=True)
@click.option("--label", default="", help="Which phone it is for.")
@click.option("--consented", is_flag=True, help="The person has agreed on paper or by word.")
@json_option
def token_create(slug: str, contributor: str, role: str, label: str, consented: bool, as_json: bool) -> None:
    """Make a key; it is shown this once."""
    from mapping_service.store.people import add_key, record_consent, sender

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.begin() as connection:
        made = add_key(connection, found.city_id, contributor, role=role, label=label)
        if consented:
            who = sender(connection, made)
            record_consent(connection, who.city_id, who.contributor_id, given=True, text_version=_ON_PAPER,
                           language=found.language, via="paper")
    base = settings().base_url
    setup, files = f"{base}/setup/{made}", f"{base}/ingest/{made}/gpx"
    words = [made, f"To get the phone ready, open on it: {setup}", f"Recordings made already go to: {files}"]
    answer({"token": made, "setup": setup, "address": files}, as_json, "\n".join(words))


@token.command("list")
@city_option
@json_option
def token_list(slug: str, as_json: bool) -> None:
    """List the keys of a city: whose, for which phone, and whether each still holds."""
    from mapping_service.store.people import list_keys

    _, engine = open_database()
    with engine.connect() as connection:
        found = list_keys(connection, find_city(engine, slug).city_id)
    lines = [
        f"{one['token_id']:5} {one['pseudonym']:20} {one['role']:9} "
        f"{'revoked' if one['revoked_at'] else 'holds':8} {one['label']}".rstrip()
        for one in found
    ]
    answer(found, as_json, "\n".join(lines) or "There is no key yet.")


@token.command("revoke")
@click.argument("key")
@click.option("--city", "slug", help="The city's slug, where KEY is a number of “commonway token list”.")
@json_option
def token_revoke(key: str, slug: str | None, as_json: bool) -> None:
    """Let a key hold no longer: the key itself, or its number in a city's list."""
    from mapping_service.store.people import revoke_key, sender

    _, engine = open_database()
    with engine.begin() as connection:
        if slug is not None and key.isdigit():
            revoke_key(connection, find_city(engine, slug).city_id, int(key))
        else:
            owner = sender(connection, key)
            revoke_key(connection, owner.city_id, owner.token_id)
    answer({"revoked": True}, as_json, "Revoked.")


@click.group()
def people() -> None:
    """What belongs to those who send."""


@people.command("data")
@click.argument("pseudonym")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@city_option
@json_option
def people_data(pseudonym: str, out: Path, slug: str, as_json: bool) -> None:
    """Write all that a person sent, and what became of it, as a .zip."""
    from mapping_service.people import my_data
    from mapping_service.store.people import contributor_id_of

    _, engine = open_database()
    found = find_city(engine, slug)
    if not out.parent.is_dir():
        raise NotFound("folder_missing", f"There is no folder {out.parent}. Create it first.", folder=str(out.parent))
    with engine.connect() as connection:
        contributor_id = contributor_id_of(connection, found.city_id, pseudonym)
    with out.open("wb") as archive:
        my_data(engine, contributor_id, archive)
    answer({"written": str(out)}, as_json, f"Wrote {out}.")


@people.command("erase")
@click.argument("pseudonym")
@city_option
@json_option
def people_erase(pseudonym: str, slug: str, as_json: bool) -> None:
    """Delete all that a person sent and all that was read of it; their keys hold no longer."""
    from mapping_service.people import erase
    from mapping_service.store.people import contributor_id_of

    _, engine = open_database()
    found = find_city(engine, slug)
    with engine.connect() as connection:
        contributor_id = contributor_id_of(connection, found.city_id, pseudonym)
    report = erase(engine, found.city_id, contributor_id)
    words = (
        f"Erased {report.documents} documents and {report.messages} messages; {report.keys} keys hold no longer. "
        f"{report.kept} documents stay, which somebody else sent too.\nNext: commonway process --city {slug}"
    )
    answer(report, as_json, words)
