"""The files of a release: made once, kept byte for byte in the database, and never made again once it is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from gtfs_export import Publisher, export_evidence, export_gtfs, export_layers, export_ride, export_table, prepared
from mapping_service.changes import compare, draw
from mapping_service.errors import Conflict
from mapping_service.parameters import Parameters
from mapping_service.scratch import scratch
from mapping_service.store import releases
from mapping_service.store.changes import load_state, release_before
from mapping_service.store.engine import row

# Writes one file of a release (slug, number).
Maker = Callable[[Connection, str, int, Path, Publisher], object]


def _layers(connection: Connection, slug: str, number: int, out: Path, _: Publisher) -> None:
    export_layers(connection, slug, number, out)


def _feed(variant: str) -> Maker:
    def make(connection: Connection, slug: str, number: int, out: Path, named: Publisher) -> None:
        export_gtfs(connection, slug, number, out, named, variant)

    return make


def _changes(connection: Connection, slug: str, number: int, out: Path, _: Publisher) -> None:
    """Write what changed since the release before: in codes and values (.json), or drawn (.geojson)."""
    found = row(connection, "releases.get_network", {"slug": slug, "number": number})
    assert found is not None
    after, before = load_state(connection, found.network_id), release_before(connection, found.network_id)
    told = compare(number, after, before, Parameters())
    content = draw(told, after, before[1] if before else None) if out.suffix == ".geojson" else asdict(told)
    out.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


FILES: Mapping[str, tuple[str, Maker]] = {
    "gtfs.zip": ("application/zip", _feed("frequencies")),
    "gtfs-expanded.zip": ("application/zip", _feed("expanded")),
    "gtfs-flex.zip": ("application/zip", _feed("flex")),
    "gtfs-ride.zip": ("application/zip", export_ride),
    "evidence.csv": ("text/csv", export_evidence),
    "evidence.json": ("application/json", partial(export_evidence, kind="json")),
    "loads.csv": ("text/csv", partial(export_table, name="loads.csv")),
    "aliases.csv": ("text/csv", partial(export_table, name="aliases.csv")),
    "layers.gpkg": ("application/geopackage+sqlite3", _layers),
    "layers.geojson.zip": ("application/zip", _layers),
    "changes.json": ("application/json", _changes),
    "changes.geojson": ("application/geo+json", _changes),
}


def make_files(
    connection: Connection, slug: str, number: int, named: Publisher, folder: Path
) -> Iterator[tuple[str, Path]]:
    """Make every file of a release in a folder; yield each as soon as it is there.

    A file for which a release has nothing, as a feed without any route that could be ridden, is left out. Raises what
    the exports raise.
    """
    with ExitStack() as stack:
        with _unless_empty():
            # Once for all feeds and tables, not once for each.
            stack.enter_context(prepared(connection, slug, number, named))
        for name, (_, make) in FILES.items():
            path = folder / name
            with _unless_empty(), _undone(connection):
                make(connection, slug, number, path, named)
            if path.is_file():
                yield name, path


@contextmanager
def _unless_empty() -> Iterator[None]:
    """Go on where a release has nothing for a file."""
    try:
        yield
    except Conflict as problem:
        if problem.code != "nothing_to_publish":
            raise


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    """Leave nothing behind in the database: what a file needed there must not stand in the way of the next one."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def archive(connection: Connection, slug: str, number: int, network_id: int, named: Publisher) -> None:
    """Make and keep every file of a release. The caller commits."""
    with scratch("release") as folder:
        for name, path in list(make_files(connection, slug, number, named, folder)):
            releases.keep_file(connection, network_id, name, path)
