"""What our forms about places say: a stop, a visit of a service point, a correction of the map."""

from __future__ import annotations

from collectors.forms.answers import Answers, known
from collectors.forms.tell_rides import Attached, Said, numbered
from mapping_service.records import ServicePointDraft, Told


def tell_stop(form: Answers, attached: Attached) -> Told:
    """A stop, new or one of the list; a new one is known by the id that the phone gave it."""
    stop = form.group("told")
    details = known(
        spoken=stop.name("spoken"), sides=stop.text("sides"), amenities=stop.words("amenities"),
        routes=stop.words("routes"), access=stop.text("access"), photo=stop.text("photo"),
    )
    said = Said("stop", stop.place("place"), stop.time_s("at"), stop.name("name", "known") or stop.name("spoken"),
                _subject(stop, attached), details=details)
    reports, notices = numbered([said] if stop.node.children else [])
    return Told(reports=reports, notices=notices)


def tell_visit(form: Answers, attached: Attached) -> Told:
    """A visit of a service point; a point that is not in the list becomes one."""
    visit = form.group("told")
    place, name = visit.place("place"), visit.name("name", "known")
    details = known(
        status=visit.text("status"), hours=visit.text("hours"), queue=visit.count("queue"),
        problem=visit.text("problem"), photo=visit.text("photo"), kind=visit.text("kind"),
    )
    said = Said("visit", place, visit.time_s("at"), name, _subject(visit, attached), details=details)
    reports, notices = numbered([said] if visit.node.children else [])
    points = []
    if place is not None and visit.text("known") is None:
        properties = known(status=visit.text("status"), hours=visit.text("hours"))
        points.append(ServicePointDraft(visit.text("kind") or "", name or "", place.lon, place.lat,
                                        attached.entity_id, properties, row=1))
    return Told(reports=reports, notices=notices, service_points=points)


def tell_correction(form: Answers, attached: Attached) -> Told:
    """What is wrong on the map about a stop. How to reach who says so stays among the answers."""
    correction = form.group("told")
    details = known(what=correction.text("what"), was=correction.label("known"))
    said = Said("correction", correction.place("place"), correction.time_s("at"), correction.name("name"),
                correction.subject("known"), details=details)
    reports, notices = numbered([said] if correction.text("what") else [])
    return Told(reports=reports, notices=notices)


def _subject(told: Answers, attached: Attached) -> str | None:
    return told.subject("known") or (attached.entity_id if told.text("known") is None else None)
