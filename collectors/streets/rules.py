"""What a bus or minibus may drive, from the tags of an OpenStreetMap way.

After https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions and the wiki's pages of ``oneway``
and ``busway``: the tag that speaks of public vehicles holds before the one that speaks of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.limits import MAX_TYPED_NAME_CHARS
from collectors.storable import storable_text

KINDS = frozenset({
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "track", "road", "busway",
    "bus_guideway",
})
"""Values of ``highway`` on which vehicles drive."""

BUSES = ("bus", "psv", "minibus", "share_taxi")
WAY_TAGS = (
    "highway", "area", "service", "junction", "oneway", "motor_vehicle", "vehicle", "access", "busway", "busway:left",
    "busway:right", *BUSES, *(f"oneway:{one}" for one in BUSES), *(f"{one}:backward" for one in BUSES),
    *(f"lanes:{one}:backward" for one in BUSES),
)
"""Every tag of a way that ``rule_of`` reads."""

_OF_BUSES = frozenset({"busway", "bus_guideway"})
_SHUT = frozenset({"no", "emergency", "military"})
_PRIVATE = frozenset({"private", "agricultural", "forestry", "delivery"})
_YES = frozenset({"yes", "designated", "official", "permissive", "destination"})
_NOT_FOR_BUSES = frozenset({"driveway", "drive-through", "emergency_access"})
_ONEWAY = {"yes": (False, True), "true": (False, True), "1": (False, True),
           "-1": (True, False), "reverse": (True, False)}
_BOTH = (False, False)


@dataclass(frozen=True)
class Rule:
    """How one way may be driven: its class, and whether cars may not drive along (``out``) or back on it."""

    kind: str
    against_out: bool
    against_back: bool


def rule_of(tags: Mapping[str, str]) -> Rule | None:
    """Return how a way may be driven, ``None`` where no bus can. A private street is against the rules both ways."""
    kind = tags.get("highway", "")
    for_buses = kind in _OF_BUSES or any(tags.get(key) in _YES for key in BUSES)
    if tags.get("area") == "yes" or kind not in KINDS and not (kind == "pedestrian" and for_buses):
        return None
    if for_buses:
        return Rule(kind, *_directions(kind, tags))
    access = next((tags[key] for key in ("motor_vehicle", "vehicle", "access") if key in tags), "yes")
    if access in _SHUT or tags.get("service") in _NOT_FOR_BUSES:
        return None
    if access in _PRIVATE or any(tags.get(key) == "no" for key in BUSES):
        return Rule(kind, True, True)
    return Rule(kind, *_directions(kind, tags))


def _directions(kind: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Return whether driving along and driving back is against the rules."""
    of_buses = next((tags[f"oneway:{key}"] for key in BUSES if f"oneway:{key}" in tags), None)
    if of_buses is not None:
        return _ONEWAY.get(of_buses, _BOTH)
    implied = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    out, back = _ONEWAY.get(tags.get("oneway", "yes" if implied else "no"), _BOTH)
    return (False, False) if (out or back) and _has_lane_against(tags) else (out, back)


def _has_lane_against(tags: Mapping[str, str]) -> bool:
    """True where a oneway street has a lane on which buses come the other way."""
    lanes = any(tags.get(key, "").startswith("opposite") for key in ("busway", "busway:left", "busway:right"))
    counted = any(tags.get(f"lanes:{key}:backward", "0").strip() not in ("0", "") for key in BUSES)
    return lanes or counted or any(tags.get(f"{key}:backward") in _YES for key in BUSES)


def name_of(tags: Mapping[str, str]) -> str:
    """Return what a way is called on one line, the first of several names; empty where it has none."""
    name = " ".join(storable_text(tags.get("name", "")).split(";")[0].split())
    return name if name.isprintable() and len(name) <= MAX_TYPED_NAME_CHARS else ""


def is_signal(tags: Mapping[str, str]) -> bool:
    """True for a node at which vehicles wait for a light, that of a crossing for people on foot included."""
    return "traffic_signals" in (tags.get("highway"), tags.get("crossing"))


def is_stop(tags: Mapping[str, str]) -> bool:
    """True for a node that marks where buses stop."""
    if tags.get("highway") == "bus_stop":
        return True
    stops = tags.get("public_transport") in ("platform", "stop_position")
    return stops and any(tags.get(key) in _YES for key in BUSES)
