"""Folders for a while, that outlive no run: what one leaves behind that was killed, the next one removes.

A folder is locked (``flock``) as long as the process that made it lives. That holds among containers that share a
folder for such files too, where the number of a process says nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"commonway-scratch-[a-z]+-\w{8}")


@contextmanager
def scratch(what: str) -> Iterator[Path]:
    """Yield a new folder for ``what`` (small letters) and remove it in the end."""
    folder, lock = _locked(what)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(what: str) -> tuple[Path, int]:
    """A new folder and its lock; a sweep that finds it before it is locked takes it for left behind."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"commonway-scratch-{what}-"))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir():
                return folder, lock
            os.close(lock)


def sweep() -> None:
    """Remove the folders of ``scratch`` that no living process holds."""
    for folder in Path(tempfile.gettempdir()).glob("commonway-scratch-*"):
        if _NAME.fullmatch(folder.name):
            with suppress(OSError):  # gone already, or another account's
                _remove_unless_held(folder)


def _remove_unless_held(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
