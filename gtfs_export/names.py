"""What routes and stops are called in a feed: as riders call them, or by a label that says it is derived."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyproj import Transformer
from scipy.spatial import cKDTree
from sqlalchemy import Row

from gtfs_export.records import Route, ServicePoint, Stop
from gtfs_export.texts import Texts
from mapping_service.parameters import Parameters
from mapping_service.records import Floats

# Longer short names do not fit on signs and phones (GTFS best practices).
SHORT_NAME_LENGTH = 12

# Straight lines in space: over a few hundred metres they are as long as those on the ground, anywhere on Earth.
_TO_GEOCENTRIC = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
# Spaces, control characters, line and paragraph separators, and the mark of a broken decoding.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]+")
_JOINTS = " -–—:/("

Landmark = Stop | ServicePoint


@dataclass(frozen=True)
class Label:
    """A published name and how it was come by; ``votes`` is how often it was said, ``None`` where nobody counted."""

    text: str
    method: str
    votes: int | None = None

    @property
    def estimate(self) -> bool:
        """True for a name that nobody said."""
        return self.method != "reported"


@dataclass(frozen=True)
class RouteLabels:
    """The two names of a route; at least one has text."""

    short: Label
    long: Label


def clean(name: str | None) -> str:
    """``name`` on one line: GTFS values hold no tabs and no line breaks. Empty for ``None``."""
    return _BLANK.sub(" ", name or "").strip()


def stop_labels(stops: Sequence[Stop], points: Sequence[ServicePoint], texts: Texts) -> dict[str, Label]:
    """Name every stop: by its own name, else by the nearest named stop or service point in reach, else by its streets,
    else by its id. A name that nobody gave stands for one place: another stop shows its id behind it."""
    named = [stop for stop in stops if clean(stop.name)]
    labels = {stop.stop_id: Label(clean(stop.name), "reported", _votes(stop.name_votes, stop.name)) for stop in named}
    nameless = [stop for stop in stops if stop.stop_id not in labels]
    landmarks: list[Landmark] = [*named, *(point for point in points if clean(point.name))]
    for stop, near in zip(nameless, _nearest(nameless, landmarks), strict=True):
        if near:
            method = "nearest_named_stop" if isinstance(near, Stop) else "nearest_service_point"
            label = Label(texts.say("stop_near", name=clean(near.name)), method)
        else:
            label = Label(texts.say("stop_unnamed", stop_id=stop.stop_id), "stop_id")
        labels[stop.stop_id] = label
    return _told_apart(stops, labels, texts)


def _told_apart(stops: Sequence[Stop], labels: dict[str, Label], texts: Texts) -> dict[str, Label]:
    """Call after its streets what has no landmark or the name of another place, and by its id what repeats a name."""
    elsewhere = _elsewhere(stops, labels)
    for stop in stops:
        label = labels[stop.stop_id]
        if stop.street_name and stop.street_method and (label.method == "stop_id" or stop.stop_id in elsewhere):
            near = stop.street_method == "nearest_crossing"
            name = texts.say("stop_near", name=stop.street_name) if near else stop.street_name
            labels[stop.stop_id] = Label(name, stop.street_method)
    for stop_id in _elsewhere(stops, labels):
        labels[stop_id] = Label(f"{labels[stop_id].text} ({stop_id})", labels[stop_id].method)
    return labels


def _elsewhere(stops: Sequence[Stop], labels: Mapping[str, Label]) -> list[str]:
    """Return the stops without a name of their own that share one with a stop at another place, which keeps it."""
    places = dict(zip((stop.stop_id for stop in stops), _metres(stops), strict=True)) if stops else {}
    first: dict[str, str] = {}
    found = []
    for stop_id in sorted(labels, key=lambda one: (labels[one].estimate, one)):
        keeps = first.setdefault(labels[stop_id].text, stop_id)
        apart_m = float(np.linalg.norm(places[stop_id] - places[keeps]))
        if labels[stop_id].estimate and apart_m > Parameters().one_place_m:
            found.append(stop_id)
    return found


def route_labels(routes: Iterable[Route | Row[Any]], texts: Texts) -> dict[str, RouteLabels]:
    """Name every route. A missing short name stays missing; a route without any name is called by its id, and of
    routes with equal names all but one show theirs."""
    labels: dict[str, RouteLabels] = {}
    taken: Counter[tuple[str, str]] = Counter()
    for route in routes:
        short, long = _names(clean(route.short_name), clean(route.long_name))
        if not (short or long):
            long = texts.say("route_unnamed", route_id=route.route_id)
        taken[short, long] += 1
        if taken[short, long] > 1:
            long = f"{long} ({route.route_id})".strip()
        labels[route.route_id] = RouteLabels(_label(route, short), _label(route, long))
    return labels


def _nearest(stops: Sequence[Stop], others: Sequence[Landmark]) -> list[Landmark | None]:
    """For each stop the nearest of ``others`` in reach."""
    if not stops or not others:
        return [None] * len(stops)
    _, positions = cKDTree(_metres(others)).query(_metres(stops), distance_upper_bound=Parameters().landmark_m)
    # The tree answers with one past the last where nothing is in reach.
    return [others[position] if position < len(others) else None for position in positions]


def _metres(stops: Sequence[Landmark]) -> Floats:
    lon, lat = [stop.lon for stop in stops], [stop.lat for stop in stops]
    return np.column_stack(_TO_GEOCENTRIC.transform(lon, lat, [0.0] * len(stops)))


def _names(short: str, long: str) -> tuple[str, str]:
    if len(short) > SHORT_NAME_LENGTH:
        return "", long if short in long else ": ".join(filter(None, (short, long)))
    # Readers of a feed see both names side by side, so the long one does not repeat the short one.
    rest = long.removeprefix(short)
    if short and rest != long and (not rest or rest[0] in _JOINTS):
        return short, rest.strip(_JOINTS.replace("(", ""))
    return short, long


def _label(route: Route | Row[Any], text: str) -> Label:
    votes = _votes(route.name_votes, text)
    return Label(text, "reported" if votes else "derived", votes)


def _votes(name_votes: Mapping[str, int], name: str | None) -> int | None:
    return name_votes.get(name or "")
