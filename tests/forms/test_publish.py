"""Publishing forms: versions stay for ever, files come along, and each contradiction has its reason."""

from __future__ import annotations

import hashlib

import pytest

from mapping_service.errors import NotFound, Problem
from mapping_service.forms import publish_upload
from mapping_service.store import forms
from tests.forms.test_build import FORM, xform
from tests.pipeline.town import Town

SIGN = "<value>jr://images/sign.png</value>"
PHOTO = f'<input ref="/data/name"><label>Name?</label><hint>{SIGN}</hint></input>'
CHOOSING = '<instance id="lots" src="jr://file-csv/lots.csv"/>'


def code_of(town: Town, data: bytes, media: dict[str, bytes] | None = None) -> str:
    with pytest.raises(Problem) as raised:
        publish_upload(town.engine, town.city, "kerb.xml", data, media)
    return raised.value.code


def test_a_published_form_is_listed_with_the_digest_of_its_bytes(town: Town) -> None:
    made = publish_upload(town.engine, town.city, "kerb.md", FORM.encode())
    with town.engine.connect() as connection:
        listed = [one for one in forms.list_forms(connection, town.city.city_id) if one.form_id == "kerb"]
        held = forms.form_xml(connection, town.city.city_id, "kerb")
    assert held is not None and held.xml == made.xml and held.questions == made.questions
    md5 = hashlib.md5(made.xml).hexdigest()
    assert listed == [forms.ListedForm("kerb", "At the kerb", "7", md5, True)] and held.md5 == md5


def test_the_newest_version_counts_and_old_ones_stay(town: Town) -> None:
    for version in ("1", "10", "2"):
        publish_upload(town.engine, town.city, "kerb.xml", xform(version=version, title=f"Kerb {version}"))
    city_id = town.city.city_id
    with town.engine.connect() as connection:
        current = forms.form_xml(connection, city_id, "kerb")
        old = forms.form_xml(connection, city_id, "kerb", "1")
        states = [forms.form_state(connection, city_id, "kerb", one) for one in ("1", "10", "2", "3")]
        missing = forms.form_state(connection, city_id, "curb", "1"), forms.form_xml(connection, city_id, "curb")
        summary = next(one for one in forms.list_all(connection, city_id) if one.form_id == "kerb")
    assert current is not None and (current.version, current.title) == ("2", "Kerb 2")
    assert old is not None and old.xml == xform(version="1", title="Kerb 1")
    assert states == ["open", "open", "open", "unknown_version"] and missing == ("unknown_form", None)
    assert (summary.versions, summary.version, summary.questions, summary.builtin) == (3, "2", 1, False)


def test_a_version_has_one_content(town: Town) -> None:
    publish_upload(town.engine, town.city, "kerb.xml", xform())
    publish_upload(town.engine, town.city, "kerb.xml", xform())
    assert code_of(town, xform(title="Another")) == "form_version_taken"
    with town.engine.connect() as connection:
        held = forms.form_xml(connection, town.city.city_id, "kerb")
    assert held is not None and held.title == "Kerb"


def test_a_closing_form_is_hidden_and_accepted_a_closed_one_neither(town: Town) -> None:
    city_id = town.city.city_id
    publish_upload(town.engine, town.city, "kerb.xml", xform())
    for state in ("closing", "closed"):
        with town.engine.begin() as connection:
            forms.set_state(connection, city_id, "kerb", state)
            assert [one for one in forms.list_forms(connection, city_id) if one.form_id == "kerb"] == []
            assert forms.form_state(connection, city_id, "kerb", "1") == state
    publish_upload(town.engine, town.city, "kerb.xml", xform())
    with town.engine.begin() as connection:
        assert forms.form_state(connection, city_id, "kerb", "1") == "open"
        with pytest.raises(NotFound):
            forms.set_state(connection, city_id, "curb", "open")


def test_a_form_that_chooses_from_a_file_comes_with_it(town: Town) -> None:
    form = xform(more=CHOOSING)
    assert code_of(town, form) == "form_media_missing"
    assert code_of(town, form, {"lot.csv": b""}) == "form_media_unknown"
    publish_upload(town.engine, town.city, "kerb.xml", form, {"lots.csv": b"name,label\n1,One\n"})
    publish_upload(town.engine, town.city, "kerb.xml", xform(more=CHOOSING, version="2"))
    publish_upload(town.engine, town.city, "kerb.xml", xform(more=CHOOSING, version="2"), {"lots.csv": b"name,label\n"})
    with town.engine.connect() as connection:
        held = forms.get_file(connection, town.city.city_id, "kerb", "lots.csv")
        names = forms.list_files(connection, town.city.city_id, "kerb")
    assert held == (hashlib.md5(b"name,label\n").hexdigest(), b"name,label\n") and names == {"lots.csv": held[0]}


def test_a_picture_may_come_later(town: Town) -> None:
    publish_upload(town.engine, town.city, "kerb.xml", xform(body=PHOTO))
    with town.engine.connect() as connection:
        assert forms.list_files(connection, town.city.city_id, "kerb") == {}
    publish_upload(town.engine, town.city, "kerb.xml", xform(body=PHOTO), {"pictures/sign.png": b"PNG"})
    with town.engine.connect() as connection:
        assert list(forms.list_files(connection, town.city.city_id, "kerb")) == ["sign.png"]
