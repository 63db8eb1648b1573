"""What the verbs of the command share: options, the database, answers for people and machines, bars for long work."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

import click
from sqlalchemy import Engine

from mapping_service.config import Config, load_config
from mapping_service.records import City

json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
city_option = click.option("--city", "slug", required=True, help="The city's slug.")


def settings() -> Config:
    """Return the settings of this installation."""
    return load_config(os.environ)


def open_database() -> tuple[str, Engine]:
    """Return the database's address and engine, its schema brought up to date."""
    from mapping_service.postgres import ensure_cluster
    from mapping_service.store.engine import engine_for
    from spatial_sql.apply import upgrade

    url = ensure_cluster(settings())
    upgrade(url)
    return url, engine_for(url)


def find_city(engine: Engine, slug: str) -> City:
    """Return a city by its slug. Raises ``NotFound``."""
    from mapping_service.store.cities import get_city

    with engine.connect() as connection:
        return get_city(connection, slug)


def answer(value: Any, as_json: bool, words: str) -> None:
    """Print an answer: the value as JSON for machines, or the words for people."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(plain, ensure_ascii=False, default=str) if as_json else words)


def counted(number: int, one: str) -> str:
    """Write how many there are of something, ``one`` being the English word for a single one of it."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


@contextmanager
def progress(as_json: bool, label: str) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a callback that draws a bar per step on a terminal, and stays silent for machines."""
    if as_json or not sys.stderr.isatty():
        yield lambda *_: None
        return
    bars: dict[str, Any] = {}

    def tick(step: str, done: int, total: int) -> None:
        bar = bars.get(step)
        if bar is None:
            bar = bars[step] = click.progressbar(length=total, label=f"{label} {step:8}", file=sys.stderr)
        bar.update(done - bar.pos)
        if done >= total:
            bar.render_finish()

    yield tick
