"""Who may import whom: the pure steps know no shell, the collectors no database, the export no inference."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.contract.sources import ROOT, Source, imports, sources

WEB = ("flask", "werkzeug", "gunicorn")
DATABASE = ("sqlalchemy", "psycopg", "psycopg2", "geoalchemy2", "alembic", "procrastinate", "spatial_sql",
            "mapping_service.store")
PURE = ("mapping_service.clean", "mapping_service.match", "mapping_service.group", "mapping_service.fuse",
        "mapping_service.trust", "mapping_service.review", "mapping_service.intake", "mapping_service.records",
        "mapping_service.street_records", "mapping_service.live_records", "mapping_service.live", "mapping_service.geo",
        "mapping_service.streets")
INFERENCE = ("mapping_service.clean", "mapping_service.match", "mapping_service.group", "mapping_service.fuse",
             "mapping_service.trust", "mapping_service.review", "mapping_service.intake", "mapping_service.stages",
             "mapping_service.publish", "mapping_service.web", "collectors")


def lies_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def forbidden(source: Source, packages: tuple[str, ...]) -> set[str]:
    return {name for name in imports(source) if lies_in(name, packages)}


def of(packages: tuple[str, ...]) -> list[Source]:
    found = [source for source in sources() if lies_in(source.module, packages)]
    assert found
    return found


@pytest.mark.parametrize("source", of(PURE), ids=lambda source: source.path)
def test_a_pure_step_knows_neither_web_nor_database(source: Source) -> None:
    assert forbidden(source, (*WEB, *DATABASE)) == set()


@pytest.mark.parametrize("source", of(("collectors",)), ids=lambda source: source.path)
def test_the_collectors_side_knows_no_database(source: Source) -> None:
    assert forbidden(source, (*WEB, *DATABASE)) == set()


@pytest.mark.parametrize("source", of(("gtfs_export",)), ids=lambda source: source.path)
def test_the_export_infers_nothing(source: Source) -> None:
    assert forbidden(source, (*WEB, *INFERENCE)) == set()


def test_only_three_modules_of_the_export_read_the_database() -> None:
    readers = [source.path for source in of(("gtfs_export",)) if forbidden(source, ("mapping_service.store",))]
    assert readers == ["gtfs_export/carried.py", "gtfs_export/feed.py", "gtfs_export/source.py"]


def test_the_database_folder_knows_nothing_of_the_service() -> None:
    for source in of(("spatial_sql",)):
        assert forbidden(source, ("mapping_service", "collectors", "gtfs_export")) == set(), source.path


def test_streets_are_read_in_the_collectors_only() -> None:
    readers = [source.path for source in sources() if forbidden(source, ("osmnx", "osmium"))]
    assert readers and [path for path in readers if not path.startswith("collectors/streets/")] == []


def test_only_the_web_package_knows_the_web() -> None:
    users = [source.path for source in sources() if forbidden(source, WEB)]
    assert users and [path for path in users if not path.startswith("mapping_service/web/")] == []


def test_web_processes_carry_no_inference() -> None:
    """They answer requests: what infers, and its libraries, are a worker's."""
    heavy = {"mapping_service.stages", "numba", "osmnx"}
    program = f"import sys, mapping_service.web; print(*({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.strip()) == (0, ""), ran.stderr


def test_every_module_can_be_imported_with_an_empty_environment() -> None:
    """In one fresh process; the migrations are Alembic's to run."""
    names = [s.module for s in sources() if "migrations" not in s.module]
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert len(names) > 50
