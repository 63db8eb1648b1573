"""The records of a street map on its way from a reader to the database: plain, frozen, free of any database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mapping_service.records import Floats, Ints, Notice


@dataclass(frozen=True)
class StreetMap:
    """The drivable streets of a map in degrees, each once: what a reader makes and the database keeps.

    Street ``k`` leads from junction ``tail[k]`` to junction ``head[k]`` along ``lon_lat[first[k]:first[k + 1]]``, its
    first and last vertex included. ``against_out`` marks streets that cars may not drive this way, ``against_back``
    those that they may not drive the other way. ``kind``, ``way_id`` and the points are those of ``Streets``.
    """

    tail: Ints
    head: Ints
    against_out: NDArray[np.bool_]
    against_back: NDArray[np.bool_]
    way_id: Ints
    kind: NDArray[np.str_]
    first: Ints
    lon_lat: Floats
    signal_lon_lat: Floats
    stop_lon_lat: Floats

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True)
class StreetReading:
    """A street map and where it is from: the ``sha256`` of the file that was read, ``dated_s`` the time up to which it
    was current, where it says so, and the ``attribution`` that must be shown wherever the streets are. ``names`` has
    those ways that have one, by their id: inference never reads them, so other names are no other streets."""

    streets: StreetMap
    source: str
    sha256: str
    dated_s: float | None
    attribution: str
    notices: Sequence[Notice]
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Streets:
    """The drivable streets of a city as directed edges between junctions, in metres of the city's CRS.

    Edges stand in pairs: ``2k`` and ``2k + 1`` are the two directions of one street, so that ``edge ^ 1`` is the way
    back. ``tail`` and ``head`` are the junctions (rows of ``node_xy``) where an edge begins and ends; its vertices are
    ``xy[first[edge]:first[edge + 1]]``. ``against`` marks edges that cars may not drive (the wrong way of a oneway):
    buses break such rules, so they can be taken at a cost. ``kind`` is OpenStreetMap's highway class of each edge and
    ``way_id`` the way it comes from; "" and 0 where there is none. ``signal_xy`` and ``stop_xy`` are the traffic
    signals and bus stops on the map, (k, 2) each.
    """

    node_xy: Floats
    tail: Ints
    head: Ints
    against: NDArray[np.bool_]
    way_id: Ints
    kind: NDArray[np.str_]
    first: Ints
    xy: Floats
    signal_xy: Floats
    stop_xy: Floats
