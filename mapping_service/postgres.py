"""The database server: a private PostgreSQL cluster under the data folder, or the one that ``DATABASE_URL`` names.

The private cluster listens on a unix socket in a folder that only its account may enter, and on no network address.
Every function may be called by several processes at once; a file lock lets one at a time through.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import psycopg2
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mapping_service.cluster import DATABASE, OLDEST_POSTGRES, PORT, SUPERUSER, Cluster, find_cluster, programs_for
from mapping_service.config import Config, bad_setting
from mapping_service.errors import Problem, Unavailable

OLDEST_POSTGIS = (3, 3)
# Any constant will do.
_EXTENSION_LOCK = 0x67697321

# Recovery after a power cut reads up to max_wal_size (1 GB) of log: minutes on a slow disk.
START_TIMEOUT_S = 300
STOP_TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 5
# After a killed postmaster its children hold the shared memory for a moment, and a start is refused until they go.
START_ATTEMPTS = 10
RETRY_PAUSE_S = 0.5

# One small machine (2 cores, 4 GB) that also runs the web and the worker. Passed at each start, so that a newer
# Commonway changes them without touching a file of the cluster. jit costs more than it saves on short queries.
SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
}
# For tests, whose data nobody misses.
THROWAWAY_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
}


def ensure_cluster(config: Config, *, durable: bool = True) -> str:
    """Bring the database up and return its SQLAlchemy URL (psycopg2), with PostGIS in place.

    Without ``database_url`` makes and starts the private cluster as needed; ``durable=False`` starts it without
    fsync, for tests only. Raises ``Problem`` or ``Unavailable`` with a sentence that says how to mend it.
    """
    if config.database_url is None:
        with _locked(config):
            cluster = find_cluster(config.data_dir)
            if not cluster.is_made():
                _make(cluster, durable)
            if cluster.running_pid() is None:
                _start(cluster, durable)
            _make_database(cluster)
    url = database_address(config)
    _require_postgis(url)
    return url


def stop_cluster(config: Config) -> None:
    """Stop the private cluster if it runs; open connections are closed, nothing committed is lost."""
    if config.database_url is None and config.data_dir.is_dir():
        with _locked(config):
            cluster = find_cluster(config.data_dir)
            if cluster.running_pid() is not None:
                pg_ctl = programs_for(cluster) / "pg_ctl"
                cluster.run([str(pg_ctl), "stop", "--mode=fast", "--wait", f"--timeout={STOP_TIMEOUT_S}"])


def is_running(config: Config) -> bool:
    """True where the private cluster of ``config`` runs; looks only, changes nothing."""
    return config.data_dir.is_dir() and find_cluster(config.data_dir, settle=False).running_pid() is not None


def database_address(config: Config) -> str:
    """Return the SQLAlchemy URL of the database, running or not. Raises ``Problem`` ``bad_setting``."""
    if config.database_url is not None:
        return normalise_url(config.database_url)
    return _socket_url(find_cluster(config.data_dir, settle=False), DATABASE)


def normalise_url(url: str) -> str:
    """Return a ``postgres://`` or ``postgresql://`` URL as SQLAlchemy takes it for psycopg2."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise bad_setting("DATABASE_URL", "is not a URL like postgresql://name:password@host/database.") from error
    if parsed.drivername.split("+")[0] not in ("postgres", "postgresql"):
        raise bad_setting("DATABASE_URL", f"must begin with postgresql://, not {parsed.drivername}://.")
    return parsed.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def psycopg_dsn(url: str) -> str:
    """Return a SQLAlchemy URL as the libpq connection string that psycopg 3 (the job queue) and psycopg2 take.

    Text is UTF-8 whatever ``PGCLIENTENCODING`` says: names are not all written in the letters of one country.
    """
    parsed = make_url(url)
    parts = parsed.translate_connect_args(username="user", database="dbname")
    query = {key: value if isinstance(value, str) else ",".join(value) for key, value in parsed.query.items()}
    return str(psycopg2.extensions.make_dsn(**{"client_encoding": "utf8", **parts, **query}))


@contextmanager
def open_connection(url: str) -> Iterator[psycopg2.extensions.connection]:
    """Open one connection in autocommit mode, outside any pool. Raises ``Unavailable`` ``database_unreachable``."""
    try:
        connection = psycopg2.connect(psycopg_dsn(url), connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg2.OperationalError as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise Unavailable(
            "database_unreachable",
            f"The database {shown} cannot be reached: {str(error).strip()} Is it running, and is DATABASE_URL right?",
        ) from error
    connection.autocommit = True
    with closing(connection):
        yield connection


@contextmanager
def _locked(config: Config) -> Iterator[None]:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        lock_file = (config.data_dir / "postgres.lock").open("a")
    except OSError as error:
        raise bad_setting(
            "COMMONWAY_DATA", f"must name a folder that can be written; {config.data_dir}: {error.strerror}."
        ) from error
    with lock_file as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(cluster: Cluster, durable: bool) -> None:
    # Made beside its place and renamed: a run that is killed half-way leaves nothing that looks like a cluster.
    unfinished = cluster.data.with_name("data.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    initdb = programs_for(cluster) / "initdb"
    options = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
    cluster.run([str(initdb), f"--pgdata={unfinished}", *options, *([] if durable else ["--no-sync"])])
    unfinished.rename(cluster.data)


def _start(cluster: Cluster, durable: bool) -> None:
    crashed = cluster.pid_file.exists()
    cluster.forget_last_run()
    cluster.make_socket_dir()
    settings = {**SERVER_SETTINGS, "unix_socket_directories": str(cluster.socket_dir)}
    command = [str(programs_for(cluster) / "pg_ctl"), "start", "--wait", f"--timeout={START_TIMEOUT_S}"]
    options = cluster.server_options({**settings, **({} if durable else THROWAWAY_SETTINGS)})
    for left in reversed(range(START_ATTEMPTS if crashed else 1)):
        try:
            cluster.run([*command, f"--log={cluster.log.name}", f"--options={options}"])
            return
        except Problem:
            if not left:
                raise
            time.sleep(RETRY_PAUSE_S)


def _socket_url(cluster: Cluster, database: str) -> str:
    query = {"host": str(cluster.socket_dir), "port": str(PORT)}
    return URL.create("postgresql+psycopg2", SUPERUSER, database=database, query=query).render_as_string()


def _make_database(cluster: Cluster) -> None:
    with open_connection(_socket_url(cluster, "postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE}")


def _require_postgis(url: str) -> None:
    with open_connection(url) as connection, connection.cursor() as cursor:
        version = connection.server_version // 10000
        if version < OLDEST_POSTGRES:
            raise Problem("postgres_too_old", f"PostgreSQL {version} is too old: Commonway needs {OLDEST_POSTGRES}.")
        try:
            # Two that create an extension at once collide even with IF NOT EXISTS; the lock ends with the connection.
            cursor.execute("SELECT pg_advisory_lock(%s)", (_EXTENSION_LOCK,))
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            cursor.execute("SELECT postgis_lib_version()")
        except psycopg2.Error as error:
            raise Problem(
                "postgis_missing",
                f"PostGIS cannot be set up in the database: {str(error).strip()} On Debian or Ubuntu install "
                f"postgresql-{version}-postgis-3; elsewhere let a superuser run CREATE EXTENSION postgis.",
            ) from error
        found = str(cursor.fetchone()[0])
    if tuple(int(part) for part in found.split(".")[:2]) < OLDEST_POSTGIS:
        needed = ".".join(str(part) for part in OLDEST_POSTGIS)
        raise Problem("postgis_too_old", f"PostGIS {found} is too old: Commonway needs {needed} or newer.")
