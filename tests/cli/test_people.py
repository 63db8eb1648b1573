"""The commands for keys and for what belongs to people."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from mapping_service.receive import receive
from mapping_service.store.people import sender
from tests.cli.conftest import Command
from tests.pipeline.town import SLUG, Town, survey

OF_CITY = ("--city", SLUG, "--json")


@pytest.fixture
def town(database: str, commonway: Command) -> Town:
    """A city without a ride, on the database of the command."""
    return Town(database).found()


def test_keys_are_made_listed_and_revoked_by_number_or_by_themselves(commonway: Command, town: Town) -> None:
    made = commonway("token", "create", "--contributor", "ama", "--role", "manager", "--label", "blue", *OF_CITY).json
    other = commonway("token", "create", "--contributor", "ama", "--consented", *OF_CITY).json
    listed = commonway("token", "list", *OF_CITY).json
    assert [(one["pseudonym"], one["role"], one["label"], one["revoked_at"]) for one in listed] == [
        ("ama", "collector", "", None), ("ama", "manager", "blue", None),
    ]
    assert made["token"] not in commonway("token", "list", *OF_CITY).out
    assert town.ask("SELECT via FROM consent WHERE given") == ["paper"]
    assert commonway("token", "revoke", str(listed[1]["token_id"]), *OF_CITY).json == {"revoked": True}
    assert commonway("token", "revoke", other["token"], "--json").json == {"revoked": True}
    assert all(one["revoked_at"] for one in commonway("token", "list", *OF_CITY).json)
    again = commonway("token", "revoke", str(listed[1]["token_id"]), *OF_CITY)
    assert (again.code, again.json["error"]["code"]) == (1, "key_unknown")


def test_what_a_person_sent_is_written_out_and_erased(commonway: Command, town: Town, tmp_path: Path) -> None:
    key = commonway("token", "create", "--contributor", "ama", *OF_CITY).json["token"]
    with town.engine.connect() as connection:
        ama = sender(connection, key).contributor_id
    receive(town.engine, town.city, "ride.gpx", survey()[0].gpx, ama)
    out = tmp_path / "ama.zip"
    assert commonway("people", "data", "ama", out, *OF_CITY).json == {"written": str(out)}
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("what-became.json"))[0]["file"] == "ride.gpx"
    assert commonway("people", "erase", "ama", *OF_CITY).json["documents"] == 1
    assert town.inbox() == {}
    gone = commonway("people", "erase", "ama", *OF_CITY)
    assert (gone.code, gone.json["error"]["code"]) == (1, "contributor_unknown")
