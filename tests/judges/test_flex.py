"""Services that come when they are called stand in a feed of their own, which stands the canonical rules."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.factories import VALID_FROM, drawn_town
from tests.gtfs_export.readers import Town
from tests.gtfs_export.test_settled import VAN, settle
from tests.judges.validators import canonical


@pytest.mark.parametrize("days", (0, 21))
def test_the_canonical_rules_find_no_error_and_no_warning(connection: Connection, tmp_path: Path, days: int) -> None:
    town = Town(connection, drawn_town(connection))
    settle(town, "booked_service", **VAN)
    feed = tmp_path / "gtfs-flex.zip"
    feed.write_bytes(town.zipped("flex"))
    verdict = canonical(feed, VALID_FROM + timedelta(days), "KE")
    assert verdict.complaints == {}
    assert "Booking Rules" in verdict.features
