"""Trip planners of other authors, each a program of its own, and what is asked of their answers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from tests.judges.copies import MARK, edited, marked
from tests.judges.timetable import Leg, Query, read_tables

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Answer = list[Leg] | None
OLDEST_NODE = 20


@cache
def node_version() -> int:
    """The major version of node, 0 where there is none."""
    if shutil.which("node") is None:
        return 0
    ran = subprocess.run(["node", "--print", "process.versions.node"], capture_output=True, text=True, check=True)
    return int(ran.stdout.split(".")[0])


def why_no_node(package: str) -> str | None:
    """Why a package of node cannot be asked here, ``None`` where it can."""
    there = node_version() >= OLDEST_NODE and (ROOT / "node_modules" / package).exists()
    return None if there else f"{package} needs node {OLDEST_NODE} or newer and its packages (script/test)"


def nigiri(feed: Path, day: date, queries: Sequence[Query], *, link_m: int = 100, transfers: int = 6) -> list[Answer]:
    """What nigiri answers. It walks between stops up to ``link_m`` apart, besides what ``transfers.txt`` says."""
    return _ask([sys.executable, "-m", "tests.judges.nigiri"], feed, day, queries, link_m, transfers)


def minotor(feed: Path, day: date, queries: Sequence[Query], *, transfers: int = 6) -> list[Answer]:
    """What minotor answers: vehicles only, walks left out."""
    asked = [Query(MARK + from_stop, MARK + to_stop, at_s) for from_stop, to_stop, at_s in queries]
    with edited(feed, marked) as copy:
        answers = _ask(["node", str(HERE / "minotor.mjs")], copy, day, asked, 0, transfers)
    return [legs and [one._replace(from_stop=one.from_stop.removeprefix(MARK), to_stop=one.to_stop.removeprefix(MARK))
                      for one in legs] for legs in answers]


def cafein(feed: Path, day: date, queries: Sequence[Query], *, transfers: int = 6) -> list[Answer]:
    """What cafein answers: vehicles only, walks left out."""
    return _ask([sys.executable, "-m", "tests.judges.cafein"], feed, day, queries, 0, transfers)


def ferrobus(feed: Path, day: date, queries: Sequence[Query], *, transfers: int = 6) -> list[Answer]:
    """What ferrobus answers: vehicles only, walks left out."""
    return _ask([sys.executable, "-m", "tests.judges.ferrobus"], feed, day, queries, 0, transfers)


def _ask(
    program: list[str], feed: Path, day: date, queries: Sequence[Query], link_m: int, transfers: int
) -> list[Answer]:
    zones = {row["agency_timezone"] for row in read_tables(feed)["agency.txt"]}
    (zone,) = zones
    asked = {"feed": str(feed.resolve()), "date": day.isoformat(), "timezone": zone, "link_m": link_m,
             "max_transfers": transfers, "queries": queries}
    ran = subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    answers = json.loads(ran.stdout)
    return [None if legs is None else [Leg(*leg) for leg in legs] for legs in answers]
