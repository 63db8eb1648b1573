"""Records of a city's feed for the two catalogues that trip planners look into.

DMFR is the Distributed Mobility Feed Registry of Transitland (https://github.com/transitland/distributed-mobility-feed-
registry, schema 0.6.0); the other record is one of the Mobility Database (https://github.com/MobilityData/mobility-
database-catalogs, ``gtfs_schedule_source_schema.json``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from os.path import commonprefix
from typing import Any

from mapping_service.feed_records import Agency, FeedSettings

DMFR_SCHEMA = "https://dmfr.transit.land/json-schema/dmfr.schema-v0.6.0.json"
# Of the file itself, as in Transitland's own: facts about where feeds are.
DMFR_LICENCE = "CDLA-Permissive-1.0"
_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
_GEOHASH_LENGTH = 7
# What the licences of open data allow: use without attribution, keeping changes to oneself. All allow the rest.
_TERMS = {
    "CC0-1.0": ("yes", "yes"), "PDDL-1.0": ("yes", "yes"), "CC-BY-4.0": ("no", "yes"), "ODC-By-1.0": ("no", "yes"),
    "CC-BY-SA-4.0": ("no", "no"), "ODbL-1.0": ("no", "no"),
}

BBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class FeedAbout:
    """What a catalogue wants to know of a city's newest feed.

    ``page`` is the address of the city's public page, under which the feed lies. ``bbox`` is west, south, east, north.
    ``features`` are those of the Mobility Database; ``until`` is the last day of service.
    """

    city: str
    page: str
    language: str
    synthetic: bool
    publisher: str
    settings: FeedSettings
    agencies: Sequence[Agency]
    bbox: BBox | None
    features: Sequence[str]
    published_at: datetime
    until: date | None
    credit: str | None


def dmfr(about: FeedAbout) -> dict[str, Any]:
    """Return the file for Transitland: the feed, its realtime feeds, and who runs the vehicles."""
    place = _place(about.bbox)
    feed_id = _onestop("f", place, about.city)
    feed: dict[str, Any] = {
        "id": feed_id, "spec": "gtfs", "name": about.city, "urls": {"static_current": f"{about.page}/gtfs.zip"},
        "languages": [about.language],
    }
    live: dict[str, Any] = {
        "id": f"{feed_id}~rt", "spec": "gtfs-rt",
        "urls": {
            "realtime_vehicle_positions": f"{about.page}/realtime/vehicles.pb",
            "realtime_alerts": f"{about.page}/realtime/alerts.pb",
        },
    }
    for one in (feed, live):
        if licence := _licence(about):
            one["license"] = licence
    operators = [_operator(one, about, place, feed_id) for one in about.agencies]
    return {
        "$schema": DMFR_SCHEMA, "feeds": [feed, live], "operators": operators, "license_spdx_identifier": DMFR_LICENCE
    }


def mobility_database(about: FeedAbout, day: date) -> dict[str, Any]:
    """Return the record for the Mobility Database; ``settings.country`` must be known.

    ``mdb_source_id`` is 0 until the database gives it a number. A feed that riders made is none of an operator's own.
    """
    assert about.settings.country is not None
    ended = about.until is None or about.until < day
    corners = about.bbox or (None, None, None, None)
    names = ("minimum_longitude", "minimum_latitude", "maximum_longitude", "maximum_latitude")
    box = {**dict(zip(names, corners, strict=True)), "extracted_on": about.published_at.isoformat()}
    record: dict[str, Any] = {
        "mdb_source_id": 0, "data_type": "gtfs", "provider": about.publisher, "name": about.city,
        "is_official": False,
        "location": {"country_code": about.settings.country, "municipality": about.city, "bounding_box": box},
        "features": list(about.features),
        "status": "development" if about.synthetic else "inactive" if ended else "active",
        "urls": {"direct_download": f"{about.page}/gtfs.zip", "latest": f"{about.page}/gtfs.zip"},
    }
    if about.settings.contact_email:
        record["feed_contact_email"] = about.settings.contact_email
    if about.settings.licence:
        record["urls"]["license"] = _licence_url(about.settings.licence)
    return record


def _operator(agency: Agency, about: FeedAbout, place: str, feed_id: str) -> dict[str, Any]:
    return {
        "onestop_id": _onestop("o", place, agency.name), "name": agency.name, "website": agency.url or about.page,
        "associated_feeds": [{"feed_onestop_id": feed_id, "gtfs_agency_id": agency.agency_id}],
    }


def _licence(about: FeedAbout) -> dict[str, str]:
    licence = about.settings.licence
    if licence is None:
        return {}
    found = {"spdx_identifier": licence, "url": _licence_url(licence)}
    if licence in _TERMS:
        allowed = ("create_derived_product", "redistribution_allowed", "commercial_use_allowed")
        terms = dict(zip(("use_without_attribution", "share_alike_optional"), _TERMS[licence], strict=True))
        found |= terms | dict.fromkeys(allowed, "yes")
    return found | {"attribution_text": ". ".join(part for part in (about.publisher, about.credit) if part)}


def _licence_url(licence: str) -> str:
    return f"https://spdx.org/licenses/{licence}.html"


def _onestop(kind: str, place: str, name: str) -> str:
    """Return a Onestop ID: its kind, the geohash that holds the place, and a name of letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "~", plain).strip("~")
    return "-".join(part for part in (kind, place, words or "city") if part)


def _place(bbox: BBox | None) -> str:
    """Return the geohash of the smallest cell that holds a box; empty where only the whole world does."""
    if bbox is None:
        return ""
    west, south, east, north = bbox
    return commonprefix([geohash(west, south), geohash(east, north)])


def geohash(lon: float, lat: float, length: int = _GEOHASH_LENGTH) -> str:
    """Return the geohash (Niemeyer 2008) of a place: longitude and latitude halved in turn, five bits a letter."""
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    bits = 0
    for i in range(5 * length):
        span, value = spans[i % 2], (lon, lat)[i % 2]
        middle = (span[0] + span[1]) / 2
        upper = value >= middle
        span[0 if upper else 1] = middle
        bits = bits * 2 + upper
    return "".join(_BASE32[bits >> 5 * i & 31] for i in reversed(range(length)))
