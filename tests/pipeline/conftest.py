"""Towns for the tests of the chain: an empty one for each test, and one that has gone all the way, to look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import _new_database
from tests.databases import Copies
from tests.pipeline.town import Town, survey


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    """A city without a ride, on a database of this test alone."""
    made = Town(database).found()
    yield made
    made.engine.dispose()


@pytest.fixture
def second_town(copies: Copies) -> Iterator[Town]:
    """Another city without a ride, on another database."""
    with copies.lend() as url:
        made = Town(url).found()
        yield made
        made.engine.dispose()


@pytest.fixture(scope="session")
def released_town(server: str, template: str) -> Iterator[Town]:
    """A city whose survey was processed, accepted and released. For reading only."""
    with _new_database(server, template=template) as url:
        made = Town(url).found()
        made.send_all(survey())
        made.process()
        made.accept()
        made.release()
        yield made
        made.engine.dispose()
