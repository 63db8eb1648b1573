"""Asks cafein, which reads ``frequencies.txt`` to the second: questions on stdin, answers on stdout, as in nigiri.py.

Where it has no streets it reads no walks, so it is given those of ``transfers.txt``. It does not walk before the first
vehicle: a pair of which one must is not answered. Walks are left out of its answers.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from cafein import TransportNetwork
from scipy.sparse.csgraph import shortest_path

from tests.judges.timetable import Leg, Rows, read_tables

CHANGES = ("", "0", "2")


def answer(feed: str, day: date, max_transfers: int, queries: list[tuple[str, str, int]]) -> list[list[Leg] | None]:
    """The journey of each query that arrives first."""
    network = TransportNetwork.from_gtfs(feed, trip_distances=False)
    network.set_transfers(_walks(read_tables(Path(feed)).get("transfers.txt", [])))
    answers: list[list[Leg] | None] = []
    for from_stop, to_stop, at_s in queries:
        asked = datetime.combine(day, time()) + timedelta(seconds=at_s)
        found = network.route_between_stops(from_stop, to_stop, departure=asked, max_rides=max_transfers + 1)
        first = min((one["legs"] for one in found), key=lambda legs: legs[-1]["arrival_s"], default=None)
        answers.append(None if first is None else [
            Leg(leg["board_stop"], leg["alight_stop"], leg["departure_s"], leg["arrival_s"])
            for leg in first if leg["type"] == "transit"
        ])
    return answers


def _walks(rows: Rows) -> list[tuple[str, str, int, float]]:
    """Walks from stop to stop with seconds and no metres, and as cafein wants them, those over other stops too."""
    given = [row for row in rows if row["transfer_type"] in CHANGES and row["from_stop_id"] != row["to_stop_id"]]
    stops = sorted({row[end] for row in given for end in ("from_stop_id", "to_stop_id")})
    place = {stop: i for i, stop in enumerate(stops)}
    walk_s = np.full((len(stops), len(stops)), np.inf)
    for row in given:
        walk_s[place[row["from_stop_id"]], place[row["to_stop_id"]]] = max(int(row["min_transfer_time"] or 0), 1)
    if stops:
        walk_s = shortest_path(walk_s)
    return [(stops[i], stops[j], int(walk_s[i, j]), 0.0) for i, j in np.argwhere(np.isfinite(walk_s)) if i != j]


if __name__ == "__main__":
    held = json.load(sys.stdin)
    json.dump(answer(held["feed"], date.fromisoformat(held["date"]), held["max_transfers"], held["queries"]),
              sys.stdout)
