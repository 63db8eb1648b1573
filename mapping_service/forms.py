"""Publishing forms: our own in every city, and those that a city brings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from sqlalchemy import Connection, Engine

from collectors.forms.build import OWN, BuiltForm, build_own, build_upload
from mapping_service.errors import Problem
from mapping_service.lists import GENERATED
from mapping_service.records import City
from mapping_service.store import forms
from mapping_service.store.cities import list_cities

_DATA = (".csv", ".geojson", ".xml")


def publish_builtin(engine: Engine, city: City) -> list[str]:
    """Give a city our own forms as they are in this release; return the ids of those that are new to it.

    A version that a city has stays as it is, since phones compare its bytes; and so does a form that it brought itself
    under one of our ids.
    """
    new = []
    with engine.begin() as connection:
        brought = {one.form_id for one in forms.list_all(connection, city.city_id) if not one.builtin}
        for form_id in (one for one in OWN if one not in brought):
            form = build_own(form_id, city.language)
            if forms.form_xml(connection, city.city_id, form_id, form.version) is None:
                forms.publish(connection, city.city_id, form, {}, builtin=True)
                new.append(form_id)
    return new


def ensure_builtin(engine: Engine) -> None:
    """Give every city of this installation our own forms."""
    with engine.connect() as connection:
        cities = list_cities(connection)
    for city in cities:
        publish_builtin(engine, city)


def publish_upload(
    engine: Engine, city: City, name: str, data: bytes, media: Mapping[str, bytes] | None = None
) -> BuiltForm:
    """Publish a city's own form (XLSForm or XForm) with the files that it shows or chooses from, and open it.

    The same version with the same bytes changes nothing but the files. Raises what ``build_upload`` raises, and
    ``Problem`` ``form_media_missing``, ``form_media_unknown``, ``Conflict`` ``form_id_taken``, ``form_version_taken``.
    """
    form = build_upload(name, data)
    brought = {PurePosixPath(one).name: content for one, content in (media or {}).items()}
    if unknown := sorted(set(brought) - set(form.media)):
        raise Problem("form_media_unknown", f"The form asks for no file named {', '.join(unknown)}. It asks for: "
                      f"{', '.join(form.media) or 'none'}.", files=unknown)
    with engine.begin() as connection:
        held = forms.list_files(connection, city.city_id, form.form_id)
        missing = [one for one in form.media if one not in {*brought, *held} | GENERATED and one.endswith(_DATA)]
        if missing:
            raise Problem("form_media_missing", f"The form chooses from {', '.join(missing)}. Send that with the form.",
                          files=missing)
        forms.publish(connection, city.city_id, form, {**_kept(connection, city, form, held), **brought}, builtin=False)
        forms.set_state(connection, city.city_id, form.form_id, "open")
    return form


def _kept(connection: Connection, city: City, form: BuiltForm, held: Mapping[str, str]) -> Mapping[str, bytes]:
    """The files of the version before that this one still asks for."""
    found = {name: forms.get_file(connection, city.city_id, form.form_id, name) for name in form.media if name in held}
    return {name: file[1] for name, file in found.items() if file is not None}
