"""Drawings and sheets that take a while to make, kept on disk until the next release or the next version of us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from mapping_service.store.published import Snapshot
from mapping_service.store.streets import get_version
from mapping_service.web.database import config, connection

_PACKAGE = Path(__file__).parents[1]
# Where fontconfig looks for fonts on Debian.
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
# All that a drawing or a sheet is made with, apart from the release.
_MAKERS = (
    "drawing/*.py", "web/prints.py", "web/timetable.py", "web/timeline.py", "web/language.py", "web/palette.py",
    "web/templates/*.html", "web/static/*.css", "web/locales/*.json",
)


def kept(found: Snapshot, name: str, make: Callable[[], bytes]) -> bytes:
    """Return what was made for a release of a city under a name, or make it and keep it.

    What was kept for earlier releases goes away then, and once fonts have come or gone. Nobody ever reads half a file.
    """
    streets = get_version(connection(), found.city.slug)
    made_with = (found.city, found.release, config().base_url, streets, _makers(), _fonts_changed_ns())
    folder = config().data_dir / "drawings" / found.city.slug / sha256(repr(made_with).encode()).hexdigest()[:32]
    path = folder / sha256(name.encode()).hexdigest()[:32]
    if path.is_file():
        return path.read_bytes()
    content = make()
    for other in folder.parent.glob("*") if not folder.exists() else ():
        shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, delete=False) as aside:
        aside.write(content)
    os.replace(aside.name, path)
    return content


@cache
def _makers() -> str:
    paths = sorted(path for pattern in _MAKERS for path in _PACKAGE.glob(pattern))
    return sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _fonts_changed_ns() -> int:
    """Return when fonts were last installed or removed, 0 without any: a folder changes with the files in it."""
    folders = (folder for place in _FONTS for folder, _, _ in os.walk(Path(place).expanduser()))
    return max((os.stat(folder).st_mtime_ns for folder in folders), default=0)
