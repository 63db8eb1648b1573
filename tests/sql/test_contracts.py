"""The database keeps its own rules: names, foreign keys, the purpose of each index, and where SQL may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gtfs_export import TABLES, VARIANTS
from spatial_sql.apply import is_current, upgrade
from spatial_sql.loader import HERE, feed_select, feed_statements, queries
from tests.sql.sources import ROOT, feed_selects, indexes, migrations, python_files, query_names, tables

# SQL stands in spatial_sql/. These few need a statement before there is a schema, or beside it.
MAY_HOLD_SQL = {
    "mapping_service/postgres.py",  # makes the database itself
    "mapping_service/checks.py",  # asks the server about itself
    "spatial_sql/apply.py",  # takes the lock of the migrations
}
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|ALTER TABLE)\b|\bST_[A-Z]")
ONE_ROW = {"feed_info", "feed_info_expanded", "rider_categories", "fare_media", "flex_locations"}
QUERY_RUNNERS = {"row", "rows", "run", "query"}
FUNCTION_OR_QUERY = re.compile(r"[a-z_]+\.[a-z_]+|\b(?:map|street)_tile\b|foreign key")


@pytest.mark.parametrize("table", sorted(tables()))
def test_every_constraint_has_a_name_that_we_gave_it(table: str, connection: Connection) -> None:
    found = connection.execute(
        text("SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(:t) AND contype <> 'n'"), {"t": table}
    ).scalars().all()
    assert found
    assert [name for name in found if f"CONSTRAINT {name} " not in tables()[table]] == []


@pytest.mark.parametrize("table", sorted(tables()))
def test_every_table_belongs_to_a_city(table: str) -> None:
    assert re.search(r"^\s*city_id\s+integer", tables()[table], re.MULTILINE)


@pytest.mark.parametrize("table", sorted(tables()))
def test_every_foreign_key_is_served_by_an_index(table: str, connection: Connection) -> None:
    """The columns lead an index that covers all rows, or all in which the one column is known."""
    unserved = connection.execute(text(
        """
        SELECT c.conname FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conrelid = to_regclass(:t) AND NOT EXISTS (
          SELECT FROM pg_index i
          WHERE i.indrelid = c.conrelid
            AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', (
                  SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1])))
            AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
        )
        """
    ), {"t": table}).scalars().all()
    assert unserved == []


def test_every_index_says_which_query_it_serves() -> None:
    assert indexes()
    assert [index.name for index in indexes() if not index.usage] == []


def test_what_an_index_serves_exists() -> None:
    for index in indexes():
        served = FUNCTION_OR_QUERY.findall(index.usage or "")
        assert served, f"{index.name} names neither a query nor a foreign key"
        unknown = {name for name in served if "." in name} - query_names()
        assert not unknown, f"{index.name} serves {unknown}, which is not there"


def test_an_index_for_a_foreign_key_leads_with_its_columns() -> None:
    keys = re.findall(r"FOREIGN KEY \(([^)]+)\)", migrations())
    for name in [index.name for index in indexes() if (index.usage or "") == "foreign key"]:
        columns = re.search(rf"INDEX {name} ON \w+ \(([^)]+)\)", migrations())
        assert columns is not None
        assert any((columns[1] + ",").startswith(key + ",") for key in keys), name


def test_each_state_says_how_it_is_reached() -> None:
    enums = re.findall(r"CREATE TYPE (\w+) AS ENUM \((.*?)^\);", migrations(), re.MULTILINE | re.DOTALL)
    assert {name for name, _ in enums} == {"submission_status", "network_kind"}
    for name, body in enums:
        values = re.findall(r"^\s*'(\w+)',?\s*--\s*(.+)$", body, re.MULTILINE)
        assert len(values) == body.count("'") // 2, f"a value of {name} has no comment"
        assert any("->" in comment for _, comment in values), f"{name} lists no transition"
        for value, comment in values:
            if "->" in comment:
                assert re.match(rf"\w+ -> {value}:", comment), f"{name}.{value}: {comment}"


@pytest.mark.parametrize("file", sorted(path.stem for path in (HERE / "queries").glob("*.sql")))
def test_every_query_says_what_it_gives_and_takes(file: str) -> None:
    for name, sql in queries(file).items():
        comment = " ".join(re.findall(r"^-- ?(.*)$", sql.split("\n\n")[0], re.MULTILINE))
        body = re.sub(r"--.*", "", sql)
        stated = re.search(r"Params: (.*)\.", comment)
        named = set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", stated[1]))) if stated else set()
        assert re.match(r"[A-Z].*\.", comment), f"{file}.{name} has no sentence"
        assert named == set(re.findall(r"(?<!:):([a-z_]\w*)", body)), f"{file}.{name} states other parameters"


@pytest.mark.parametrize("name", feed_selects())
def test_a_file_of_the_feed_is_one_select_that_is_written_somewhere(name: str) -> None:
    """In the order of its key as bytes, whatever the locale of the database."""
    sql = feed_select(name)
    assert re.match(r"-- [A-Z].*\.", sql)
    assert ";" not in sql and re.findall(r"(?<!:):([a-z_]\w*)", re.sub(r"--.*|'[^']*'", "", sql)) == []
    assert name in {select for files in (*VARIANTS.values(), TABLES) for select in files.values()}
    order = re.findall(r"^ORDER BY (.*)", sql, re.MULTILINE)
    assert name in ONE_ROW or all(
        'COLLATE "C"' in key or re.fullmatch(r"(\w\.)?(\w+_)?(no|sequence|priority)|place|day", key)
        for key in order[-1].split(", ")
    )


@pytest.mark.parametrize(
    "file", ["prepare", "stop_names", "naming", "checks", "fares", "settled", "evidence", "evidence_row"]
)
def test_every_step_of_the_feed_says_what_it_makes_and_takes(file: str) -> None:
    for name, statement in feed_statements(file).items():
        comment, body = statement.text.split("\n", 1)
        stated = re.search(r"Params: (.*)\.", comment)
        assert re.match(r"-- [A-Z].*\.", comment), f"{file}.{name} has no sentence"
        assert set(re.findall(r"\w+", stated[1]) if stated else []) == set(statement._bindparams), f"{file}.{name}"


def test_every_query_is_used() -> None:
    named = "|".join(sorted(set(named_queries())))
    assert sorted(name for name in query_names() if not re.fullmatch(named, name)) == []


def test_every_query_that_the_code_names_exists() -> None:
    for pattern in named_queries():
        assert any(re.fullmatch(pattern, name) for name in query_names()), pattern


def named_queries() -> Iterator[str]:
    """What the code hands to the runners of named queries, as patterns; a part put in at run time is any known word."""
    words = {value for path in python_files() for _, value in strings(path) if re.fullmatch(r"[a-z_]+", value)}
    any_word = f"(?:{'|'.join(sorted(words))})"
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in QUERY_RUNNERS:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(argument.value)):
                        yield re.escape(str(argument.value))
                    elif isinstance(argument, ast.JoinedStr):
                        yield "".join(
                            re.escape(str(part.value)) if isinstance(part, ast.Constant) else any_word
                            for part in argument.values
                        )


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a Python file with their lines, docstrings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def test_sql_stands_in_its_own_folder() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in python_files()
        if str(path.relative_to(ROOT)) not in MAY_HOLD_SQL
        for line, value in strings(path)
        if SQL.search(value)
    ]
    assert found == []


def test_upgrading_twice_changes_nothing(database: str) -> None:
    before = schema_of(database)
    upgrade(database)
    assert schema_of(database) == before


def schema_of(url: str) -> list[tuple[str, ...]]:
    """Tables, columns, constraints and functions of a database, as its catalogue lists them."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        assert is_current(connection)
        return [tuple(row) for row in connection.execute(text(
            """
            SELECT 'column', table_name || '.' || column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public'
            UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
            UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'function', proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            ORDER BY 1, 2, 3
            """
        ))]
