"""What a form says on the way belongs to the ride that the same person recorded at that time and place."""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
import pytest

from collectors.gpx import read_gpx
from mapping_service import together
from mapping_service.receive import receive
from mapping_service.store.messages import RawMessage
from mapping_service.store.people import add_key, sender
from tests.pipeline.town import Town, survey


@pytest.fixture
def keys(town: Town) -> tuple[str, str]:
    """The keys of two people, of whom the first recorded a ride that is processed."""
    with town.engine.begin() as connection:
        found = [add_key(connection, town.city.city_id, name) for name in ("ama", "kofi")]
        ama = sender(connection, found[0]).contributor_id
    receive(town.engine, town.city, "ride.gpx", survey()[0].gpx, ama)
    town.process()
    return found[0], found[1]


def say(town: Town, key: str, *, later_s: float = 0, north_deg: float = 0, **said: Any) -> None:
    """Report something from amid the ride, or from later or elsewhere."""
    fixes = read_gpx(survey()[0].gpx).fixes
    middle = len(fixes) // 2
    report = {"id": "r", "kind": "fare", "amount": 70, "t": (fixes.t_s[middle] + later_s) * 1000,
              "lon": fixes.lon[middle], "lat": fixes.lat[middle] + north_deg, **said}
    data = json.dumps({"v": 1, "report": report}).encode()
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, str(report)))
    message = RawMessage(together.key_digest(key), "page", "", "", data, name)
    assert together.put(town.url, message)


def fares(town: Town) -> list[float | None]:
    """The fares told on the ride, those of its own file left out."""
    (ride,) = town.rides()
    own = {one.text for one in ride.reports if one.kind == "fare"} - {""}
    return [one.amount for one in ride.reports if one.kind == "fare" and one.text not in own]


def test_a_report_made_on_a_ride_is_told_on_it_and_makes_the_city_anew(town: Town, keys: tuple[str, str]) -> None:
    say(town, keys[0])
    assert town.process().inferred
    assert fares(town) == [70.0]
    assert not town.process().inferred


@pytest.mark.parametrize(("whose", "away"), [
    (1, {}), (0, {"later_s": 7200.0}), (0, {"later_s": -86400.0}), (0, {"north_deg": 0.1}),
])
def test_what_another_said_or_at_another_time_or_place_is_not(
    town: Town, keys: tuple[str, str], whose: int, away: dict[str, float]
) -> None:
    say(town, keys[whose], **away)
    assert not town.process().inferred
    assert fares(town) == []
    assert town.ask("SELECT count(*) FROM report WHERE ride_id IS NULL AND kind = 'fare' AND text = ''") == [1]


def test_clocks_may_differ_a_little(town: Town, keys: tuple[str, str]) -> None:
    fixes = read_gpx(survey()[0].gpx).fixes
    middle = len(fixes) // 2
    to_end_s = float(np.nanmax(fixes.t_s) - fixes.t_s[middle])
    say(town, keys[0], later_s=to_end_s + 50, lon=fixes.lon[-1], lat=fixes.lat[-1])
    town.process()
    assert fares(town) == [70.0]
