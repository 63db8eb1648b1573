"""Validators of other authors, each asked for one verdict.

``canonical`` is a port of MobilityData's rules in Python, ``guru`` one in Rust, ``analyzer`` has rules of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gtfs_analyzer
import gtfs_guru

PROGRAM = Path(sys.executable).with_name("gtfs-validator")


@dataclass(frozen=True)
class Verdict:
    """How often each code was found, by how much it matters; the features that the feed is said to have."""

    errors: Mapping[str, int]
    warnings: Mapping[str, int]
    infos: Mapping[str, int]
    features: frozenset[str] = field(default=frozenset())

    @property
    def complaints(self) -> dict[str, int]:
        """Errors and warnings together."""
        return {**self.warnings, **self.errors}


def canonical(feed: Path, day: date, country: str) -> Verdict:
    """What gtfs-validator says; what broke inside it, or a missing report, counts as an error."""
    with TemporaryDirectory() as folder:
        words = ["-i", str(feed), "-o", folder, "-d", day.isoformat(), "-c", country, "-svu"]
        ran = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
        report, system = Path(folder, "report.json"), Path(folder, "system_errors.json")
        if ran.returncode != 0 or not report.exists():
            return Verdict({"no_report": 1}, {}, {})
        held: dict[str, Any] = json.loads(report.read_text("utf-8"))
        broken = json.loads(system.read_text("utf-8"))["notices"]
    found = {(one["severity"], one["code"]): int(one["totalNotices"]) for one in held["notices"]}
    found |= {("ERROR", f"system: {one['code']}"): int(one["totalNotices"]) for one in broken}
    return _verdict(found, frozenset(held["summary"]["gtfsFeatures"]))


def guru(feed: Path, day: date, country: str) -> Verdict:
    """What gtfs-guru says."""
    notices = gtfs_guru.validate(str(feed), country_code=country, date=day.isoformat()).notices
    return _verdict(Counter((one.severity, one.code) for one in notices))


def analyzer(feed: Path, day: date) -> Verdict:
    """What gtfs-analyzer says. What it calls critical, or not publishable, counts as an error, what high, as a warning.
    """
    said = gtfs_analyzer.validate_gtfs(str(feed), today=day.isoformat())
    levels = {"CRITICAL": "ERROR", "HIGH": "WARNING"}
    found = Counter((levels.get(one["severity"], "INFO"), one["rule_id"]) for one in said["notices"])
    if not said["reports"]["r1"]["publishable"]:
        found["ERROR", "not_publishable"] = 1
    return _verdict(found)


def _verdict(found: Mapping[tuple[str, str], int], features: frozenset[str] = frozenset()) -> Verdict:
    def of(severity: str) -> dict[str, int]:
        return {code: count for (its, code), count in sorted(found.items()) if its == severity}

    return Verdict(of("ERROR"), of("WARNING"), of("INFO"), features)
