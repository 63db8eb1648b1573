"""The local day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.clock import BAND_STARTS_S, DAY_S, band, day_type

NAIROBI, LIMA = ZoneInfo("Africa/Nairobi"), ZoneInfo("America/Lima")


def epoch(text: str, timezone: ZoneInfo) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone).timestamp()


@pytest.mark.parametrize(
    ("clock", "hours"),
    [("00:00:00", (0, 5)), ("06:59:59", (5, 7)), ("07:00:00", (7, 9)), ("12:30:00", (12, 15)), ("23:59:59", (21, 24))],
)
def test_a_moment_lies_in_the_band_of_its_local_clock(clock: str, hours: tuple[int, int]) -> None:
    for zone in (NAIROBI, LIMA):
        assert band(epoch(f"2024-03-04T{clock}", zone), zone) == (hours[0] * 3600, hours[1] * 3600)


def test_the_type_of_day_is_the_local_one() -> None:
    days = [day_type(epoch(f"2024-03-{day:02d}T23:30:00", LIMA), LIMA) for day in range(4, 11)]
    assert days == ["weekday"] * 5 + ["saturday", "sunday"]
    assert day_type(epoch("2024-03-09T23:30:00", LIMA), NAIROBI) == "sunday"


@given(st.floats(0, 4e9), st.sampled_from([NAIROBI, LIMA, ZoneInfo("Africa/Casablanca")]))
def test_every_moment_has_a_band(t_s: float, timezone: ZoneInfo) -> None:
    start, end = band(t_s, timezone)
    assert start in BAND_STARTS_S and end in (*BAND_STARTS_S, DAY_S) and start < end
