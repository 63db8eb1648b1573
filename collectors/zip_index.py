"""How large a zip says its index is, read from its last bytes before anything parses the index.

The end records: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import io
import re
import struct
from typing import IO

_TAIL_BYTES = 56 + 20 + 22 + 0xFFFF
"""Where the end records can stand: the zip64 record, its locator, the end record, and the longest comment."""

_END_RECORDS = ((b"PK\x05\x06", struct.Struct("<10xHL")), (b"PK\x06\x06", struct.Struct("<32xQQ")))
"""Signature of the end record and of its zip64 form, and where each holds the entries and the bytes of the index."""

_SEE_ZIP64 = (0xFFFF, 0xFFFFFFFF)


def stated_index(stream: IO[bytes]) -> tuple[int, int]:
    """Most entries and most bytes that any end record of the zip states, 0 where there is none; rewinds the stream.

    Any record, because readers differ in which one they trust.
    """
    stream.seek(max(0, stream.seek(0, io.SEEK_END) - _TAIL_BYTES))
    tail = stream.read()
    stream.seek(0)
    stated = [fields.unpack_from(tail, found.start()) for signature, fields in _END_RECORDS
              for found in re.finditer(re.escape(signature), tail) if found.start() + fields.size <= len(tail)]
    entries, index_bytes = ([value for value in values if value != elsewhere]
                            for values, elsewhere in zip(zip(*stated), _SEE_ZIP64)) if stated else ([], [])
    return max(entries, default=0), max(index_bytes, default=0)
