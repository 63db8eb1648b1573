"""Chance that can be repeated: streams of random numbers by name, and properties that belong to places.

Every random draw comes from a stream named by what it is for, so that no draw depends on the order in which routes are
visited. A property of a place comes from a hash of its grid cell, so that every ride that passes there meets it.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from mapping_service.records import Floats, Ints

Bits = NDArray[np.uint64]


def _digest(*parts: str | int) -> int:
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """A PCG64 generator that depends on the seed and the purpose alone. ``seed`` is a non-negative integer."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, _digest(*purpose)])))


def _mix(bits: Bits) -> Bits:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbouring numbers become unrelated ones."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _cell_bits(xy: Floats, cell_m: float, key: int) -> Bits:
    cell = np.floor(xy / cell_m).astype(np.int64).view(np.uint64)
    return _mix(_mix(np.ascontiguousarray(cell[:, 0]) ^ np.uint64(key)) + np.ascontiguousarray(cell[:, 1]))


def _share(bits: Bits) -> Floats:
    return (bits >> np.uint64(11)).astype(np.float64) / 2.0**53


def place_share(xy: Floats, seed: int, subject: str, *, cell_m: float) -> Floats:
    """A number in [0, 1) for each point of ``xy`` (n, 2; metres), equal for all points of one grid cell."""
    return _share(_cell_bits(xy, cell_m, _digest(seed, subject)))


def border_crossings(xy: Floats, seed: int, subject: str, *, cell_m: float, share: float) -> Ints:
    """The indices after which the way ``xy`` (n, 2; metres) crosses a border of the grid that carries ``subject``.

    ``share`` of all borders carry it. A border is the same from both sides, so both directions of a road meet it.
    """
    bits = _cell_bits(xy, cell_m, _digest(seed, subject))
    pair = _mix(bits[:-1] + bits[1:])
    return np.flatnonzero((bits[:-1] != bits[1:]) & (_share(pair) < share)).astype(np.int64)
