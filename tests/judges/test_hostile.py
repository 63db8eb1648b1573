"""Names as strangers type them come out of the feed as they went in, whoever reads it.

Only what would break a line is mended: any run of spaces, control characters and separators becomes one space.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.conftest import _new_database
from tests.factories import STOPS, VALID_FROM, drawn_town
from tests.gtfs_export.readers import Town
from tests.judges.databases import node_gtfs, via_postgres, why_no_node_gtfs, why_no_via_postgres
from tests.judges.timetable import Rows, read_tables
from tests.judges.validators import canonical, guru

HOSTILE = (
    "NA", "None", "null", "007", "1e5", "-", "'", '"', 'Market, "old"', "Rank\nside", "Gare d'Adjamé", "ጎንደር", "محطة",
    "🚌 Rank", "=1+1", "a\tb", "\\N", "\\.", "; DROP TABLE stop", "<b>Mill</b>", "{{ name }}", "%s", "São João", "#REF!",
    "\u202eelim", "e\u0301", "ﬁ", " spaced  out ", "true", "Line\r\nfeed", "x" * 300,
)
NAMED = tuple(sorted(STOPS))
names = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
)
towns = st.lists(names, min_size=len(NAMED), max_size=len(NAMED))
quick = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
                 deadline=None)
slow = settings(quick, max_examples=2)


def on_one_line(name: str) -> str:
    """What a name must read like in the feed."""
    blank = {"Zs", "Zl", "Zp", "Cc"}
    told = "".join(" " if unicodedata.category(one) in blank or one in "\ufeff\ufffd" else one for one in name)
    return " ".join(part for part in told.split(" ") if part)


def feed_of(connection: Connection, given_names: Sequence[str], out: Path) -> Path:
    """The feed of a town whose stops and ends of lines are called so."""
    step = connection.begin_nested()
    town = Town(connection, drawn_town(connection))
    for stop_id, name in zip(NAMED, given_names, strict=True):
        town.stop(stop_id, name=name)
    for pattern_id, name in zip(("P1", "P2", "P3"), given_names, strict=False):
        town.pattern(pattern_id, headsign=name)
    town.route("R1", short_name=given_names[0], long_name=given_names[1])
    town.city(name=f"Town {given_names[2]}")
    out.write_bytes(town.zipped())
    step.rollback()
    return out


def said(given_names: Sequence[str]) -> dict[str, str]:
    """The names that are left of those given, by stop."""
    cleaned = {stop_id: on_one_line(name) for stop_id, name in zip(NAMED, given_names, strict=True)}
    return {stop_id: name for stop_id, name in cleaned.items() if name}


def named(rows: Rows | Sequence[Mapping[str, str | None]], stops: Mapping[str, str]) -> dict[str, str | None]:
    """The names of some stops among rows of ``stops.txt``."""
    return {str(row["stop_id"]): row["stop_name"] for row in rows if row["stop_id"] in stops}


@quick
@given(given_names=towns)
def test_any_name_is_published_as_it_was_said_and_no_validator_finds_an_error(
    connection: Connection, tmp_path: Path, given_names: list[str]
) -> None:
    feed = feed_of(connection, given_names, tmp_path / "feed.zip")
    tables = read_tables(feed)
    assert named(tables["stops.txt"], said(given_names)) == said(given_names)
    assert all(row["stop_name"] for row in tables["stops.txt"])
    assert guru(feed, VALID_FROM, "KE").errors == {}


@pytest.mark.parametrize("first", range(0, len(HOSTILE), len(NAMED)))
def test_the_worst_names_pass_the_canonical_rules(connection: Connection, tmp_path: Path, first: int) -> None:
    chosen = (HOSTILE[first:] + HOSTILE)[:len(NAMED)]
    assert canonical(feed_of(connection, chosen, tmp_path / "feed.zip"), VALID_FROM, "KE").errors == {}


@pytest.mark.skipif(why_no_node_gtfs() is not None, reason=str(why_no_node_gtfs()))
@slow
@given(given_names=towns)
def test_any_name_comes_into_sqlite_as_it_was_said(
    connection: Connection, tmp_path: Path, given_names: list[str]
) -> None:
    kept = node_gtfs(feed_of(connection, given_names, tmp_path / "feed.zip"))
    assert named(kept["stops.txt"], said(given_names)) == said(given_names)


@pytest.mark.skipif(why_no_via_postgres() is not None, reason=str(why_no_via_postgres()))
@slow
@given(given_names=towns)
def test_any_name_comes_into_postgres_as_it_was_said(
    server: str, connection: Connection, tmp_path: Path, given_names: list[str]
) -> None:
    feed = feed_of(connection, given_names, tmp_path / "feed.zip")
    with _new_database(server) as url:
        kept = via_postgres(feed, url)
    assert named(kept["stops.txt"], said(given_names)) == said(given_names)
