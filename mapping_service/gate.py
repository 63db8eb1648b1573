"""What independent validators say of a feed, each in a process of its own: one that breaks breaks nothing else.

``gtfs-validator`` is a port of the canonical validator (MobilityData, rules of 8.0.1) and decides of the feed itself;
``gtfs-guru``, by another author in another language, looks at every zip, being fast. A validator that gives no report
has not passed anything: that counts as an error, and so does each error of its own that it met on the way.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mapping_service.release_records import Check
from mapping_service.scratch import scratch

CANONICAL = "gtfs-validator"
GURU = "gtfs-guru"
# The largest feeds that we aim at take some four minutes.
PATIENCE_S = 1800
# Of each kind of finding, as many rows as a person looks at.
SAMPLES = 5
_SEVERITIES = ("ERROR", "WARNING", "INFO")
_GURU_PROGRAM = """
import sys, gtfs_guru
feed, country, day, report = sys.argv[1:]
gtfs_guru.validate(feed, country or None, day).save_json(report)
"""
# Linux ends what this becomes when the process that began it has gone (prctl PR_SET_PDEATHSIG, SIGKILL).
_TIED = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
# Each validator judges these; the canonical port would take minutes over a day of single trips, and gtfs-guru does not
# know that areas of booked services may stand in the place of stops.
JUDGES: Mapping[str, Sequence[str]] = {
    "gtfs.zip": (CANONICAL, GURU), "gtfs-expanded.zip": (GURU,), "gtfs-flex.zip": (CANONICAL,)
}
# A city's currency was looked up when the city was made, in a newer list than that of gtfs-guru, which lacks SLE.
NOT_ASKED: Mapping[str, frozenset[str]] = {CANONICAL: frozenset(), GURU: frozenset({"invalid_currency"})}


def check_feed(name: str, feed: Path, day: date, country: str | None = None) -> list[Check]:
    """Return what each validator of ``JUDGES`` says of the feed ``name`` at ``feed``, as it stands on ``day``.

    ``country`` (ISO 3166, two letters) is for the form of phone numbers.
    """
    return [_check(validator, name, feed, day, country) for validator in JUDGES.get(name, ())]


def _check(validator: str, name: str, feed: Path, day: date, country: str | None) -> Check:
    started = time.monotonic()
    with scratch("check") as folder:
        failure = _run(_command(validator, feed, folder, day, country))
        try:
            notices = [one for one in _notices(folder) if one["code"] not in NOT_ASKED[validator]]
        except (OSError, ValueError, KeyError) as error:
            notices = []
            failure = failure or f"{type(error).__name__}: {error}"
        else:
            failure = None
    counts = Counter({one["severity"]: 0 for one in notices})
    for one in notices:
        counts[one["severity"]] += one["total"]
    return Check(
        name=name, validator=validator, version=version(validator), day=day, took_s=time.monotonic() - started,
        errors=counts["ERROR"] + (failure is not None), warnings=counts["WARNING"], infos=counts["INFO"],
        failure=failure, notices=notices,
    )


def _command(validator: str, feed: Path, folder: Path, day: date, country: str | None) -> list[str]:
    if validator == GURU:
        return [
            sys.executable, "-c", _GURU_PROGRAM, str(feed), country or "", day.isoformat(), str(folder / "report.json")
        ]
    of_country = ["-c", country] if country else []
    program = str(Path(sys.executable).with_name(CANONICAL))
    return [program, "-i", str(feed), "-o", str(folder), "-d", day.isoformat(), "-svu", *of_country]


def _run(command: Sequence[str]) -> str | None:
    """Run a validator, no longer than this process lives; return the last thing that it said where it failed."""
    try:
        tied = [sys.executable, "-I", "-S", "-c", _TIED, *command]
        ran = subprocess.run(tied, capture_output=True, text=True, timeout=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"
    lines = ran.stderr.strip().splitlines()
    return None if ran.returncode == 0 else (lines[-1] if lines else f"exit code {ran.returncode}")


def _notices(folder: Path) -> list[dict[str, Any]]:
    """Read both reports of a validator, errors first; what it stumbled over itself counts as an error of the feed."""
    found = list(_read(folder / "report.json"))
    own = folder / "system_errors.json"
    if own.is_file():
        found += [{**one, "severity": "ERROR"} for one in _read(own)]
    return sorted(found, key=lambda one: (_SEVERITIES.index(one["severity"]), one["code"]))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    for one in json.loads(path.read_text("utf-8"))["notices"]:
        yield {
            "code": one["code"], "severity": one["severity"], "total": one["totalNotices"],
            "samples": one["sampleNotices"][:SAMPLES],
        }
