"""The shell around matching: each run onto the streets of its city, in a transaction of its own."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path

from mapping_service.parameters import Parameters
from mapping_service.records import City

_METHOD = ("geo.py", "streets.py", "match/*.py")


def match_fingerprint(streets_digest: str, city: City, p: Parameters) -> str:
    """Return what a match of this city's runs is known by: with another one it is out of date."""
    settings = ",".join(f"{name}={value}" for name, value in sorted(asdict(p).items()))
    made = f"{streets_digest}/{_method()}/{city.srid}/{settings}"
    return hashlib.sha256(made.encode()).hexdigest()


@cache
def _method() -> str:
    """Return a digest of the matching code: after an upgrade that changes it, runs are matched anew."""
    root = Path(__file__).parent
    files = sorted(path for pattern in _METHOD for path in root.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
