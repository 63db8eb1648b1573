"""What a route's description says of it: what kind of service it is, how sure its frequency is, who saw it when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from gtfs_export.texts import Texts

ESTIMATES = ("own_waits", "route_waits", "city_waits", "seen")


@dataclass(frozen=True)
class Seen:
    """How a route was seen; ``methods`` are those by which the headways of its patterns are known."""

    runs: int
    people: int | None
    last_seen: date
    methods: Collection[str]


def describe(route: Seen, texts: Texts, *, synthetic: bool) -> str:
    """Say in sentences what kind of service this is, what of it is estimated, and who saw it when."""
    rides = texts.number("rides", route.runs)
    last = route.last_seen.isoformat()
    return " ".join((
        texts.say("synthetic" if synthetic else "informal"),
        *((texts.say("surveyed_once"),) if route.runs == 1 else ()),
        _frequency(set(route.methods), texts),
        texts.say("seen_on", rides=rides, date=last) if route.people is None
        else texts.say("seen_by", rides=rides, people=texts.number("people", route.people), date=last),
    ))


def _frequency(methods: set[str], texts: Texts) -> str:
    sources = texts.say("and").join(texts.say(method) for method in ESTIMATES if method in methods)
    if not sources:
        return texts.say("headway_observed")
    key = "headway_partly_estimated" if "observed" in methods else "headway_estimated"
    return texts.say(key, sources=sources)
