"""What people settled otherwise between two releases: agencies, services on call, holidays; and how that is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mapping_service.release_records import Change, NetworkState

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
AS_USUAL, AS_SUNDAY = "as_usual", "as_sunday"
# Of a service on call, what belongs together: riders book by one of the last three.
_NOTICE = ("notice_min", "notice_days", "book_until_s")
_HOURS = ("start_s", "end_s")
Counted = Mapping[Any, Any]


def kind_of(was: object, now: object) -> str:
    """Return how something became something else, ``None`` being nothing."""
    return ADDED if was is None else REMOVED if now is None else CHANGED


def settled(old: NetworkState, new: NetworkState) -> Iterator[Change]:
    """Yield what riders would notice of agencies, services on call and holidays, each in the order of its ids."""
    yield from _stated("agency", *({key: _agency(asdict(one)) for key, one in network.agencies.items()}
                                   for network in (old, new)))
    yield from _stated("booked", *({key: _booked(network, asdict(one)) for key, one in network.booked.items()}
                                   for network in (old, new)))
    if None not in (old.holidays, new.holidays) and old.holidays != new.holidays:
        rules = [AS_USUAL if one.holidays == AS_USUAL else AS_SUNDAY for one in (old, new)]
        country = new.holidays if rules[1] == AS_SUNDAY else old.holidays
        yield Change(CHANGED, "holidays", "holidays", None, None,
                     {"before": rules[0], "after": rules[1], "country": country})


def _agency(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != "agency_id"}


def _booked(network: NetworkState, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a service on call as riders ask for it: by whom, where, on which days, when, how long ahead."""
    agency = network.agencies.get(said["agency"])
    return {
        **{key: said[key] for key in ("name", "phone", "url", "day_types", "area")},
        "agency": agency.name if agency else None,
        "hours": {key: said[key] for key in _HOURS},
        "notice": {key: said[key] for key in _NOTICE},
    }


def _stated(element: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> Iterator[Change]:
    for element_id in [*new, *(one for one in old if one not in new)]:
        was, now = old.get(element_id), new.get(element_id)
        said = now or was
        assert said is not None
        if was is None or now is None:
            held = {key: value for key, value in said.items() if key != "area"}
            yield Change(kind_of(was, now), element, element_id, None, said["name"], held)
        elif was != now:
            names = {"before": was["name"], "after": now["name"]} if was["name"] != now["name"] else {}
            others = {
                key: {} if key == "area" else {"before": was[key], "after": now[key]}
                for key in now if key != "name" and was[key] != now[key]
            }
            yield Change(CHANGED, element, element_id, None, now["name"], {**names, "stated": others})


def settled_counts(old: NetworkState, new: NetworkState) -> dict[str, tuple[Counted, Counted]]:
    """Return what is counted of two networks beside ways, stops, headways and fares: by kind, before and after."""
    holidays = new.holidays if old.holidays is None and (old.routes or old.stops) else old.holidays
    rules = [{} if one in (None, AS_USUAL) else {"holidays": one} for one in (holidays, new.holidays)]
    return {
        "headsigns": (_headsigns(old), _headsigns(new)),
        "surcharges": (_surcharges(old), _surcharges(new)),
        "agencies": (old.agencies, new.agencies),
        "brands": (_brands(old), _brands(new)),
        "booked": (old.booked, new.booked),
        "holidays": (rules[0], rules[1]),
    }


def _headsigns(network: NetworkState) -> Counted:
    return {key: one.headsign for key, one in network.patterns.items() if one.headsign}


def _surcharges(network: NetworkState) -> Counted:
    return {key: one.rush for key, one in network.routes.items() if one.rush is not None}


def _brands(network: NetworkState) -> Counted:
    return {key: one.agency_id for key, one in network.routes.items() if one.agency_id}
