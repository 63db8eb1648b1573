"""Why a pattern is trusted as much as it is: its signs as remarks that can be put in words. Pure.

What speaks for it comes first, then what speaks against it. A remark is said only where it matters to a person: the
limits here are about words, not about the confidence, which weighs every sign.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping_service.records import Notice

_MUCH = 0.1  # share of the way on which rides differ
_HOLE = 0.02  # share of the way that nobody recorded: 200 m of 10 km
_APART_M = 200.0  # between where rides begin or end and where the way does
_RATHER = 0.25  # share of rides, or of labels, that go against the others


def why(signs: Mapping[str, float]) -> tuple[Notice, ...]:
    """Return the remarks about a pattern with these signs (``mapping_service.fuse.signs``); none without signs."""
    if not signs:
        return ()
    return (*(_lone(signs) if signs["runs"] == 1 else _several(signs)), *_doubts(signs))


def _lone(signs: Mapping[str, float]) -> list[Notice]:
    said = [Notice("one_ride")]
    if signs["told"] and not signs["departed"]:
        said.append(Notice("start_untold"))
    if signs["told"] and not signs["arrived"]:
        said.append(Notice("end_untold"))
    return said


def _several(signs: Mapping[str, float]) -> list[Notice]:
    apart = max(signs["off"], signs["missed"])
    said = [Notice("differ" if apart > _MUCH else "agree", {"n": int(signs["runs"]), "share": apart})]
    if signs["people"] >= 1:
        said.append(Notice("one_person" if signs["people"] == 1 else "people", {"n": int(signs["people"])}))
    if signs["start_m"] > _APART_M:
        said.append(Notice("start_apart", {"m": signs["start_m"]}))
    if signs["end_m"] > _APART_M:
        said.append(Notice("end_apart", {"m": signs["end_m"]}))
    return said


def _doubts(signs: Mapping[str, float]) -> list[Notice]:
    said = []
    if signs["unseen"] > _HOLE:
        said.append(Notice("hole", {"share": signs["unseen"]}))
    if signs["elsewhere"] > _RATHER:
        said.append(Notice("elsewhere", {"share": signs["elsewhere"]}))
    if signs["labels"] > _RATHER:
        said.append(Notice("labels_apart", {"share": signs["labels"]}))
    if signs["maybe"]:
        said.append(Notice("maybe", {"n": int(signs["maybe"])}))
    return said
