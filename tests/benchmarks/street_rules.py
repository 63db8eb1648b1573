"""Do the rules by which streets are read hold for real buses? Published routes laid on the streets of their cities.

    python -m tests.benchmarks.street_rules [--data ../shared/data]

The shapes of three feeds that were made from OpenStreetMap, in points 20 m apart (trains and ferries: none in them).
A street is missing where a point lies farther than 15 m from any that was read; a point goes against the rules where
its shape follows a street (3 m, 35 degrees) the way that cars may not. The baseline reads the same file by the rules
of osmnx's "drive" network: no service roads, tracks or busways, and no exceptions for buses.
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import shapely

from collectors.streets import files, rules
from collectors.streets.files import read_street_file
from mapping_service.geo import resample, to_metres, utm_srid
from mapping_service.records import Floats
from mapping_service.street_records import StreetMap
from tests.benchmarks.report import write_table

CITIES = (
    ("duitama", "duitama/gtfs.zip", "duitama/duitama.osm.pbf"),
    ("accra", "accra/gtfs.zip", "accra/overpass-routes.osm.gz"),
    ("esteli", "esteli/gtfs.zip", "esteli/overpass-routes.osm.gz"),
)
STEP_M, NEAR_M, ON_M = 20.0, 15.0, 3.0
ALONG = np.cos(np.radians(35.0))
HEAD = ("city", "rules", "km of shapes", "on a street", "of it against the rules", "points judged")
CAR_KINDS = rules.KINDS - {"service", "track", "busway", "bus_guideway"}


def main() -> None:
    """Measure every city, and print and keep the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = options.parse_args().data
    rows = []
    for city, feed, streets in CITIES:
        if not (data / streets).exists():
            print(f"{city}: {data / streets} is not here")
            continue
        with patch.object(files, "rule_of", car_rule):
            by_cars = read_street_file(data / streets).streets
        for name, found in (("osmnx drive", by_cars), ("ours", read_street_file(data / streets).streets)):
            rows.append((city, name, *measured(shapes(data / feed), found)))
    write_table("street-rules", "Published routes on the streets that were read", HEAD, rows)


def car_rule(tags: dict[str, str]) -> rules.Rule | None:
    """The rules for cars: oneway, roundabouts, what is shut or private; nothing that speaks of buses."""
    if tags.get("highway") not in CAR_KINDS or {"no", "private"} & {tags.get("access"), tags.get("motor_vehicle")}:
        return None
    plain: dict[str, str] = {key: tags[key] for key in ("highway", "oneway", "junction") if key in tags}
    return rules.rule_of(plain)


def shapes(feed: Path) -> list[Floats]:
    """The shapes of a feed, (n, 2) degrees each."""
    with zipfile.ZipFile(feed) as archive:
        name = next(name for name in archive.namelist() if name.endswith("shapes.txt"))
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")))
    by_id: dict[str, list[tuple[int, float, float]]] = {}
    for row in rows:
        point = int(row["shape_pt_sequence"]), float(row["shape_pt_lon"]), float(row["shape_pt_lat"])
        by_id.setdefault(row["shape_id"], []).append(point)
    return [np.array(sorted(points))[:, 1:] for points in by_id.values()]


def measured(lines: list[Floats], found: StreetMap) -> tuple[object, ...]:
    """Kilometres, the share of points on a street, the share of those against the rules, and how many were judged."""
    srid = utm_srid(*map(float, np.median(found.lon_lat, axis=0)))
    xy = to_metres(found.lon_lat[:, 0], found.lon_lat[:, 1], srid)
    streets = shapely.linestrings(xy, indices=np.repeat(np.arange(len(found)), np.diff(found.first)))
    ways = [resample(to_metres(line[:, 0], line[:, 1], srid), STEP_M) for line in lines]
    at = np.concatenate([(way[1:] + way[:-1]) / 2 for way in ways])
    heading = np.concatenate([np.diff(way, axis=0) for way in ways])
    tree = shapely.STRtree(streets)
    (_, nearest), away_m = tree.query_nearest(shapely.points(at), return_distance=True, all_matches=False)
    line = streets[nearest]
    along = shapely.line_locate_point(line, shapely.points(at))
    ahead, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along + shift, 0))) for shift in (2, -2)
    )
    step = ahead - behind
    size = np.hypot(*step.T) * np.hypot(*heading.T)
    cosine = np.where(size > 0, (step * heading).sum(axis=1) / np.where(size > 0, size, 1), 0.0)
    judged = (away_m <= ON_M) & (np.abs(cosine) >= ALONG)
    against = np.where(cosine > 0, found.against_out[nearest], found.against_back[nearest])[judged]
    km = round(len(at) * STEP_M / 1000)
    return km, f"{(away_m <= NEAR_M).mean():.2%}", f"{against.mean():.2%}", int(judged.sum())


if __name__ == "__main__":
    main()
