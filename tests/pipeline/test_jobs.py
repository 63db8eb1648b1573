"""The queue: one waiting job per city, taken up by whichever worker comes."""

from __future__ import annotations

import asyncio
import queue

import procrastinate
import psycopg
import pytest

from mapping_service import jobs
from mapping_service.cities import new_city
from mapping_service.jobs import ask_to_process, make_app
from mapping_service.postgres import psycopg_dsn
from tests.pipeline.town import SLUG, Town, survey

WAITING = "SELECT args ->> 'slug' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"


def work_off(url: str) -> None:
    """Be the worker until the queue is empty."""
    app = make_app(procrastinate.PsycopgConnector(conninfo=psycopg_dsn(url)), url)

    async def run() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


def test_asking_twice_leaves_one_job_waiting_for_each_city(town: Town) -> None:
    new_city(town.engine, "quay", "Quay", "Africa/Nairobi", "KES", "en")
    for slug in (SLUG, SLUG, "quay", SLUG):
        ask_to_process(town.url, slug)
    assert town.ask(WAITING) == [SLUG, "quay"]


def test_the_waker_tells_of_a_city_at_once_and_then_not_again_for_a_while(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    told: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(jobs, "ask_to_process", lambda url, slug: told.put(slug))
    waker = jobs.Waker("")
    for slug in (SLUG, "quay", SLUG, SLUG):
        waker.wake(slug, every_s=3600)
    assert {told.get(timeout=60), told.get(timeout=60)} == {SLUG, "quay"}
    waker.wake("mole")
    assert told.get(timeout=60) == "mole" and told.empty()
    waker.wake(SLUG, every_s=0)
    assert told.get(timeout=60) == SLUG


def test_a_waker_that_reaches_nobody_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: queue.Queue[str] = queue.Queue()

    def out_of_reach(url: str, slug: str) -> None:
        told.put(slug)
        raise psycopg.OperationalError

    monkeypatch.setattr(jobs, "ask_to_process", out_of_reach)
    waker = jobs.Waker("")
    waker.wake(SLUG)
    assert told.get(timeout=60) == SLUG
    waker.wake("quay")
    assert told.get(timeout=60) == "quay"


def test_the_worker_does_what_was_asked_for(town: Town) -> None:
    town.send_all(survey(routes=1))
    ask_to_process(town.url, SLUG)
    work_off(town.url)
    assert set(town.statuses().values()) == {("accepted", None)}
    assert town.ask("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'process'") == ["succeeded"]
    assert not town.process().inferred


def test_a_job_that_a_killed_worker_held_does_not_keep_the_city_waiting(town: Town) -> None:
    ask_to_process(town.url, SLUG)
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing'")
    town.send_all(survey(routes=1))
    ask_to_process(town.url, SLUG)
    work_off(town.url)
    assert set(town.statuses().values()) == {("accepted", None)}
