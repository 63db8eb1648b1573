"""What an independent validator of the canonical rules says of the feed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import MORNING_S, VALID_FROM
from tests.gtfs_export.readers import Town


def judged(town: Town, folder: Path, day: date, variant: str = "frequencies") -> dict[str, Any]:
    feed, program = folder / "feed.zip", Path(sys.executable).with_name("gtfs-validator")
    feed.write_bytes(town.zipped(variant))
    arguments = ["-d", day.isoformat(), "-c", "KE", "-svu"]
    command: list[str | Path] = [program, "-i", feed, "-o", folder / "report", *arguments]
    subprocess.run(command, check=True, capture_output=True)
    assert json.loads((folder / "report/system_errors.json").read_text())["notices"] == []
    report: dict[str, Any] = json.loads((folder / "report/report.json").read_text())
    return report


def complaints(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(n["severity"], n["code"]) for n in report["notices"] if n["severity"] in ("ERROR", "WARNING")]


@pytest.mark.parametrize("days", [0, 21])
def test_the_drawn_town_is_valid_on_its_first_day_and_three_weeks_on(town: Town, tmp_path: Path, days: int) -> None:
    report = judged(town, tmp_path, VALID_FROM + timedelta(days=days))
    assert complaints(report) == []
    features = {"Shapes", "Frequencies", "Headsigns", "Feed Information", "Attributions", "Fares V1"}
    assert features <= set(report["summary"]["gtfsFeatures"])


def test_a_town_with_odd_names_and_long_headways_is_valid_too(town: Town, tmp_path: Path) -> None:
    for stop_id, name in {"S1": "NA", "S2": 'Market, "old"\nside', "S3": "ጎንደር", "S4": "محطة", "S5": "🚌 Rank"}.items():
        town.stop(stop_id, name=name)
    town.route("R2", short_name=None, long_name="Harbour – Airport")
    town.route("R1", short_name=None)
    town.headways("P3", (40000, MORNING_S, "seen"))
    town.pattern("P3", headsign=None)
    assert complaints(judged(town, tmp_path, VALID_FROM)) == []
