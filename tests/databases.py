"""Databases for tests: copies of one that is migrated and empty."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import make_url

from mapping_service.postgres import open_connection

# What a database is beside its rows. Emptying does not touch it; what a test changes of it gives another answer.
_SEAL = """
    SELECT
        (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_class),
        (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_attribute),
        (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_constraint),
        -- Every upgrade puts the same functions there anew.
        (SELECT md5(string_agg(pg_get_functiondef(oid), '' ORDER BY oid)) FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prolang IN
             (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))),
        (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_trigger),
        (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_enum),
        (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_'),
        (SELECT count(*) FROM pg_extension),
        (SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
         WHERE datname = current_database()),
        (SELECT (count(*), max(xmin::text::bigint))::text FROM spatial_ref_sys),
        (SELECT string_agg(version_num, ' ') FROM alembic_version)
"""
_USED = """
    SELECT string_agg(oid::regclass::text, ', ' ORDER BY oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
        AND relname NOT IN ('spatial_ref_sys', 'alembic_version')
"""
_COUNT_ANEW = """
    SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
"""


class Copies:
    """Lends databases like ``template``, each to one test at a time, and empties them to lend them again.

    Emptying takes a tenth of the time of copying. Each loan has a name of its own, so that nothing that is left of a
    test before (a thread, a pool) reaches it. A database of which more was changed than rows is dropped.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._spare: list[str] = []
        self._seal: tuple[Any, ...] | None = None

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a migrated, empty database."""
        name = self._spare.pop() if self._spare else self._copy()
        try:
            yield self._url(name)
        finally:
            self._take_back(name)

    def drop(self) -> None:
        """Drop what is not lent."""
        while self._spare:
            execute(self._server, f"DROP DATABASE {self._spare.pop()} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return url_of(self._server, name)

    def _copy(self) -> str:
        name = new_name()
        create(self._server, name, self._template)
        if self._seal is None:
            (self._seal,) = execute(self._url(name), _SEAL)
        return name

    def _take_back(self, old: str) -> None:
        name = new_name()
        for statement in (
            f"ALTER DATABASE {old} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{old}'",
            f"ALTER DATABASE {old} RENAME TO {name}",
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS true",
        ):
            execute(self._server, statement)
        if execute(self._url(name), _SEAL) == [self._seal]:
            _empty(self._url(name))
            self._spare.append(name)
        else:
            execute(self._server, f"DROP DATABASE {name} WITH (FORCE)")


def _empty(url: str) -> None:
    """Delete all rows, give back their room and let numbers begin at one again."""
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(_USED)
        ((used,),) = cursor.fetchall()
        if used is not None:
            # Deleting is faster than TRUNCATE, which makes a new file for each table that refers to one of these.
            # Triggers and foreign keys, which forbid some of it, do not hold for a replica.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in used.split(", ")))
            cursor.execute(f"VACUUM (TRUNCATE, INDEX_CLEANUP ON) {used}")
        cursor.execute(_COUNT_ANEW)


def new_name() -> str:
    """A name that no database has."""
    return f"commonway_test_{uuid.uuid4().hex}"


def url_of(server: str, name: str) -> str:
    """The URL of a database on a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def create(server: str, name: str, template: str) -> None:
    """Make a database like another one."""
    # Copying files takes less than the default, which writes every page to the log.
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own; the rows that it gives, if it gives any."""
    with open_connection(url) as opened, opened.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
