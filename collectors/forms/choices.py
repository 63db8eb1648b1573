"""Writes what a form chooses from, as ODK reads it: a CSV and a GeoJSON of the same things.

CSV: ``name`` is the value, ``label`` what a person reads, ``geometry`` is ``lat lon 0 0``, ``__version`` that of the
entity (https://docs.getodk.org/form-datasets/, https://getodk.github.io/xforms-spec/entities). GeoJSON: ``id`` is the
value and ``title`` what a person reads.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its id, its name where it has one, a GeoJSON geometry in EPSG:4326 where it lies somewhere.

    ``version`` counts the updates that phones sent of it, from 1; ``more`` are further columns, the same in all.
    """

    id: str
    name: str | None
    geometry: Mapping[str, Any] | None
    version: int = 1
    more: Mapping[str, str] = field(default_factory=dict)


def write_csv(choices: Sequence[Choice], columns: Sequence[str] = ()) -> bytes:
    """Return the list as CSV, in its order; ``columns`` are the names of what is in ``more``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "label", "geometry", "__version", *columns])
    for one, label in zip(choices, _labels(choices), strict=True):
        writer.writerow([one.id, label, _point(one.geometry), one.version, *(one.more.get(c, "") for c in columns)])
    return out.getvalue().encode()


def write_geojson(choices: Sequence[Choice]) -> bytes:
    """Return those of the list that lie somewhere as one GeoJSON feature collection."""
    features = [
        {"type": "Feature", "id": one.id, "geometry": one.geometry,
         "properties": {"id": one.id, "title": label, "__version": str(one.version), **one.more}}
        for one, label in zip(choices, _labels(choices), strict=True) if one.geometry is not None
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _labels(choices: Sequence[Choice]) -> list[str]:
    """What a person reads: the name; with the id where several share it, and the id alone where there is none."""
    times = Counter(one.name for one in choices)
    return [one.id if not one.name else one.name if times[one.name] == 1 else f"{one.name} ({one.id})"
            for one in choices]


def _point(geometry: Mapping[str, Any] | None) -> str:
    if geometry is None or geometry["type"] != "Point":
        return ""
    lon, lat = geometry["coordinates"]
    return f"{lat} {lon} 0 0"
