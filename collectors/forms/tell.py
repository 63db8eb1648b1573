"""What a filled form says, as the one record of every client.

Our own forms become reports, claims and service points; of any other form every answer is kept by its path, a
recording that came with it is read, and nothing else is claimed. A form whose person did not agree says only that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from collectors.forms.answers import Answers, plain
from collectors.forms.tell_places import tell_correction, tell_stop, tell_visit
from collectors.forms.tell_rides import Attached, tell_fare, tell_frequency, tell_ride
from collectors.gpx import read_gpx
from collectors.notes import read_notes
from collectors.openrosa.audit import read_audit
from collectors.openrosa.instance import Instance
from collectors.words import load_words
from mapping_service.errors import Problem
from mapping_service.records import City, Notice, Told

_OWN: Mapping[str, Callable[[Answers, Attached], Told]] = {
    "ride": tell_ride,
    "stop": tell_stop,
    "frequency": tell_frequency,
    "fare": tell_fare,
    "visit": tell_visit,
    "correction": tell_correction,
}
_AUDIT = "audit.csv"


def tell(instance: Instance, files: Mapping[str, bytes], city: City) -> Told:
    """Return what a filled form says; ``files`` are those that have come of it, by name.

    Notices: ``no_place`` (kind, count) for what was said of no place, ``file_missing`` (file), ``recording_unread``
    (file, problem), and those of the readers of recordings and audits.
    """
    reader = _OWN.get(instance.form_id)
    attached = _attached(instance, files, city)
    if reader is None:
        return Told(fixes=attached.fixes, reports=attached.reports, answers=instance.answers,
                    notices=attached.notices, creator=attached.creator)
    form = Answers(instance.root, city.timezone)
    consented = {"yes": True, "no": False}.get(form.text("consent") or "")
    if consented is False:
        return Told(answers={"consent": "no"}, consented=False)
    told = reader(form, attached)
    return replace(told, answers=plain(instance, city.timezone), consented=consented,
                   notices=[*attached.notices, *told.notices])


def _attached(instance: Instance, files: Mapping[str, bytes], city: City) -> Attached:
    """What the files of a form hold: a recording with its notes, and the events of the filling."""
    events, notices = read_audit(files[_AUDIT]) if _AUDIT in files else ((), ())
    entity = instance.root.first("meta/entity")
    attached = Attached(events=tuple(events), notices=tuple(notices),
                        entity_id=None if entity is None else entity.attributes.get("id") or None)
    recordings = sorted(name for name in instance.file_names if name.lower().endswith(".gpx"))
    for name in recordings[:1]:
        if name not in files:
            return _noted(attached, Notice("file_missing", {"file": name}))
        try:
            reading = read_gpx(files[name])
        except Problem as problem:
            return _noted(attached, Notice("recording_unread", {"file": name, "problem": problem.code}))
        reports = read_notes(reading.waypoints, load_words(city.language, city.words), currency=city.currency)
        return replace(attached, fixes=reading.fixes, reports=tuple(reports), creator=reading.creator,
                       notices=(*attached.notices, *reading.notices))
    return attached


def _noted(attached: Attached, notice: Notice) -> Attached:
    return replace(attached, notices=(*attached.notices, notice))
