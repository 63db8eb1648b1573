"""The SQL of the repository as text, for tests that hold it to its own rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from spatial_sql.loader import HERE, queries

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted((HERE / "migrations" / "sql").glob("*.sql"))
FUNCTIONS = sorted((HERE / "functions").glob("*.sql"))
PRODUCT = ("mapping_service", "gtfs_export", "collectors", "spatial_sql")
USAGE = "-- Usage:"

_TABLE = re.compile(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", re.MULTILINE | re.DOTALL)
_ALTERATION = re.compile(r"^ALTER TABLE (\w+)\n(.*?);", re.MULTILINE | re.DOTALL)
_DROPPED = re.compile(r"^DROP INDEX (\w+);", re.MULTILINE)
_INDEX = re.compile(r"^\s*(?:CREATE (?:UNIQUE )?INDEX (\w+)|CONSTRAINT (\w+) UNIQUE)")


@dataclass(frozen=True)
class Index:
    """An index as a migration makes it, with what the line before it says it is for."""

    name: str
    usage: str | None


def migrations() -> str:
    """The text of all migrations, in order."""
    return "\n".join(path.read_text("utf-8") for path in MIGRATIONS)


def tables() -> dict[str, str]:
    """The body of each table by its name, with what later migrations add to it."""
    found: dict[str, str] = dict(_TABLE.findall(migrations()))
    for name, body in _ALTERATION.findall(migrations()):
        found[name] += body
    return found


def indexes() -> list[Index]:
    """Every index and unique constraint that no later migration drops, in order."""
    lines = migrations().splitlines()
    dropped = set(_DROPPED.findall(migrations()))
    found = []
    for before, line in zip(["", *lines], lines, strict=False):
        if (match := _INDEX.match(line)) and match[1] not in dropped:
            said = before.strip()
            usage = said.removeprefix(USAGE).strip() if said.startswith(USAGE) else None
            found.append(Index(match[1] or match[2], usage))
    return found


def query_names() -> set[str]:
    """Every named query as ``file.name``."""
    files = sorted((HERE / "queries").glob("*.sql"))
    return {f"{path.stem}.{name}" for path in files for name in queries(path.stem)}


def python_files() -> list[Path]:
    """Every Python file of the product, tests apart."""
    return sorted(path for package in PRODUCT for path in (ROOT / package).rglob("*.py"))


def feed_selects() -> list[str]:
    """The name of each file of a feed that is one SELECT."""
    several = {"prepare", "stop_names", "naming", "checks", "fares", "settled", "evidence", "evidence_row"}
    return sorted(path.stem for path in (HERE / "feed").glob("*.sql") if path.stem not in several)
