"""Writes every file of a city's newest release and prints the digest of each: ``write_all.py DATABASE_URL CITY``."""

from __future__ import annotations

import io
import json
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from gtfs_export import Publisher, export_evidence, export_gtfs, export_layers
from gtfs_export.write import VARIANTS
from mapping_service.store.engine import engine_for


def digests(url: str, city: str) -> dict[str, str]:
    """The sha256 of each file by its name."""
    publisher = Publisher("Open Town", "https://example.org/")
    found = {}
    with engine_for(url).connect() as connection, TemporaryDirectory() as folder:
        for variant in VARIANTS:
            out = io.BytesIO()
            export_gtfs(connection, city, None, out, publisher, variant)
            found[variant] = sha256(out.getvalue()).hexdigest()
        export_evidence(connection, city, None, Path(folder, "evidence.csv"), publisher)
        export_evidence(connection, city, None, Path(folder, "evidence.json"), publisher, "json")
        export_layers(connection, city, None, Path(folder, "layers.geojson.zip"))
        for path in sorted(Path(folder).iterdir()):
            found[path.name] = sha256(path.read_bytes()).hexdigest()
    return found


if __name__ == "__main__":
    json.dump(digests(*sys.argv[1:]), sys.stdout)
