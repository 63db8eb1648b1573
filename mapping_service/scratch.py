"""Folders for a while, that outlive no run: what one leaves behind that was killed, the next one removes."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"commonway-[a-z]+-(\d+)-\w+")


@contextmanager
def scratch(what: str) -> Iterator[Path]:
    """Yield a new folder for ``what`` (small letters), named after this process too, and remove it in the end."""
    with tempfile.TemporaryDirectory(prefix=f"commonway-{what}-{os.getpid()}-") as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove the folders of ``scratch`` whose process has ended."""
    for path in Path(tempfile.gettempdir()).glob("commonway-*-*-*"):
        found = _NAME.fullmatch(path.name)
        if found and not _is_alive(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
