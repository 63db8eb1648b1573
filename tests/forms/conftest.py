"""A city without a ride, to give forms to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.town import Town


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    """A city on a database of this test alone."""
    made = Town(database).found()
    yield made
    made.engine.dispose()
