"""Files, folders, zips and gzips as one stream of named bytes, with limits that no archive bomb gets past.

Names are only ever names here: nothing is written anywhere, so a member called ``../../etc/passwd`` can do no harm;
it is shown without the dots. An archive in an archive is refused, except one gzip inside a zip.
"""

from __future__ import annotations

import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from collectors.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    MAX_INDEX_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    RATIO_FREE_BYTES,
)
from collectors.storable import storable_text
from collectors.zip_index import stated_index
from mapping_service.errors import Problem, TooLarge

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_MAGIC = b"\x1f\x8b"
_JUNK = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_ENCRYPTED_FLAG = 0x1
_UNDECODABLE = re.compile("[\ud800-\udfff]")
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError,
           ValueError)


@dataclass(frozen=True)
class SourceFile:
    """One file: its name (a path with ``/``, archive names included), and its bytes or why they cannot be had."""

    name: str
    data: bytes | None
    problem: Problem | None


def iter_files(path: Path) -> Iterator[SourceFile]:
    """Every file at a path, one after the other: a folder's in order of name, so a zip's members; XML first.

    One bad file or member yields its ``problem`` and does not stop the others. System junk and hidden files are left
    out. Raises ``Problem`` ``path_missing`` if nothing is there.
    """
    if path.is_dir():
        found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
        for name in sorted(found, key=_order):
            if not _is_junk(name):
                yield from _iter_file(shown_name(name), found[name])
    elif path.is_file():
        yield from _iter_file(shown_name(path.name), path)
    else:
        shown = storable_text(str(path))
        raise Problem("path_missing", f"There is no file or folder at {shown}. Check the path.", path=shown)


def iter_bytes(name: str, data: bytes) -> Iterator[SourceFile]:
    """The same for bytes that came with a name, as in an HTTP upload."""
    yield from _iter_stream(shown_name(name), io.BytesIO(data), len(data))


def shown_name(name: str) -> str:
    """A name that is safe to show and to store: forward slashes, no drive, no climbing dots, no control codes.

    A byte that the file system could not decode is shown as U+FFFD.
    """
    whole = _UNDECODABLE.sub("\ufffd", name.replace("\\", "/"))
    parts = PurePosixPath("".join(char for char in whole if char.isprintable())).parts
    return "/".join(part for part in parts if part.strip("/.") and not part.endswith(":")) or "unnamed"


def _iter_file(name: str, path: Path) -> Iterator[SourceFile]:
    try:
        with path.open("rb") as stream:
            yield from _iter_stream(name, stream, path.stat().st_size)
    except PermissionError:
        yield _failed(name, Problem("unreadable", f"{name} cannot be opened. Check who may read it.", name=name))


def _iter_stream(name: str, stream: IO[bytes], size: int) -> Iterator[SourceFile]:
    head = stream.read(len(_ZIP_MAGIC[0]))
    stream.seek(0)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".zip" or (not suffix and head.startswith(_ZIP_MAGIC)):
        yield from _iter_zip(name, stream)
    elif head.startswith(_GZIP_MAGIC):
        yield _unpacked(name, stream, size)
    elif size > MAX_FILE_BYTES:
        yield _failed(name, _too_large(name))
    else:
        yield SourceFile(name, stream.read(), None)


def _iter_zip(name: str, stream: IO[bytes]) -> Iterator[SourceFile]:
    entries, index_bytes = stated_index(stream)
    if entries > MAX_MEMBERS or index_bytes > MAX_INDEX_BYTES:
        yield _failed(name, _too_many(name))
        return
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGE:
        yield _failed(name, _damaged(name))
        return
    with archive:
        members = sorted((m for m in archive.infolist() if not m.is_dir()), key=lambda member: _order(member.filename))
        if len(members) > MAX_MEMBERS:
            yield _failed(name, _too_many(name))
            return
        total = 0
        for member in members:
            if _is_junk(member.filename.replace("\\", "/")):
                continue
            total += member.file_size
            if total > MAX_ARCHIVE_BYTES:
                yield _failed(name, TooLarge("archive_too_large", f"{name} unpacks to more than "
                                             f"{MAX_ARCHIVE_BYTES // 1_000_000_000} GB. The rest was left out; "
                                             "send it in parts.", name=name))
                return
            yield _member(f"{name}/{shown_name(member.filename)}", archive, member)


def _member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> SourceFile:
    problem = _member_problem(name, member)
    if problem is not None:
        return _failed(name, problem)
    try:
        data = archive.read(member)
    except _DAMAGE:
        return _failed(name, _damaged(name))
    if data.startswith(_GZIP_MAGIC):
        return _unpacked(name, io.BytesIO(data), len(data))
    return SourceFile(name, data, None)


def _member_problem(name: str, member: zipfile.ZipInfo) -> Problem | None:
    """What the archive's index says against a member; zipfile reads no more bytes than the index states."""
    if member.flag_bits & _ENCRYPTED_FLAG:
        return Problem("member_encrypted", f"{name} is locked with a password. Send it without one.", name=name)
    if member.filename.lower().endswith(".zip"):
        return Problem("nested_archive", f"{name} is an archive inside an archive. Unpack it and send its files.",
                       name=name)
    if member.file_size > MAX_FILE_BYTES:
        return _too_large(name)
    if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
        return _bomb(name)
    return None


def _unpacked(name: str, stream: IO[bytes], packed_bytes: int) -> SourceFile:
    """One gzip, never unpacked beyond the limits."""
    shown = name[:-len(".gz")] if name.lower().endswith(".gz") else name
    allowed = min(MAX_FILE_BYTES, max(RATIO_FREE_BYTES, MAX_RATIO * packed_bytes))
    try:
        with gzip.GzipFile(fileobj=stream) as unpacking:
            data = unpacking.read(allowed + 1)
    except _DAMAGE:
        return _failed(shown, _damaged(name))
    if len(data) > allowed:
        return _failed(shown, _too_large(name) if allowed == MAX_FILE_BYTES else _bomb(name))
    if data.startswith((_GZIP_MAGIC, *_ZIP_MAGIC)):
        return _failed(shown, Problem("nested_archive", f"{name} is an archive inside an archive. "
                                      "Unpack it and send its files.", name=name))
    return SourceFile(shown, data, None)


def _order(name: str) -> tuple[bool, str]:
    """XML first: a filled form says which of the files beside it are its own."""
    return not name.lower().endswith(".xml"), name


def _is_junk(name: str) -> bool:
    return any(part.startswith(".") and part.strip(".") or part.lower() in _JUNK for part in name.split("/"))


def _failed(name: str, problem: Problem) -> SourceFile:
    return SourceFile(name, None, problem)


def _too_large(name: str) -> Problem:
    return TooLarge("file_too_large", f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB. Send it in parts.",
                    name=name)


def _too_many(name: str) -> Problem:
    return TooLarge("too_many_members", f"{name} holds more than {MAX_MEMBERS:,} files. Send it in parts.", name=name)


def _damaged(name: str) -> Problem:
    return Problem("archive_damaged", f"{name} is damaged or not the kind of archive its name says. Pack it again.",
                   name=name)


def _bomb(name: str) -> Problem:
    return TooLarge("packed_too_tightly", f"{name} unpacks to more than {MAX_RATIO} times its size, which no survey "
                    "file does. Send it unpacked.", name=name)
