"""A PostgreSQL cluster on this machine: where it lies, whose it is, which programs serve it, whether it runs.

PostgreSQL refuses to run as root. Where Commonway is root, the cluster belongs to the system account ``postgres``,
and lies under ``/var/lib/commonway`` if that account cannot enter the data folder.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mapping_service.errors import Problem

SUPERUSER = "commonway"
DATABASE = "commonway"
PORT = 5432
ACCOUNT = "postgres"
SYSTEM_HOME = Path("/var/lib/commonway")
OLDEST_POSTGRES = 15
# sun_path of unix(7) holds 108 bytes with its closing zero.
LONGEST_SOCKET_PATH = 107
# PostgreSQL reads a comma in a socket folder as the start of a second folder; a quote would need escaping twice.
_PLAIN_PATH = re.compile(r"[\w/.@+\- ]+")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cluster:
    """One cluster: ``home`` (mode 0700) holds its data, log and socket; ``uid`` owns it and runs its programs."""

    home: Path
    uid: int

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self.home / "data"

    @property
    def pid_file(self) -> Path:
        """What a running server leaves in its data folder."""
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.home / "server.log"

    @cached_property
    def socket_dir(self) -> Path:
        """Beside the data, or in a folder of ``/tmp`` where that path is too long or too odd for a socket."""
        beside = self.home / "socket"
        length = len(os.fsencode(beside / f".s.PGSQL.{PORT}"))
        if length <= LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(beside)):
            return beside
        return Path("/tmp") / f"commonway-{_digest(self.home)}"

    def is_made(self) -> bool:
        """True where the data folder has been made to its end."""
        return (self.data / "PG_VERSION").exists()

    def run(self, command: Sequence[str]) -> str:
        """Run a program as the owner, in ``home``, and return its output. Raises ``Problem`` ``postgres_failed``."""
        # PGDATA instead of --pgdata, and a relative log: pg_ctl pastes its arguments into a shell command.
        environ = {"PATH": os.environ.get("PATH", os.defpath), "PGDATA": str(self.data), "LC_ALL": "C.UTF-8"}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, cwd=self.home, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, **_as_account(self.uid),
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise Problem(
                "postgres_failed",
                f"{Path(command[0]).name} failed: {' '.join(said)} The end of {self.log} may say why.",
                log=self._log_end(),
            )
        return done.stdout

    def running_pid(self) -> int | None:
        """Return the process id of the server, or ``None``; a number that another program has by now is not it."""
        pid = self._noted_pid()
        if pid is None:
            return None
        try:
            # Through a program of the owner: root in a container may not look into another account's process.
            folder = self.run(["readlink", f"/proc/{pid}/cwd"]).strip()
        except Problem:
            return None
        return pid if folder == str(self.data.resolve()) else None

    def forget_last_run(self) -> None:
        """Remove what a killed server left if its process id is another program's now; PostgreSQL would wait for it."""
        pid = self._noted_pid()
        if pid is not None and Path(f"/proc/{pid}").exists():
            self.pid_file.unlink(missing_ok=True)
        for left in self.socket_dir.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def make_socket_dir(self) -> None:
        """Make the socket folder, for the owner only. Raises ``Problem`` where somebody else holds its place."""
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.uid, os.geteuid()):
            raise Problem(
                "socket_folder_taken", f"{self.socket_dir} belongs to somebody else. Remove it and start again."
            )
        if found.st_uid != self.uid:
            os.chown(self.socket_dir, self.uid, -1)
        self.socket_dir.chmod(0o700)

    def server_options(self, settings: Mapping[str, str]) -> str:
        """Return ``settings`` as pg_ctl passes them on: one string for the shell."""
        return shlex.join(part for key, value in settings.items() for part in ("-c", f"{key}={value}"))

    def _noted_pid(self) -> int | None:
        try:
            first, *_ = self.pid_file.read_text("utf-8").splitlines()
            return int(first)
        except (FileNotFoundError, ValueError):
            return None

    def _log_end(self) -> list[str]:
        return self.log.read_text("utf-8", "replace").splitlines()[-5:] if self.log.exists() else []


def find_cluster(data_dir: Path, *, settle: bool = True) -> Cluster:
    """Return the cluster of ``data_dir`` (which exists); ``settle`` also makes its home if there is none yet."""
    pointer = data_dir / "postgres-location"
    home = Path(pointer.read_text("utf-8").strip()) if pointer.exists() else data_dir / "postgres"
    me = os.geteuid()
    if settle and (not home.exists() or me == 0 == home.stat().st_uid):
        return _settle(data_dir, pointer)
    uid = home.stat().st_uid if home.exists() else me
    if me not in (0, uid):
        raise Problem(
            "cluster_of_another_account",
            f"The database in {home} belongs to the account {_name(uid)}. Run Commonway as {_name(uid)} or root, "
            "or set COMMONWAY_DATA to a folder of your own.",
        )
    return Cluster(home, uid)


def programs_for(cluster: Cluster) -> Path:
    """Return the folder of the PostgreSQL programs that fit the cluster; for a new one the newest with PostGIS.

    Raises ``Problem`` ``postgres_missing``, ``postgis_missing`` or ``postgres_version_missing``.
    """
    installed = _installed()
    if cluster.is_made():
        version = int((cluster.data / "PG_VERSION").read_text("utf-8"))
        if version not in installed:
            raise Problem(
                "postgres_version_missing",
                f"The database in {cluster.data} was made by PostgreSQL {version}, which is not installed. Install "
                f"postgresql-{version} and postgresql-{version}-postgis-3, or upgrade the folder with pg_upgrade.",
            )
        return installed[version]
    fit = [version for version in installed if version >= OLDEST_POSTGRES]
    if not fit:
        raise Problem(
            "postgres_missing",
            f"PostgreSQL {OLDEST_POSTGRES} or newer is not installed. On Debian 12 install postgresql-15 and "
            "postgresql-15-postgis-3, or run script/server, or set DATABASE_URL to a server elsewhere.",
        )
    with_postgis = [version for version in fit if _has_postgis(installed[version])]
    if not with_postgis:
        raise Problem("postgis_missing", f"PostGIS is not installed. Install postgresql-{max(fit)}-postgis-3.")
    return installed[max(with_postgis)]


def _installed() -> dict[int, Path]:
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    found = {}
    for folder in folders:
        # A removed server package leaves the client programs behind.
        if (folder / "postgres").exists():
            said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
            found[int(re.findall(r"\d+", said.stdout)[0])] = folder
    return found


def _has_postgis(programs: Path) -> bool:
    said = subprocess.run([programs / "pg_config", "--sharedir"], capture_output=True, text=True, check=True)
    return Path(said.stdout.strip(), "extension", "postgis.control").exists()


def _settle(data_dir: Path, pointer: Path) -> Cluster:
    home, uid = data_dir / "postgres", os.geteuid()
    if uid == 0:
        uid = _service_account()
        if not _can_enter(data_dir, uid):
            home = SYSTEM_HOME / _digest(data_dir)
            SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
            SYSTEM_HOME.chmod(0o755)
            log.warning("The account %s cannot enter %s: the database is kept in %s.", _name(uid), data_dir, home)
    home.mkdir(mode=0o700, exist_ok=True)
    os.chown(home, uid, pwd.getpwuid(uid).pw_gid)
    if home.parent != data_dir:
        pointer.write_text(f"{home}\n", "utf-8")
    return Cluster(home, uid)


def _service_account() -> int:
    try:
        return pwd.getpwnam(ACCOUNT).pw_uid
    except KeyError:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir=/nonexistent"]
        subprocess.run(["useradd", *options, "--shell=/usr/sbin/nologin", ACCOUNT], check=True)
        return pwd.getpwnam(ACCOUNT).pw_uid


def _can_enter(folder: Path, uid: int) -> bool:
    return not subprocess.run(["test", "-x", folder], cwd="/", check=False, **_as_account(uid)).returncode


def _as_account(uid: int) -> dict[str, Any]:
    if uid == os.geteuid():
        return {}
    return {"user": uid, "group": pwd.getpwuid(uid).pw_gid, "extra_groups": []}


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
