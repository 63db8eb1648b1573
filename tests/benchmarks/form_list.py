"""How long a phone waits for the list of a city's forms: 200 of them, of 100 kB each, from the running service.

    python -m tests.benchmarks.form_list

Measures requests one after the other and 16 at a time, a new connection each, plain, packed and with the hash of the
list that a phone holds; and, beside the statement behind the list, the baseline that looks up each form. The service is
that of ``up`` with two web processes on a durable database of its own; this program shares its cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from collectors.forms.build import BuiltForm
from mapping_service.postgres import ensure_cluster
from mapping_service.store.forms import form_xml, list_forms, publish
from spatial_sql.apply import upgrade
from tests.benchmarks.report import write_table
from tests.conftest import throwaway_config, throwaway_folder
from tests.openrosa.collect import exchange
from tests.openrosa.conftest import Town, make_town
from tests.openrosa.service import running

FORMS = 200
FORM_BYTES = 100_000
REQUESTS = 500
AT_ONCE = (1, 16)


def main() -> None:
    """Measure and write the table."""
    with throwaway_config() as config, throwaway_folder() as folder:
        url = ensure_cluster(config)
        upgrade(url)
        with running(url, folder) as web, create_engine(url, poolclass=NullPool).connect() as connection:
            town = make_town(connection, web)
            fill(town)
            rows = [*asked(town), *looked_up(town)]
    title = f"The list of {FORMS} forms of {FORM_BYTES // 1000} kB: {REQUESTS} requests a row, milliseconds"
    write_table("form-list", title, ("what", "at once", "median", "p95", "longest", "bytes"), rows)


def fill(town: Town) -> None:
    """Publish the forms, each with a file."""
    with town.rows.begin():
        for number in range(FORMS - 2):  # the town has two
            xml = f'<data id="f{number}" version="1">{"x" * FORM_BYTES}</data>'.encode()
            made = BuiltForm(f"f{number}", "1", f"Form {number}", xml, (), ("a.csv",))
            publish(town.rows, town.city_id, made, {"a.csv": b"name,label\n"}, builtin=False)


def asked(town: Town) -> list[tuple[object, ...]]:
    """Time requests of the running service."""
    address = town.phone.url("formList")
    held = exchange("GET", address).headers["etag"]
    ways = {"list": {}, "list, unchanged (304)": {"If-None-Match": held}, "list, packed": {"Accept-Encoding": "gzip"}}
    rows: list[tuple[object, ...]] = []
    for name, headers in ways.items():
        size = len(exchange("GET", address, headers=headers).body)
        for at_once in AT_ONCE:
            spent_ms = timed(lambda: exchange("GET", address, headers=headers), REQUESTS, at_once)
            rows.append((name, at_once, *spent_ms, size))
    return rows


def looked_up(town: Town) -> list[tuple[object, ...]]:
    """Time the statement behind the list, and what it saves: a look at each form."""
    forms = list_forms(town.rows, town.city_id)

    def one_by_one() -> None:
        for one in forms:
            form_xml(town.rows, town.city_id, one.form_id)

    ours = timed(lambda: list_forms(town.rows, town.city_id), REQUESTS, 1)
    baseline = timed(one_by_one, REQUESTS // 20, 1)
    names = "the statement alone", "baseline: each form looked up, statements alone"
    return [(name, 1, *spent_ms, None) for name, spent_ms in zip(names, (ours, baseline), strict=True)]


def timed(do: Callable[[], object], times: int, at_once: int) -> tuple[float, float, float]:
    """Median, 95th percentile and longest of some calls, in milliseconds."""
    def spent_ms(_: int) -> float:
        began_s = time.perf_counter()
        do()
        return (time.perf_counter() - began_s) * 1000

    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(spent_ms, range(times)))
    return float(np.median(found)), float(np.percentile(found, 95)), max(found)


if __name__ == "__main__":
    main()
