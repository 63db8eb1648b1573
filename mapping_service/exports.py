"""Files out of a release: one writer for each kind, and one sentence where a file cannot be written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine

from gtfs_export import export_evidence, export_gtfs, export_layers
from mapping_service.cities import publisher
from mapping_service.config import Config
from mapping_service.errors import NotFound, Problem
from mapping_service.reasons import sentence
from mapping_service.records import City, Notice
from mapping_service.store.engine import row, rows
from mapping_service.store.networks import last_release

Writer = Callable[[Connection, Config, City, int | None, Path], Sequence[Notice]]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

RUN_COLUMNS = ("file", "sha256", "status", "reason", "route_id", "direction_id", "shape_id", "share_of_route")


def write_export(
    engine: Engine, config: Config, city: City, what: str, number: int | None, out: Path
) -> Sequence[Notice]:
    """Write ``gtfs``, ``layers``, ``runs`` or ``evidence`` of a release, the newest if ``number`` is ``None``.

    Raises ``Problem`` ``not_writable``, and what the writers raise.
    """
    try:
        with engine.connect() as connection:
            return _WRITERS[what](connection, config, city, number, out)
    except OSError as error:
        sentence_ = f"{out} cannot be written: {error.strerror or error}. Choose another place or make room."
        raise Problem("not_writable", sentence_, path=str(out)) from error


def _gtfs(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    notices = export_gtfs(connection, city.slug, number, out, publisher(config, city))
    if urlsplit(config.base_url).hostname in _LOOPBACK:
        # It stands in agency.txt and feed_info.txt, where nobody else can follow it.
        values = {"now": config.base_url, "set": "COMMONWAY_BASE_URL"}
        notices = [*notices, Notice("address_of_this_machine_in_feed", values)]
    return notices


def _layers(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    export_layers(connection, city.slug, number, out)
    return ()


def _evidence(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    export_evidence(connection, city.slug, number, out)
    return ()


def _runs(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    """Write what became of each file, and to which pattern of the release it belongs."""
    values = {"city_id": city.city_id, "network_id": released_network(connection, city, number)}
    outcomes = rows(connection, "intake.list_outcomes", values)
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, RUN_COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for one in outcomes:
            writer.writerow({**one._mapping, "reason": sentence(one.reason_code, one.reason or {})})
    return ()


def released_network(connection: Connection, city: City, number: int | None) -> int:
    """Return the network of a release, the newest if no number is given. Raises ``NotFound`` ``release_not_found``."""
    if number is None:
        found = last_release(connection, city.city_id)
    else:
        found = row(connection, "networks.get_release", {"city_id": city.city_id, "release_number": number})
    if found is None:
        raise NotFound(
            "release_not_found",
            f"{city.name} has no {'release yet' if number is None else f'release {number}'}. Make one: “commonway "
            f"release --city {city.slug}”.",
            city=city.slug,
        )
    return int(found.network_id)


_WRITERS: dict[str, Writer] = {"gtfs": _gtfs, "layers": _layers, "runs": _runs, "evidence": _evidence}
