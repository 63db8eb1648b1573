"""The worker: processes cities in the background, from a queue in the same database (Procrastinate).

A job only says which city has something to do; what there is to do stands in the tables. So a job that is lost, or a
worker that is killed, costs nothing: the sweep finds the city again within a minute.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from functools import cache

import procrastinate
import psycopg
from sqlalchemy import Engine

from mapping_service.config import load_config
from mapping_service.parameters import Parameters
from mapping_service.postgres import psycopg_dsn
from mapping_service.store.cities import list_cities
from mapping_service.store.engine import engine_for

# Inference is imported where a worker needs it: web processes only ask, and stay smaller by 100 MB of libraries.

log = logging.getLogger(__name__)
SWEEP_CRON = "* * * * *"
# Once a day, when hardly anybody sends.
ROLL_CRON = "17 2 * * *"
STALLED_S = 60.0
# Between two wake-ups for one city: telling costs a connection, and one job does all that has come.
WAKE_EVERY_S = 5.0


def make_app(connector: procrastinate.BaseConnector, url: str) -> procrastinate.App:
    """Return the queue's application with its tasks bound to the database at ``url``."""
    app = procrastinate.App(connector=connector)

    @app.task(name="process", pass_context=False)
    def process(slug: str) -> None:
        from mapping_service.stages import process_city

        report = process_city(url, slug, Parameters(), jobs=1, progress=lambda *_: None, wait=True)
        log.info("Processed %s: %s", slug, report)

    @app.periodic(cron=SWEEP_CRON)
    @app.task(name="sweep", queueing_lock="sweep")
    async def sweep(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
            await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=False)
        for slug in pending_cities(engine_for(url)):
            await _defer_async(app, slug)

    @app.periodic(cron=ROLL_CRON)
    @app.task(name="roll", queueing_lock="roll")
    def roll(timestamp: int) -> None:
        roll_on(engine_for(url))

    return app


def roll_on(engine: Engine) -> None:
    """Publish anew what is about to end and was ridden lately, city by city."""
    from mapping_service.cities import publisher
    from mapping_service.issue import roll
    from mapping_service.publish import today

    with engine.connect() as connection:
        cities = list_cities(connection)
    for city in cities:
        try:
            with engine.begin() as connection:
                report = roll(connection, city, publisher(load_config(os.environ), city), today(city))
        except Exception:  # whatever is wrong with one city, the others go on
            log.exception("%s could not be rolled on", city.slug)
            continue
        if report is not None:
            log.info("Rolled %s on: %s", city.slug, report)


def pending_cities(engine: Engine) -> list[str]:
    """Return the cities in which processing would do something."""
    from mapping_service.stages import is_pending

    with engine.connect() as connection:
        cities = list_cities(connection)
    return [city.slug for city in cities if is_pending(engine, city, Parameters())]


async def _defer_async(app: procrastinate.App, slug: str) -> None:
    try:
        await app.configure_task("process", queueing_lock=f"process:{slug}").defer_async(slug=slug)
    except procrastinate.exceptions.AlreadyEnqueued:
        log.debug("%s is waiting already", slug)


def ask_to_process(url: str, slug: str) -> None:
    """Tell the worker that a city has something to do; one waiting job per city is enough."""
    app = make_app(procrastinate.SyncPsycopgConnector(conninfo=psycopg_dsn(url)), url)
    with app.open():
        try:
            app.configure_task("process", queueing_lock=f"process:{slug}").defer(slug=slug)
        except procrastinate.exceptions.AlreadyEnqueued:
            log.debug("%s is waiting already", slug)


class Waker:
    """Tells the worker of cities with new documents, off the path of the requests that bring them.

    Where telling fails nothing is lost: the sweep finds the documents within a minute.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._changed = threading.Condition()
        self._due_s: dict[str, float] = {}
        self._told_s: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def wake(self, slug: str, every_s: float = WAKE_EVERY_S) -> None:
        """Have the worker told of a city: now, or ``every_s`` after it was told last. Never waits, never raises."""
        with self._changed:
            due_s = max(time.monotonic(), self._told_s.get(slug, -every_s) + every_s)
            self._due_s[slug] = min(due_s, self._due_s.get(slug, due_s))
            if self._thread is None:  # not before a first request: a server forks before it
                self._thread = threading.Thread(target=self._run, daemon=True, name="waker")
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            slug = self._next()
            try:
                ask_to_process(self._url, slug)
            except (psycopg.Error, procrastinate.exceptions.ProcrastinateException):
                log.warning("The worker could not be told that %s has something new", slug)

    def _next(self) -> str:
        """Wait for the city whose time has come first."""
        with self._changed:
            while not self._due_s or (wait_s := min(self._due_s.values()) - time.monotonic()) > 0:
                self._changed.wait(wait_s if self._due_s else None)
            slug = min(self._due_s, key=self._due_s.__getitem__)
            del self._due_s[slug]
            self._told_s[slug] = time.monotonic()
            return slug


@cache
def waker(url: str) -> Waker:
    """Return this process's waker for the database at ``url``."""
    return Waker(url)


def work(url: str) -> None:
    """Run the worker until it is told to stop. What was pending before it started is taken up first."""
    from mapping_service.forms import ensure_builtin

    ensure_builtin(engine_for(url))
    app = make_app(procrastinate.PsycopgConnector(conninfo=psycopg_dsn(url)), url)
    for slug in pending_cities(engine_for(url)):
        ask_to_process(url, slug)
    app.run_worker(concurrency=1, delete_jobs="successful")
