"""Reads the answers of a filled form by their names, in the way of whichever client wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.notes import names_something
from collectors.openrosa.audit import AuditEvent
from collectors.openrosa.instance import Instance, Node
from collectors.openrosa.values import Place, geopoint, moment, number

NEAR_S = 60.0
"""The place of an event counts for an answer that was given so many seconds before or after it."""

PROVISIONAL = "~"
"""How the ids of a candidate network begin: the next processing gives them to something else."""

_TIMES = frozenset({"start", "end", "began", "ended", "at", "fare_at"})
_PLACES = frozenset({"place", "start_place", "end_place"})
_CHOICES = frozenset({"amenities", "routes", "extras"})
_NUMBERS = frozenset({"fare", "amount", "boarded", "alighted", "queue"})


@dataclass(frozen=True)
class Answers:
    """The answers below one element of a filled form. ``timezone`` is the city's, for times that name none."""

    node: Node
    timezone: str

    def text(self, name: str) -> str | None:
        """What was answered, ``None`` where nothing was."""
        return self.node.value(name)

    def words(self, name: str) -> list[str] | None:
        """The choices of a question with several, sorted: clients keep different orders."""
        found = self.text(name)
        return sorted(found.split()) if found else None

    def place(self, name: str) -> Place | None:
        """A position, ``None`` where none was given or it is none."""
        return geopoint(self.text(name) or "")

    def time_s(self, name: str) -> float | None:
        """A time in epoch seconds."""
        return moment(self.text(name) or "", self.timezone)

    def amount(self, name: str) -> float | None:
        """A number that is not negative."""
        found = number(self.text(name) or "")
        return found if found is not None and found >= 0 else None

    def count(self, name: str) -> int | None:
        """A whole number that is not negative."""
        found = self.amount(name)
        return None if found is None else round(found)

    def name(self, typed: str, known: str | None = None) -> str | None:
        """What something is called: as typed, else as the list calls what was chosen in ``known``.

        What seems to hold a telephone number, or is too long, names nothing.
        """
        said = self.text(typed) or (known and self.label(known))
        return said if said and names_something(said) else None

    def label(self, known: str) -> str | None:
        """What the list calls what was chosen; ``None`` where it has no name there, and the list shows its id."""
        chosen, label = self.text(known), self.text(f"{known}_label")
        if not chosen or not label:
            return None
        return label.removesuffix(f" ({chosen})") if label != chosen else None

    def subject(self, name: str) -> str | None:
        """The public id of what was chosen from a list of the city."""
        found = self.text(name)
        return None if found is None or found.startswith(PROVISIONAL) else found

    def each(self, name: str) -> list[Answers]:
        """The rows of a repeat, in order; those in which nothing was answered left out."""
        return [Answers(node, self.timezone) for node in self.node.all(name) if any(one.text for one in node.children)]

    def group(self, name: str) -> Answers:
        """The answers of a group; one that was not asked holds none."""
        return Answers(self.node.first(name) or Node(name), self.timezone)


def plain(instance: Instance, timezone: str) -> dict[str, str]:
    """All answers to one of our own forms by their paths, the same whichever client wrote them.

    Times are in UTC, positions have their four numbers, whole numbers no fraction, several choices are sorted; all
    else, and what cannot be read, stays as it came.
    """
    return {path: _plain(re.sub(r"\[\d+]$", "", path.rpartition("/")[2]), text, timezone)
            for path, text in instance.answers.items()}


def _plain(name: str, text: str, timezone: str) -> str:
    if name in _TIMES and (seconds := moment(text, timezone)) is not None:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if name in _NUMBERS and (value := number(text)) is not None:
        return _short(value)
    if name in _PLACES and (place := geopoint(text)) is not None:
        return " ".join(map(_short, (place.lat, place.lon, place.ele_m or 0.0, place.accuracy_m or 0.0)))
    return " ".join(sorted(text.split())) if name in _CHOICES else text


def _short(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".")


def known(**details: Any) -> Mapping[str, Any]:
    """Details without those that nobody stated."""
    return {name: value for name, value in details.items() if value is not None and value != []}


def first(places: Iterable[Place | None]) -> Place | None:
    """The first place that is one."""
    return next((place for place in places if place is not None), None)


def place_at(events: Sequence[AuditEvent], t_s: float | None) -> Place | None:
    """Where the phone was at some time, by the event of the filling that is nearest in time."""
    if t_s is None:
        return None
    near = [(abs(event.start_s - t_s), i) for i, event in enumerate(events)
            if event.place is not None and event.start_s is not None and abs(event.start_s - t_s) <= NEAR_S]
    return events[min(near)[1]].place if near else None
