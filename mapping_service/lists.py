"""What a form shows or chooses from: the files that came with it, and lists of the city made from its network.

A list is made anew in the request that asks for it, where what it is made from has changed since; its bytes are kept,
so that phones fetch it again only when it differs.
"""

from __future__ import annotations

import csv
import hashlib
import io
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from collectors.forms.choices import Choice, write_csv, write_geojson
from mapping_service.records import City
from mapping_service.store import forms, lists

_MAKERS: Mapping[str, tuple[Callable[[Connection, int], Sequence[Choice]], tuple[str, ...]]] = {
    "stops": (lists.stops, ("routes",)),
    "routes": (lists.routes, ("line",)),
    "service_points": (lists.service_points, ("kind",)),
}
_ENTITIES = ("stops.csv", "service_points.csv")
GENERATED = frozenset(f"{name}.{ending}" for name in _MAKERS for ending in ("csv", "geojson"))
"""Files that a form need not bring."""


@dataclass(frozen=True)
class ListedFile:
    """A file as a manifest lists it; ``md5`` is that of its bytes, in hex."""

    name: str
    md5: str
    is_entities: bool


@dataclass(frozen=True)
class MediaFile(ListedFile):
    """A file of a form with its bytes."""

    bytes: bytes
    mimetype: str


def media_files(connection: Connection, city: City, form_id: str) -> list[ListedFile]:
    """Return the files of a form's current version that are there, by name; what it brought goes before our lists."""
    form = forms.form_xml(connection, city.city_id, form_id)
    brought = forms.list_files(connection, city.city_id, form_id)
    wanted = () if form is None else form.media
    made = _digests(connection, city) if any(name in GENERATED and name not in brought for name in wanted) else {}
    return [ListedFile(name, brought.get(name) or made[name], name not in brought and name in _ENTITIES)
            for name in wanted if name in brought or name in made]


def media_file(connection: Connection, city: City, form_id: str, name: str) -> MediaFile | None:
    """Return one file of a form's current version; ``None`` where it asks for none of that name, or has none."""
    form = forms.form_xml(connection, city.city_id, form_id)
    if form is None or name not in form.media:
        return None
    kind = "application/geo+json" if name.endswith(".geojson") else mimetypes.guess_type(name)[0]
    brought = forms.get_file(connection, city.city_id, form_id, name)
    if brought is not None:
        return MediaFile(name, brought[0], False, brought[1], kind or "application/octet-stream")
    if name not in GENERATED:
        return None
    stem, _, ending = name.rpartition(".")
    kept = _current(connection, city, stem, lists.fingerprint(connection, city.city_id))
    md5, content = (kept.csv_md5, kept.csv) if ending == "csv" else (kept.geojson_md5, kept.geojson)
    return MediaFile(name, md5, name in _ENTITIES, content, kind or "text/csv")


def deleted_entities(connection: Connection, city: City, name: str, ids: Sequence[str]) -> Mapping[str, bool]:
    """Return which of these things of a list are gone, so that a phone may forget them.

    What is on the list is not. While a filled form waits to be read nothing is: it may hold the thing. A list that is
    none of ours has lost nothing either.
    """
    if name not in _MAKERS or lists.has_unread_instances(connection, city.city_id):
        return dict.fromkeys(ids, False)
    kept = _current(connection, city, name, lists.fingerprint(connection, city.city_id))
    held = {one["name"] for one in csv.DictReader(io.StringIO(kept.csv.decode()))}
    return {one: one not in held for one in ids}


def _digests(connection: Connection, city: City) -> dict[str, str]:
    """The MD5 of each file that is made, by its name."""
    made_from = lists.fingerprint(connection, city.city_id)
    held = dict(lists.digests(connection, city.city_id, made_from))
    for name in _MAKERS.keys() - held.keys():
        kept = _current(connection, city, name, made_from)
        held[name] = (kept.csv_md5, kept.geojson_md5)
    return {f"{name}.{ending}": md5 for name, both in held.items() for ending, md5 in
            zip(("csv", "geojson"), both, strict=True)}


def _current(connection: Connection, city: City, name: str, made_from: str) -> lists.KeptList:
    """A list as it is now, made anew and kept where what it is made from has changed."""
    kept = lists.get_list(connection, city.city_id, name)
    if kept is not None and kept.made_from == made_from:
        return kept
    choose, columns = _MAKERS[name]
    choices = choose(connection, city.city_id)
    table, layer = write_csv(choices, columns), write_geojson(choices)
    made = lists.KeptList(made_from, table, _md5(table), layer, _md5(layer))
    with connection.engine.begin() as writing:  # a request that only reads keeps it all the same
        lists.put_list(writing, city.city_id, name, made)
    return made


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
