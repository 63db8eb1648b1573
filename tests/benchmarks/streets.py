"""How long street maps take to read, keep and load, and how much memory: ours beside osmnx's ``graph_from_xml``.

    python -m tests.benchmarks.streets [--data ../shared/data]

Each measurement runs in a process of its own; memory is that process's peak, Python and libraries included. osmnx
reads no pbf and takes every way of a file for a street, so it gets the ways on which vehicles drive, and their nodes,
already as plain XML (making that file is not counted); it simplifies as its users do. The grid is made here: 224 x 224
junctions, 100 m apart, each street with three points between; every other row and column is a oneway.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from collectors.streets.files import read_street_file
from collectors.streets.rules import KINDS
from mapping_service.cities import new_city
from mapping_service.geo import utm_srid
from mapping_service.postgres import ensure_cluster
from mapping_service.store.engine import engine_for
from mapping_service.store.streets import load_streets, save_streets
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import throwaway_config

FILES = (
    "duitama/duitama.osm.pbf", "helsinki-phones/Helsinki.osm.pbf", "accra/overpass-routes.osm.gz",
    "esteli/overpass-routes.osm.gz",
)
SIDE = 224
HEAD = ("map", "MB on disk", "reader", "streets or edges", "junctions", "edges to drive", "CPU s", "peak MB",
        "save s", "load s")


def main() -> None:
    """Measure every file, and print and keep the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = options.parse_args().data
    with tempfile.TemporaryDirectory() as folder, throwaway_config() as config:
        url = ensure_cluster(config, durable=False)
        upgrade(url)
        maps = {name: data / name for name in FILES if (data / name).exists()}
        maps[f"grid {SIDE} x {SIDE}"] = grid(Path(folder) / "grid.osm.pbf")
        rows = [row for name, path in maps.items() for row in measured(name, path, Path(folder), url)]
    title = "Street maps: reading, keeping and loading (a process each; save and load are wall clock)"
    write_table("streets", title, HEAD, rows)


def measured(name: str, path: Path, folder: Path, url: str) -> Iterator[tuple[Any, ...]]:
    """The two rows of one file."""
    size = round(path.stat().st_size / 1e6, 2)
    drivable = folder / "drivable.osm"
    drivable.unlink(missing_ok=True)
    write_drivable(path, drivable)
    for reader, measure, file in (("ours", ours, path), ("osmnx", osmnx_reads, drivable)):
        *found, peak = apart(measure, file)
        kept = apart(keeps, path, url)[:2] if reader == "ours" else ("", "")
        yield name, size, reader, *found, peak, *kept


def apart(measure: Callable[..., tuple[Any, ...]], *arguments: Any) -> tuple[Any, ...]:
    """What a measurement finds in a process of its own, and that process's peak memory in MB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(with_peak, measure, *arguments).result()


def with_peak(measure: Callable[..., tuple[Any, ...]], *arguments: Any) -> tuple[Any, ...]:
    found = measure(*arguments)
    # Not ru_maxrss: that remembers the process from which this one was started.
    peak_kb = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert peak_kb is not None
    return *found, round(int(peak_kb[1]) / 1024)


def ours(path: Path) -> tuple[Any, ...]:
    start = time.process_time()
    found = read_street_file(path).streets
    seconds = time.process_time() - start
    open_edges = int((~found.against_out).sum() + (~found.against_back).sum())
    return len(found), len(np.unique(np.concatenate((found.tail, found.head)))), open_edges, round(seconds, 2)


def osmnx_reads(path: Path) -> tuple[Any, ...]:
    import osmnx  # here: it is half of the memory of this process, and ours does without

    start = time.process_time()
    try:
        graph = osmnx.graph_from_xml(path, retain_all=True)
    except ValueError as refused:
        return f"refused: {refused}", "", "", round(time.process_time() - start, 2)
    seconds = time.process_time() - start
    return len(graph.edges), len(graph.nodes), len(graph.edges), round(seconds, 2)


def keeps(path: Path, url: str) -> tuple[Any, ...]:
    """Seconds to save a map and to load it as directed edges in metres."""
    read = read_street_file(path)
    engine = engine_for(url)
    city = new_city(engine, f"city-{time.time_ns()}", "City", "Africa/Nairobi", "KES", "en")
    srid = utm_srid(*map(float, np.median(read.streets.lon_lat, axis=0)))
    start = time.perf_counter()
    with engine.begin() as connection:
        save_streets(connection, city.city_id, read)
    saved = time.perf_counter()
    with engine.connect() as connection:
        edges = load_streets(connection, city.city_id, srid)
    assert len(edges.tail) == 2 * len(read.streets)
    return round(saved - start, 2), round(time.perf_counter() - saved, 2)


def write_drivable(path: Path, out: Path) -> None:
    """Write the ways on which vehicles drive, and their nodes, as plain XML."""
    ways = [way.id for way in osmium.FileProcessor(str(path), osmium.osm.WAY) if way.tags.get("highway") in KINDS]
    with osmium.BackReferenceWriter(str(out), str(path), relation_depth=0) as writer:
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(osmium.filter.IdFilter(ways)):
            writer.add(way)


def grid(path: Path) -> Path:
    """Write a grid of streets and return its path."""
    between = 4
    step = 100 / 111_320 / between
    across = (SIDE - 1) * between + 1
    with osmium.SimpleWriter(str(path)) as writer:
        wanted = [(i, j) for i in range(across) for j in range(across) if i % between == 0 or j % between == 0]
        for i, j in wanted:
            writer.add_node(osmium.osm.mutable.Node(id=i * across + j + 1, location=(36.8 + i * step, -1.3 + j * step)))
        lines = [[(i, j) for j in range(across)] for i in range(0, across, between)]
        lines += [[(i, j) for i in range(across)] for j in range(0, across, between)]
        for number, line in enumerate(lines, start=1):
            for part, begin in enumerate(range(0, across - 1, 40 * between)):
                nodes = [i * across + j + 1 for i, j in line[begin:begin + 40 * between + 1]]
                tags = {"highway": "residential"} | ({"oneway": "yes"} if number % 2 else {})
                writer.add_way(osmium.osm.mutable.Way(id=number * 100 + part, nodes=nodes, tags=tags))
    return path


if __name__ == "__main__":
    main()
