"""A simulated survey on disk, in the form in which a real one arrives."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from collectors.simulator.network import GtfsNetwork
from collectors.simulator.rides import Hint, SimulatedRide, Truth, simulate
from collectors.simulator.settings import RideSettings


def run(feed: Path | GtfsNetwork, out: Path, *, seed: int, runs_per_pattern: int, language: str, currency: str) -> int:
    """Simulate a survey of ``feed`` into the folder ``out`` (see ``write_survey``); gives the number of files.

    ``language`` is en or fr, ``currency`` an ISO 4217 code. Raises ``Problem`` as ``simulate`` does.
    """
    settings = RideSettings(seed=seed, runs_min=runs_per_pattern, runs_max=runs_per_pattern, language=language,
                            currency=currency)
    return write_survey(simulate(feed, settings), out)


def write_survey(rides: Iterable[SimulatedRide], out_dir: Path) -> int:
    """Write ``runs/*.gpx``, ``manifest.csv`` (hints) and ``truth.csv`` (for scoring only); gives the number of files.

    Files of the same name are replaced.
    """
    folder = out_dir / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    hints: list[Hint] = []
    truths: list[Truth] = []
    for ride in rides:
        (folder / ride.file_name).write_bytes(ride.gpx)
        hints.append(ride.hint)
        truths.append(ride.truth)
    _write(out_dir / "manifest.csv", Hint, hints)
    _write(out_dir / "truth.csv", Truth, truths)
    return len(truths)


def _write(path: Path, kind: type[Hint] | type[Truth], rows: Sequence[Hint] | Sequence[Truth]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=[column.name for column in fields(kind)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
