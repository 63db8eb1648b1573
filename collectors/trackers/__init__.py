"""The apps that record positions and send them as they go: one reader for each, with its own units."""

from __future__ import annotations

from dataclasses import replace

from collectors.storable import storable_text
from collectors.trackers.gpslogger import TIME_NAMES as GPSLOGGER_TIMES
from collectors.trackers.gpslogger import read_gpslogger
from collectors.trackers.osmand import TIME_NAMES as OSMAND_TIMES
from collectors.trackers.osmand import read_osmand
from collectors.trackers.overland import read_overland
from collectors.trackers.owntracks import read_owntracks
from collectors.trackers.page import read_chunk
from collectors.trackers.points import Batch, fields_of, first
from collectors.trackers.traccar import TIME_NAMES as TRACCAR_TIMES
from collectors.trackers.traccar import read_traccar

_READERS = {"osmand": read_osmand, "gpslogger": read_gpslogger, "traccar": read_traccar, "owntracks": read_owntracks,
            "overland": read_overland, "page": read_chunk}
_TIMES = {"osmand": OSMAND_TIMES, "gpslogger": GPSLOGGER_TIMES, "traccar": TRACCAR_TIMES}


def read_message(kind: str, query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one message of a client: ``query`` and ``data`` as sent, ``device`` as named outside both.

    ``received_s`` is when it came, in epoch seconds. Raises ``Problem`` ``message_unreadable``.
    """
    batch = _READERS[kind](query, device, data, received_s)
    return replace(batch, device=storable_text(batch.device))


def is_untimed(kind: str, query: str, data: bytes) -> bool:
    """True where a message counts for when it came: the same bytes again are then another position."""
    return kind in _TIMES and data[:1] != b"{" and first(fields_of(query, data), _TIMES[kind]) is None
