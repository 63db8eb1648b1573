"""A town with two people who send, and another one to compare it with: those of the tests of the chain."""

from __future__ import annotations

from tests.pipeline.conftest import second_town, town

__all__ = ["second_town", "town"]
