"""The settings of one installation, read once from environment variables and passed on as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mapping_service.errors import Problem

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
# Two, so that one slow request leaves the other core free on the smallest machine that we aim at.
DEFAULT_WORKERS = 2
MOST_WORKERS = 64
MOST_PORT = 65535

_SOURCE_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Config:
    """Where things are and where to listen.

    ``database_url`` is ``None`` where Commonway keeps a private cluster under ``data_dir`` (absolute). ``workers``
    counts web processes. ``base_url`` is the address that people outside use, without a slash at its end.
    """

    database_url: str | None
    data_dir: Path
    host: str
    port: int
    workers: int
    base_url: str


def load_config(environ: Mapping[str, str]) -> Config:
    """Read the settings from ``environ``; an empty value counts as absent.

    Variables: ``DATABASE_URL``, ``COMMONWAY_DATA``, ``COMMONWAY_HOST``, ``COMMONWAY_PORT``, ``COMMONWAY_WORKERS``,
    ``COMMONWAY_BASE_URL``. Raises ``Problem`` ``bad_setting``, which names the variable.
    """
    host = environ.get("COMMONWAY_HOST", "").strip() or DEFAULT_HOST
    port = _integer(environ, "COMMONWAY_PORT", DEFAULT_PORT, most=MOST_PORT)
    return Config(
        database_url=environ.get("DATABASE_URL", "").strip() or None,
        data_dir=_folder(environ, "COMMONWAY_DATA"),
        host=host,
        port=port,
        workers=_integer(environ, "COMMONWAY_WORKERS", DEFAULT_WORKERS, most=MOST_WORKERS),
        base_url=_web_address(environ, "COMMONWAY_BASE_URL", address(host, port)),
    )


def address(host: str, port: int) -> str:
    """Return the web address at which this machine reaches a server that listens on ``host`` and ``port``."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def bad_setting(variable: str, sentence: str) -> Problem:
    """Return the one problem of a setting; ``sentence`` goes on after the name of the variable."""
    return Problem("bad_setting", f"{variable} {sentence}", variable=variable)


def _integer(environ: Mapping[str, str], variable: str, default: int, *, most: int) -> int:
    written = environ.get(variable, "").strip() or str(default)
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= most):
        raise bad_setting(variable, f"must be a whole number from 1 to {most}, not “{written}”.")
    return int(written)


def _folder(environ: Mapping[str, str], variable: str) -> Path:
    written = environ.get(variable, "").strip()
    if not written:
        # Installed from a wheel there is no checkout to keep the data in: then it is the current folder.
        return (_SOURCE_ROOT if (_SOURCE_ROOT / "setup.cfg").exists() else Path.cwd()) / ".data"
    folder = Path(written).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise bad_setting(variable, f"must name a folder; {folder} is a file.")
    return folder


def _web_address(environ: Mapping[str, str], variable: str, default: str) -> str:
    written = environ.get(variable, "").strip().rstrip("/") or default
    if not written.startswith(("http://", "https://")):
        raise bad_setting(variable, f"must begin with http:// or https://, not “{written}”.")
    return written
