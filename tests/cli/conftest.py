"""The command, run in this process on a database of the test's own, as a person or a program runs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mapping_service.cli import main
from mapping_service.store.engine import engine_for
from tests.conftest import _new_database
from tests.pipeline.town import Town, survey


@dataclass(frozen=True)
class Answer:
    """What a call printed and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value that was printed."""
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in the environment as it is."""

    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["commonway", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture
def commonway(database: str, bare: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Command]:
    """The command on an empty database."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    yield bare
    engine_for(database).dispose()


@pytest.fixture(scope="session")
def published(server: str, template: str) -> Iterator[str]:
    """The URL of a database with a released city. For reading only."""
    with _new_database(server, template=template) as url:
        town = Town(url).found()
        town.send_all(survey())
        town.send("copy.gpx", survey()[0].gpx)
        town.send("prose.gpx", b"The matatu left at seven, to the pier.")
        town.process()
        town.accept()
        town.release()
        yield url
        town.engine.dispose()


@pytest.fixture
def reading(published: str, bare: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command on the released city; what a test calls must not write."""
    monkeypatch.setenv("DATABASE_URL", published)
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    return bare
