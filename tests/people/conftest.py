"""A town with two people who send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import _new_database
from tests.pipeline.town import Town


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    """A city without a ride, on a database of this test alone."""
    made = Town(database).found()
    yield made
    made.engine.dispose()


@pytest.fixture
def second_town(server: str, template: str) -> Iterator[Town]:
    """Another city without a ride, on another database."""
    with _new_database(server, template=template) as url:
        made = Town(url).found()
        yield made
        made.engine.dispose()
