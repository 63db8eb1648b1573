"""Street maps drawn with characters: each letter is a node, each way the letters that it goes through.

    streets = lay('''
        A-B-C
          |
          D
    ''', ABC="residential", BD="oneway=yes highway=residential")
    named(streets)                  # {"AB", "BC", "BD"}: each street by the letters of its nodes
"""

from __future__ import annotations

import numpy as np

from collectors.streets.network import Way, make_streets
from collectors.streets.rules import rule_of
from mapping_service.records import Floats
from mapping_service.street_records import StreetMap
from tests.sketch import places

STEP_DEG = 0.001
NOWHERE: Floats = np.zeros((0, 2))


def tags_of(text: str) -> dict[str, str]:
    """``"residential"`` or ``"highway=service oneway=yes"`` as tags."""
    return dict(one.split("=") for one in text.split()) if "=" in text else {"highway": text}


def place_of(drawing: str) -> dict[int, tuple[float, float]]:
    """Where the letters of a drawing lie in degrees, by their code."""
    return {ord(letter): at for letter, at in places(drawing, STEP_DEG).items()}


def lay(drawing: str, **ways: str) -> StreetMap:
    """The streets of a drawing; ways are numbered from 1 in the order in which they are given."""
    drawn = []
    for number, (letters, text) in enumerate(ways.items(), start=1):
        rule = rule_of(tags_of(text))
        if rule is not None:
            drawn.append(Way(number, [ord(letter) for letter in letters.rstrip("_")], rule))
    return make_streets(drawn, place_of(drawing), NOWHERE, NOWHERE)


def spelt(streets: StreetMap, drawing: str) -> list[str]:
    """Each street by the letters of its nodes, from its tail to its head."""
    letter = {at: chr(code) for code, at in place_of(drawing).items()}
    return [
        "".join(letter[float(lon), float(lat)] for lon, lat in streets.lon_lat[a:b])
        for a, b in zip(streets.first[:-1], streets.first[1:], strict=True)
    ]


def way_back(streets: StreetMap, drawing: str) -> dict[str, tuple[bool, bool]]:
    """Whether each street is against the rules, along and back, by its letters."""
    flags = zip(streets.against_out.tolist(), streets.against_back.tolist(), strict=True)
    return dict(zip(spelt(streets, drawing), flags, strict=True))
