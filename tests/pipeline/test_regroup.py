"""More rides can change which runs are one route: accepted routes then change with them, and none is left behind."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from collectors.simulator import sample_survey
from tests.pipeline.town import Town

LOTS = 4


@pytest.mark.parametrize("order", [3, 8])
def test_a_survey_that_comes_in_lots_in_any_order_can_be_accepted_lot_by_lot(town: Town, order: int) -> None:
    rides = list(sample_survey(20))
    random.Random(order).shuffle(rides)
    for lot in range(LOTS):
        town.send_all(rides[lot::LOTS])
        town.process()
        town.accept()
    assert set(town.ask(routes_of("accepted"))) == set(town.ask(routes_of("candidate")))
    assert town.release().created


def test_a_pattern_that_changes_its_route_leaves_no_copy_behind(town: Town) -> None:
    """As if inference had moved all patterns of R2 to R1."""
    town.send_all(sample_survey(20))
    town.process()
    town.accept()
    candidate = town.network("candidate")
    with town.engine.begin() as connection:
        values = {"network": candidate}
        moved = "UPDATE pattern SET route_id = 'R1' WHERE route_id = 'R2' AND network_id = :network"
        connection.execute(text(moved), values)
        connection.execute(text("DELETE FROM route WHERE route_id = 'R2' AND network_id = :network"), values)
    report = town.review()
    assert "R2" not in report.accepted and report.retired == ["R2"]
    assert town.digest("accepted") == town.digest("candidate")


def routes_of(kind: str) -> str:
    return f"SELECT route_id FROM route JOIN network USING (network_id) WHERE kind = '{kind}'"
