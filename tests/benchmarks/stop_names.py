"""What stops without a name are called, before and after streets are asked, and how many share a name.

    python -m tests.benchmarks.stop_names [--data ../shared/data] [--hidden 0.3 1]

Real stops on the real street maps of their cities. Riders name most stops and not all: of the stops of each feed a
share loses its name, the same for the same seed, and is named anew. Before: after the nearest stop or service point in
sight, else by its id. After: as the feed does. A name repeats when another stop more than 300 m away has it; the
places of a feed that lie nearer are two sides of one road. Names that nobody lost count on neither side.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from sqlalchemy import Connection

from collectors.streets.files import read_street_file
from gtfs_export.names import Label, stop_labels
from gtfs_export.records import Evidence, Stop
from gtfs_export.texts import texts_for
from mapping_service.geo import to_metres, utm_srid
from mapping_service.parameters import Parameters
from mapping_service.postgres import ensure_cluster
from mapping_service.store.crossings import names_of_streets
from mapping_service.store.engine import engine_for, table
from mapping_service.store.streets import save_streets
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import throwaway_config
from tests.factories import make_city, make_network, point

CITIES = {
    "duitama": ("duitama.osm.pbf", "es"), "esteli": ("overpass-routes.osm.gz", "es"),
    "accra": ("overpass-routes.osm.gz", "en"),
}
HEAD = ("city", "stops", "without a name", "", "landmark", "crossing", "near a crossing", "street", "id only",
        "share a name over 300 m away", "of these within 1 km")
SEEN = Evidence(1, None, date(2024, 1, 1), date(2024, 1, 1), 0.5)
NAMELESS = ("", "Add a name to the stop with JungleBus app")
SEED = 7
P = Parameters()


def main() -> None:
    """Measure every city, and print and keep the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--hidden", type=float, nargs="+", default=[0.3, 1.0])
    chosen = options.parse_args()
    rows: list[list[object]] = []
    with throwaway_config() as config:
        url = ensure_cluster(config, durable=False)
        upgrade(url)
        for name, (streets, language) in CITIES.items():
            for share in chosen.hidden:
                with engine_for(url).connect() as connection:
                    rows += _measured(connection, name, chosen.data / name, streets, language, share)
                    connection.rollback()
        engine_for(url).dispose()
    write_table("stop_names", f"Names of stops that nobody named (seed {SEED})", HEAD, rows)


def _measured(
    connection: Connection, name: str, folder: Path, streets: str, language: str, share: float
) -> Iterator[list[object]]:
    stops = list(_stops(folder / "gtfs.zip", share))
    city_id = make_city(connection)
    network_id = make_network(connection, city_id)
    save_streets(connection, city_id, read_street_file(folder / streets))
    key = {"network_id": network_id, "city_id": city_id, "method": "dwell", "runs": 1, "name_votes": {},
           "first_seen": SEEN.first_seen, "last_seen": SEEN.last_seen, "confidence": 0.5}
    connection.execute(table(connection, "stop").insert(), [
        {**key, "stop_id": one.stop_id, "name": one.name, "geom": point((one.lon, one.lat))} for one in stops
    ])
    at = {one.stop_id: one for one in names_of_streets(connection, city_id, network_id, P)}
    crossed = [
        replace(one, street_name=at[one.stop_id].name, street_method=at[one.stop_id].method)
        if one.stop_id in at else one for one in stops
    ]
    texts = texts_for(language)
    before = {
        stop_id: Label(label.text.removesuffix(f" ({stop_id})"), label.method)
        for stop_id, label in stop_labels(stops, (), texts).items()
    }
    for label, named in (("before", before), ("after", stop_labels(crossed, (), texts))):
        yield [name, len(stops), sum(one.name is None for one in stops), label, *_counted(stops, named)]


def _stops(feed: Path, share: float) -> Iterator[Stop]:
    rng = np.random.default_rng(SEED)
    with ZipFile(feed) as archive, archive.open("stops.txt") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")):
            hidden = rng.random() < share or row["stop_name"] in NAMELESS
            yield Stop(row["stop_id"], None if hidden else row["stop_name"], {}, float(row["stop_lon"]),
                       float(row["stop_lat"]), "dwell", SEEN)


def _counted(stops: Sequence[Stop], labels: dict[str, Label]) -> list[int]:
    lon, lat = np.array([one.lon for one in stops]), np.array([one.lat for one in stops])
    xy = to_metres(lon, lat, utm_srid(float(lon.mean()), float(lat.mean())))
    sharing = defaultdict(list)
    for number, one in enumerate(stops):
        sharing[labels[one.stop_id].text].append(number)
    methods: Counter[str] = Counter()
    far = near = 0
    for number, one in enumerate(stops):
        if one.name is not None:
            continue
        methods[labels[one.stop_id].method] += 1
        apart_m = np.hypot(*(xy[sharing[labels[one.stop_id].text]] - xy[number]).T)
        over_m = apart_m[apart_m > P.one_place_m]
        far += len(over_m) > 0
        near += len(over_m) > 0 and bool(over_m.min() <= 1000)
    kinds = ("nearest_named_stop", "crossing", "nearest_crossing", "street", "stop_id")
    return [*(methods[kind] for kind in kinds), far, near]


if __name__ == "__main__":
    main()
