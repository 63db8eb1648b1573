"""Taking files in: every byte is stored before it is answered, once. The one path of the command and of HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine

from collectors.archives import SourceFile, iter_files, shown_name
from collectors.gtfs.read import is_feed
from collectors.hints import file_stem, read_hints
from collectors.openrosa.instance import Instance, read_instance
from collectors.sniff import MESSAGES, what_is
from mapping_service.errors import Problem
from mapping_service.instances import accept_instance
from mapping_service.records import City, Sender
from mapping_service.store.intake import Receipt, keep, save_claims
from mapping_service.store.messages import RawMessage, keep_file
from mapping_service.store.people import COLLECTOR, MANAGER, get_or_add_contributor

IMPORTER = "import"
"""The pseudonym of whoever brings in a form or a message of a tracker without saying whose it is."""


@dataclass
class ReceiveReport:
    """What became of a batch of files. ``refused`` holds those that could not be stored, with the reason."""

    new: int = 0
    same_bytes: int = 0
    again: int = 0
    hints: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)
    notices: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Received:
    """The answer to whatever was taken in: ``kept`` as in ``Receipt``; messages of trackers are no submissions."""

    submission_id: int | None
    kept: str
    sha256: str


class Batch:
    """Files taken in together, each for what it is: files of one folder may be those of a filled form beside them.

    What nobody in particular brought is nobody's, except forms and messages: those are by ``import``.
    """

    def __init__(self, engine: Engine, city: City, contributor_id: int | None = None, role: str = COLLECTOR) -> None:
        self._engine = engine
        self._city = city
        self._contributor_id = contributor_id
        self._role = role
        self._named: dict[str, list[bytes]] = {}

    def take(self, name: str, data: bytes) -> Received:
        """Store one file; when this returns, it is on disk. Raises what ``accept_instance`` raises to be answered."""
        if forms := self._named.get(name):
            return [self._form(xml, {PurePosixPath(name).name: data}) for xml in forms][-1]
        kind = what_is(data)
        if kind in MESSAGES:
            return self._message(kind, data)
        if kind == "instance" and (read := _read(data)) is not None:
            folder = name.rpartition("/")[0]
            for file_name in read.file_names:
                self._named.setdefault(f"{folder}/{file_name}" if folder else file_name, []).append(data)
            return self._form(data, {})
        with self._engine.begin() as connection:
            held = keep(connection, self._city.city_id, name, file_stem(name), data, self._contributor_id, kind=kind)
        return Received(**vars(held))

    def _form(self, xml: bytes, files: Mapping[str, bytes]) -> Received:
        city = self._city
        sender = Sender(city.city_id, city.slug, city.language, self._somebody(), 0, self._role, IMPORTER)
        accepted = accept_instance(self._engine, sender, xml, files)
        kept = "again" if accepted.state == "same" else "new"
        return Received(accepted.submission_id, kept, hashlib.sha256(xml).hexdigest())

    def _message(self, kind: str, data: bytes) -> Received:
        contributor_id = self._somebody()
        with self._engine.begin() as connection:
            new = keep_file(connection, self._city.city_id, contributor_id, RawMessage(b"", kind, "", "", data))
        return Received(None, "new" if new else "again", hashlib.sha256(data).hexdigest())

    def _somebody(self) -> int:
        """Who brought this batch."""
        if self._contributor_id is not None:
            return self._contributor_id
        with self._engine.begin() as connection:
            return get_or_add_contributor(connection, self._city.city_id, IMPORTER)


def _read(xml: bytes) -> Instance | None:
    """What a filled form says; ``None`` where it is not whole: then it is kept as it is, and set aside when read."""
    try:
        return read_instance(xml)
    except Problem:
        return None


def receive(engine: Engine, city: City, name: str, data: bytes, contributor_id: int | None = None) -> Receipt:
    """Store one file in the city's inbox; when this returns, it is on disk."""
    with engine.begin() as connection:
        return keep(connection, city.city_id, name, file_stem(name), data, contributor_id)


def receive_paths(
    engine: Engine,
    city: City,
    paths: Iterable[Path],
    tick: Callable[[int], None],
    pseudonym: str | None = None,
) -> ReceiveReport:
    """Store all files at some paths, files, folders, zips, each for what it is. ``tick`` is called with 1 after each.

    ``pseudonym`` names who recorded them, where that is known.
    """
    report = ReceiveReport()
    with engine.begin() as connection:
        whose = None if pseudonym is None else get_or_add_contributor(connection, city.city_id, pseudonym)
    for path in paths:
        if is_feed(path):
            report.refused.append({"file": shown_name(path.name), **_feed(path, city).as_dict()["error"]})
            continue
        batch = Batch(engine, city, whose, MANAGER)
        for source in iter_files(path):
            _receive_one(batch, source, report)
            tick(1)
    return report


def _feed(path: Path, city: City) -> Problem:
    return Problem("gtfs_feed", f"{shown_name(path.name)} is a GTFS feed, not what phones record. To start from it: "
                   f"“commonway feed import {path} --city {city.slug}”.", path=str(path))


def _receive_one(batch: Batch, source: SourceFile, report: ReceiveReport) -> None:
    try:
        if source.data is None:
            assert source.problem is not None
            raise source.problem
        kept = batch.take(source.name, source.data).kept
    except Problem as problem:
        report.refused.append({"file": source.name, **problem.as_dict()["error"]})
        return
    setattr(report, kept, getattr(report, kept) + 1)


def receive_hints(engine: Engine, city: City, path: Path, report: ReceiveReport) -> None:
    """Store what a hints table says of files, whether they have come already or not."""
    claims, notices = read_hints(path.read_bytes())
    with engine.begin() as connection:
        save_claims(connection, city.city_id, claims)
    report.hints += len(claims)
    report.notices += [{"file": shown_name(path.name), "code": n.code, **n.details} for n in notices]
