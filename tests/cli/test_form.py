"""`commonway form`: giving a city a form of its own, closing it, opening it again."""

from __future__ import annotations

from pathlib import Path

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
    assert commonway("form", "unknown", "burn", "--city", "town").code == 2
