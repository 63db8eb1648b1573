"""The feeds of the sample city, made once in a test session whatever the number of its processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from gtfs_export import Publisher, export_gtfs
from mapping_service.sample import SLUG, make_sample
from mapping_service.store.engine import engine_for
from tests.conftest import _new_database
from tests.judges.timetable import Day, Rows, read_tables

PUBLISHER = Publisher(name="Maps of Mavuno", url="https://maps.example.org/mavuno")
COUNTRY = "KE"
PLANNED = {"gtfs.zip": "frequencies", "gtfs-expanded.zip": "expanded"}
"""The feeds for every planner, by the names of their zips."""
VARIANTS = {**PLANNED, "gtfs-flex.zip": "flex"}


@dataclass(frozen=True)
class Feeds:
    """The zips of one release by their names, the first day of the service and a Wednesday after it."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    @cached_property
    def tables(self) -> Mapping[str, Rows]:
        """The files of ``gtfs.zip``."""
        return read_tables(self["gtfs.zip"])

    @cached_property
    def first_day(self) -> date:
        """The day of publication."""
        return datetime.strptime(self.tables["feed_info.txt"][0]["feed_start_date"], "%Y%m%d").date()

    @cached_property
    def wednesday(self) -> date:
        """A working day."""
        return next(day for day in map(self._after, range(1, 8)) if day.weekday() == 2)

    def _after(self, days: int) -> date:
        return self.first_day + timedelta(days)

    @cached_property
    def day(self) -> Day:
        """What ``gtfs.zip`` says of that working day."""
        return Day(self.tables, self.wednesday)


@pytest.fixture(scope="session")
def sample(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Feeds:
    """The feeds of the sample city as every fresh installation makes it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a folder of its own in that of the session
        shared = shared.parent
    folder = shared / "sample-feeds"
    with (shared / "sample-feeds.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = shared / "sample-feeds-unfinished"
            unfinished.mkdir(exist_ok=True)
            with _new_database(server, template=template) as url:
                make_sample(url)
                write_feeds(url, SLUG, unfinished)
            unfinished.rename(folder)
    return Feeds(folder)


def write_feeds(url: str, slug: str, folder: Path) -> None:
    """Write every zip of a city's newest release."""
    engine = engine_for(url)
    with engine.connect() as connection:
        for name, variant in VARIANTS.items():
            export_gtfs(connection, slug, None, folder / name, PUBLISHER, variant)
    engine.dispose()
