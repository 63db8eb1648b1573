"""Records of releases as versions. ``None`` is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Check:
    """What one validator, in one ``version``, said of one file of a release as it stood on ``day``.

    ``failure`` says why it gave no report, which counts as an error. ``notices`` hold ``code``, ``severity``
    (``ERROR``, ``WARNING``, ``INFO``), ``total`` and a few ``samples`` of each kind of finding, errors first.
    """

    name: str
    validator: str
    version: str
    day: date
    took_s: float
    errors: int
    warnings: int
    infos: int
    failure: str | None
    notices: Sequence[Mapping[str, Any]]
