"""What changed between two releases, in the words of a page: the notes of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping_service.web.language import Words

Told = Mapping[str, Any]

# Of one route, and of one list: whoever wants the rest reads changes.json.
MOST_LINES = 6
MOST_ENTRIES = 100
# In which list stands what is of no route.
_LISTS = {"stop": "stops", "agency": "agencies", "booked": "booked", "holidays": "city"}


@dataclass(frozen=True)
class Entry:
    """A route or stop and what is said of it; ``more`` is how many lines are left out."""

    element_id: str
    name: str
    lines: Sequence[str]
    more: int


@dataclass(frozen=True)
class Notes:
    """Lists of routes and stops under the key of their heading; ``more`` counts what is left out of each."""

    lists: Mapping[str, Sequence[Entry]]
    more: Mapping[str, int]


def notes(t: Words, w: Words, changes: Iterable[Told]) -> Notes:
    """Tell changes (``changes.json``) in words, those of a route together, in the order in which they came."""
    lists: dict[str, dict[str, tuple[str, list[str]]]] = {
        key: {} for key in ("added", "removed", "changed", *_LISTS.values())
    }
    for one in changes:
        key = _LISTS.get(one["element"]) or (one["what"] if _is_whole(one) else "changed")
        element_id = one["route_id"] or one["element_id"]
        name = one["name"] or w("row.holidays" if one["element"] == "holidays" else "unnamed")
        name, lines = lists[key].setdefault(element_id, (name, []))
        lines += [line for line in _lines(t, w, one) if line not in lines]
    made = {
        key: [
            Entry(element_id, name, lines[:MOST_LINES], max(0, len(lines) - MOST_LINES))
            for element_id, (name, lines) in found.items()
        ]
        for key, found in lists.items()
    }
    return Notes(
        {key: found[:MOST_ENTRIES] for key, found in made.items() if found},
        {key: len(found) - MOST_ENTRIES for key, found in made.items() if len(found) > MOST_ENTRIES},
    )


def _is_whole(one: Told) -> bool:
    return bool(one["element"] == "route" and one["what"] != "changed")


def _lines(t: Words, w: Words, one: Told) -> Iterator[str]:
    details, what = one["details"], one["what"]
    if _is_whole(one):
        yield from _whole(t, w, details)
    elif one["element"] == "route":
        yield w("route.renamed", **_names(w, details))
    elif one["element"] == "line":
        lengths = {key: t.km(details[key] * 1000) for key in ("before", "after")}
        yield w("line.moved") if len(set(lengths.values())) == 1 else w("line.changed", **lengths)
    elif one["element"] == "stops":
        yield w("stops.changed", **{key: t.number(details[key]) for key in ("added", "removed")})
    elif one["element"] == "headway":
        minutes = {key: t.minutes(details[key] * 60) for key in ("before", "after") if details[key]}
        yield w(f"headway.{what}", start=t.clock(details["from_s"]), end=t.clock(details["to_s"]), **minutes)
    elif one["element"] == "fare":
        yield from _fare(t, w, what, details)
    elif one["element"] == "surcharge":
        yield w(f"surcharge.{what}", **_amounts(t, details))
    elif one["element"] in ("headsign", "brand"):
        yield w(f"{one['element']}.{what}", before=details["before"], after=details["after"])
    elif one["element"] == "stop":
        yield from _stop(t, w, what, details)
    else:
        yield from _settled(t, w, one)


def _whole(t: Words, w: Words, details: Told) -> Iterator[str]:
    yield w("route.length", km=t.km(details["km"] * 1000))
    if "follower" in details:
        yield w("route.follower", name=details["follower_name"] or details["follower"])


def _settled(t: Words, w: Words, one: Told) -> Iterator[str]:
    """What people settled otherwise, of no route."""
    element, details = one["element"], one["details"]
    if element == "holidays":
        yield w(f"holidays.{details['after']}", country=t.country(details["country"]))
    elif one["what"] != "changed":
        yield w(f"{element}.{one['what']}", phone=details["phone"] or "")
    else:
        if "before" in details:
            yield w("route.renamed", **_names(w, details))
        if details["stated"]:
            yield w("stated", what=", ".join(w(f"stated.{key}") for key in sorted(details["stated"])))


def _names(w: Words, details: Told) -> dict[str, str]:
    return {key: details[key] or w("unnamed") for key in ("before", "after")}


def _fare(t: Words, w: Words, what: str, details: Told) -> Iterator[str]:
    if details["before"] != details["after"]:
        yield w(f"fare.{what}", **_amounts(t, details))
    if details["stages"]:
        yield w("fare.stages")


def _amounts(t: Words, details: Told) -> dict[str, str]:
    return {key: t.money(details[key], details["currency"]) for key in ("before", "after") if details[key] is not None}


def _stop(t: Words, w: Words, what: str, details: Told) -> Iterator[str]:
    if what != "changed":
        yield w(f"stop.{what}")
    if "before" in details:
        yield w("stop.renamed", **_names(w, details))
    if "moved_m" in details:
        yield w("stop.moved", m=t.metres(details["moved_m"]))
