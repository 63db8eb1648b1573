"""Building forms: what a city brings becomes an XForm, or a sentence says what is wrong with it."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.forms.build import MAX_FORM_BYTES, build_upload
from collectors.forms.xform import Question
from mapping_service.errors import Problem

FORM = """
| survey |
| | type | name | label::English (en) | label::Français (fr) |
| | start | start | | |
| | select_one_from_file stops.csv | stop | Which stop? | Quel arrêt ? |
| | begin repeat | vehicle | Vehicle | Véhicule |
| | select_multiple marks | marks | What does it bear? | Que porte-t-il ? |
| | image | photo | Photo | Photo |
| | end repeat | | | |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | marks | number | A number | Un numéro |
| settings |
| | form_id | version | form_title | default_language |
| | kerb | 7 | At the kerb | Français (fr) |
"""
XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
<h:title>{title}</h:title><model><instance><data id="{id}" version="{version}"><name/></data></instance>
<bind nodeset="/data/name" type="string"/>{more}</model></h:head><h:body>{body}</h:body></h:html>"""
ASKED = '<input ref="/data/name"><label>Name?</label></input>'


def xform(form_id: str = "kerb", version: str = "1", title: str = "Kerb", more: str = "", body: str = ASKED) -> bytes:
    return XFORM.format(id=form_id, version=version, title=title, more=more, body=body).encode()


def code_of(name: str, data: bytes) -> str:
    with pytest.raises(Problem) as raised:
        build_upload(name, data)
    return raised.value.code


def test_a_form_knows_its_questions_in_its_first_language_and_the_files_it_needs() -> None:
    form = build_upload("kerb.md", FORM.encode())
    assert (form.form_id, form.version, form.title, form.media) == ("kerb", "7", "At the kerb", ("stops.csv",))
    assert form.questions == (
        Question("start", "dateTime", None),
        Question("stop", "select_one", "Quel arrêt ?"),
        Question("vehicle/marks", "select_multiple", "Que porte-t-il ?"),
        Question("vehicle/photo", "image", "Photo"),
    )
    assert any("max-pixels" in one for one in form.warnings)


def test_the_workbook_of_a_form_builds_the_same_form() -> None:
    form = build_upload("kerb.md", FORM.encode())
    assert form.xlsx is not None and form.source_name == "kerb.xlsx"
    again = build_upload("kerb.xlsx", form.xlsx)
    assert again.xml == form.xml and again.xlsx == form.xlsx


def test_an_xform_is_kept_byte_for_byte() -> None:
    data = b'<?xml version="1.0"?>\n' + xform(title="Café &amp; bar")
    form = build_upload("kerb.xml", data)
    assert (form.xml, form.xlsx, form.title) == (data, None, "Café & bar")
    assert form.questions == (Question("name", "string", "Name?"),)


@pytest.mark.parametrize("data, code", [
    (xform(more='<submission base64RsaPublicKey="MIIB"/>'), "form_encrypted"),
    (xform(form_id=""), "form_id_bad"),
    (xform(form_id="k" * 250), "form_id_bad"),
    (xform(version="v" * 250), "form_id_bad"),
    (xform(form_id=" kerb"), "form_id_bad"),
    (xform(body=""), "form_empty"),
    (b"<data id='kerb'/>", "form_invalid"),
    (b"<data", "form_invalid"),
    (b"<!DOCTYPE d [<!ENTITY a 'b'>]><data>&a;</data>", "form_invalid"),
], ids=["encrypted", "no id", "long id", "long version", "blank", "no question", "no model", "broken", "entity"])
def test_an_xform_that_cannot_be_used_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert code_of("kerb.xml", data) == code


def test_what_pyxform_finds_wrong_is_said_in_its_words() -> None:
    with pytest.raises(Problem) as raised:
        build_upload("kerb.md", FORM.replace("| image | photo |", "| image | |").encode())
    assert raised.value.code == "form_invalid" and "no name" in raised.value.sentence


def test_a_form_without_a_version_has_an_empty_one() -> None:
    assert build_upload("kerb.md", FORM.replace("| 7 |", "| |").encode()).version == ""


@pytest.mark.parametrize("name", ["kerb.xlsx", "kerb.xls", "kerb.md", "kerb.docx"])
@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda rest: b"PK\x03\x04" + rest)))
def test_no_bytes_raise_anything_but_a_sentence(name: str, data: bytes) -> None:
    with pytest.raises(Problem):
        build_upload(name, data)


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", bytes(150_000_000))
    assert code_of("kerb.xlsx", packed.getvalue()) == "form_too_large"
    assert code_of("kerb.xlsx", bytes(MAX_FORM_BYTES + 1)) == "form_too_large"
