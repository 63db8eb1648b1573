"""Files out of a release: one writer for each kind, and one sentence where a file cannot be written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from shutil import copymode
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine

from gtfs_export import export_evidence, export_gtfs, export_layers, export_table
from mapping_service.cities import publisher
from mapping_service.config import Config
from mapping_service.errors import NotFound, Problem
from mapping_service.reasons import sentence
from mapping_service.records import City, Notice
from mapping_service.store import releases
from mapping_service.store.engine import rows
from mapping_service.store.forms import form_xml
from mapping_service.store.networks import get_release, last_release

Writer = Callable[[Connection, Config, City, int | None, Path], Sequence[Notice]]

_ROW = re.compile(r"\[(\d+)]")
_FEEDS = {"frequencies": "gtfs.zip", "expanded": "gtfs-expanded.zip", "flex": "gtfs-flex.zip"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

ANSWER_COLUMNS = ("received_at", "instance_id", "version", "contributor", "status", "reason")
RUN_COLUMNS = ("file", "sha256", "status", "reason", "route_id", "direction_id", "shape_id", "share_of_route")


def write_export(
    engine: Engine, config: Config, city: City, what: str, number: int | None, out: Path
) -> Sequence[Notice]:
    """Write a file of a release, by default the newest that is public: ``what`` is one of the names of ``_WRITERS``.

    What was at ``out`` stays there until the whole file is written; layers may be a folder of files. Raises ``Problem``
    ``not_writable``, and what ``get_release`` and the writers raise.
    """
    try:
        of_many = what == "layers" and not out.suffix
        with engine.connect() as connection, nullcontext(out) if of_many else _whole(out) as place:
            chosen, last = get_release(connection, city, number), last_release(connection, city.city_id)
            notices = _WRITERS[what](connection, config, city, number, place)
            if number is None and last is not None and last.release_number > chosen.release_number:
                values = {"release": last.release_number, "take_it_with": f"--release {last.release_number}"}
                notices = [Notice("newer_release_withheld", values), *notices]
            return notices
    except OSError as error:
        raise _not_writable(out, error) from error


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Yield where to write a file that takes its place when it is whole; what is no file is written to itself.

    So is a file in a folder that takes no others.
    """
    target = out.resolve()  # a link stays one
    with ExitStack() as stack:
        if target.exists() and not target.is_file():
            yield out
            return
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix=".commonway-", dir=target.parent))
        except PermissionError:
            yield out
            return
        unfinished = Path(folder, out.name)
        yield unfinished
        if target.exists():
            copymode(target, unfinished)
        unfinished.replace(target)


def _not_writable(out: Path, error: OSError) -> Problem:
    sentence_ = f"{out} cannot be written: {error.strerror or error}. Choose another place or make room."
    return Problem("not_writable", sentence_, path=str(out))


def _from_archive(connection: Connection, city: City, number: int | None, name: str, out: Path) -> bool:
    """Write a file of a release as it went out; false where it was released before there was an archive."""
    network_id = get_release(connection, city, number).network_id
    kept = releases.list_files(connection, network_id).get(name)
    if kept is None:
        return False
    with out.open("wb") as stream:
        releases.read_file(connection, network_id, kept, stream)
    return True


def _gtfs(
    connection: Connection, config: Config, city: City, number: int | None, out: Path, variant: str = "frequencies"
) -> Sequence[Notice]:
    notices: Sequence[Notice] = ()
    if not _from_archive(connection, city, number, _FEEDS[variant], out):
        notices = export_gtfs(connection, city.slug, number, out, publisher(config, city), variant)
    if urlsplit(config.base_url).hostname in _LOOPBACK:
        # It stands in agency.txt and feed_info.txt, where nobody else can follow it.
        values = {"now": config.base_url, "set": "COMMONWAY_BASE_URL"}
        notices = [*notices, Notice("address_of_this_machine_in_feed", values)]
    return notices


def _layers(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    export_layers(connection, city.slug, number, out)
    return ()


def _evidence(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    kind = "json" if out.suffix == ".json" else "csv"
    if not _from_archive(connection, city, number, f"evidence.{kind}", out):
        export_evidence(connection, city.slug, number, out, publisher(config, city), kind)
    return ()


def _loads(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    if not _from_archive(connection, city, number, "loads.csv", out):
        export_table(connection, city.slug, number, out, publisher(config, city), "loads.csv")
    return ()


def _runs(connection: Connection, config: Config, city: City, number: int | None, out: Path) -> Sequence[Notice]:
    """Write what became of each file, and to which pattern of the release it belongs."""
    values = {"city_id": city.city_id, "network_id": get_release(connection, city, number).network_id}
    outcomes = rows(connection, "intake.list_outcomes", values)
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, RUN_COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for one in outcomes:
            writer.writerow({**one._mapping, "reason": sentence(one.reason_code, one.reason or {})})
    return ()


def write_answers(engine: Engine, city: City, form_id: str, out: Path) -> int:
    """Write the filled forms of one kind as CSV, a column for each question that was ever answered; return how many.

    Questions stand in the order of the form, those that it does not know after them. Raises ``NotFound``
    ``form_unknown`` where the city has neither such a form nor anything sent of it, ``Problem`` ``not_writable``.
    """
    with engine.connect() as connection:
        form = form_xml(connection, city.city_id, form_id)
        found = rows(connection, "forms.list_answers", {"city_id": city.city_id, "form_id": form_id})
    if form is None and not found:
        raise NotFound("form_unknown", f"There is no form “{form_id}” here. See “commonway form list”.", form=form_id)
    places = {one.path: i for i, one in enumerate(form.questions)} if form else {}
    answered = {path for one in found for path in one.answers}

    def place(path: str) -> tuple[int, list[int], str]:
        return places.get(_ROW.sub("", path), len(places)), _row_numbers(path), path

    questions = sorted(answered, key=place)
    try:
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*ANSWER_COLUMNS, *questions])
            for one in found:
                why = sentence(one.reason_code, one.reason or {})
                known = (one.received_at.isoformat(), one.instance_id, one.version, one.pseudonym, one.status, why)
                writer.writerow([*known, *(one.answers.get(path, "") for path in questions)])
    except OSError as error:
        raise _not_writable(out, error) from error
    return len(found)


def _row_numbers(path: str) -> list[int]:
    """The rows of repeats in a path, so that the tenth comes after the ninth."""
    return [int(number) for number in _ROW.findall(path)]


_WRITERS: dict[str, Writer] = {
    "gtfs": _gtfs, "expanded": partial(_gtfs, variant="expanded"), "flex": partial(_gtfs, variant="flex"),
    "layers": _layers, "runs": _runs, "evidence": _evidence, "loads": _loads,
}
