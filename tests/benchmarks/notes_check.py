"""How many fares and waits of real typed notes are read correctly, against labels made by reading the notes.

    python tests/benchmarks/notes_check.py [--runs ../shared/data/abidjan/runs.zip] [--labels ...] [--show]

A run is right when the distinct values read in it are exactly the labelled one, or none where none is written.
"""

from __future__ import annotations

import argparse
import csv
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from collectors.gpx import read_gpx  # noqa: E402
from collectors.notes import read_notes  # noqa: E402
from collectors.words import load_words  # noqa: E402
from mapping_service.records import Report  # noqa: E402
from tests.benchmarks.report import write_table  # noqa: E402


@dataclass(frozen=True)
class Label:
    """What a person read in the notes of one run: fare in XOF, wait in minutes, None where none is written."""

    run: str
    part: str
    fare: float | None
    wait_min: float | None


def labels(path: Path) -> list[Label]:
    """The hand-made labels; columns run, set, fare, wait_min."""
    with path.open(newline="", encoding="utf-8") as lines:
        return [Label(row["run"], row["set"], _number(row["fare"]), _number(row["wait_min"]))
                for row in csv.DictReader(lines)]


def _number(text: str) -> float | None:
    return float(text) if text else None


def is_right(values: Iterable[float | None], expected: float | None) -> bool:
    """Whether exactly the expected value was read, once or several times."""
    return set(values) == ({expected} if expected is not None else set())


def verdict(reports: Sequence[Report], label: Label) -> tuple[bool, bool]:
    """Whether the fare is right, and whether the wait is; cancelled reports count too: they were typed."""
    fare = is_right((r.amount for r in reports if r.kind == "fare"), label.fare)
    wait = is_right((r.wait_s / 60 for r in reports if r.wait_s is not None), label.wait_min)
    return fare, wait


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=ROOT / "../shared/data/abidjan/runs.zip")
    parser.add_argument("--labels", type=Path, default=Path(__file__).parent / "data/notes_labels.csv")
    parser.add_argument("--show", action="store_true", help="print the notes of the runs that were read wrongly")
    options = parser.parse_args()
    words = load_words("fr")
    scores: dict[str, list[tuple[bool, bool]]] = {}
    with zipfile.ZipFile(options.runs) as runs:
        member_of = {Path(name).stem: name for name in runs.namelist()}
        for label in labels(options.labels):
            data = runs.read(member_of[label.run])
            reports = read_notes(read_gpx(data).waypoints, words, currency="XOF")
            result = verdict(reports, label)
            scores.setdefault(label.part, []).append(result)
            if options.show and not all(result):
                shown = [report for report in reports if report.kind in ("fare", "wait", "unread")]
                print(label, [(report.kind, report.text, report.amount, report.wait_s) for report in shown])
    rows = [(part, len(results), *_shares(results)) for part, results in scores.items()]
    title = "Fares and waits typed as free text: the share of labelled files read right"
    write_table("notes", title, ("set", "files", "fare", "wait", "both"), rows)


def _shares(results: Sequence[tuple[bool, bool]]) -> list[float]:
    return [sum(column) / len(results) for column in zip(*((f, w, f and w) for f, w in results))]


if __name__ == "__main__":
    main()
