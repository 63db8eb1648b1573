"""A running service, a real browser with a profile of its own, and a phone that moves."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mapping_service import jobs
from mapping_service.store.engine import engine_for
from mapping_service.store.people import add_key
from mapping_service.web import create_app
from tests.factories import drawn_town

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
PATIENCE_S = 20.0


class Quiet(WSGIRequestHandler):
    """A handler that writes no log of requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class Site:
    """The service on a port that stays the same while it is stopped and started: the network goes and comes back."""

    def __init__(self, app: Flask, database: str) -> None:
        self.app, self.database = app, database
        self.port = 0
        self._server: BaseWSGIServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Quiet)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class Phone:
    """A browser with a profile on disk: it can be killed and opened again, and it moves."""

    def __init__(self, play: Any, profile: Path, options: dict[str, Any]) -> None:
        self._play, self.profile, self._options = play, profile, options
        self.context: Any = None
        self.step = 0
        self.errors: list[str] = []

    def open(self, address: str) -> Any:
        """Start the browser if it is not running, and open a tab. Scripts that fail are told in ``errors``."""
        if self.context is None:
            self.context = self._play.chromium.launch_persistent_context(
                str(self.profile), executable_path=CHROMIUM, args=FLAGS, headless=True, geolocation=self.here(),
                permissions=["geolocation"], **self._options,
            )
            self.context.set_default_timeout(PATIENCE_S * 1000)
            page = self.context.pages[0]
        else:
            page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(address)
        return page

    def here(self) -> dict[str, float]:
        """Where the phone is: some 20 m farther north-east with every step."""
        return {"longitude": 36.80 + self.step * 1e-4, "latitude": -1.30 + self.step * 1.5e-4, "accuracy": 6.0}

    def move(self, page: Any, steps: int) -> list[tuple[float, float]]:
        """Ride on, each step when the page has taken the one before; return the places (lon, lat)."""
        places = []
        for _ in range(steps):
            taken = points(page)
            self.step += 1
            here = self.here()
            self.context.set_geolocation(here)
            places.append((round(here["longitude"], 7), round(here["latitude"], 7)))
            assert until(partial(has_points, page, taken + 1)), f"the page did not take position {taken + 1}"
        return places

    def kill(self) -> None:
        """End the browser as a flat battery does: nothing is told to it."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                arguments = (process / "cmdline").read_bytes().split(b"\0")
                mine = f"--user-data-dir={self.profile}".encode() in arguments
                if mine and not any(one.startswith(b"--type=") for one in arguments):
                    os.kill(int(process.name), signal.SIGKILL)
        self.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()

    def close(self) -> None:
        if self.context is not None:
            with suppress(Exception):
                self.context.close()
            self.context = None


# Not for the whole session: it keeps an event loop running, beside which no other test may start its own.
@pytest.fixture(scope="module")
def play() -> Iterator[Any]:
    """Playwright, or a skip that says what is missing."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture
def phone(play: Any, tmp_path: Path) -> Iterator[Phone]:
    """A phone that has not seen the page yet: small, English."""
    found = Phone(play, tmp_path / "profile", {"viewport": {"width": 360, "height": 740}, "locale": "en"})
    yield found
    found.close()


@pytest.fixture
def rows(database: str) -> Iterator[Connection]:
    """A connection to the database of the service; the drawn town is in it."""
    engine = engine_for(database)
    with engine.connect() as opened:
        drawn_town(opened)
        opened.commit()
        yield opened
    engine.dispose()


@pytest.fixture
def key(rows: Connection) -> str:
    """The key of a collector of the drawn town."""
    made = add_key(rows, rows.exec_driver_sql("SELECT city_id FROM city").scalar_one(), "amina")
    rows.commit()
    return made


@pytest.fixture
def site(database: str, rows: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The service, running; there is no worker to be told of what comes."""
    monkeypatch.setattr(jobs.Waker, "wake", lambda *_, **__: None)
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    site = Site(create_app(database), database)
    site.start()
    yield site
    site.stop()


def until(say: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Ask until the answer is true, and return it; in the end return it whatever it is."""
    end = time.monotonic() + patience_s
    while not (found := say()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def points(page: Any) -> int:
    """How many positions the page says that the ride has; -1 before it says anything."""
    said = page.locator(".now .facts").text_content() or ""
    return int(said.split("·")[0].split(":")[1].replace(",", "")) if ":" in said else -1


def has_points(page: Any, number: int) -> bool:
    """Whether the page says that the ride has just so many positions."""
    return points(page) == number
