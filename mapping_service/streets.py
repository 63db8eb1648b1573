"""A street map laid out for inference: directed edges in metres, and a digest by which work on it is known."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np

from mapping_service.geo import to_metres
from mapping_service.records import Floats
from mapping_service.street_records import StreetMap, Streets


def directed(found: StreetMap, srid: int) -> Streets:
    """Return the streets as directed edges in metres of ``srid``: street ``k`` is edges ``2k`` and ``2k + 1``.

    Edge ``2k`` leads from ``tail`` to ``head``; ``2k + 1`` has the same vertices in reverse order.
    """
    streets = len(found)
    sizes = np.repeat(np.diff(found.first), 2)
    first = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    place = np.arange(first[-1]) - np.repeat(first[:-1], sizes)
    back = np.repeat(np.arange(2 * streets) % 2 == 1, sizes)
    drawn = np.repeat(np.repeat(found.first[:-1], 2), sizes)
    row = drawn + np.where(back, np.repeat(sizes, sizes) - 1 - place, place)
    xy = _metres(found.lon_lat, srid)
    node_xy = np.zeros((int(max(found.tail.max(), found.head.max())) + 1 if streets else 0, 2))
    node_xy[found.tail] = xy[found.first[:-1]]
    node_xy[found.head] = xy[found.first[1:] - 1]
    return Streets(
        node_xy=node_xy,
        tail=np.column_stack((found.tail, found.head)).ravel(),
        head=np.column_stack((found.head, found.tail)).ravel(),
        against=np.column_stack((found.against_out, found.against_back)).ravel(),
        way_id=np.repeat(found.way_id, 2),
        kind=np.repeat(found.kind, 2),
        first=first,
        xy=xy[row],
        signal_xy=_metres(found.signal_lon_lat, srid),
        stop_xy=_metres(found.stop_lon_lat, srid),
    )


def _metres(lon_lat: Floats, srid: int) -> Floats:
    return to_metres(lon_lat[:, 0], lon_lat[:, 1], srid) if len(lon_lat) else np.zeros((0, 2))


def digest(found: StreetMap) -> str:
    """Return the SHA-256 of all that a street map says: the same streets have the same, from whatever file."""
    made = hashlib.sha256()
    for one in fields(StreetMap):
        values = np.ascontiguousarray(getattr(found, one.name))
        made.update(f"{one.name}{values.shape}".encode())
        made.update("\0".join(values).encode() if values.dtype.kind == "U" else values.tobytes())
    return made.hexdigest()
