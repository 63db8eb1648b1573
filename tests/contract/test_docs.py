"""What is promised in words is there: the README knows every command, every reason has its sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import click
import pytest

from mapping_service.cli import cli
from mapping_service.reasons import SENTENCES
from tests.contract.sources import ROOT, sources

JSON_IS_NO_USE = {"worker"}  # it answers nothing: it runs until it is stopped
# name: place of the code among the arguments
REASON_MAKERS = {"_quarantined": 0, "_aside": 0, "doubt": 0, "quarantine": 2, "set_aside": 2, "mark_duplicate": 3}


def commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, path)
        else:
            yield path, command


def options(command: click.Command) -> set[str]:
    return {max(one.opts, key=len) for one in command.params if isinstance(one, click.Option)}


@pytest.mark.parametrize("path, command", list(commands()), ids=[path for path, _ in commands()])
def test_the_readme_shows_every_command_with_its_options(path: str, command: click.Command) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = path if path != "export" else "export gtfs"
    assert re.search(rf"\bcommonway {shown}\b", readme), f"commonway {path} is not in README.md"
    assert sorted(option for option in options(command) if option not in readme) == []


@pytest.mark.parametrize("path, command", list(commands()), ids=[path for path, _ in commands()])
def test_every_command_explains_itself_and_answers_machines(path: str, command: click.Command) -> None:
    assert command.help
    assert "--json" in options(command) or path in JSON_IS_NO_USE


def reasons() -> Iterator[tuple[str, str, set[str]]]:
    """Each reason that the code gives: where, its code, the values it hands over; those with a message left out."""
    for source in sources():
        for node in ast.walk(source.tree):
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in REASON_MAKERS and len(node.args) > REASON_MAKERS[called]:
                code = node.args[REASON_MAKERS[called]]
                if isinstance(code, ast.Constant):
                    yield f"{source.path}:{node.lineno}", str(code.value), {str(one.arg) for one in node.keywords}


def test_every_reason_of_a_quarantine_has_its_sentence_and_its_values() -> None:
    found = list(reasons())
    assert {code for _, code, _ in found} >= {"no_times", "far_away", "no_ride", "same_ride"}
    for where, code, values in found:
        assert code in SENTENCES, where
        wanted = {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}
        assert wanted <= values | {"of"}, where


def test_no_sentence_is_left_over() -> None:
    told_by_queries = {"same_bytes", "continued", "edited"}
    assert set(SENTENCES) - {code for _, code, _ in reasons()} == told_by_queries


def test_sentences_tell_a_person_something() -> None:
    for code, sentence in SENTENCES.items():
        assert re.fullmatch(r"[A-Z].*\.", sentence), code


def problems() -> Iterator[tuple[str, str]]:
    """Every problem that is made in the code with a fixed code."""
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "Problem", "Unauthorised", "Forbidden", "NotFound", "Conflict", "TooLarge", "Unavailable"
            } and node.args and isinstance(node.args[0], ast.Constant):
                yield f"{source.path}:{node.lineno}", str(node.args[0].value)


def test_codes_of_problems_are_snake_case() -> None:
    found = list(problems())
    assert len(found) > 20
    assert [where for where, code in found if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []
