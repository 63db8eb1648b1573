"""What goes wrong is one sentence and exit code 1; for machines it has one shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Command
from tests.pipeline.town import SLUG

CITY = {"--name": "Quay", "--timezone": "Africa/Nairobi", "--currency": "KES", "--language": "en"}


def create(commonway: Command, slug: str, over: dict[str, str], *more: str) -> Answer:
    return commonway("city", "create", slug, *(word for pair in {**CITY, **over}.items() for word in pair), *more)


@pytest.mark.parametrize("slug, over, code", [
    ("Quay!", {}, "bad_slug"),
    ("static", {}, "bad_slug"),
    ("quay", {"--timezone": "EAT"}, "bad_timezone"),
    ("quay", {"--currency": "shilling"}, "bad_currency"),
    ("quay", {"--language": "klingonese"}, "bad_language"),
    (SLUG, {}, "city_exists"),
])
def test_a_city_that_cannot_be_is_refused(reading: Command, slug: str, over: dict[str, str], code: str) -> None:
    told = create(reading, slug, over)
    assert told.code == 1 and told.out == ""
    assert told.err.startswith("commonway: ") and told.err.count("\n") == 1 and told.err.rstrip().endswith(".")
    shown = create(reading, slug, over, "--json")
    assert shown.code == 1
    assert set(shown.json) == {"error"} and set(shown.json["error"]) == {"code", "message", "details"}
    assert shown.json["error"]["code"] == code
    assert told.err == f"commonway: {shown.json['error']['message']}\n"


@pytest.mark.parametrize("words", [
    ("import", "/tmp"), ("process",), ("inbox", "list"), ("inbox", "release", "1"), ("review", "list"),
    ("review", "accept"), ("release",), ("export", "gtfs", "/tmp/none.zip"), ("token", "create", "--contributor", "a"),
])
def test_every_command_names_a_city_that_is_not_there(reading: Command, words: tuple[str, ...]) -> None:
    answer = reading(*words, "--city", "nowhere", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "city_not_found")
    assert answer.json["error"]["details"] == {"city": "nowhere"}


@pytest.mark.parametrize("words, code", [
    (("import", "/nowhere/at/all"), "path_missing"),
    (("export", "gtfs", "/nowhere/feed.zip"), "folder_missing"),
    (("export", "runs", "/nowhere/runs.csv"), "folder_missing"),
    (("export", "gtfs", "/tmp/never-written.zip", "--release", "99"), "release_not_found"),
    (("export", "runs", "/tmp/never-written.csv", "--release", "99"), "release_not_found"),
    (("export", "evidence", "/tmp/never-written.csv", "--release", "99"), "release_not_found"),
    (("inbox", "release", "99999"), "nothing_to_release"),
])
def test_what_is_not_there_is_named(reading: Command, words: tuple[str, ...], code: str) -> None:
    answer = reading(*words, "--city", SLUG, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, code)
    assert answer.json["error"]["message"].endswith(".")
    assert not Path(words[2]).exists() if len(words) > 2 else True


@pytest.mark.parametrize("name", ["layers.shp", "layers.zip"])
def test_layers_of_a_kind_that_we_do_not_write_are_refused(reading: Command, tmp_path: Path, name: str) -> None:
    answer = reading("export", "layers", tmp_path / name, "--city", SLUG, "--json")
    assert answer.code == 1 and answer.json["error"]["message"].endswith(".")
    assert not (tmp_path / name).exists()


def test_a_release_of_nothing_says_what_to_do_first(commonway: Command) -> None:
    create(commonway, "quay", {})
    answer = commonway("release", "--city", "quay")
    assert answer.code == 1 and "commonway process" in answer.err


@pytest.mark.parametrize("out", ["a folder", "no permission"])
def test_a_place_that_cannot_be_written_is_a_sentence(reading: Command, tmp_path: Path, out: str) -> None:
    place = tmp_path if out == "a folder" else Path("/proc/feed.zip")
    for what in ("gtfs", "runs", "evidence"):
        answer = reading("export", what, place, "--city", SLUG, "--json")
        assert answer.code == 1
        assert set(answer.json["error"]) == {"code", "message", "details"}


def test_a_database_that_is_away_is_a_sentence(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    answer = bare("city", "list", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "database_unreachable")


@pytest.mark.parametrize(("words", "told"), [
    (("city", "create"), "Missing argument 'SLUG'. See “commonway city create --help”."),
    (("export", "shapefile", "out", "--city", SLUG), "'shapefile' is not one of 'gtfs'"),
    (("alert", "add", "Late", "--city", SLUG, "--effect", "DETOUR"), "'DETOUR' is not one of 'detour'"),
    (("translate", "/nowhere/names.csv", "--city", SLUG), "File '/nowhere/names.csv' does not exist. See “commonway"),
    (("nonsense",), "No such command 'nonsense'. See “commonway --help”."),
])
def test_a_wrong_call_is_one_sentence_and_ends_with_1(bare: Command, words: tuple[str, ...], told: str) -> None:
    answer = bare(*words)
    assert answer.code == 1 and answer.out == "" and answer.err.startswith("commonway: ") and told in answer.err
    assert answer.err.count("\n") == 1 and answer.err.rstrip().endswith(".")
    assert bare(*words, "--json").json["error"]["code"] == "usage"


def test_help_needs_no_database(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for words in ((), ("import",), ("export",), ("release",)):
        answer = bare(*words, "--help")
        assert answer.code == 0 and answer.out.startswith("Usage: ")
