"""Asks ferrobus, which ignores ``frequencies.txt``: questions on stdin, answers on stdout, as in nigiri.py.

It must have streets, and walks on them between stops: it is given squares of 250 m. Walks are left out of its answers,
and rides from a stop to itself, which it makes now and then.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import ferrobus
from osmium import SimpleWriter
from osmium.osm.mutable import Node, Way

from tests.judges.timetable import DEGREE_M, Leg, read_tables

Place = tuple[float, float]
SQUARE_M = 250.0


def answer(feed: Path, day: date, max_transfers: int, queries: list[tuple[str, str, int]]) -> list[list[Leg] | None]:
    """The journey of each query, from the place of one stop to that of the other."""
    places = {row["stop_id"]: (float(row["stop_lon"]), float(row["stop_lat"]))
              for row in read_tables(feed)["stops.txt"] if row["stop_lat"]}
    with TemporaryDirectory() as folder:
        streets = Path(folder, "streets.osm.pbf")
        write_squares(list(places.values()), streets)
        with ZipFile(feed) as archive:
            archive.extractall(Path(folder, "feed"))
        model = ferrobus.create_transit_model(str(streets), [str(Path(folder, "feed"))], day)
    answers: list[list[Leg] | None] = []
    for from_stop, to_stop, at_s in queries:
        here, there = (ferrobus.create_transit_point(lat, lon, model)
                       for lon, lat in (places[from_stop], places[to_stop]))
        found = ferrobus.detailed_journey(model, here, there, at_s, max_transfers)
        answers.append(None if found is None else [
            Leg(leg["from_name"], leg["to_name"], leg["departure_time"], leg["arrival_time"])
            for leg in (feature["properties"] for feature in json.loads(found)["features"])
            if leg["leg_type"] == "transit" and leg["from_name"] != leg["to_name"]
        ])
    return answers


def write_squares(places: list[Place], path: Path) -> None:
    """Write streets in squares around places as OpenStreetMap."""
    lons, lats = zip(*places)
    step_lat = SQUARE_M / DEGREE_M
    step_lon = step_lat / math.cos(math.radians(sum(lats) / len(lats)))
    west, south = min(lons) - step_lon, min(lats) - step_lat
    wide, high = (math.ceil((max(lons) - west) / step_lon) + 2, math.ceil((max(lats) - south) / step_lat) + 2)
    with SimpleWriter(str(path)) as writer:
        for i in range(wide):
            for j in range(high):
                writer.add_node(Node(id=i * high + j + 1, location=(west + i * step_lon, south + j * step_lat)))
        along = [[i * high + j + 1 for j in range(high)] for i in range(wide)]
        for number, nodes in enumerate([*along, *map(list, zip(*along))], start=1):
            writer.add_way(Way(id=number, nodes=nodes, tags={"highway": "residential"}))


if __name__ == "__main__":
    held = json.load(sys.stdin)
    json.dump(answer(Path(held["feed"]), date.fromisoformat(held["date"]), held["max_transfers"], held["queries"]),
              sys.stdout)
