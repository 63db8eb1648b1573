"""`commonway form`: giving a city a form of its own, closing it, opening it again."""

from __future__ import annotations

import csv
from pathlib import Path

from mapping_service.exports import ANSWER_COLUMNS
from mapping_service.forms import publish_upload
from mapping_service.instances import accept_instance
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.store.people import add_key, sender
from tests.cli.conftest import Command
from tests.cli.test_network import TOWN
from tests.forms.test_build import FORM


def test_a_form_is_added_listed_closed_and_opened(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    source = tmp_path / "kerb.md"
    source.write_text(FORM, "utf-8")
    added = commonway("form", "add", source, "--city", "town")
    assert added.code == 0 and "3 questions" in added.out and "warning: [row : 6] Use the max-pixels" in added.out
    for words, state in ((["close", "kerb"], "closing"), (["close", "kerb", "--at-once"], "closed"),
                         (["open", "kerb"], "open")):
        assert commonway("form", *words, "--city", "town").code == 0
        listed = commonway("form", "list", "--city", "town", "--json").json
        assert [one["state"] for one in listed if one["form_id"] == "kerb"] == [state]
    assert "At the kerb (own)" in commonway("form", "list", "--city", "town").out
    unknown = commonway("form", "close", "curb", "--city", "town")
    assert unknown.code == 1 and "no form “curb”" in unknown.err


def test_a_form_that_cannot_be_built_says_why(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    source = tmp_path / "kerb.xlsx"
    source.write_bytes(b"no workbook")
    answer = commonway("form", "add", source, "--city", "town", "--json")
    assert answer.code == 1 and answer.json["error"]["code"] == "form_invalid"


def test_a_city_settles_what_happens_to_forms_that_it_does_not_know(commonway: Command) -> None:
    commonway("city", "create", "town", *TOWN)
    for policy in ("refuse", "keep"):
        settled = commonway("form", "unknown", policy, "--city", "town", "--json")
        assert (settled.code, settled.json) == (0, {"city": "town", "unknown": policy})
    assert commonway("form", "unknown", "burn", "--city", "town").code == 1


def test_what_was_filled_in_is_exported_with_every_question_in_the_order_of_the_form(
    commonway: Command, database: str, tmp_path: Path
) -> None:
    commonway("city", "create", "town", *TOWN)
    engine, out = engine_for(database), tmp_path / "kerb.csv"
    with engine.connect() as connection:
        city = get_city(connection, "town")
    with engine.begin() as connection:
        kofi = sender(connection, add_key(connection, city.city_id, "kofi"))
    publish_upload(engine, city, "kerb.md", FORM.encode())
    rows = "".join(f"<vehicle><marks>number {i}</marks></vehicle>" for i in range(1, 11))
    for name, body in (("a", f"<own>mine</own>{rows}<stop>S1</stop>"), ("b", "<stop>Kanda, \"Soko\"</stop>")):
        xml = f'<data id="kerb" version="7">{body}<meta><instanceID>uuid:{name}</instanceID></meta></data>'
        accept_instance(engine, kofi, xml.encode(), {})
    commonway("process", "--jobs", 1, "--city", "town")
    answer = commonway("form", "export", "kerb", out, "--city", "town", "--json")
    assert answer.json == {"written": str(out), "forms": 2}
    header, *found = list(csv.reader(out.read_text("utf-8").splitlines()))
    vehicles = [f"vehicle[{i}]/marks" for i in range(1, 11)]
    assert header == [*ANSWER_COLUMNS, "stop", *vehicles, "own"]
    assert found[0][1:7] == ["uuid:a", "7", "kofi", "accepted", "", "S1"] and found[0][-2:] == ["number 10", "mine"]
    assert found[1][1:8] == ["uuid:b", "7", "kofi", "accepted", "", 'Kanda, "Soko"', ""]
    assert commonway("form", "export", "ride", out, "--city", "town").code == 0
    assert commonway("form", "export", "curb", out, "--city", "town").code == 1
    assert "cannot be written" in commonway("form", "export", "kerb", tmp_path / "no" / "x.csv", "--city", "town").err
