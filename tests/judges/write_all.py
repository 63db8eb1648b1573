"""Makes every file of a release anew and prints the digest of each: ``write_all.py DATABASE_URL CITY NUMBER``."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from gtfs_export import Publisher
from mapping_service.archive import FILES
from mapping_service.store.engine import engine_for


def digests(url: str, city: str, number: int) -> dict[str, str]:
    """The sha256 of each file by its name."""
    publisher = Publisher("Open Town", "https://example.org/")
    found = {}
    with engine_for(url).connect() as connection, TemporaryDirectory() as folder:
        for name, (_, make) in FILES.items():
            make(connection, city, number, Path(folder, name), publisher)
            found[name] = sha256(Path(folder, name).read_bytes()).hexdigest()
    return found


if __name__ == "__main__":
    json.dump(digests(sys.argv[1], sys.argv[2], int(sys.argv[3])), sys.stdout)
