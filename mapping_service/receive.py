"""Taking files in: every byte is stored before it is answered, once. The one path of the command and of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from collectors.archives import SourceFile, iter_files, shown_name
from collectors.hints import file_stem, read_hints
from mapping_service.records import City
from mapping_service.store.intake import Receipt, keep, save_claims


@dataclass
class ReceiveReport:
    """What became of a batch of files. ``refused`` holds those that could not be stored, with the reason."""

    new: int = 0
    same_bytes: int = 0
    again: int = 0
    hints: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)
    notices: list[dict[str, object]] = field(default_factory=list)


def receive(engine: Engine, city: City, name: str, data: bytes, contributor_id: int | None = None) -> Receipt:
    """Store one file in the city's inbox; when this returns, it is on disk."""
    with engine.begin() as connection:
        return keep(connection, city.city_id, name, file_stem(name), data, contributor_id)


def receive_paths(engine: Engine, city: City, paths: Iterable[Path], tick: Callable[[int], None]) -> ReceiveReport:
    """Store all files at some paths: files, folders, zips. ``tick`` is called with 1 after each."""
    report = ReceiveReport()
    for path in paths:
        for source in iter_files(path):
            _receive_one(engine, city, source, report)
            tick(1)
    return report


def _receive_one(engine: Engine, city: City, source: SourceFile, report: ReceiveReport) -> None:
    if source.data is None:
        assert source.problem is not None
        report.refused.append({"file": source.name, **source.problem.as_dict()["error"]})
        return
    receipt = receive(engine, city, source.name, source.data)
    setattr(report, receipt.kept, getattr(report, receipt.kept) + 1)


def receive_hints(engine: Engine, city: City, path: Path, report: ReceiveReport) -> None:
    """Store what a hints table says of files, whether they have come already or not."""
    claims, notices = read_hints(path.read_bytes())
    with engine.begin() as connection:
        save_claims(connection, city.city_id, claims)
    report.hints += len(claims)
    report.notices += [{"file": shown_name(path.name), "code": n.code, **n.details} for n in notices]
