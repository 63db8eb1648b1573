"""What our forms about rides say: one ride with its stops, vehicles counted at a stop, a fare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from collectors.forms.answers import Answers, first, known, place_at
from collectors.openrosa.audit import AuditEvent
from collectors.openrosa.values import Place
from mapping_service.records import Claim, Fixes, Notice, Report, Told

# A vehicle that stands for one of these reasons stands at a stop.
_STOPPING = (None, "passengers", "terminal")
_OCCUPANCIES = ("empty", "half", "full", "crowded")


@dataclass(frozen=True)
class Attached:
    """What came with a form: a recording with the notes in it, the events of the filling, the id of a new entity."""

    fixes: Fixes | None = None
    reports: tuple[Report, ...] = ()
    creator: str | None = None
    events: tuple[AuditEvent, ...] = ()
    entity_id: str | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Said:
    """A report before it has its number, at a place that may be missing."""

    kind: str
    place: Place | None
    t_s: float | None
    name: str | None = None
    subject: str | None = None
    amount: float | None = None
    occupancy: str | None = None
    details: Any = None


def numbered(said: Iterable[Said], before: Sequence[Report] = ()) -> tuple[list[Report], list[Notice]]:
    """Return reports in order, after those of the recording, and a notice for each kind of which some had no place."""
    reports = list(before)
    lost: Counter[str] = Counter()
    number = max((one.waypoint for one in before), default=-1) + 1
    for one in said:
        if one.place is None:
            lost[one.kind] += 1
            continue
        reports.append(Report(one.kind, one.place.lon, one.place.lat, one.t_s, one.name or "", number, one.name,
                              one.amount, occupancy=one.occupancy, subject=one.subject, details=one.details or {}))
        number += 1
    return reports, [Notice("no_place", {"kind": kind, "count": count}) for kind, count in sorted(lost.items())]


def tell_ride(form: Answers, attached: Attached) -> Told:
    """One ride: the line as its claim, each stop with who boarded and alighted, how full it was, the fare."""
    ride = form.group("told")
    begun = first((form.place("start_place"), place_at(attached.events, ride.time_s("began"))))
    stops = [place for one in ride.each("stop") if (place := one.place("place")) is not None]
    reports, notices = numbered(_of_ride(ride, attached, begun, stops), attached.reports)
    line, direction = ride.name("route_new", "route"), ride.name("direction")
    claim = Claim(line=line, direction=direction) if line or direction else None
    return Told(fixes=attached.fixes, reports=reports, claim=claim, notices=notices, creator=attached.creator)


def _of_ride(ride: Answers, attached: Attached, begun: Place | None, stops: Sequence[Place]) -> Iterator[Said]:
    details = ride.group("details")
    if (occupancy := ride.text("occupancy")) in _OCCUPANCIES:
        vehicle = known(vehicle=details.text("vehicle"), operator=details.text("operator"))
        yield Said("occupancy", begun, ride.time_s("began"), occupancy=occupancy, details=vehicle)
    for one in ride.each("stop"):
        yield from _of_stop(one, attached)
    if (amount := ride.amount("fare")) is not None:
        at_s = ride.time_s("fare_at")
        place = first((ride.place("end_place"), place_at(attached.events, at_s), *reversed(stops), begun))
        paid = {"from": details.name("fare_from"), "to": details.name("fare_to")}
        yield Said("fare", place, at_s, amount=amount, subject=ride.subject("route"), details=known(**paid))


def _of_stop(one: Answers, attached: Attached) -> Iterator[Said]:
    at_s = one.time_s("at")
    boarded, alighted, why = one.count("boarded"), one.count("alighted"), one.text("why")
    is_stop = why in _STOPPING or bool(boarded or alighted)
    said = Said("stop" if is_stop else "other", first((one.place("place"), place_at(attached.events, at_s))), at_s,
                name=one.name("name", "known"), subject=one.subject("known"), details=known(why=why))
    yield said
    if boarded is not None or alighted is not None:
        yield replace(said, kind="boarding", details=known(boarded=boarded, alighted=alighted))


def tell_frequency(form: Answers, attached: Attached) -> Told:
    """Vehicles that came by one place: for each line one count with the times, from when to when somebody watched."""
    watch = form.group("told")
    place = first((watch.place("place"), place_at(attached.events, watch.time_s("began"))))
    seen: dict[tuple[str | None, str | None], list[Answers]] = {}
    for one in watch.each("vehicle"):
        line = (one.subject("route"), one.name("route_new", "route"))
        seen.setdefault(line, []).append(one)
    reports, notices = numbered(_count(watch, place, *line, vehicles) for line, vehicles in seen.items())
    return Told(reports=reports, notices=notices)


def _count(
    watch: Answers, place: Place | None, route_id: str | None, line: str | None, vehicles: Sequence[Answers]
) -> Said:
    """What was seen of one line. Somebody who did not note every vehicle watched until the last that was noted."""
    every = sorted(t for one in watch.each("vehicle") if (t := one.time_s("at")) is not None)
    times = sorted(t for one in vehicles if (t := one.time_s("at")) is not None)
    began, ended = watch.time_s("began"), watch.time_s("ended")
    whole = watch.text("whole") == "yes"
    details = known(
        from_s=began, to_s=ended if whole else (every[-1] if every else None), vehicles=len(vehicles), whole=whole,
        times_s=times, headways_s=[round(later - earlier, 3) for earlier, later in pairwise(times)],
        fullness=[count for one in vehicles if (count := one.count("fullness")) is not None],
        weather=watch.text("weather"), stop=watch.subject("known"), stop_name=watch.name("name", "known"),
    )
    return Said("count", place, began, name=line, subject=route_id, details=details)


def tell_fare(form: Answers, attached: Attached) -> Told:
    """What one ride cost, and from where to where."""
    fare = form.group("told")
    amount = fare.amount("amount")
    details = {
        "line": fare.name("route_new", "route"),
        "from": fare.name("from_name", "from_known"), "from_id": fare.subject("from_known"),
        "to": fare.name("to_name", "to_known"), "to_id": fare.subject("to_known"),
        "band": fare.text("band"), "extras": fare.words("extras"),
    }
    said = [] if amount is None else [Said("fare", form.place("start_place"), fare.time_s("at"), amount=amount,
                                           subject=fare.subject("route"), details=known(**details))]
    reports, notices = numbered(said)
    return Told(reports=reports, notices=notices)
